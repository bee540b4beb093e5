"""Facebook's numbers reach the warehouse as the sandbox's crowds made them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.analytics.meta_stage import NOW, TODAY, Place, as_before, by_day  # noqa: F401  found by its name
from tests.publishing.studio import Studio


@pytest.fixture
def place(configured: Studio) -> Place:
    """A Page in the monetization program."""
    return Place.opened(configured, "facebook")


def test_counters_insights_and_reactions_of_reels_equal_the_truth_in_one_call(place: Place):
    ids = place.plant(30)
    before = len(place.calls())
    outcome = place.collect("video_counters")
    assert (outcome.state, outcome.refused, outcome.misfits) == ("done", (), ())
    assert [one["endpoint"] for one in place.calls()[before:]] == ["video_reels.list"]
    truth = place.lifetime()
    insights = {row.video_id: row for row in place.rows("select * from facebook.video_insight")}
    counters = {row.video_id: row for row in place.rows("select * from facebook.video_counter")}
    reactions = place.rows("select video_id, sum(count) as n, count(*) as kinds from facebook.reaction group by 1")
    assert set(insights) == set(counters) == set(ids)
    for video, seen in truth.items():
        told = insights[video]
        assert (told.blue_reels_play_count, told.comments, told.shares, told.reactions) == (
            seen["views"], seen["comments"], seen["shares"], seen["likes"],
        )  # fmt: skip
        assert told.post_video_view_time == seen["watch_seconds"] * 1000
        assert told.fb_reels_total_plays == seen["views"] + seen["views"] // 10
        assert told.total_video_views is None
        assert counters[video].post_views == seen["views"]
    assert {row.video_id: row.n for row in reactions} == {one: seen["likes"] for one, seen in truth.items()}
    assert {row.kinds for row in reactions} == {6}


def test_posts_tell_the_reach_and_their_ids_are_asked_once(place: Place):
    ids = place.plant(3)
    place.collect("posts")
    truth = place.lifetime()
    rows = {row.video_id: row for row in place.rows("select * from facebook.post")}
    assert {one: row.post_total_media_view_unique for one, row in rows.items()} == {
        one: seen["reach"] for one, seen in truth.items()
    }
    assert all(rows[one].post_id.startswith(place.user) for one in ids)
    before = len(place.calls())
    assert place.collect("posts", everything=True).rows_changed == 0
    assert len(place.calls()) - before == 1


def test_retention_begins_with_everybody_and_ends_with_who_completed(place: Place):
    place.plant(2)
    assert place.collect("retention").state == "done"
    truth = place.lifetime()
    for video, seen in truth.items():
        graph = place.rows("select step, share from facebook.retention where video_id = %s order by step", video)
        assert [row.step for row in graph] == list(range(40))
        assert graph[0].share == 1
        assert graph[-1].share == pytest.approx(Decimal(seen["completed"]) / seen["views"], abs=Decimal("0.0001"))


def test_days_of_the_page_equal_the_truth(place: Place):
    place.plant(5, at=NOW - timedelta(days=6))
    outcome = place.collect("page")
    assert (outcome.state, outcome.refused, outcome.misfits) == ("done", (), ())
    rows = {row.day: row for row in place.rows("select * from facebook.page_daily")}
    yesterday = TODAY - timedelta(days=1)
    assert sorted(rows) == [yesterday - timedelta(days=2), yesterday - timedelta(days=1), yesterday]
    for day, seen in by_day(place, min(rows), max(rows)):
        row = rows[day]
        assert (row.page_media_view, row.page_total_media_view_unique, row.page_views_total) == (
            seen["views"], seen["reach"], seen["profile_visits"],
        )  # fmt: skip
        assert (row.page_daily_follows, row.page_daily_unfollows_unique) == (
            seen["followers_gained"], seen["followers_lost"],
        )  # fmt: skip
        assert row.page_video_view_time == seen["watch_seconds"] * 1000
        assert row.page_follows > 321


def test_money_of_the_page_and_its_videos_equals_the_truth(place: Place):
    place.plant(4, at=NOW - timedelta(days=6))
    assert (place.collect("revenue").state, place.collect("video_revenue").state) == ("done", "done")
    first = TODAY - timedelta(days=5)
    for day, seen in by_day(place, first, TODAY - timedelta(days=1)):
        page, *sources = place.rows(
            "select * from facebook.revenue_daily where video_id = '' and day = %s order by earning_source", day
        )
        assert (page.micro_amount, page.currency) == (seen["revenue_micros"], "USD")
        assert page.earnings == Decimal(seen["revenue_micros"]) / 1_000_000
        assert page.approximate_earnings == page.earnings
        assert sum(row.micro_amount for row in sources) == page.micro_amount
        [videos] = place.rows(
            "select sum(micro_amount) as micro, sum(ad_impressions) as shown, sum(qualified_views) as counted"
            " from facebook.revenue_daily where video_id <> '' and day = %s", day,
        )  # fmt: skip
        assert (videos.micro, videos.shown, videos.counted) == (
            seen["revenue_micros"], seen["ad_impressions"], seen["monetized_playbacks"],
        )  # fmt: skip


def test_a_page_outside_the_program_has_no_money_and_no_error(configured: Studio):
    place = Place.opened(configured, "facebook", monetized=False)
    place.plant(1)
    assert (place.collect("revenue").state, place.collect("video_revenue").state) == ("done", "done")
    assert place.rows("select 1 from facebook.revenue_daily") == []
