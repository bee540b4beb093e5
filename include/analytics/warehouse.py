"""Builds the marts of the days that changed: one owner, one day, one transaction, the oldest day first.

`desk.touched_day` is the list of what is to do, and it is all there is to remember: a reading adds to it in the
transaction that changes the rows, a day leaves it in the transaction that builds it. A process killed at any moment
leaves whole days only, and the next one goes on.

A day is built from the platforms' rows of that day and from the mart's rows of the day before. When that changes what
the day after takes over (a lifetime), the day after is touched, too; a restated day therefore goes on until nothing
changes any more, and a day nobody could read is filled in between.

Checks run before the day is kept. A bad row keeps nothing of the day, and says so.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from include.analytics import alarms
from include.analytics import warehouse_models as models
from include.database import engine, queries

log = logging.getLogger("release_desk.warehouse")
SQL = queries.load("warehouse")
SUMMARY = date(9999, 12, 31)
"""Stands in `desk.touched_day` for what is built once after all days: content, performance and comments."""
WAREHOUSE = "*"
"""Stands there for a platform when the warehouse itself wants the day."""
TOLD_ROWS = 3


class CheckFailed(RuntimeError):
    """A check found bad rows: nothing of the day was kept, and it stays on the list."""

    def __init__(self, owner: str, day: date, check: str, rows: Sequence[Mapping[str, Any]], found: int) -> None:
        shown = "; ".join(", ".join(f"{key} {value}" for key, value in row.items()) for row in rows)
        self.what = "the summary" if day == SUMMARY else str(day)
        super().__init__(
            f"{self.what} of {owner} was not built: sql/checks/{check}.sql found {found} bad rows, such as: {shown}."
        )
        self.owner, self.day, self.check = owner, day, check


@dataclass(kw_only=True)
class Built:
    """What a `build` did: days in the order they were built, and whether the summary was."""

    owner: str
    days: list[date] = field(default_factory=list)
    summary: bool = False


def owners() -> list[str]:
    """Return everybody who has something to build."""
    with engine.transaction(WAREHOUSE) as connection:
        return list(connection.exec_driver_sql(SQL["owners_touched"]).scalars())


def build(owner: str) -> Built:
    """Build everything of an owner that changed, and return what was built.

    Raises `CheckFailed`, of which the owner is told, once; days before it are kept. Two at once take turns, day by day.
    What changes meanwhile is built, too, so it ends when nothing is left to do.
    """
    built = Built(owner=owner)
    try:
        while (day := _next(owner)) is not None:
            if build_day(owner, day):
                if day == SUMMARY:
                    built.summary = True
                else:
                    built.days.append(day)
    except CheckFailed as failed:
        alarms.not_built(owner, failed.what, failed.check, str(failed))
        raise
    alarms.built(owner)
    return built


def rebuild(owner: str, first: date, last: date) -> Built:
    """Build days again although nothing changed (a new model, a repaired one), both included; then as `build`."""
    with engine.transaction(owner) as connection:
        for number in range((last - first).days + 1):
            _touch(connection, owner, first + timedelta(days=number))
    return build(owner)


def touch_summary(connection: Connection, owner: str) -> None:
    """Put what is built after all days on the list, in the caller's transaction."""
    _touch(connection, owner, SUMMARY)


def build_day(owner: str, day: date) -> bool:
    """Build one day (or the `SUMMARY`) if it is touched; say whether it was."""
    if day != SUMMARY:
        _make_months(owner, day)
    known = {"owner": owner, "day": day}
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["build_alone"], known)
        touches = connection.exec_driver_sql(SQL["touches_of"], known).all()
        if not touches:
            return False
        connection.exec_driver_sql(SQL["prefer_hash_joins"])
        if day == SUMMARY:
            _run(connection, models.AT_THE_END, known)
        else:
            _run_day(connection, known)
        forget = known | {"platforms": [row.platform for row in touches], "ats": [row.at for row in touches]}
        connection.exec_driver_sql(SQL["forget_touches"], forget)
    log.info("built %s of %s", "the summary" if day == SUMMARY else day, owner)
    return True


def _next(owner: str) -> date | None:
    known = {"owner": owner, "platform": WAREHOUSE, "summary": SUMMARY}
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["fill_gap"], known)
        found: date | None = connection.exec_driver_sql(SQL["next_touched"], known).scalar()
    return found


def _run_day(connection: Connection, known: Mapping[str, Any]) -> None:
    before = connection.exec_driver_sql(SQL["lifetimes_of"], known).scalar()
    _run(connection, models.BY_DAY, known)
    if connection.exec_driver_sql(SQL["lifetimes_of"], known).scalar() != before:
        given = dict(known) | {"platform": WAREHOUSE, "summary": SUMMARY}
        connection.exec_driver_sql(SQL["touch_next"], given)
    _touch(connection, known["owner"], SUMMARY)


def _run(connection: Connection, names: Sequence[str], known: Mapping[str, Any]) -> None:
    """Build models, then look at all of them."""
    for name in names:
        for statement in models.statements("marts", name):
            connection.exec_driver_sql(statement, dict(known))
    for name in names:
        for check in models.checks(name):
            _check(connection, check, known)


def _check(connection: Connection, check: str, known: Mapping[str, Any]) -> None:
    for statement in models.statements("checks", check):
        bad = connection.exec_driver_sql(statement, dict(known)).mappings().all()
        if bad:
            found = [dict(row) for row in bad[:TOLD_ROWS]]
            raise CheckFailed(known["owner"], known["day"], check, found, len(bad))


def _touch(connection: Connection, owner: str, day: date) -> None:
    connection.exec_driver_sql(SQL["touch"], {"owner": owner, "platform": WAREHOUSE, "day": day})


def _make_months(owner: str, day: date) -> None:
    """Make missing partitions before the day's own transaction: a new partition locks its table."""
    with engine.transaction(owner) as connection:
        for table in models.BY_MONTH:
            connection.exec_driver_sql(SQL["make_month"], {"target": table, "day": day})
