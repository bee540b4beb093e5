"""Collected rows reach their tables whole, once, and say what changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
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


def test_numbers_no_column_holds_are_kept_aside(toy):
    saved = put(Rows(table=TABLE, rows=[a_row("a", DAY, 2**63, money=1.5), a_row("b", DAY, 1, money=float("inf"))]))
    first, second = kept()
    assert (first.views, first.extra) == (None, {"views": 2**63})
    assert (second.money, second.extra) == (None, {"money": "Infinity"})
    assert saved.misfits == {"market.toy.views", "market.toy.money"}


def test_signs_that_mean_something_to_copy_arrive_as_they_are(toy):
    names = ["a\\N", "b\tc\nd\re", "%s %d", "\\N", "e\\.", "\U0001f600 \u05e9"]
    put(Rows(table=TABLE, rows=[a_row(name, DAY, 1) for name in names]))
    put(Rows(table=TABLE, rows=[a_row("z\x00", DAY, 1)]))
    assert {row.video_id for row in kept()} == {*names, "z"}


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


NEXT_MONTH = date(2026, 12, 3)


def test_a_row_given_twice_in_a_new_month_counts_once_and_the_last_one_counts(toy):
    put(Rows(table=TABLE, rows=[a_row("z", DAY, 1)]))
    saved = put(
        Rows(table=TABLE, rows=[a_row("a", NEXT_MONTH, 1), a_row("a", DAY, 7)]),
        Rows(table=TABLE, rows=[a_row("b", NEXT_MONTH, 3), a_row("a", NEXT_MONTH, 2)]),
    )
    assert (saved.rows_changed, saved.days) == (3, {DAY, NEXT_MONTH})
    assert [(row.video_id, row.day, row.views) for row in kept()] == [
        ("a", DAY, 7), ("a", NEXT_MONTH, 2), ("b", NEXT_MONTH, 3), ("z", DAY, 1),
    ]  # fmt: skip


def test_a_load_over_old_and_new_months_is_whole(toy):
    put(Rows(table=TABLE, rows=[a_row("a", DAY, 1)]))
    later = date(2027, 1, 31)
    rows = [a_row("a", DAY, 2), a_row("a", NEXT_MONTH, 3), a_row("a", later, 4), a_row("b", DAY, 5)]
    saved = put(Rows(table=TABLE, rows=rows))
    assert (saved.rows_changed, saved.days) == (4, {DAY, NEXT_MONTH, later})
    assert [row.views for row in kept()] == [2, 3, 4, 5]
    assert put(Rows(table=TABLE, rows=rows)).rows_changed == 0
    more = put(Rows(table=TABLE, rows=[a_row("a", NEXT_MONTH, 3)]), owner="bob")
    assert (more.rows_changed, [row.views for row in kept("bob")]) == (1, [3])


def test_a_slice_read_whole_keeps_the_rows_of_a_new_month(toy):
    put(Rows(table=TABLE, rows=[a_row("a", DAY, 1), a_row("b", DAY, 2)]))
    rows = [a_row("a", DAY, 1), a_row("a", NEXT_MONTH, 3), a_row("c", NEXT_MONTH, None)]
    saved = put(Whole(table=TABLE, first=DAY, last=NEXT_MONTH), Rows(table=TABLE, rows=rows))
    assert (saved.rows_changed, saved.days) == (3, {DAY, NEXT_MONTH})
    assert [(row.video_id, row.day, row.views) for row in kept()] == [
        ("a", DAY, 1), ("a", NEXT_MONTH, 3), ("c", NEXT_MONTH, None),
    ]  # fmt: skip


def test_answers_of_one_month_after_the_other_are_whole(toy):
    put(Rows(table=TABLE, rows=[a_row("a", DAY, 1)]))
    days = [DAY, NEXT_MONTH, date(2027, 1, 31), DAY, date(2027, 2, 1), NEXT_MONTH]
    saved = put(*(Rows(table=TABLE, rows=[a_row(f"v{n}", day, n)]) for n, day in enumerate(days)))
    assert (saved.rows_read, saved.rows_changed, saved.days) == (6, 6, set(days))
    assert {(row.video_id, row.day) for row in kept()} == {("a", DAY)} | {(f"v{n}", day) for n, day in enumerate(days)}


def test_a_month_somebody_else_is_just_filling_is_waited_for(toy, warehouse):
    begin = "select desk.begin_month('market.toy', '2026-12-01', 'bob', 'his', now())"
    rows = "insert into market.toy_202612 (video_id, day) values ('b', '2026-12-03')"
    with ThreadPoolExecutor(1) as pool, psycopg.connect(warehouse.app_url.replace("+psycopg", "")) as app:
        app.execute("select set_config('desk.owner', 'bob', false)")
        app.execute(begin)
        mine = pool.submit(put, Rows(table=TABLE, rows=[a_row("a", NEXT_MONTH, 1)]))
        with pytest.raises(TimeoutError):
            mine.result(timeout=1)
        app.execute(rows)
        app.execute("select desk.end_month('market.toy', '2026-12-01')")
        app.commit()
        assert mine.result(timeout=30).rows_changed == 1
    assert [[row.video_id for row in kept(name)] for name in ("alice", "bob")] == [["a"], ["b"]]


def test_a_load_that_fails_leaves_no_month_behind(toy, warehouse):
    with pytest.raises(psycopg.errors.NotNullViolation):
        put(Rows(table=TABLE, rows=[a_row("a", NEXT_MONTH, 1), a_row("a", None, 1)]))
    assert kept() == []
    put(Rows(table=TABLE, rows=[a_row("a", NEXT_MONTH, 1)]))
    assert [row.views for row in kept()] == [1]


def test_a_new_months_table_takes_the_askers_rows_only_and_only_until_it_is_attached(toy, warehouse):
    row = (
        "insert into market.toy_202612 (owner, account_id, video_id, day, collected_at)"
        " values (%s, 'x', 'x', %s, now())"
    )
    begin = "select desk.begin_month('market.toy', '2026-12-01', 'alice', 'y', now())"
    end = "select desk.end_month('market.toy', '2026-12-01')"
    with psycopg.connect(warehouse.app_url.replace("+psycopg", "")) as app:
        app.execute("select set_config('desk.owner', 'bob', false)")
        app.commit()
        app.execute(begin)
        with pytest.raises(psycopg.errors.CheckViolation):
            app.execute(row, ("alice", NEXT_MONTH))
        app.rollback()
        app.execute(begin)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
            app.execute("select * from market.toy_202612")
        app.execute(row, ("bob", NEXT_MONTH))
        app.execute(end)
        for statement in (row, "select * from market.toy_202612"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
                app.execute(statement, ("bob", NEXT_MONTH) if statement is row else None)
        with pytest.raises(psycopg.errors.NoDataFound), app.transaction():
            app.execute(end)
        app.commit()
        assert app.execute(begin).fetchone() == (None,)
        assert app.execute("select owner from market.toy").fetchall() == [("bob",)]


def test_two_first_loads_of_a_month_at_once_both_arrive(toy):
    with ThreadPoolExecutor(4) as pool:
        loads = [
            pool.submit(put, Rows(table=TABLE, rows=[a_row(f"{n}", NEXT_MONTH, n)]), owner=name)
            for n, name in enumerate(("alice", "bob", "alice", "carol"))
        ]
        assert [load.result().rows_changed for load in loads] == [1, 1, 1, 1]
    assert [len(kept(name)) for name in ("alice", "bob", "carol")] == [2, 1, 1]
