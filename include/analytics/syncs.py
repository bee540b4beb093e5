"""The history of readings: what was read when, how many rows and calls it took, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from include.database import engine, queries

SQL = queries.load("collecting")


@dataclass(frozen=True, kw_only=True)
class Sync:
    """One reading of one dataset of one account; `desk.sync` says what each field means."""

    sync_id: int
    account_id: str
    platform: str
    dataset: str
    run_id: str | None
    state: str
    first_day: date | None
    last_day: date | None
    videos: int
    started_at: datetime
    ended_at: datetime | None
    rows_read: int
    rows_changed: int
    calls: int
    quota: int
    resumes_at: datetime | None
    error: Mapping[str, Any] | None


def read(
    owner: str,
    *,
    account_id: str | None = None,
    state: str | None = None,
    at_most: int = 50,
    before_id: int | None = None,
) -> list[Sync]:
    """Return readings of an owner's accounts, the newest first."""
    known = {"owner": owner, "account_id": account_id, "state": state, "before": before_id, "at_most": at_most}
    with engine.transaction(owner) as connection:
        return [Sync(**row) for row in connection.exec_driver_sql(SQL["syncs"], known).mappings()]
