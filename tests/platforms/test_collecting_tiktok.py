"""What is collected of TikTok is what the sandbox's crowds really did; and what happens when TikTok answers oddly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from itertools import pairwise
from typing import Any

import pytest

from include.platforms.tiktok.metrics import fewest_calls
from tests.platforms.observatory import Observatory
from tests.publishing.conftest import hosted_address, sandbox_server, source, studio  # noqa: F401  found by their names
from tests.publishing.studio import Studio

SCOPES = ["user.info.basic", "user.info.profile", "user.info.stats", "video.list", "video.upload", "video.publish"]
BUSINESS = [*SCOPES, "user.insights", "video.insights"]


@pytest.fixture
def business(studio: Studio) -> Iterator[Observatory]:  # noqa: F811
    """A business account."""
    usual = studio.sandbox.settings()
    yield Observatory(platform="tiktok", studio=studio).connect(scopes=BUSINESS)
    studio.sandbox.settings(**usual)
    studio.sandbox.clear_faults()
    studio.sandbox.forget_calls()


def test_counters_are_what_the_crowd_did_and_ids_stay_whole(business: Observatory) -> None:
    ids = business.plant(45, timedelta(days=9))
    assert min(map(int, ids)) > 2**53
    outcome = business.collect("video_counters")
    assert (outcome.state, outcome.calls, outcome.error) == ("done", 3, None)
    truth = business.lifetime()
    kept = business.rows("select * from tiktok.video_counter")
    assert {row.video_id for row in kept} == set(ids) == set(truth)
    for row in kept:
        really = truth[row.video_id]
        assert (row.view_count, row.like_count, row.comment_count, row.share_count) == (
            really["views"], really["likes"], really["comments"], really["shares"],
        )  # fmt: skip
        assert row.day == row.slot.astimezone(UTC).date()
    (video, *_) = business.rows("select * from tiktok.video where video_id = %s", ids[0])
    assert (video.duration, video.height, video.video_description) == (30, 1920, "Planted 0 #planted #clip0")


def test_the_same_reading_again_changes_nothing(business: Observatory) -> None:
    business.plant(3, timedelta(days=9))
    for name in ("video_counters", "video_insights", "retention", "user_counters", "account_daily"):
        first, second = business.collect(name), business.collect(name)
        assert first.rows_changed > 0, name
        assert second.rows_changed == 0, name


def test_insights_and_their_parts_are_what_the_crowd_did(business: Observatory) -> None:
    business.plant(21, timedelta(days=9))
    assert business.collect("video_insights").calls == 2
    truth = business.lifetime()
    rows = business.rows("select * from tiktok.video_insight")
    assert len(rows) == 21
    for row in rows:
        really = truth[row.video_id]
        told = (
            row.video_views, row.likes, row.comments, row.shares, row.favorites, row.reach, row.total_time_watched,
            row.new_followers, row.profile_views, row.website_clicks, row.address_clicks,
        )  # fmt: skip
        wanted = (*(really[name] for name in (
            "views", "likes", "comments", "shares", "saves", "reach", "watch_seconds", "followers_gained",
            "profile_visits", "clicks")), 0)  # fmt: skip
        assert told == wanted
        assert float(row.average_time_watched) == round(really["watch_seconds"] / really["views"], 2)
        assert float(row.full_video_watched_rate) == round(really["completed"] / really["views"], 4)
        assert row.provisional
        assert row.extra == {}
    sums = business.rows(
        "select video_id, dimension, sum(share) as whole from tiktok.video_part group by video_id, dimension"
    )
    assert {row.dimension for row in sums} == {"impression_source", "audience_type", "gender", "country", "city"}
    assert all(abs(float(row.whole) - 1) < 0.001 for row in sums)


def test_percentages_told_as_per_cent_are_brought_to_shares(business: Observatory) -> None:
    (one,) = business.plant(1, timedelta(days=9))
    sources = [
        {"impression_source": "For You", "percentage": 73.5},
        {"impression_source": "Search", "percentage": 26.5},
    ]
    video = {"item_id": one, "impression_sources": sources, "video_views": 7}
    body = {"code": 0, "message": "OK", "data": {"videos": [video], "has_more": False, "cursor": 0}}
    business.fault("business.video.list", status=200, body=body)
    business.collect("video_insights")
    found = business.rows("select value, percentage::float, share::float from tiktok.video_part order by value")
    assert [tuple(row) for row in found] == [("For You", 73.5, 0.735), ("Search", 26.5, 0.265)]


def test_what_is_blank_after_a_quiet_week_is_unknown_and_not_zero(business: Observatory) -> None:
    business.plant(2, timedelta(days=380))
    business.collect("video_insights")
    for row in business.rows("select * from tiktok.video_insight"):
        assert row.reach is row.total_time_watched is row.average_time_watched is row.full_video_watched_rate is None
        assert row.video_views > 0
        assert not row.provisional
    parts = {row.dimension for row in business.rows("select dimension from tiktok.video_part")}
    assert parts == {"audience_type", "gender", "city"}


def test_retention_is_read_second_by_second_and_on_its_own(business: Observatory) -> None:
    (one,) = business.plant(1, timedelta(days=4))
    business.collect("retention")
    rows = business.rows("select * from tiktok.retention where video_id = %s order by second", one)
    assert [row.second for row in rows] == list(range(31))
    assert float(rows[0].watching) == 1.0
    assert all(later.watching <= row.watching for row, later in pairwise(rows))
    assert all(row.liking is not None for row in rows)


def test_an_app_that_may_not_have_retention_is_told_once_and_asked_no_more(business: Observatory) -> None:
    business.plant(41, timedelta(days=4))
    business.studio.sandbox.settings(tiktok_business_curves=False)
    outcome = business.collect("retention")
    assert (outcome.state, set(outcome.refused)) == ("done", {"video_view_retention", "engagement_likes"})
    business.studio.sandbox.forget_calls()
    assert business.collect("retention").refused == ()
    assert business.calls("business.video.list") == 0
    assert business.collect("video_insights").rows_read > 0


def test_a_retired_metric_is_null_and_the_rest_is_asked_again(business: Observatory) -> None:
    business.plant(21, timedelta(days=4))
    refusal = {"code": 40002, "message": "fields: Invalid value of 'favorites'.", "data": {}}
    business.fault("business.video.list", status=200, body=refusal)
    outcome = business.collect("video_insights")
    assert (outcome.state, outcome.refused, outcome.calls) == ("done", ("favorites",), 3)
    assert {row.favorites for row in business.rows("select favorites from tiktok.video_insight")} == {None}
    assert all(row.likes is not None for row in business.rows("select likes from tiktok.video_insight"))


def test_a_refusal_that_names_nothing_is_found_by_asking_each_field(business: Observatory) -> None:
    business.plant(1, timedelta(days=4))
    body = {"data": {}, "error": {"code": "invalid_params", "message": "Invalid fields.", "log_id": "1"}}
    asked = ("title", "video_description", "create_time", "duration", "width", "height", "share_url", "view_count",
             "like_count", "comment_count")  # fmt: skip
    business.fault("video.query", status=400, body=body)
    business.fault("video.query", nth=2 + len(asked), status=400, body=body)
    outcome = business.collect("video_counters")
    assert (outcome.state, outcome.refused) == ("done", ("comment_count",))
    (row,) = business.rows("select * from tiktok.video_counter")
    assert (row.comment_count, row.view_count is None) == (None, False)


def test_the_account_and_its_days_are_what_the_crowd_did(business: Observatory) -> None:
    business.plant(4, timedelta(days=9))
    business.collect("user_counters")
    truth = business.lifetime()
    (user,) = business.rows("select * from tiktok.user_counter")
    gained = sum(one["followers_gained"] - one["followers_lost"] for one in truth.values())
    assert (user.follower_count, user.video_count) == (gained, 4)
    assert user.likes_count == sum(one["likes"] for one in truth.values())
    last = business.now.date() - timedelta(days=2)  # it lags
    first = last - timedelta(days=60)
    outcome = business.collect("account_daily", (first, business.now.date() - timedelta(days=1)))
    assert outcome.calls == 2
    rows = {row.day: row for row in business.rows("select * from tiktok.account_daily")}
    assert (min(rows), max(rows)) == (first, last)
    by_day: dict[str, dict[str, int]] = {}
    for one in business.truth(first, last):
        day = by_day.setdefault(one["day"], dict.fromkeys(one["metrics"], 0))
        for name, count in one["metrics"].items():
            day[name] += count
    followers = 0
    for day, row in sorted(rows.items()):
        really = by_day.get(day.isoformat(), {})
        wanted = [really.get(name, 0) for name in (
            "views", "reach", "profile_visits", "likes", "comments", "shares", "followers_gained", "followers_lost",
            "engaged_views", "clicks")]  # fmt: skip
        told = [
            row.video_views, row.unique_video_views, row.profile_views, row.likes, row.comments, row.shares,
            row.daily_new_followers, row.daily_lost_followers, row.engaged_audience, row.bio_link_clicks,
        ]  # fmt: skip
        followers += really.get("followers_gained", 0) - really.get("followers_lost", 0)
        assert told == wanted, day
        assert row.daily_total_followers == row.followers_count == followers
        assert sum(one["count"] for one in row.audience_activity) == really.get("engaged_views", 0)
        assert row.provisional == (day > business.now.date() - timedelta(days=4))


def test_who_follows_is_told_from_a_hundred_followers_on(business: Observatory) -> None:
    business.collect("account_daily")
    assert business.rows("select * from tiktok.audience") == []
    business.plant(30, timedelta(days=60))
    business.collect("account_daily")
    sums = business.rows("select dimension, sum(share) as whole from tiktok.audience group by dimension")
    assert {row.dimension for row in sums} == {"country", "city", "gender", "age"}
    assert all(abs(float(row.whole) - 1) < 0.001 for row in sums)


def test_a_creator_without_the_scopes_is_not_asked_for_insights(studio: Studio) -> None:  # noqa: F811
    plain = Observatory(platform="tiktok", studio=studio).connect(scopes=SCOPES)
    plain.plant(1, timedelta(days=2))
    studio.sandbox.forget_calls()
    for name in ("video_insights", "retention", "account_daily"):
        assert plain.collect(name).state == "idle"
    assert plain.calls("business.get") + plain.calls("business.video.list") == 0
    assert plain.collect("video_counters").state == "done"


def test_an_account_without_business_insights_says_so_once(business: Observatory) -> None:
    business.plant(1, timedelta(days=2))
    business.trait_of(business_insights=False)
    first, second = business.collect("video_insights"), business.collect("video_insights")
    assert (first.state, first.refused, second.state, second.refused) == ("done", ("business_insights",), "done", ())


def test_a_video_that_was_taken_away_is_missing_and_keeps_its_history(business: Observatory) -> None:
    ids = business.plant(3, timedelta(days=4))
    business.collect("video_counters")
    business.trait_of(taken_away=[ids[1]])
    business.collect("video_counters")
    gone = business.rows("select video_id from desk.reading where missing_since is not null")
    assert [row.video_id for row in gone] == [ids[1]]
    assert len(business.rows("select 1 from tiktok.video_counter where video_id = %s", ids[1])) == 1


def test_a_young_video_with_the_moderators_is_not_missing(business: Observatory) -> None:
    (one,) = business.plant(1, timedelta(hours=1))
    business.trait_of(taken_away=[one])
    business.collect("video_counters")
    assert business.rows("select 1 from desk.reading where missing_since is not null") == []


@pytest.mark.parametrize("code", [40102, 40105])
def test_an_expired_business_token_half_way_is_renewed_once(business: Observatory, code: int) -> None:
    business.plant(41, timedelta(days=4))
    if code == 40102:
        business.fault("business.video.list", "expire_token", nth=2)
    else:
        body = {"code": code, "message": "Access token is invalid.", "data": {}}
        business.fault("business.video.list", nth=2, status=200, body=body)
    outcome = business.collect("video_insights")
    assert (outcome.state, outcome.calls) == ("done", 4)
    assert len(business.rows("select 1 from tiktok.video_insight")) == 41


def test_an_expired_token_of_the_display_api_is_renewed(business: Observatory) -> None:
    business.plant(41, timedelta(days=4))
    business.fault("video.query", "expire_token", nth=2)
    assert business.collect("video_counters").state == "done"
    assert len(business.rows("select 1 from tiktok.video_counter")) == 41


TOO_MANY = {"code": 40100, "message": "Requests made too frequently.", "data": {}}
SLOW_DOWN = {"data": {}, "error": {"code": "rate_limit_exceeded", "message": "", "log_id": "1"}}


@pytest.mark.parametrize(
    ("dataset", "endpoint", "table", "answer"),
    [
        ("video_insights", "business.video.list", "tiktok.video_insight", {"status": 200, "body": TOO_MANY}),
        ("video_insights", "business.video.list", "tiktok.video_insight", {"status": 500}),
        ("video_counters", "video.query", "tiktok.video_counter", {"status": 429, "body": SLOW_DOWN}),
        ("video_counters", "video.query", "tiktok.video_counter", {"status": 500}),
    ],
)
def test_a_limit_or_fault_half_way_keeps_what_is_whole_and_goes_on_later(
    business: Observatory, dataset: str, endpoint: str, table: str, answer: dict[str, Any]
) -> None:
    business.plant(45, timedelta(days=4))
    business.fault(endpoint, nth=2, **answer)
    outcome = business.collect(dataset, everything=False)
    assert (outcome.state, outcome.resumes_at is not None) == ("partial", True)
    assert len(business.rows(f"select distinct video_id from {table}")) == 20
    business.move(business.now + timedelta(hours=2))
    business.forget_limits()
    assert business.collect(dataset, everything=False).state == "done"
    assert len(business.rows(f"select distinct video_id from {table}")) == 45


@pytest.mark.parametrize(
    ("dataset", "endpoint", "table", "body", "bucket"),
    [
        ("video_insights", "business.video.list", "tiktok.video_insight", TOO_MANY, "business_reads"),
        ("video_insights", "business.video.list", "tiktok.video_insight", TOO_MANY | {"code": 40132}, "business_reads"),
        ("video_counters", "video.query", "tiktok.video_counter", SLOW_DOWN, "displays"),
    ],
    ids=["40100", "40132", "rate_limit_exceeded"],
)
def test_a_limit_that_comes_with_http_200_stops_its_bucket_for_a_minute_like_a_429_and_nothing_is_lost(
    business: Observatory, dataset: str, endpoint: str, table: str, body: dict[str, Any], bucket: str
) -> None:
    other = "video_counters" if dataset == "video_insights" else "video_insights"
    business.plant(45, timedelta(days=4))
    business.fault(endpoint, nth=2, status=200, body=body)
    assert business.collect(dataset, everything=False).state == "partial"
    shut = business.rows("select bucket, shut_until - now() as wait from desk.bucket where shut_until > now()")
    assert [row.bucket for row in shut] == [bucket]
    assert timedelta(seconds=20) < shut[0].wait <= timedelta(seconds=60)
    assert business.rows("select 1 from desk.quota_pause where until > now()") == []
    before = business.calls(endpoint)
    assert business.collect(dataset, everything=True).resumes_at is not None
    assert business.calls(endpoint) == before, "the next one runs into the limit again"
    assert business.collect(other).state == "done"
    assert len(business.rows(f"select distinct video_id from {table}")) == 20
    business.move(business.now + timedelta(hours=2))
    business.forget_limits()
    assert business.collect(dataset, everything=False).state == "done"
    assert len(business.rows(f"select distinct video_id from {table}")) == 45


def test_new_fields_and_changed_types_are_kept_aside(business: Observatory) -> None:
    ids = business.plant(2, timedelta(days=4))
    videos = [
        {"id": ids[0], "view_count": "many", "like_count": 5, "repost_count": 7},
        {"id": ids[1], "view_count": 8, "like_count": None, "comment_count": 1},
    ]
    body = {"data": {"videos": videos}, "error": {"code": "ok", "message": "", "log_id": "1"}}
    business.fault("video.query", status=200, body=body)
    outcome = business.collect("video_counters")
    assert (outcome.state, outcome.misfits) == ("done", ("tiktok.video_counter.view_count",))
    rows = {row.video_id: row for row in business.rows("select * from tiktok.video_counter")}
    assert (rows[ids[0]].view_count, rows[ids[0]].like_count) == (None, 5)
    assert rows[ids[0]].extra == {"view_count": "many", "repost_count": 7}
    assert (rows[ids[1]].view_count, rows[ids[1]].like_count, rows[ids[1]].share_count) == (8, None, None)


@pytest.mark.parametrize(
    "data", [{"videos": []}, {"videos": None}, {}, {"videos": [{"title": "no id"}, "odd"]}], ids=str
)
def test_empty_and_odd_lists_are_no_error(business: Observatory, data: dict[str, Any]) -> None:
    business.plant(1, timedelta(days=4))
    business.fault("video.query", status=200, body={"data": data, "error": {"code": "ok", "log_id": "1"}})
    assert business.collect("video_counters").state == "done"
    assert business.rows("select 1 from tiktok.video_counter") == []


def test_no_more_calls_than_the_fewest(business: Observatory) -> None:
    business.plant(101, timedelta(days=4))
    names = ("video_counters", "video_insights", "retention", "user_counters", "account_daily")
    assert {name: business.collect(name).calls for name in names} == dict(fewest_calls(101))


def test_hashtags_of_own_videos_count_their_videos(business: Observatory) -> None:
    business.plant(7, timedelta(days=4))
    business.collect("video_counters")
    truth = business.lifetime()
    rows = {row.hashtag: row for row in business.rows("select * from tiktok.hashtag_performance")}
    assert (rows["planted"].videos, rows["clip0"].videos, rows["clip4"].videos) == (7, 2, 1)
    assert rows["planted"].views == sum(one["views"] for one in truth.values())
    business.move(business.now + timedelta(days=1))
    business.collect("video_counters")
    (again,) = business.rows("select * from tiktok.hashtag_performance where hashtag = 'planted'")
    assert again.views == sum(one["views"] for one in business.lifetime().values())


def test_staging_shows_the_days_last_reading(business: Observatory) -> None:
    (one,) = business.plant(1, timedelta(days=4))
    business.move(business.now.replace(hour=6, minute=0, second=0))
    business.collect("video_counters")
    business.move(business.now + timedelta(hours=13))
    business.collect("video_counters")
    business.collect("video_insights")
    (row,) = business.rows("select * from staging.stg_tiktok__video_daily")
    really = business.lifetime()[one]
    assert (row.views_total, row.likes_total, row.saves_total) == (really["views"], really["likes"], really["saves"])
    assert row.watch_seconds_total == really["watch_seconds"]
    assert (row.provisional, row.views, row.day) == (True, None, business.now.date())
    traffic = business.rows("select * from staging.stg_tiktok__traffic_daily")
    assert {row.source for row in traffic} >= {"For You", "Search"}
    audience = business.rows("select distinct dimension from staging.stg_tiktok__audience_daily")
    assert {row.dimension for row in audience} == {"audience_type", "gender", "country", "city"}


@pytest.mark.parametrize("listed", [None, "odd", [{"likes": 3}, {"date": "soon"}, "odd", None]], ids=str)
def test_days_that_are_none_are_no_error(business: Observatory, listed: Any) -> None:
    data = {"metrics": listed, "audience_ages": "odd", "audience_countries": [{"percentage": 1}, None]}
    business.fault("business.get", status=200, body={"code": 0, "message": "OK", "data": data})
    assert business.collect("account_daily").state == "done"
    assert business.rows("select 1 from tiktok.account_daily") == []
