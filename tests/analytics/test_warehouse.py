"""The marts are what the platforms' rows say, day by day, whatever came late, changed, went down or is gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.analytics import warehouse, warehouse_models
from include.analytics.warehouse import CheckFailed
from tests.analytics import stage
from tests.analytics.stage import mart, read, touch_days

DAY = date(2026, 11, 20)
OF_A_DAY = ("account_daily", "video_daily", "revenue_daily", "revenue_monthly", "traffic_daily", "audience_daily")


@pytest.fixture
def marts(desk: Any, postgres_server: Any, warehouse: Any) -> Any:
    """The warehouse with staging tables to fill, and a superuser to publish with."""
    with postgres_server.superuser(warehouse) as connection:
        stage.set_up(connection)
        yield connection


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def everything(owner: str = "alice") -> dict[str, list[Any]]:
    return {name: mart(name, owner=owner) for name in (*OF_A_DAY, *warehouse_models.AT_THE_END)}


def told(*columns: str, name: str = "video_daily", owner: str = "alice") -> list[tuple[Any, ...]]:
    rows = mart(name, owner=owner, order="publication_id, day" if name == "video_daily" else "day")
    return [tuple(getattr(row, column) for column in columns) for row in rows]


def views(video: str, number: int, count: int | None, **more: Any) -> dict[str, Any]:
    return {"video_id": video, "day": day(number), "views_total": count} | more


def test_a_day_is_what_it_added_and_its_lifetime(marts):
    stage.publish(marts, "v")
    read("video_daily", views("v", 0, 10, likes_total=1), views("v", 1, 25, likes_total=1, views=14, provisional=True))
    built = warehouse.build("alice")
    assert (built.days, built.summary) == ([day(0), day(1)], True)
    assert told("day", "views_total", "views_delta", "likes_delta", "views", "measured", "provisional") == [
        (day(0), 10, 10, 1, None, True, False),
        (day(1), 25, 15, 0, 14, True, True),
    ]
    assert warehouse.owners() == []


def test_the_same_day_twice_is_equal(marts):
    stage.publish(marts, "v")
    stage.publish(marts, "w", platform="tiktok")
    read("video_daily", views("v", 0, 10), views("v", 1, 12))
    read("video_daily", views("w", 0, 5), platform="tiktok")
    read("account_daily", {"day": day(0), "followers_total": 3})
    read(
        "revenue_daily",
        {"video_id": "v", "day": day(0), "currency": "EUR", "earnings": Decimal("1.5"), "source": "api"},
    )
    read("interaction", {"video_id": "v", "comment_id": "c", "text": "hi"})
    warehouse.build("alice")
    first = everything()
    warehouse.rebuild("alice", day(0), day(1))
    assert everything() == first
    assert all(first[name] for name in ("video_daily", "account_daily", "revenue_daily", "interaction"))


def test_a_day_nobody_could_read_is_carried_forward_and_says_so(marts):
    stage.publish(marts, "v")
    read("video_daily", views("v", 0, 10), views("v", 4, 50))
    built = warehouse.build("alice")
    assert built.days == [day(number) for number in range(5)]
    assert told("day", "views_total", "views_delta", "measured", "measured_on", "provisional") == [
        (day(0), 10, 10, True, day(0), False),
        *((day(number), 10, None, False, day(0), True) for number in (1, 2, 3)),
        (day(4), 50, 40, True, day(4), False),
    ]


def test_a_restated_day_changes_the_next_days_too_and_no_more_than_needed(marts):
    stage.publish(marts, "v")
    read("video_daily", views("v", 0, 10), views("v", 3, 40), views("v", 4, 50))
    warehouse.build("alice")
    read("video_daily", views("v", 0, 13))
    built = warehouse.build("alice")
    assert built.days == [day(0), day(1), day(2), day(3)], "day 4 takes nothing over that changed"
    assert told("views_total", "views_delta") == [(13, 13), (13, None), (13, None), (40, 27), (50, 10)]


def test_a_restated_daily_number_builds_its_own_day_only(marts):
    stage.publish(marts, "v")
    read("video_daily", views("v", 0, 10, views=9), views("v", 1, 20))
    warehouse.build("alice")
    read("video_daily", views("v", 0, 10, views=8))
    assert warehouse.build("alice").days == [day(0)]
    assert told("views") == [(8,), (None,)]


def test_a_day_that_came_late_is_put_between_its_neighbours(marts):
    stage.publish(marts, "v")
    read("video_daily", views("v", 0, 10), views("v", 2, 30))
    warehouse.build("alice")
    read("video_daily", views("v", 1, 18))
    warehouse.build("alice")
    assert told("views_total", "views_delta", "measured") == [(10, 10, True), (18, 8, True), (30, 12, True)]


def test_a_counter_that_went_down_is_kept_and_flagged(marts):
    stage.publish(marts, "v")
    read(
        "video_daily",
        views("v", 0, 10, likes_total=5),
        views("v", 1, 7, likes_total=6),
        views("v", 2, 9, likes_total=2),
    )
    warehouse.build("alice")
    assert told("views_total", "views_delta", "went_down") == [(10, 10, []), (7, -3, ["views"]), (9, 2, ["likes"])]


def test_a_lifetime_that_is_not_told_on_a_day_stays(marts):
    stage.publish(marts, "v")
    read("video_daily", views("v", 0, 10, saves_total=3), views("v", 1, 12), views("v", 2, None, views=4))
    warehouse.build("alice")
    assert told("views_total", "saves_total", "saves_delta", "measured", "measured_on", "views") == [
        (10, 3, 3, True, day(0), None), (12, 3, None, True, day(1), None), (12, 3, None, False, day(1), 4),
    ]  # fmt: skip


def test_a_deleted_video_keeps_its_history(marts):
    publication = stage.publish(marts, "v")
    stage.publish(marts, "w")
    read("video_daily", views("v", 0, 10), views("w", 0, 1))
    marts.execute(
        "insert into desk.reading (owner, account_id, dataset, video_id, next_at, missing_since)"
        " values ('alice', 'youtube', 'video_counters', 'v', now(), '2026-11-21 00:00Z')"
    )
    read("video_daily", views("w", 1, 2))
    warehouse.build("alice")
    rows = {(row.video_id, row.day): row.views_total for row in mart("video_daily")}
    assert rows == {("v", day(0)): 10, ("v", day(1)): 10, ("w", day(0)): 1, ("w", day(1)): 2}
    gone = {row.video_id: row.missing_since for row in mart("content_performance")}
    assert gone == {"v": datetime(2026, 11, 21, tzinfo=UTC), "w": None}
    assert str(mart("content_performance", order="video_id")[0].publication_id) == publication


def test_a_day_of_25_hours_is_one_day(marts):
    # clocks in California go back on 2026-11-01: the platform's day has 25 hours, its rows one date
    stage.publish(marts, "v", at=datetime(2026, 10, 31, 20, tzinfo=UTC))
    days = [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2)]
    read(
        "video_daily",
        *({"video_id": "v", "day": one, "views_total": n} for one, n in zip(days, (5, 30, 54), strict=True)),
    )
    warehouse.build("alice")
    assert told("day", "views_delta", "age_days") == [(days[0], 5, 0), (days[1], 25, 1), (days[2], 24, 2)]


def test_views_at_an_age_are_those_of_the_last_reading_by_then(marts):
    stage.publish(marts, "v", at=datetime(2026, 11, 19, 10, tzinfo=UTC))
    read("video_daily", views("v", -1, 10), views("v", 0, 20), views("v", 5, 60), views("v", 9, 99))
    warehouse.build("alice")
    last = mart("content_performance")[0]
    assert (last.views_at_day_1, last.views_at_day_7, last.views_at_day_28) == (20, 60, 99)
    assert (last.views_total, last.views_last_7_days, last.day) == (99, 79, day(9))


def test_videos_we_did_not_publish_are_in_no_mart_of_publications(marts):
    stage.publish(marts, "v")
    read("video_daily", views("v", 0, 10), views("imported", 0, 99))
    money = {"day": DAY, "currency": "EUR", "earnings": 1, "source": "api"}
    read("revenue_daily", *(money | {"video_id": one} for one in ("imported", "v", None)))
    warehouse.build("alice")
    assert [row.video_id for row in mart("video_daily")] == ["v"]
    assert sorted(str(row.video_id) for row in mart("revenue_daily")) == ["None", "v"]


def test_money_told_twice_counts_once(marts):
    stage.publish(marts, "v")
    row = {"video_id": "v", "day": DAY, "currency": "EUR"}
    read(
        "revenue_daily",
        row | {"earnings": Decimal("2.5"), "source": "api"},
        row | {"earnings": Decimal(3), "source": "import"},
    )
    read(
        "revenue_daily", {"video_id": "v", "day": day(1), "currency": "EUR", "earnings": Decimal(1), "source": "import"}
    )
    read("video_daily", views("v", 0, 1000))
    warehouse.build("alice")
    assert [(row.source, row.counts) for row in mart("revenue_daily", order="day, source")] == [
        ("api", True), ("import", False), ("import", True),
    ]  # fmt: skip
    assert [(row.month, row.earnings, row.days) for row in mart("revenue_monthly")] == [
        (date(2026, 11, 1), Decimal("3.5"), 2)
    ]
    one = mart("content_performance")[0]
    assert (one.earnings, one.currency, one.earnings_per_thousand_views) == (Decimal("3.5"), "EUR", Decimal("3.5"))


def test_money_in_two_currencies_is_not_added_up(marts):
    stage.publish(marts, "v")
    read(
        "revenue_daily",
        *({"video_id": "v", "day": DAY, "currency": c, "earnings": 1, "source": "api"} for c in ("EUR", "USD")),
    )
    warehouse.build("alice")
    assert [(row.earnings, row.currency) for row in mart("content_performance")] == [(None, None)]
    assert len(mart("revenue_monthly")) == 2


def test_followers_of_an_account_go_on_from_day_to_day(marts):
    stage.publish(marts, "v")
    read("account_daily", {"day": day(0), "followers_total": 10}, {"day": day(2), "followers_total": 7})
    warehouse.build("alice")
    assert told("followers_total", "followers_delta", "measured", "went_down", name="account_daily") == [
        (10, None, True, []), (10, None, False, []), (7, -3, True, ["followers"]),
    ]  # fmt: skip


def test_a_release_is_one_piece_with_all_its_publications(marts):
    stage.publish(marts, "v", release="r")
    stage.publish(marts, "w", release="r", platform="tiktok", at=datetime(2026, 11, 5, tzinfo=UTC))
    touch_days([DAY])
    warehouse.build("alice")
    piece = mart("content_piece")[0]
    assert (piece.publications, piece.platforms, piece.tags, piece.cost) == (
        2,
        ["tiktok", "youtube"],
        ["a", "b"],
        Decimal("12.50"),
    )
    assert piece.last_published_at == datetime(2026, 11, 5, tzinfo=UTC)
    assert len(mart("content_performance")) == 2


def test_comments_hang_together_whatever_order_they_came_in(marts):
    publication = stage.publish(marts, "v")
    comment = {"video_id": "v", "text": "🎉 مرحبا"}
    read(
        "interaction", comment | {"comment_id": "c", "parent_id": "b"}, comment | {"comment_id": "d", "parent_id": "c"}
    )
    warehouse.build("alice")
    read(
        "interaction",
        comment | {"comment_id": "a"},
        comment | {"comment_id": "b", "parent_id": "a"},
        comment | {"comment_id": "x", "parent_id": "gone"},
    )
    warehouse.build("alice")
    rows = {row.comment_id: (row.root_id, row.depth) for row in mart("interaction")}
    assert rows == {"a": ("a", 0), "b": ("a", 1), "c": ("a", 2), "d": ("a", 3), "x": ("gone", 1)}
    assert {str(row.publication_id) for row in mart("interaction")} == {publication}


def test_an_edited_and_a_deleted_comment_are_brought_over(marts):
    stage.publish(marts, "v")
    read("interaction", {"video_id": "v", "comment_id": "a", "text": "old"})
    warehouse.build("alice")
    later = stage.SEEN + timedelta(hours=1)
    read("interaction", {"video_id": "v", "comment_id": "a", "text": "new", "deleted_at": later, "collected_at": later})
    warehouse.build("alice")
    assert [(row.text, row.deleted_at) for row in mart("interaction")] == [("new", later)]


def test_another_owner_sees_and_changes_nothing(marts):
    for owner in ("alice", "bob"):
        stage.publish(marts, "v", owner=owner)
        read("video_daily", views("v", 0, 10 if owner == "alice" else 20), owner=owner)
    assert warehouse.owners() == ["alice", "bob"]
    warehouse.build("alice")
    assert mart("video_daily", owner="bob") == []
    assert warehouse.owners() == ["bob"]
    warehouse.build("bob")
    assert [row.views_total for row in mart("video_daily")] == [10]
    assert [row.views_total for row in mart("video_daily", owner="bob")] == [20]


@pytest.mark.parametrize(
    ("grain", "row", "check"),
    [
        ("video_daily", {"views_total": -1}, "video_daily__never_negative"),
        ("revenue_daily", {"earnings": 1, "source": "api", "currency": "euro"}, "revenue_daily__names_its_currency"),
        ("revenue_daily", {"cpm": -1, "source": "api", "currency": "EUR"}, "revenue_daily__never_negative"),
        ("traffic_daily", {"source": "search", "share": 2}, "traffic_daily__share_is_a_share"),
        ("audience_daily", {"dimension": "age", "value": "x", "share": -1}, "audience_daily__share_is_a_share"),
    ],
)
def test_a_failed_check_keeps_nothing_of_the_day_and_is_told(marts, grain: str, row: dict[str, Any], check: str):
    stage.publish(marts, "v")
    read("video_daily", views("v", 0, 10))
    read("account_daily", {"day": DAY, "followers_total": 3})
    warehouse.build("alice")
    before = everything()
    read("account_daily", {"day": DAY, "followers_total": 4})
    read(grain, {"video_id": "v", "day": DAY} | row)
    with pytest.raises(
        CheckFailed, match=rf"2026-11-20 of alice was not built: sql/checks/{check}\.sql found 1 bad rows"
    ):
        warehouse.build("alice")
    assert everything() == before
    assert warehouse.owners() == ["alice"], "it stays on the list"
    marts.execute(f"delete from staging.stg_youtube__{grain}")
    read("video_daily", views("v", 0, 10))
    warehouse.build("alice")
    assert mart("account_daily")[0].followers_total == 4


def test_days_without_a_reading_or_a_build_are_filled_in_before_the_next(marts):
    """Three days nobody was there: the next day grows from what was known, not from nothing."""
    stage.publish(marts, "v")
    read("video_daily", views("v", 0, 10))
    warehouse.build("alice")
    read("video_daily", views("v", 4, 25))
    warehouse.build("alice")
    assert told("day", "views_total", "views_delta", "measured") == [
        (day(0), 10, 10, True),
        *((day(number), 10, None, False) for number in (1, 2, 3)),
        (day(4), 25, 15, True),
    ]


def test_what_is_touched_while_a_day_is_built_is_built_again(marts, monkeypatch):
    stage.publish(marts, "v")
    read("video_daily", views("v", 0, 10))
    run, reads = warehouse._run, []

    def run_and_read(*given: Any) -> None:
        run(*given)
        if not reads:
            reads.append(True)
            read("video_daily", views("v", 0, 11))

    monkeypatch.setattr(warehouse, "_run", run_and_read)
    built = warehouse.build("alice")
    assert built.days == [DAY, DAY]
    assert told("views_total") == [(11,)]


def test_two_builds_at_once_build_each_day_once(marts):
    stage.publish(marts, "v")
    read("video_daily", *(views("v", number, 10 + number) for number in range(6)))
    with ThreadPoolExecutor(3) as pool:
        built = list(pool.map(warehouse.build, ["alice"] * 3))
    assert sorted(one for each in built for one in each.days) == [day(number) for number in range(6)]
    assert [total for total, _ in told("views_total", "views_delta")] == [10, 11, 12, 13, 14, 15]


READINGS = st.lists(
    st.tuples(st.sampled_from(["v", "w"]), st.integers(0, 9), st.integers(0, 50) | st.none()), min_size=1, max_size=8
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(readings=READINGS)
def test_deltas_add_up_to_the_lifetime_in_whatever_order_days_are_read_and_restated(marts, readings):
    marts.execute("truncate staging.stg_youtube__video_daily, desk.touched_day, marts.video_daily")
    if not marts.execute("select from desk.publication").fetchall():
        for video in ("v", "w"):
            stage.publish(marts, video)
    for video, number, count in readings:
        read("video_daily", views(video, number, count))
        warehouse.build("alice")
    step_by_step = mart("video_daily")
    sums: dict[str, int] = {}
    for row in sorted(step_by_step, key=lambda one: one.day):
        sums[row.video_id] = sums.get(row.video_id, 0) + (row.views_delta or 0)
        assert sums[row.video_id] == (row.views_total or 0)
    marts.execute("truncate marts.video_daily")
    touch_days({day(number) for _, number, _ in readings})
    warehouse.build("alice")
    assert mart("video_daily") == step_by_step, "in one go it comes to the same"
