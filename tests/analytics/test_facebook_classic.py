"""Facebook's classic videos (placement `video`, no reels): every number that is read equals what their crowds did."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from include.accounts import accounts
from include.publishing import clients
from tests.analytics.conftest import publish
from tests.analytics.meta_stage import NOW, TODAY, Place, as_before, by_day  # noqa: F401  found by its name
from tests.publishing.studio import OWNER, Studio, run_to_the_end

COUNTED = "total_video_views"
REELS_ONLY = ("blue_reels_play_count", "fb_reels_total_plays", "fb_reels_replay_count", "post_video_followers")
AUDIENCE = {"country", "region", "age_gender", "distribution"}
ALL = ("video_counters", "posts", "retention", "page", "comments", "revenue", "video_revenue")


@pytest.fixture
def place(configured: Studio, source: Path) -> Place:
    """A Page in the monetization program with three classic videos, a day between them, the last three days old."""
    found = Place.opened(configured, "facebook")
    for days in (5, 4, 3):
        upload(found, source / "sample.mp4", days)
    found.move(NOW)
    return found


def upload(place: Place, file: Path, days: int) -> str:
    """Publish a classic video as it was done so many days ago; return its id."""
    at = NOW - timedelta(days=days)
    place.move(at)
    with clients.open_calls(accounts.read(OWNER, place.account_id)) as calls, file.open("rb") as content:
        assert calls.tokens is not None
        answer = httpx.post(
            calls.address("graph", f"v26.0/{place.user}/videos"),
            files={"source": content},
            data={"access_token": calls.tokens.token(), "description": "A classic video"},
            timeout=60,
            trust_env=False,
        )
    video = str(answer.raise_for_status().json()["id"])
    publish(OWNER, place.account_id, [video], at=at, placement="video", platform="facebook")
    return video


def table(place: Place, name: str) -> dict[str, Any]:
    """Return a table of one row a video."""
    return {row.video_id: row for row in place.rows(f"select * from facebook.{name}")}


def test_counters_insights_and_reactions_of_classic_videos_equal_the_truth_in_one_call(place: Place):
    before = len(place.calls())
    outcome = place.collect("video_counters")
    assert (outcome.state, outcome.refused, outcome.misfits) == ("done", (), ())
    assert [one["endpoint"] for one in place.calls()[before:]] == ["videos.list"]
    truth, insights, counters = place.lifetime(), table(place, "video_insight"), table(place, "video_counter")
    assert set(truth) == set(insights) == set(counters)
    assert len(truth) == 3
    for video, seen in truth.items():
        told, counter = insights[video], counters[video]
        clicked, engaged = seen["views"] - seen["views"] * 3 // 4, seen["engaged_views"]
        assert (told.total_video_views, told.total_video_views_organic, told.total_video_views_paid) == (
            seen["views"], seen["views"], 0,
        )  # fmt: skip
        assert told.total_video_views_clicked_to_play == clicked
        assert told.total_video_views_autoplayed + clicked == seen["views"]
        assert told.total_video_views_sound_on == seen["views"] // 3
        assert (
            told.total_video_10s_views, told.total_video_15s_views, told.total_video_30s_views,
            told.total_video_60s_excludes_shorter_views, told.total_video_complete_views,
        ) == (engaged, engaged * 9 // 10, engaged * 7 // 10, engaged * 4 // 10, seen["completed"])  # fmt: skip
        assert told.total_video_view_total_time == seen["watch_seconds"] * 1000
        assert told.total_video_avg_time_watched == seen["watch_seconds"] * 1000 // seen["views"]
        assert (told.comments, told.shares, told.reactions) == (seen["comments"], seen["shares"], seen["likes"])
        assert {getattr(told, name) for name in REELS_ONLY} == {None}
        assert (counter.views, counter.post_views, counter.day) == (seen["views"], seen["views"], TODAY)
        assert counter.length == pytest.approx(Decimal(4), abs=Decimal("0.1"))
    reactions = place.rows("select video_id, sum(count) as n, count(*) as kinds from facebook.reaction group by 1")
    assert {row.video_id: (row.n, row.kinds) for row in reactions} == {
        video: (seen["likes"], 6) for video, seen in truth.items()
    }


def test_posts_of_classic_videos_equal_the_truth(place: Place):
    outcome = place.collect("posts")
    assert (outcome.state, outcome.refused, outcome.misfits) == ("done", (), ())
    truth, posts = place.lifetime(), table(place, "post")
    assert set(posts) == set(truth)
    for video, seen in truth.items():
        told = posts[video]
        assert told.post_id.startswith(f"{place.user}_")
        assert (told.post_media_view, told.post_total_media_view_unique, told.post_clicks, told.post_video_views) == (
            seen["views"], seen["reach"], seen["clicks"], seen["views"],
        )  # fmt: skip
        assert told.post_video_view_time == seen["watch_seconds"] * 1000
        assert told.post_video_avg_time_watched == seen["watch_seconds"] * 1000 // seen["views"]
        assert told.post_video_complete_views_30s == seen["completed"]
        assert sum(told.post_clicks_by_type.values()) == seen["clicks"]
        assert sum(told.post_reactions_by_type_total.values()) == seen["likes"]
        assert told.post_reactions_like_total == told.post_reactions_by_type_total["like"]
        assert told.post_activity_by_action_type == {
            "like": seen["likes"], "comment": seen["comments"], "share": seen["shares"],
        }  # fmt: skip


def test_retention_and_audience_of_classic_videos_equal_the_truth(place: Place):
    outcome = place.collect("retention")
    assert (outcome.state, outcome.refused, outcome.misfits) == ("done", (), ())
    for video, seen in place.lifetime().items():
        graph = place.rows("select step, share from facebook.retention where video_id = %s order by step", video)
        assert [row.step for row in graph] == list(range(40))
        assert graph[0].share == 1
        assert graph[-1].share == pytest.approx(Decimal(seen["completed"]) / seen["views"], abs=Decimal("0.0001"))
        assert all(one.share >= other.share for one, other in pairwise(graph))
        watched = place.rows(
            "select dimension, sum(view_time) as n from facebook.audience where video_id = %s group by 1", video
        )
        assert {row.dimension: row.n for row in watched} == dict.fromkeys(AUDIENCE, seen["watch_seconds"] * 1000)
        shares = place.rows(
            "select dimension, sum(share) as whole from staging.stg_facebook__audience_daily where video_id = %s"
            " group by 1", video,
        )  # fmt: skip
        assert {row.dimension for row in shares} == AUDIENCE - {"distribution"}
        assert {round(row.whole, 9) for row in shares} == {1}


def test_days_and_money_with_classic_videos_equal_the_truth(place: Place):
    assert {place.collect(name).state for name in ("page", "revenue", "video_revenue")} == {"done"}
    days = {row.day: row for row in place.rows("select * from facebook.page_daily")}
    assert max(days) == TODAY - timedelta(days=1)
    for day, seen in by_day(place, min(days), max(days)):
        assert (days[day].page_media_view, days[day].page_video_view_time, days[day].page_daily_follows) == (
            seen["views"], seen["watch_seconds"] * 1000, seen["followers_gained"],
        )  # fmt: skip
    told = {(row.video_id, row.day): row for row in place.rows("select * from facebook.revenue_daily")}
    truth = place.truth(TODAY - timedelta(days=5), TODAY - timedelta(days=1))
    assert len({one["video_id"] for one in truth}) == 3
    for one in truth:
        seen = one["metrics"]
        row = next(row for (video, day), row in told.items() if video == one["video_id"] and f"{day}" == one["day"])
        assert (row.micro_amount, row.currency, row.ad_impressions, row.qualified_views) == (
            seen["revenue_micros"], "USD", seen["ad_impressions"], seen["monetized_playbacks"],
        )  # fmt: skip
        assert row.earnings == row.approximate_earnings == Decimal(seen["revenue_micros"]) / 1_000_000
        assert row.ad_break_earnings == seen["revenue_micros"] // 10_000


def test_comments_of_classic_videos_are_as_many_as_were_written(place: Place):
    assert place.collect("comments").state == "done"
    rows = place.rows("select video_id, count(*) as n from facebook.comment group by 1")
    assert {row.video_id: row.n for row in rows} == {
        video: seen["comments"] for video, seen in place.lifetime().items() if seen["comments"]
    }


def test_the_day_of_a_classic_video_in_staging_is_what_its_crowd_did(place: Place):
    assert {place.collect(name).state for name in ALL} == {"done"}
    rows = {row.video_id: row for row in place.rows("select * from staging.stg_facebook__video_daily")}
    truth = place.lifetime()
    assert set(rows) == set(truth)
    for video, seen in truth.items():
        row = rows[video]
        assert (row.day, row.views_total, row.likes_total, row.comments_total, row.shares_total, row.reach_total) == (
            TODAY, seen["views"], seen["likes"], seen["comments"], seen["shares"], seen["reach"],
        )  # fmt: skip
        assert (row.watch_seconds_total, row.saves_total, row.views) == (seen["watch_seconds"], None, None)
        assert row.average_view_seconds == pytest.approx(
            Decimal(seen["watch_seconds"]) / seen["views"], abs=Decimal("0.001")
        )
        assert row.completion_rate == pytest.approx(Decimal(seen["completed"]) / seen["views"], abs=Decimal("0.0001"))


def test_reels_and_classic_videos_of_one_page_are_both_read_each_with_its_own_metrics(place: Place):
    reels, classic = set(place.plant(2)), set(place.lifetime())
    before = len(place.calls())
    outcome = place.collect("video_counters")
    assert (outcome.state, outcome.refused) == ("done", ())
    assert sorted(one["endpoint"] for one in place.calls()[before:]) == ["video_reels.list", "videos.list"]
    rows, truth = table(place, "video_insight"), place.lifetime()
    assert {one for one, row in rows.items() if row.blue_reels_play_count == truth[one]["views"]} == reels
    assert {one for one, row in rows.items() if row.total_video_views == truth[one]["views"]} == classic - reels


def test_a_retired_metric_of_classic_videos_is_null_reported_once_and_costs_no_other(place: Place):
    place.studio.sandbox.settings(meta_retired_metrics=["total_video_views_sound_on"])
    first = place.collect("video_counters")
    assert (first.state, first.refused) == ("done", ("total_video_views_sound_on",))
    rows, truth = table(place, "video_insight"), place.lifetime()
    assert {row.total_video_views_sound_on for row in rows.values()} == {None}
    assert {video: row.total_video_views for video, row in rows.items()} == {
        video: seen["views"] for video, seen in truth.items()
    }
    assert place.collect("video_counters", everything=True).refused == ()


def test_what_our_own_publisher_published_as_a_video_is_read(configured: Studio):
    place = Place(studio=configured, platform="facebook", account_id=configured.connect("facebook"))
    configured.sandbox.settings(clock_stopped_at=0.0, clock_offset_seconds=0.0)
    [publication_id] = configured.register(targets=[{"account": "my_facebook", "placement": "video"}])
    published = run_to_the_end(publication_id)
    assert (published.state, published.placement) == ("published", "video")
    assert published.published_at is not None
    place.move(published.published_at + timedelta(days=2))
    assert place.collect("video_counters").state == "done"
    [told] = place.truth(place.now.date() - timedelta(days=1), place.now.date() - timedelta(days=1))
    [row] = place.rows("select * from facebook.video_insight")
    assert row.video_id == published.video_id == told["video_id"]
    assert row.total_video_views > told["metrics"]["views"] > 0
