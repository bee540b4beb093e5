"""Instagram's numbers reach the warehouse as the sandbox's crowds made them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.analytics.meta_stage import NOW, TODAY, Place, as_before, by_day  # noqa: F401  found by its name
from tests.publishing.studio import OWNER, Studio
from tests.sandbox.meta_callers import InstagramCaller, file_host
from tests.sandbox.test_instagram_containers import jpeg


@pytest.fixture
def place(configured: Studio) -> Place:
    """A professional account with Facebook Login."""
    return Place.opened(configured, "instagram")


def test_counters_and_insights_of_reels_equal_the_truth_in_one_call(place: Place):
    ids = place.plant(30)
    before = len(place.calls())
    outcome = place.collect("video_counters")
    assert (outcome.state, outcome.refused, outcome.misfits) == ("done", (), ())
    assert [one["endpoint"] for one in place.calls()[before:]] == ["media.list"]
    truth = place.lifetime()
    counters = {row.video_id: row for row in place.rows("select * from instagram.video_counter")}
    insights = {row.video_id: row for row in place.rows("select * from instagram.media_insight")}
    assert set(counters) == set(insights) == set(ids)
    for video, seen in truth.items():
        shown, told = counters[video], insights[video]
        assert (shown.like_count, shown.comments_count, shown.saved_count, shown.shares_count) == (
            seen["likes"], seen["comments"], seen["saves"], seen["shares"],
        )  # fmt: skip
        assert (told.views, told.reach, told.likes, told.saved) == (
            seen["views"], seen["reach"], seen["likes"], seen["saves"],
        )  # fmt: skip
        assert told.ig_reels_video_view_total_time == seen["watch_seconds"] * 1000
        assert told.reels_skip_rate is not None
        assert told.follows is None
        assert told.provisional is False


def test_reading_the_same_slot_again_changes_nothing(place: Place):
    place.plant(3)
    first = place.collect("video_counters")
    again = place.collect("video_counters", everything=True)
    assert first.rows_changed > 0
    assert (again.state, again.rows_changed) == ("done", 0)


def test_only_what_is_ours_is_kept_and_the_list_is_left_early(place: Place):
    place.plant(120, at=NOW - timedelta(days=20), ours=0)
    ours = place.plant(2, at=NOW - timedelta(days=9))
    place.plant(60, at=NOW - timedelta(days=5), ours=0)
    before = len(place.calls())
    place.collect("video_counters")
    assert {row.video_id for row in place.rows("select video_id from instagram.media_insight")} == set(ours)
    assert len(place.calls()[before:]) == 1


def test_a_list_with_other_posts_costs_a_batch_for_what_only_reels_have(place: Place):
    ours = place.plant(4, at=NOW - timedelta(hours=3))
    post_a_picture(place)
    before = len(place.calls())
    assert (place.collect("video_counters").state, place.dataset("video_counters").name) == ("done", "video_counters")
    assert [one["endpoint"] for one in place.calls()[before:]] == ["media.list", "media.list", "batch"]
    truth = place.lifetime()
    rows = {row.video_id: row for row in place.rows("select * from instagram.media_insight")}
    assert {one: row.ig_reels_video_view_total_time for one, row in rows.items()} == {
        one: truth[one]["watch_seconds"] * 1000 for one in ours
    }
    assert {one: row.views for one, row in rows.items()} == {one: truth[one]["views"] for one in ours}
    before = len(place.calls())
    place.collect("video_counters", everything=True)  # that there are others is remembered
    assert [one["endpoint"] for one in place.calls()[before:]] == ["media.list", "batch"]


def post_a_picture(place: Place) -> None:
    """Publish a picture, which is no reel, as the account's owner would by hand."""
    caller = InstagramCaller(place.studio.sandbox, f"instagram of {OWNER}")
    with file_host() as host:
        address = host.put("a.jpg", jpeg(), "image/jpeg")
        assert caller.publish(caller.ready(media_type="", image_url=address)).status_code == 200


def test_days_of_the_account_equal_the_truth(place: Place):
    place.plant(5, at=NOW - timedelta(days=6))
    outcome = place.collect("account")
    assert (outcome.state, outcome.refused, outcome.misfits) == ("done", (), ())
    rows = {row.day: row for row in place.rows("select * from instagram.account_daily")}
    yesterday = TODAY - timedelta(days=1)
    assert sorted(rows) == [yesterday - timedelta(days=2), yesterday - timedelta(days=1), yesterday]
    for day, seen in by_day(place, min(rows), max(rows)):
        row = rows[day]
        assert (row.views, row.reach, row.likes, row.saves) == (
            seen["views"], seen["reach"], seen["likes"], seen["saves"],
        )  # fmt: skip
        assert (row.follows, row.unfollows, row.follower_count) == (
            seen["followers_gained"], seen["followers_lost"], seen["followers_gained"],
        )  # fmt: skip
        parts = place.rows(
            "select sum(count) as n from instagram.account_insight where day = %s and metric = 'views'"
            " and dimension = 'follow_type'", day,
        )  # fmt: skip
        assert parts[0].n == seen["views"]
    levels = place.rows("select * from instagram.account_counter")
    assert levels[0].day == TODAY
    assert levels[0].media_count == 5
    assert place.rows("select count(distinct hour) as n from instagram.online_followers")[0].n == 24


def test_a_day_of_the_account_is_one_request(place: Place):
    place.plant(1)
    before = len(place.calls())
    place.collect("account")
    assert [one["endpoint"] for one in place.calls()[before:]] == ["batch"]


def test_the_audience_adds_up_to_the_followers(place: Place):
    assert place.collect("audience").state == "done"
    rows = place.rows(
        "select dimension, sum(count) as n from instagram.demographics where metric = 'follower_demographics'"
        " group by dimension"
    )
    assert {row.dimension: row.n for row in rows} == {"age": 1234, "gender": 1234, "country": 1234, "city": 1234}


def test_small_accounts_have_no_audience(configured: Studio):
    place = Place.opened(configured, "instagram", followers=99)
    assert (place.collect("audience").state, place.rows("select 1 from instagram.demographics")) == ("done", [])


def test_hashtags_of_captions_are_kept(place: Place):
    place.plant(4)
    place.collect("video_counters")
    tags = place.rows("select hashtag, place from instagram.hashtag order by hashtag")
    assert [tuple(row) for row in tags] == [
        ("paris", 2), ("recipe", 1), ("sea", 1), ("walking", 2), ("été", 1),
    ]  # fmt: skip
