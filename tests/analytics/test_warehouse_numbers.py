"""Every number of the marts in its right place: each total and delta, each account, month, age, thread and rate."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from include.analytics import warehouse
from tests.analytics import stage
from tests.analytics.stage import SEEN, mart, read, touch_days
from tests.analytics.test_warehouse import DAY, day, marts, told, views  # noqa: F401  the fixture, found by its name

COUNTED = ("views", "likes", "comments", "shares", "saves", "reach", "watch_seconds")
PLATFORMS = ("youtube", "instagram", "facebook", "tiktok", "linkedin")
BY_SOURCE = {
    "traffic_daily": {"source": "search", "views": 5, "watch_seconds": Decimal(60), "share": Decimal("0.25")},
    "audience_daily": {
        "dimension": "age", "value": "18-24", "views": 7, "share": Decimal("0.5"), "followers": 9,
    },
}  # fmt: skip


def numbers(first: int) -> dict[str, int]:
    """Return a total of each kind, all different."""
    return {f"{name}_total": first + 1000 * place for place, name in enumerate(COUNTED)}


def test_every_total_has_its_own_delta_and_its_own_flag(marts):  # noqa: F811
    stage.publish(marts, "v")
    read("video_daily", {"video_id": "v", "day": day(0)} | numbers(100))
    read("video_daily", {"video_id": "v", "day": day(1)} | numbers(130))
    for number, name in enumerate(COUNTED):
        lower = numbers(130 + number + 1) | {f"{name}_total": 1}
        read("video_daily", {"video_id": "v", "day": day(2 + number)} | lower)
    warehouse.build("alice")
    rows = mart("video_daily", order="day")
    assert [getattr(rows[0], f"{name}_delta") for name in COUNTED] == list(numbers(100).values())
    assert [getattr(rows[1], f"{name}_delta") for name in COUNTED] == [30] * 7
    assert [row.went_down for row in rows[2:]] == [[name] for name in COUNTED]
    assert all(getattr(row, f"{name}_total") == 1 for row, name in zip(rows[2:], COUNTED, strict=True))


@pytest.mark.parametrize("name", COUNTED)
def test_a_restated_total_of_any_kind_goes_on_into_the_next_day(marts, name: str):  # noqa: F811
    stage.publish(marts, "v")
    read("video_daily", *({"video_id": "v", "day": day(at)} | numbers(100 + at) for at in (0, 1, 2)))
    warehouse.build("alice")
    read("video_daily", {"video_id": "v", "day": day(0)} | numbers(100) | {f"{name}_total": 90})
    assert warehouse.build("alice").days == [day(0), day(1)]
    before = numbers(101)[f"{name}_total"]
    assert told(f"{name}_total", f"{name}_delta")[:2] == [(90, 90), (before, before - 90)]


def test_every_platform_is_in_the_mart_under_its_own_name(marts):  # noqa: F811
    place_of = {platform: place for place, platform in enumerate(PLATFORMS)}
    for platform, place in place_of.items():
        stage.publish(marts, "v", platform=platform)
        read("video_daily", views("v", 0, 10 + place), platform=platform)
        read("account_daily", {"day": DAY, "followers_total": 20 + place}, platform=platform)
        for grain, row in BY_SOURCE.items():
            read(grain, {"video_id": None, "day": DAY} | row, platform=platform)
    warehouse.build("alice")
    assert {row.platform: row.views_total - 10 for row in mart("video_daily")} == place_of
    assert {row.platform: row.followers_total - 20 for row in mart("account_daily")} == place_of
    assert sorted(row.platform for row in mart("audience_daily")) == sorted(PLATFORMS)
    assert sorted(row.platform for row in mart("traffic_daily")) == sorted(set(PLATFORMS) - {"linkedin"})  # tells none


def test_one_video_on_two_accounts_of_a_platform_stays_two(marts):  # noqa: F811
    stage.publish(marts, "v")
    marts.execute("insert into desk.account (owner, account_id, platform) values ('alice', 'second', 'youtube')")
    marts.execute(
        "insert into desk.publication (owner, release_id, account_id, platform, placement, state, target, video_id,"
        " published_at) select owner, release_id, 'second', platform, placement, state, target, video_id, published_at"
        " from desk.publication"
    )
    for at, counts in enumerate(((10, 500), (12, 600))):
        for account, count in zip(("youtube", "second"), counts, strict=True):
            read("video_daily", views("v", at, count, account_id=account))
            row = {"account_id": account, "day": day(at), "followers_total": count, "posts_total": count + 1}
            read("account_daily", row)
    warehouse.build("alice")
    rows = mart("video_daily", order="day, account_id desc")
    assert [(row.account_id, row.views_total, row.views_delta) for row in rows] == [
        ("youtube", 10, 10), ("second", 500, 500), ("youtube", 12, 2), ("second", 600, 100),
    ]  # fmt: skip
    rows = mart("account_daily", order="day, account_id desc")
    assert [(row.account_id, row.followers_total, row.followers_delta, row.posts_delta) for row in rows] == [
        ("youtube", 10, None, None), ("second", 500, None, None), ("youtube", 12, 2, 2), ("second", 600, 100, 100),
    ]  # fmt: skip


def test_the_day_a_publication_came_out_is_that_of_universal_time(marts):  # noqa: F811
    """At 2:00 it is still the evening before in California, and at 23:00 already the next day in Tokyo."""
    for hour in (2, 23):
        stage.publish(marts, f"v{hour}", at=datetime(2026, 11, 20, hour, tzinfo=UTC))
    read("video_daily", views("v2", 0, 10), views("v23", 0, 10), views("v2", 1, 11), views("v23", 1, 11))
    warehouse.build("alice")
    assert set(told("day", "published_on", "age_days")) == {(day(0), DAY, 0), (day(1), DAY, 1)}


def test_readings_from_before_the_day_before_a_publication_are_not_its_own(marts):  # noqa: F811
    """A platform's day may have another date than ours, but no more than one off."""
    stage.publish(marts, "v", at=datetime(2026, 11, 20, 2, tzinfo=UTC))
    read("video_daily", views("v", -2, 7), views("v", -1, 8), views("v", 0, 9))
    warehouse.build("alice")
    assert told("day", "views_total", "views_delta") == [(day(-1), 8, 8), (day(0), 9, 1)]


