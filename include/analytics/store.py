"""Puts collected rows into their tables: one COPY into a temporary table and one upsert each, in one transaction.

The same rows again change nothing. Rows of days whose month has no partition yet make one, filled before it has a key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from types import TracebackType
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection

from include.analytics import columns
from include.analytics.months import Months
from include.database import queries
from include.platforms.reading import Row, Rows, Whole

SQL = queries.load("collecting")
AT_ONCE = 2000
"""Rows turned into text and sent at a time."""


@dataclass(kw_only=True)
class Saved:
    """What a `save` did: rows that came, rows that are new or other than before, and the days of those."""

    rows_read: int = 0
    rows_changed: int = 0
    days: set[date] = field(default_factory=set)
    misfits: set[str] = field(default_factory=set)
    """Columns (``table.column``) that got a value of another kind: it stands in `extra`, the column is null."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A table's columns with their types, and whether it has a partition for each month."""

    kinds: Mapping[str, str]
    by_month: bool


@cache
def _shapes() -> dict[tuple[str, str], Shape]:
    return {}


def shape_of(connection: Connection, table: str) -> Shape:
    """Return the shape of a table, remembered for this process."""
    key = (str(connection.engine.url), table)
    if key not in _shapes():
        rows = connection.exec_driver_sql(SQL["columns_of"], {"target": table}).all()
        by_month = bool(connection.exec_driver_sql(SQL["is_by_month"], {"target": table}).scalar())
        _shapes()[key] = Shape(kinds={row.name: row.type for row in rows}, by_month=by_month)
    return _shapes()[key]


class Line:
    """One COPY after the other on a connection; it goes on while the rows are for the same columns of the same table.

    The server takes rows in while the next ones are turned into text. Nothing else may be said on the connection
    before `end`.
    """

    def __init__(self, connection: Connection) -> None:
        self._driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
        self._open = ExitStack()
        self._copy: psycopg.Copy | None = None
        self._into: tuple[str, ...] = ()

    def write(self, table: str, names: Sequence[str], text: str) -> None:
        """Send whole lines of COPY's text format."""
        if self._copy is None or self._into != (table, *names):
            self.end()
            columns_of = sql.SQL(", ").join(map(sql.Identifier, names))
            statement = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(*table.split(".")), columns_of)
            cursor = self._open.enter_context(closing(self._driver.cursor()))
            self._copy, self._into = self._open.enter_context(cursor.copy(statement)), (table, *names)
        self._copy.write(text)

    def end(self) -> None:
        """Finish what is being sent; raises what Postgres refuses in it."""
        self._copy = None
        self._open.close()

    def __enter__(self) -> Line:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish, or give up what is being sent when something went wrong."""
        self._copy = None
        self._open.__exit__(kind, error, trace)


class Staging:
    """One table's rows on their way: straight into months nobody has rows of, the others by a temporary table."""

    def __init__(self, connection: Connection, table: str, number: int, added: tuple[str, str, datetime]) -> None:
        self.table = table
        self.name = f"staged_{number}"
        self.shape = shape_of(connection, table)
        self.slices: list[Whole] = []
        self.months = Months(connection, table, added)
        self._connection = connection
        given = {"target": table, "staged": self.name} | dict(zip(columns.ADDED, added, strict=True))
        connection.exec_driver_sql(SQL["stage_rows"], given)

    def copy(self, rows: Sequence[Row], line: Line, saved: Saved) -> None:
        """Send rows that all have the same keys."""
        for start in range(0, len(rows), AT_ONCE):
            self._send(rows[start : start + AT_ONCE], line, saved)

    def _send(self, rows: Sequence[Row], line: Line, saved: Saved) -> None:
        kinds = self.shape.kinds
        names = [name for name in rows[0] if name in kinds and name not in (columns.EXTRA, *columns.ADDED)]
        asides = _without_column(rows, set(names))
        texts: list[Sequence[Any]] = []
        for name in names:
            values = [row[name] for row in rows]
            found, misfits = columns.as_text(values, kinds[name])
            texts.append(found)
            for place, value in misfits.items():
                asides.setdefault(place, {})[name] = value
                saved.misfits.add(f"{self.table}.{name}")
        days = texts[names.index("day")] if self.shape.by_month else [columns.NULL] * len(rows)
        if asides:
            names.append(columns.EXTRA)
            texts.append([_extra(asides.get(place)) for place in range(len(rows))])
        saved.rows_read += len(rows)
        lines = list(map("\t".join(["%s"] * len(names)).__mod__, zip(*texts, strict=True)))
        for into, some in self._parted(days, lines, line, saved).items():
            line.write(into, names, "\n".join(some) + "\n")

    def _parted(self, days: Sequence[Any], lines: list[str], line: Line, saved: Saved) -> dict[str, list[str]]:
        """Return by table the lines that go there; `days` are those of the lines."""
        dates = {day: columns.day_of(day) for day in set(days) - {columns.NULL}}
        if not self.months.knows(list(dates.values())):
            line.end()
        own = {day: self.months.own_table(found) for day, found in dates.items()}
        saved.days.update(dates[day] for day, table in own.items() if table)
        tables = {day: table or self.name for day, table in own.items()}
        if len(set(tables.values())) == 1 and columns.NULL not in days:
            parted = {next(iter(tables.values())): lines}
        else:
            parted = {}
            for day, one in zip(days, lines, strict=True):
                parted.setdefault(tables.get(day, self.name), []).append(one)
        saved.rows_changed += sum(len(some) for table, some in parted.items() if table != self.name)
        return parted

    def merge(self, owner: str, account_id: str, saved: Saved) -> None:
        """Bring what was sent into the table, and take away what a slice no longer has."""
        known = {"staged": self.name, "target": self.table, "owner": owner, "account_id": account_id}
        for whole in self.slices:
            videos = list(whole.video_ids) if whole.video_ids is not None else None
            given = known | {"first": whole.first, "last": whole.last, "video_ids": videos}
            dropped = self._connection.exec_driver_sql(SQL["drop_unread"], given).one()
            saved.rows_changed += dropped.gone
            saved.days.update(dropped.days or ())
        saved.rows_changed -= self.months.end()
        merged = self._connection.exec_driver_sql(SQL["merge_rows"], known).one()
        saved.rows_changed += merged.changed
        saved.days.update(merged.days or ())


