"""A slice that is read again whole costs time by its rows, not by its rows times those of the table."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from include.analytics import store
from include.database import engine
from include.database.embedded_roles import OWNER
from include.platforms.reading import Rows, Whole

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FIRST = date(2026, 11, 1)
DAYS, VIDEOS = 10, 2_000
SECONDS = 5
"""20,000 rows take well under a second; row by row it was a minute."""
TABLE = "market.slices"


@pytest.fixture
def slices(desk: Any, postgres_server: Any, warehouse: Any) -> None:
    """A collected table that PostgreSQL has never looked at: it is not analysed while the test runs."""
    with postgres_server.superuser(warehouse) as connection:
        connection.execute(
            f"create table {TABLE} (owner text not null, account_id text not null, video_id text not null,"
            " day date not null, views bigint, collected_at timestamptz not null,"
            " extra jsonb not null default '{}', primary key (owner, account_id, video_id, day))"
            " with (autovacuum_enabled = off)"
        )
        connection.execute(f"call desk.collect_into('{TABLE}')")
        connection.execute(f"alter table {TABLE} owner to {OWNER}")


def rows() -> list[dict[str, Any]]:
    return [
        {"video_id": f"video-{number}", "day": FIRST + timedelta(days=day), "views": number}
        for number in range(VIDEOS)
        for day in range(DAYS)
    ]


def put(*answers: Rows | Whole) -> store.Saved:
    with engine.transaction("alice") as connection:
        return store.save(connection, "alice", "mine", NOW, answers)


def test_many_rows_read_again_whole_are_compared_in_seconds(slices):
    whole = Whole(table=TABLE, first=FIRST, last=FIRST + timedelta(days=DAYS))
    assert put(whole, Rows(table=TABLE, rows=rows())).rows_changed == DAYS * VIDEOS
    began = time.monotonic()
    saved = put(whole, Rows(table=TABLE, rows=rows()[1:]))
    assert time.monotonic() - began < SECONDS
    assert (saved.rows_changed, saved.days) == (1, {FIRST})
