"""Writes down who acted for whom: a table that is only ever added to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from include.database import engine, queries

SQL = queries.load("audit")


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing an admin did for another user."""

    at: datetime
    owner: str
    who: str
    what: str
    about: str | None


def write(who: str, for_whom: str, what: str, about: str | None = None) -> None:
    """Add one row; when it was is the database's word. Call it before the act, so that no act is without its row.

    `what` is a command or a route, `about` the name of what it is done to; neither may hold a secret.
    """
    with engine.transaction(for_whom) as connection:
        connection.exec_driver_sql(SQL["write_act"], {"owner": for_whom, "who": who, "what": what, "about": about})


def read(for_whom: str, at_most: int = 100) -> list[Act]:
    """Return what was done for a user by others, the newest first."""
    with engine.transaction(for_whom) as connection:
        rows = connection.exec_driver_sql(SQL["list_acts"], {"at_most": at_most}).mappings()
        return [Act(**row) for row in rows]
