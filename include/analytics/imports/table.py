"""From a table of cells to records of ours: whole columns decide about dates and decimals, rows that fail say why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from include.analytics.imports import amounts, days, values
from include.analytics.imports.amounts import Sign, Written
from include.analytics.imports.days import Order
from include.analytics.imports.header import Table, plain
from include.analytics.imports.values import Unreadable, shown
from include.measurement import ImportKind

TOTAL = "total row"
NAMES = ("video_id", "title", "title_id", "keyword", "program")
"""Columns that name something; without any of them a row with a day is about the account as a whole."""
ORDERS_IN_WORDS = {
    "dmy": "day first (25/12/2026)", "mdy": "month first (12/25/2026)", "ymd": "year first (26/12/25)",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A row that is not imported; `row` counts rows below the header from 1, `line` is the file's own number."""

    row: int
    line: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the file leaves open; `answer_with` are the options that answer it."""

    about: str
    column: str | None
    example: str | None
    question: str
    answer_with: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row as ours: values by our columns, and `extra`, their columns we do not know."""

    row: int
    line: int
    values: dict[str, Any]
    extra: dict[str, str]


@dataclass(kw_only=True)
class Parsed:
    """All of a table."""

    rows_read: int = 0
    records: list[Record] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


@dataclass(kw_only=True)
class _Draft:
    """A row on its way: its cells by our names, and the first thing that is wrong with it."""

    row: int
    line: int
    cells: dict[str, Any]
    extra: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    wrong: str | None = None
    around: list[str] = field(default_factory=list)


def parse(
    table: Table, kind: ImportKind, totals: Sequence[str], *, order: Order | None = None, sign: Sign | None = None
) -> Parsed:
    """Return a table's rows as records, those that cannot be with their reason, and what has to be asked.

    With questions there are no records: nothing is guessed.
    """
    names = {plain(name) for name in totals}
    drafts = [_draft(number, line, cells, table) for number, (line, cells) in enumerate(table.rows, 1)]
    parsed = Parsed(rows_read=len(drafts))
    for draft in drafts:
        draft.wrong = _not_a_row(draft, kind, names)
    live = [draft for draft in drafts if draft.wrong is None]
    parsed.questions.extend(_read_days(live, table, kind, order))
    parsed.questions.extend(_read_numbers(live, table, kind, sign))
    if parsed.questions:
        return parsed
    for draft in drafts:
        if draft.wrong is None:
            _finish(draft, table, kind)
        if draft.wrong is not None:
            parsed.skipped.append(Skipped(row=draft.row, line=draft.line, reason=draft.wrong))
        else:
            parsed.records.append(Record(row=draft.row, line=draft.line, values=draft.values, extra=draft.extra))
    return parsed


def _draft(number: int, line: int, cells: Sequence[Any], table: Table) -> _Draft:
    known = {ours: cells[place] if place < len(cells) else None for place, ours in table.ours.items()}
    extra = {
        name: told
        for place, name in enumerate(table.theirs)
        if name and place not in table.ours and place < len(cells) and (told := values.text(cells[place])) is not None
    }
    return _Draft(row=number, line=line, cells=known, extra=extra)


def _not_a_row(draft: _Draft, kind: ImportKind, totals: set[str]) -> str | None:
    """Return why a row is none, before its values are looked at."""
    told = {name: values.text(draft.cells.get(name)) for name in draft.cells}
    naming = [name for name in draft.cells if name in kind.about or name in NAMES or name in ("day", "published_on")]
    first = next(iter(draft.cells.values()), None)
    labels = [plain(told[name]) for name in naming if told[name]] + ([plain(first)] if first is not None else [])
    has_id = told.get("video_id") is not None and plain(told["video_id"]) not in totals
    if any(label in totals for label in labels) and not has_id:
        return TOTAL
    if not any(told[name] for name in naming):
        return f"{TOTAL}, or one that names nothing" if any(told.values()) else "empty row"
    return None


# --- whole columns ---------------------------------------------------------------------------------------------------


def _read_days(drafts: Sequence[_Draft], table: Table, kind: ImportKind, order: Order | None) -> Iterator[Question]:
    """Read every column of dates; one that does not decide itself goes by the others that did."""
    asked: dict[str, days.AskOrder] = {}
    found: dict[str, days.Decided] = {}
    for ours in _holding(table, kind, {"day"}):
        try:
            found[ours] = days.decide([draft.cells[ours] for draft in drafts], order)
        except days.AskOrder as doubt:
            asked[ours] = doubt
    agreed = {decided.order for decided in found.values()} - {None}
    for ours, ask in asked.items():
        if len(agreed) == 1 and (known := agreed.copy().pop()) in ask.orders and not ask.mixed:
            found[ours] = days.decide([draft.cells[ours] for draft in drafts], known)
        else:
            yield _date_question(_their_name(table, ours), ask)
    for ours, decided in found.items():
        for draft, day in zip(drafts, decided.days, strict=True):
            _keep_day(draft, ours, day)