def test_views_at_an_age_are_those_of_that_very_day_and_the_last_week_is_seven_days(marts):  # noqa: F811
    stage.publish(marts, "v", at=datetime(2026, 11, 20, 10, tzinfo=UTC))
    read("video_daily", *(views("v", at, 100 + at * at) for at in range(31)))
    warehouse.build("alice")
    [row] = mart("content_performance")
    assert (row.views_at_day_1, row.views_at_day_7, row.views_at_day_28) == (101, 149, 884)
    assert (row.age_days, row.views_total, row.views_last_7_days) == (30, 1000, 900 - 23 * 23)


def test_rates_are_of_the_views_and_null_where_nothing_was_told(marts):  # noqa: F811
    for video in ("v", "quiet", "unseen"):
        stage.publish(marts, video)
    counts = {"likes_total": 40, "comments_total": 10, "shares_total": 5, "saves_total": 1}
    read("video_daily", views("v", 0, 800, **counts), views("quiet", 0, 9), views("unseen", 0, 0, likes_total=0))
    warehouse.build("alice")
    rates = {
        row.video_id: (row.engagement_rate, row.like_rate, row.comment_rate, row.share_rate)
        for row in mart("content_performance")
    }
    assert rates == {
        "v": (Decimal("0.07"), Decimal("0.05"), Decimal("0.0125"), Decimal("0.00625")),
        "quiet": (None, None, None, None),
        "unseen": (None, None, None, None),
    }


def test_traffic_and_audience_are_kept_of_the_account_and_of_our_videos_only(marts):  # noqa: F811
    publication = stage.publish(marts, "v")
    for grain, row in BY_SOURCE.items():
        read(grain, *({"video_id": one, "day": DAY} | row for one in ("v", None, "imported")))
    warehouse.build("alice")
    for grain, row in BY_SOURCE.items():
        found = {one.video_id: one for one in mart(grain, order="video_id")}
        assert {one: row.publication_id and str(row.publication_id) for one, row in found.items()} == {
            "v": publication, None: None,
        }  # fmt: skip
        assert all({name: getattr(one, name) for name in row} == row for one in found.values())


def test_money_of_the_last_day_of_a_month_is_not_that_of_the_next(marts):  # noqa: F811
    stage.publish(marts, "v")
    month_ends = date(2026, 11, 30)
    for number, earned in ((0, 2), (1, 5)):
        row = {"day": month_ends + timedelta(days=number), "earnings": earned, "currency": "EUR", "source": "api"}
        read("revenue_daily", {"video_id": "v"} | row, {"video_id": None} | row | {"earnings": earned * 10})
    warehouse.build("alice")
    rows = mart("revenue_monthly", order="month, earnings")
    assert [(row.month, row.video_id, row.earnings, row.days) for row in rows] == [
        (date(2026, 11, 1), "v", 2, 1), (date(2026, 11, 1), None, 20, 1),
        (date(2026, 12, 1), "v", 5, 1), (date(2026, 12, 1), None, 50, 1),
    ]  # fmt: skip
    assert [(row.earnings, row.currency) for row in mart("content_performance")] == [(7, "EUR")]
    again = {"video_id": "v", "day": month_ends, "earnings": 3, "currency": "EUR", "source": "api"}
    read("revenue_daily", again)  # restated, when the next month has begun
    warehouse.build("alice")
    rows = mart("revenue_monthly", order="month, earnings")
    assert [row.earnings for row in rows] == [3, 20, 5, 50]


