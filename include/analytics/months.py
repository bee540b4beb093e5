"""Months nobody has rows of yet: their tables are filled before they have a key, which is then made at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, CursorResult

from include.analytics import columns
from include.database import queries

SQL = queries.load("collecting")


class Months:
    """The months of one table that a load brings rows of, each seen to once."""

    def __init__(self, connection: Connection, table: str, added: tuple[str, str, datetime]) -> None:
        """Keep what to say; `added` is what each row gets: whose it is, of which account, and when it was read."""
        self._connection, self._table = connection, table
        self._added = dict(zip(columns.ADDED, added, strict=True))
        self._own: dict[date, str | None] = {}

    def own_table(self, day: date) -> str | None:
        """Return the table of the day's month that only this load fills, or None where the month is there already.

        Asks the database the first time: nothing else may be going on on the connection.
        """
        month = day.replace(day=1)
        if month not in self._own:
            self._own[month] = self._ask("begin_month", month, self._added).scalar()
        return self._own[month]

    def knows(self, days: Sequence[date]) -> bool:
        """Tell whether `own_table` would answer for all of these without asking."""
        return all(day.replace(day=1) in self._own for day in days)

    def make(self) -> None:
        """Make the months that are to be and not ours to fill; waits for whoever is just making them."""
        for month, own in self._own.items():
            if own is None:
                self._ask("make_month", month, {})

    def end(self) -> int:
        """Give each month filled here its key and its place; return how many rows went, being there twice."""
        return sum(int(self._ask("end_month", month, {}).scalar() or 0) for month, own in self._own.items() if own)

    def _ask(self, name: str, month: date, given: dict[str, Any]) -> CursorResult[Any]:
        return self._connection.exec_driver_sql(SQL[name], {"target": self._table, "month": month} | given)