def _keep_day(draft: _Draft, ours: str, day: date | None) -> None:
    cell = draft.cells[ours]
    if day is None and not amounts.is_nothing(cell) and values.text(cell) is not None:
        draft.wrong = draft.wrong or f"{shown(cell)} is no date"
    draft.values[ours] = day


def _date_question(column: str, ask: days.AskOrder) -> Question:
    ways = " or ".join(ORDERS_IN_WORDS[order] for order in ask.orders)
    why = "its dates contradict each other" if ask.mixed else f"no date in it decides, such as {shown(ask.example)}"
    return Question(
        about="date-order", column=column, example=ask.example,
        question=f"How are the dates of '{column}' written: {ways}? (In this file {why}.)",
        answer_with=tuple(f"--date-order {order}" for order in ask.orders),
    )  # fmt: skip


def _read_numbers(drafts: Sequence[_Draft], table: Table, kind: ImportKind, sign: Sign | None) -> Iterator[Question]:
    """Read every column of numbers; what one column leaves open is decided by the file's others."""
    read: dict[str, list[Written | None]] = {}
    for ours in _holding(table, kind, values.NUMERIC):
        read[ours] = [_written(draft, ours, kind) for draft in drafts]
    elsewhere = amounts.signs_of(value for column in read.values() for value in column)
    for ours, column in read.items():
        try:
            numbers = amounts.decide(column, elsewhere=elsewhere or None, wanted=sign)
        except amounts.AskSign:
            yield _sign_question(_their_name(table, ours), drafts, ours, column)
            continue
        for draft, value, number in zip(drafts, column, numbers, strict=True):
            _keep_number(draft, ours, value, number, kind)


def _written(draft: _Draft, ours: str, kind: ImportKind) -> Written | None:
    try:
        return values.number(draft.cells[ours], kind.columns[ours].holds)
    except Unreadable as wrong:
        draft.wrong = draft.wrong or str(wrong)
        return None


def _keep_number(draft: _Draft, ours: str, value: Written | None, number: Decimal | None, kind: ImportKind) -> None:
    if value is not None and number is None:
        draft.wrong = draft.wrong or f"{shown(draft.cells[ours])} does not fit how numbers are written in this column"
    if value is not None and value.around:
        draft.around.append(value.around)
    draft.values[ours] = None if number is None else values.kept(number, kind.columns[ours].holds)


def _sign_question(column: str, drafts: Sequence[_Draft], ours: str, read: Sequence[Written | None]) -> Question:
    doubtful = next(
        draft.cells[ours]
        for draft, value in zip(drafts, read, strict=True)
        if value is not None and len(set(value.readings.values())) > 1
    )
    return Question(
        about="decimal", column=column, example=str(doubtful),
        question=f"Is the sign in {shown(doubtful)} of '{column}' the decimal sign, or does it separate thousands?",
        answer_with=("--decimal point", "--decimal comma"),
    )  # fmt: skip


def _holding(table: Table, kind: ImportKind, holds: set[str] | frozenset[str]) -> list[str]:
    return [ours for _, ours in sorted(table.ours.items()) if kind.columns[ours].holds in holds]


def _their_name(table: Table, ours: str) -> str:
    return next(table.theirs[place] for place, name in table.ours.items() if name == ours)


# --- one row ---------------------------------------------------------------------------------------------------------


def _finish(draft: _Draft, table: Table, kind: ImportKind) -> None:
    """Read what is left of a row: texts, ids, codes; and the currency, from wherever the row or its header tells it."""
    for ours in table.ours.values():
        holds, cell = kind.columns[ours].holds, draft.cells[ours]
        try:
            if holds == "id":
                draft.values[ours] = values.video_id(cell)
            elif holds in ("text", "code"):
                draft.values[ours] = values.text(cell)
            elif holds == "country":
                draft.values[ours] = values.country(cell)
        except Unreadable as wrong:
            draft.wrong = draft.wrong or str(wrong)
    if all(draft.values.get(name) is None for name in kind.any_of):
        draft.wrong = draft.wrong or "it tells no value"
    if "currency" in kind.columns:
        draft.values["currency"] = _currency(draft, table, kind)


def _currency(draft: _Draft, table: Table, kind: ImportKind) -> str | None:
    money = [ours for ours in table.ours.values() if kind.columns[ours].holds == "money"]
    hints: list[str | None] = [draft.values.get("currency"), *(table.units.get(ours) for ours in money), *draft.around]
    return values.currency(*hints)


def period(records: Sequence[Mapping[str, Any]]) -> tuple[date, date] | None:
    """Return the first and last day the records are about; None when they name none."""
    found = [day for values in records for name in ("first_day", "day") if (day := values.get(name)) is not None]
    return (min(found), max(found)) if found else None