def test_money_of_two_currencies_counts_once_in_each_and_is_nowhere_one_sum(marts):  # noqa: F811
    stage.publish(marts, "v")
    for currency, earned in (("EUR", 3), ("USD", 4)):
        row = {"video_id": "v", "currency": currency, "source": "api"}
        read("revenue_daily", *(row | {"day": day(at), "earnings": earned} for at in (0, 1)))
    warehouse.build("alice")
    assert {(row.day, row.currency): (row.earnings, row.counts) for row in mart("revenue_daily")} == {
        (day(at), one): (earned, True) for at in (0, 1) for one, earned in (("EUR", 3), ("USD", 4))
    }
    assert {row.currency: (row.earnings, row.days) for row in mart("revenue_monthly")} == {"EUR": (6, 2), "USD": (8, 2)}
    assert [(row.earnings, row.earnings_per_thousand_views) for row in mart("content_performance")] == [(None, None)]


def test_threads_of_two_platforms_with_the_same_ids_do_not_mix(marts):  # noqa: F811
    for platform in ("youtube", "instagram"):
        stage.publish(marts, "v", platform=platform)
    comment = {"video_id": "v", "text": "hi"}
    chain = [comment | {"comment_id": "a"}, comment | {"comment_id": "b", "parent_id": "a"}]
    read("interaction", *chain, comment | {"comment_id": "c", "parent_id": "b"})
    read("interaction", comment | {"comment_id": "b"}, comment | {"comment_id": "c", "parent_id": "b"},
         comment | {"comment_id": "a", "parent_id": "c"}, platform="instagram")  # fmt: skip
    warehouse.build("alice")
    found = {(row.platform, row.comment_id): (row.root_id, row.depth) for row in mart("interaction")}
    assert found == {
        ("youtube", "a"): ("a", 0), ("youtube", "b"): ("a", 1), ("youtube", "c"): ("a", 2),
        ("instagram", "b"): ("b", 0), ("instagram", "c"): ("b", 1), ("instagram", "a"): ("b", 2),
    }  # fmt: skip


def test_a_video_noted_twice_has_each_of_its_comments_and_its_money_once(marts):  # noqa: F811
    publication = stage.publish(marts, "v")
    stage.publish(marts, "v", release="the same video, noted again", at=datetime(2026, 11, 2, tzinfo=UTC))
    row = {"video_id": "v", "day": DAY}
    read("interaction", {"video_id": "v", "comment_id": "a", "text": "hi"})
    read("revenue_daily", row | {"currency": "EUR", "earnings": 1, "source": "api"})
    for grain, more in BY_SOURCE.items():
        read(grain, row | more)
    warehouse.build("alice")
    for name in ("interaction", "revenue_daily", *BY_SOURCE):
        assert [str(one.publication_id) for one in mart(name)] == [publication], name


def test_a_comment_that_was_read_earlier_and_kept_later_is_brought_over(marts):  # noqa: F811
    """Two readings at once: the one that began first may be kept last."""
    stage.publish(marts, "v")
    read("interaction", {"video_id": "v", "comment_id": "b", "collected_at": SEEN + timedelta(hours=12)})
    warehouse.build("alice")
    read("interaction", {"video_id": "v", "comment_id": "a", "collected_at": SEEN})
    warehouse.build("alice")
    assert [row.comment_id for row in mart("interaction", order="comment_id")] == ["a", "b"]


def test_a_piece_knows_when_it_was_first_and_last_out(marts):  # noqa: F811
    first, last = datetime(2026, 11, 1, 10, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC)
    stage.publish(marts, "v", release="r", at=first)
    stage.publish(marts, "w", release="r", platform="tiktok", at=last)
    stage.publish(marts, "other", at=datetime(2026, 11, 9, tzinfo=UTC))
    touch_days([DAY])
    warehouse.build("alice")
    pieces: dict[str, Any] = {row.title_id: row for row in mart("content_piece")}
    assert (pieces["r"].first_published_at, pieces["r"].last_published_at) == (first, last)
    assert (pieces["r"].publications, pieces["other"].publications) == (2, 1)
