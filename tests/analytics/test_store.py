"""Collected rows reach their tables whole, once, and say what changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from include.analytics import store
from include.database import engine
from include.database.embedded_roles import OWNER
from include.platforms.reading import Rows, Whole

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TABLE = "market.toy"


@pytest.fixture
def toy(desk: Any, postgres_server: Any, warehouse: Any) -> None:
    """A collected table of our own, partitioned by month."""
    with postgres_server.superuser(warehouse) as connection:
        connection.execute(
            "create table market.toy (owner text not null, account_id text not null, video_id text not null,"
            " day date not null, views bigint, money numeric, texts text[], seen timestamptz,"
            " collected_at timestamptz not null, extra jsonb not null default '{}',"
            " primary key (owner, account_id, video_id, day)) partition by range (day)"
        )
        connection.execute("call desk.collect_into('market.toy')")
        connection.execute(f"alter table market.toy owner to {OWNER}")


def put(*answers: Rows | Whole, owner: str = "alice", at: datetime = NOW) -> store.Saved:
    with engine.transaction(owner) as connection:
        return store.save(connection, owner, "mine", at, answers)


def kept(owner: str = "alice") -> list[Any]:
    with engine.transaction(owner) as connection:
        return list(connection.exec_driver_sql("select * from market.toy order by video_id, day"))


def a_row(video: str, day: date, views: Any, **more: Any) -> dict[str, Any]:
    return {"video_id": video, "day": day, "views": views} | more


DAY = date(2026, 11, 20)


def test_the_same_rows_again_change_nothing(toy):
    rows = Rows(table=TABLE, rows=[a_row("a", DAY, 5), a_row("b", DAY, 2**60)])
    first, second = put(rows), put(rows)
    assert (first.rows_changed, second.rows_changed) == (2, 0)
    assert (first.days, second.days) == ({DAY}, set())
    assert [row.views for row in kept()] == [5, 2**60]


def test_a_changed_row_is_changed_and_names_its_day(toy):
    put(Rows(table=TABLE, rows=[a_row("a", DAY, 5), a_row("b", DAY, 6)]))
    saved = put(Rows(table=TABLE, rows=[a_row("a", DAY, 4), a_row("b", DAY, 6)]))
    assert (saved.rows_changed, saved.days) == (1, {DAY})
    assert [row.views for row in kept()] == [4, 6]


def test_a_slice_read_whole_loses_what_is_no_longer_in_it(toy):
    before = DAY.replace(day=19)
    put(Rows(table=TABLE, rows=[a_row("a", DAY, 5), a_row("b", DAY, 6), a_row("b", before, 1)]))
    saved = put(Whole(table=TABLE, first=DAY, last=DAY), Rows(table=TABLE, rows=[a_row("a", DAY, 5)]))
    assert saved.rows_changed == 1
    assert [(row.video_id, row.day) for row in kept()] == [("a", DAY), ("b", before)]


def test_unknown_fields_and_values_of_another_kind_are_kept_aside(toy):
    saved = put(
        Rows(table=TABLE, rows=[a_row("a", DAY, "many", new_field={"x": 1}), a_row("b", DAY, "7", new_field=2)])
    )
    first, second = kept()
    assert (first.views, first.extra) == (None, {"views": "many", "new_field": {"x": 1}})
    assert (second.views, second.extra) == (7, {"new_field": 2})
    assert saved.misfits == {"market.toy.views"}


def test_another_owner_neither_sees_nor_changes_them(toy):
    put(Rows(table=TABLE, rows=[a_row("a", DAY, 5)]))
    put(Rows(table=TABLE, rows=[a_row("a", DAY, 9)]), owner="bob")
    assert [row.views for row in kept()] == [5]


def test_equal_rows_read_again_after_a_week_are_as_fresh_as_that_reading(toy):
    rows = Rows(table=TABLE, rows=[a_row("a", DAY, 5)])
    put(rows)
    soon, late = NOW + timedelta(days=6), NOW + timedelta(days=8)
    put(rows, at=soon)
    assert [row.collected_at for row in kept()] == [NOW]
    put(rows, at=late)
    assert [row.collected_at for row in kept()] == [late]
