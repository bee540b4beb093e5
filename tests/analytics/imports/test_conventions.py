"""Dates and decimals of every convention are read as they were meant, or asked about; never read wrongly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.analytics.imports import amounts, days
from include.analytics.imports.days import AskOrder

PATTERNS = {"dmy": "{d:02}{s}{m:02}{s}{y}", "mdy": "{m:02}{s}{d:02}{s}{y}", "ymd": "{y}{s}{m:02}{s}{d:02}"}
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def decided(values: list[str]) -> days.Decided | AskOrder:
    """Return what a column is read as, or what is asked about it."""
    try:
        return days.decide(values)
    except AskOrder as ask:
        return ask


def as_written(day: date, order: str, sign: str, *, short: bool = False) -> str:
    year = f"{day.year % 100:02}" if short else str(day.year)
    return PATTERNS[order].format(d=day.day, m=day.month, y=year, s=sign)


@given(st.lists(DAYS, min_size=1, max_size=20), st.sampled_from(["dmy", "mdy", "ymd"]), st.sampled_from("/.- "))
def test_a_column_is_read_as_it_was_written_or_asked_about(meant: list[date], order: str, sign: str):
    values = [as_written(day, order, sign) for day in meant]
    found = decided(values)
    if isinstance(found, AskOrder):
        assert order in found.orders
        assert all(day.day <= 12 for day in meant), "a day beyond the twelfth decides"
    else:
        assert list(found.days) == meant
    assert list(days.decide(values, order).days) == meant  # type: ignore[arg-type]


@given(st.lists(DAYS, min_size=1, max_size=20), st.sampled_from(["dmy", "mdy", "ymd"]))
def test_two_digit_years_are_never_read_wrongly(meant: list[date], order: str):
    values = [as_written(day, order, "/", short=True) for day in meant]
    found = decided(values)
    if isinstance(found, AskOrder):
        assert order in found.orders
    else:
        assert list(found.days) == meant


def test_a_column_that_contradicts_itself_is_asked_about():
    with pytest.raises(AskOrder) as ask:
        days.decide(["25/12/2026", "12/25/2026"])
    assert ask.value.mixed
    assert days.decide(["25/12/2026", "12/25/2026"], "dmy").days == (date(2026, 12, 25), None)


@pytest.mark.parametrize(
    "text",
    ["Nov 20, 2026", "20 nov. 2026", "20 de noviembre de 2026", "20. November 2026", "2026年11月20日",
     "2026-11-20T23:59:59Z",
     "Friday, November 20, 2026", "2026/11/20 08:15", "20 novembre 2026", "Nov 20, 2026, 3:45 PM", "20 ноября 2026 г.",
     "٢٠٢٦-١١-٢٠", "\u200e2026-11-20", "20261120", "20-Nov-26"],
)  # fmt: skip
def test_names_of_months_and_years_first_leave_no_choice(text: str):
    assert set(days.readings(text).values()) == {date(2026, 11, 20)}
    assert len(days.readings(text)) == 3


@pytest.mark.parametrize("text", ["", "x", "31/02/2026", "2026-13-40", "1/2", "45987", "0000-00-00", "9" * 200])
def test_what_is_no_date_is_none(text: str):
    assert days.readings(text) == {}


AMOUNTS = st.decimals(min_value=Decimal("-9999999.99"), max_value=Decimal("9999999.99"), places=2)
LOOKS = {
    "us": (",", "."),
    "de": (".", ","),
    "fr": ("\u202f", ","),
    "ch": ("’", "."),
    "plain": ("", "."),
    "es": ("", ","),
}


def amount_as(value: Decimal, look: str, places: int = 2) -> str:
    grouping, sign = LOOKS[look]
    return f"{value:,.{places}f}".replace(",", "\0").replace(".", sign).replace("\0", grouping)


@given(
    st.lists(AMOUNTS, min_size=1, max_size=20), st.sampled_from(sorted(LOOKS)), st.sampled_from(["", "$ ", "€", " EUR"])
)
def test_amounts_with_cents_are_read_as_they_were_written(meant: list[Decimal], look: str, currency: str):
    texts = [amount_as(value, look) for value in meant]
    texts = [text + currency if currency.startswith(" ") else currency + text for text in texts]
    assert amounts.decide([amounts.written(text) for text in texts]) == tuple(meant)


@given(st.lists(AMOUNTS, min_size=1, max_size=20), st.sampled_from(sorted(LOOKS)), st.integers(0, 4))
def test_amounts_of_any_number_of_places_are_never_read_wrongly(meant: list[Decimal], look: str, places: int):
    meant = [round(value, places) for value in meant]
    column = [amounts.written(amount_as(value, look, places)) for value in meant]
    try:
        found = amounts.decide(column)
    except amounts.AskSign:
        assert places in (0, 3), "only groups of three leave a choice"
    else:
        assert found == tuple(meant)
    sign = LOOKS[look][1]
    assert amounts.decide(column, wanted=sign) == tuple(meant)  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=20), st.sampled_from(sorted(LOOKS)))
def test_counts_are_read_whole_whatever_separates_thousands(meant: list[int], look: str):
    column = [amounts.written(amount_as(Decimal(value), look, 0), whole=True) for value in meant]
    assert amounts.decide(column) == tuple(meant)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,23,456.78", "123456.78"), ("(12.50)", "-12.50"), ("-$3.5", "-3.5"), ("−7", "-7"), ("1e-05", "0.00001"),
     ("R$ 1.234,00", "1234.00"), ("٣٫٥", "3.5"), (12.5, "12.5"), (7, "7")],
)  # fmt: skip
def test_other_ways_to_write_a_number(text: object, number: str):
    assert amounts.decide([amounts.written(text)]) == (Decimal(number),)


@pytest.mark.parametrize(
    "text", ["abc", "1.2.3,4", "12,34,5", "--", "1/2", "=A1+B1", "Infinity", "1" * 400, True, None]
)
def test_what_is_no_number_is_none(text: object):
    assert amounts.written(text) is None
