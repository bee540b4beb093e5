"""Puts what was read from a file into its tables, in one transaction with its receipt and what it replaces."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection

from include.analytics import store, warehouse
from include.analytics.imports.files import Opened
from include.analytics.imports.matching import SQL
from include.analytics.imports.table import Skipped
from include.database import engine, queries
from include.platforms.reading import Rows

COLLECTING = queries.load("collecting")
REPLACES = {
    "youtube_studio": "replace_youtube_studio", "tiktok_rewards": "replace_tiktok_rewards",
    "meta_bonus": "replace_meta_bonus", "tubebuddy": "replace_tubebuddy", "vidiq": "replace_tubebuddy",
    "costs": "replace_costs",
}  # fmt: skip
"""Kind → the statement that takes away what an earlier import of the same file or period brought."""


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A file that is ready to be kept: rows by table, and all its receipt says."""

    owner: str
    kind: str
    account_id: str
    opened: Opened
    tables: Mapping[str, Sequence[dict[str, Any]]]
    platforms: tuple[str, ...]
    rows_read: int
    skipped: Sequence[Skipped]
    columns: Mapping[str, str]
    period: tuple[date, date] | None

    @property
    def rows(self) -> int:
        """Return how many rows will be kept."""
        return sum(len(rows) for rows in self.tables.values())


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What an import did."""

    import_id: int
    rows_replaced: int


def keep(ready: Ready) -> Kept:
    """Keep a file's rows; an earlier import of the same file or of days within its own goes at the same moment."""
    with engine.transaction(ready.owner) as connection:
        name = f"import {ready.owner} {ready.kind} {ready.account_id}"
        connection.exec_driver_sql(SQL["hold_imports"], {"name": name})
        known = _known(ready)
        earlier = list(connection.exec_driver_sql(SQL["earlier_imports"], known).scalars())
        import_id = connection.exec_driver_sql(SQL["begin_receipt"], known).scalar_one()
        statement = SQL[REPLACES[ready.kind]]
        gone = list(connection.exec_driver_sql(statement, known | {"import_ids": earlier}).scalars())
        days = {day for day in gone if day is not None} | _save(connection, ready, import_id)
        connection.exec_driver_sql(SQL["end_receipt"], {"import_id": import_id, "rows_replaced": len(gone)})
        for platform in ready.platforms if days else ():
            connection.exec_driver_sql(
                COLLECTING["touch_days"], {"owner": ready.owner, "platform": platform, "days": sorted(days)}
            )
        if ready.kind == "costs":  # they belong to releases, not to days
            warehouse.touch_summary(connection, ready.owner)
    return Kept(import_id=import_id, rows_replaced=len(gone))


def _known(ready: Ready) -> dict[str, Any]:
    first, last = ready.period or (None, None)
    return {
        "owner": ready.owner, "kind": ready.kind, "account_id": ready.account_id, "file_name": ready.opened.name,
        "sha256": ready.opened.sha256, "bytes": ready.opened.size, "rows_read": ready.rows_read,
        "rows_imported": ready.rows, "rows_skipped": json.dumps([asdict(each) for each in ready.skipped]),
        "columns": json.dumps(dict(ready.columns), ensure_ascii=False), "first_day": first, "last_day": last,
        "period_known": ready.period is not None, "by_whom": engine.actor()[0],
    }  # fmt: skip


def _save(connection: Connection, ready: Ready, import_id: int) -> set[date]:
    """Put the rows into their tables; return the days that changed."""
    answers = []
    for table, rows in ready.tables.items():
        with_import = [row | {"import_id": import_id} for row in rows]
        if table != "desk.release_cost":
            answers.append(Rows(table=table, rows=with_import))
        elif with_import:
            connection.exec_driver_sql(SQL["keep_cost"], with_import)
    return store.save(connection, ready.owner, ready.account_id, datetime.now(UTC), answers).days


def receipts(owner: str, at_most: int = 50) -> list[dict[str, Any]]:
    """Return an owner's receipts, the newest first."""
    with engine.transaction(owner) as connection:
        rows = connection.exec_driver_sql(SQL["receipts"], {"owner": owner, "at_most": at_most}).mappings()
        return [dict(row) for row in rows]