def _without_column(rows: Sequence[Row], names: set[str]) -> dict[int, dict[str, Any]]:
    """Return, by the row's place, what no column holds: fields the table does not have, and what a row calls extra."""
    widest = len(names) + len(names ^ set(rows[0]))
    if widest == len(names) and all(len(row) == widest for row in rows):
        return {}
    asides: dict[int, dict[str, Any]] = {}
    for place, row in enumerate(rows):
        aside = dict(row.get(columns.EXTRA) or {})
        aside |= {name: row[name] for name in row.keys() - names - {columns.EXTRA}}
        if aside:
            asides[place] = aside
    return asides


def _extra(aside: Mapping[str, Any] | None) -> str:
    if not aside:
        return "{}"
    return columns.escaped(columns.as_json(aside))


def save(
    connection: Connection, owner: str, account_id: str, collected_at: datetime, answers: Iterable[Rows | Whole]
) -> Saved:
    """Put rows into their tables inside the caller's transaction; return what changed.

    Raises what Postgres raises; nothing is kept then.
    """
    staged: dict[str, Staging] = {}
    saved = Saved()
    added = (owner, account_id, collected_at)
    with Line(connection) as line:
        for answer in answers:
            if answer.table not in staged:
                line.end()
                staged[answer.table] = Staging(connection, answer.table, len(staged), added)
            if isinstance(answer, Whole):
                staged[answer.table].slices.append(answer)
            else:
                staged[answer.table].copy(answer.rows, line, saved)
    for one in staged.values():  # all before any merge: who waits for a month holds no rows another one waits for
        one.months.make()
    for one in staged.values():
        one.merge(owner, account_id, saved)
    return saved
