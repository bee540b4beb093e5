"""Dates as people write them: which of day, month and year comes first is decided by the whole column, or asked.

A date with the year first, with a month's name, or from a spreadsheet's own date cell is read as it is. Only numbers
like 03/04/2026 leave a choice; one value like 25/04/2026 decides it for its column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

Order = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[Order, ...] = ("dmy", "mdy", "ymd")
CENTURY_PIVOT = 70
"""Two-digit years from here on are of the last century."""
EARLIEST, LATEST = 1990, 2100

MONTHS = {
    1: "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari stycznia sty ocak leden "
    "января янв",
    2: "february feb februar feber février fevrier févr fevr fév febrero febbraio fevereiro fev februari lutego lut "
    "şubat únor февраля фев",
    3: "march mar märz mrz maerz mars marzo março marco maart mrt marca mart březen марта мар",
    4: "april apr avril avr abril abr aprile kwietnia kwi nisan duben апреля апр",
    5: "may mai mayo maggio mag maio mei maj maja mayıs květen мая",
    6: "june jun juni juin junio giugno giu junho czerwca cze haziran červen июня июн",
    7: "july jul juli juillet juil julio luglio lug julho lipca lip temmuz červenec июля июл",
    8: "august aug août aout agosto ago augustus augusti sierpnia sie ağustos srpen августа авг",
    9: "september sep sept septembre septiembre settembre set setembro septembra września wrz eylül září сентября сен",
    10: "october oct oktober okt octobre octubre ottobre ott outubro out października paź ekim říjen октября окт",
    11: "november nov novembre noviembre novembro listopada lis kasım listopad ноября ноя",
    12: "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro des grudnia gru aralık "
    "prosinec декабря дек",
}
MONTH_OF = {name: number for number, names in MONTHS.items() for name in names.split()}
TIME = re.compile(
    r"(?i)[T,\s]+\d{1,2}[:.h]\d{2}([:.]\d{2})?([.,]\d+)?\s*([ap]\.?\s?m\.?)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2})?$"
)
WEEKDAY = re.compile(r"^[^\W\d]{2,}\.?,?\s+(?=\d)")
NUMBERS = re.compile(r"^(\d{1,4})\s*([./\-\s年년])\s*(\d{1,2})\s*[./\-\s月월]\s*(\d{1,4})\.?\s*[日일]?$")
TOGETHER = re.compile(r"^(19|20)\d{6}$")
WORDS = re.compile(r"\d+|[^\W\d_]+")
FILLING = frozenset({"de", "del", "of", "the", "st", "nd", "rd", "th", "er", "г", "den"})


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A column's days, in order (None: no date); `order` is None where no value left a choice."""

    days: tuple[date | None, ...]
    order: Order | None


class AskOrder(Exception):
    """The column could be read in several ways; `orders` are those, `example` is a value that shows it."""

    def __init__(self, orders: tuple[Order, ...], example: str, mixed: bool) -> None:
        super().__init__(example)
        self.orders, self.example, self.mixed = orders, example, mixed


def readings(value: Any) -> dict[Order, date]:
    """Return every way a value can be read, by order; empty when it is no date."""
    if isinstance(value, datetime):
        return dict.fromkeys(ORDERS, value.date())
    if isinstance(value, date):
        return dict.fromkeys(ORDERS, value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(int(value)) if float(value).is_integer() else ""
    if not isinstance(value, str) or len(value) > 80:
        return {}
    text = _plain(value)
    if TOGETHER.match(text):
        return _everywhere(_day(int(text[:4]), int(text[4:6]), int(text[6:])))
    found = NUMBERS.match(text)
    return _of_numbers(found[1], found[3], found[4]) if found else _of_words(text)


def _plain(value: str) -> str:
    text = "".join(
        str(unicodedata.digit(sign)) if sign.isdigit() and not sign.isascii() else sign
        for sign in unicodedata.normalize("NFC", value)
        if unicodedata.category(sign) != "Cf"
    )
    text = TIME.sub("", " ".join(text.split()).strip())
    return WEEKDAY.sub("", text) if WEEKDAY.match(text) and _month(text) is None else text


def _month(text: str) -> int | None:
    first = WORDS.match(text)
    return MONTH_OF.get(first[0].casefold()) if first else None


def _of_numbers(first: str, second: str, third: str) -> dict[Order, date]:
    one, two, three = int(first), int(second), int(third)
    if len(first) > 2:
        return _everywhere(_day(one, two, three)) if len(first) == 4 and len(third) <= 2 else {}
    wanted: dict[Order, date | None] = {
        "dmy": _day(_year(third), two, one), "mdy": _day(_year(third), one, two),
        "ymd": _day(_year(first), two, three) if len(first) == 2 and len(third) <= 2 else None,
    }  # fmt: skip
    return {order: day for order, day in wanted.items() if day is not None}


def _year(digits: str) -> int | None:
    if len(digits) == 4:
        return int(digits)
    return (1900 if int(digits) >= CENTURY_PIVOT else 2000) + int(digits) if len(digits) == 2 else None


def _of_words(text: str) -> dict[Order, date]:
    """Read a date with a month's name: the other two numbers are the day and the year."""
    words = [word for word in WORDS.findall(text.casefold()) if word not in FILLING]
    if len(words) == 4 and words[0].isalpha() and words[0] not in MONTH_OF:  # the day of the week
        words = words[1:]
    months = [MONTH_OF[word] for word in words if word in MONTH_OF]
    numbers = [word for word in words if word.isdigit()]
    if len(months) != 1 or len(numbers) != 2 or len(words) != 3:
        return {}
    day, year = numbers if len(numbers[0]) < 3 else reversed(numbers)
    return _everywhere(_day(_year(year), months[0], int(day))) if len(day) <= 2 else {}


def _everywhere(day: date | None) -> dict[Order, date]:
    return dict.fromkeys(ORDERS, day) if day is not None else {}


def _day(year: int | None, month: int, day: int) -> date | None:
    if year is None or not EARLIEST <= year <= LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def decide(values: Sequence[Any], wanted: Order | None = None) -> Decided:
    """Return a column's days; raise `AskOrder` when nothing in it decides between two readings.

    `wanted` is what a person said. A value that is no date in the decided order is None: the caller skips its row.
    """
    read = [readings(value) for value in values]
    choices = [found for found in read if found and not _is_clear(found)]
    possible = [order for order in ORDERS if all(order in found for found in choices)]
    if wanted is not None:
        return Decided(days=_in_order(read, wanted), order=wanted)
    if not choices:
        return Decided(days=_in_order(read, "ymd"), order=None)
    if len({tuple(found[order] for found in choices) for order in possible}) == 1:
        return Decided(days=_in_order(read, possible[0]), order=possible[0])
    doubtful = next((number for number, found in enumerate(read) if len(set(found.values())) > 1), None)
    number = doubtful if doubtful is not None else next(n for n, found in enumerate(read) if found in choices)
    known = tuple(possible) or tuple(order for order in ORDERS if any(order in found for found in choices))
    raise AskOrder(known, str(values[number]), mixed=not possible)


def _is_clear(found: dict[Order, date]) -> bool:
    return len(found) == len(ORDERS) and len(set(found.values())) == 1


def _in_order(read: Iterable[dict[Order, date]], order: Order) -> tuple[date | None, ...]:
    return tuple(found.get(order) for found in read)
