"""What is collected of LinkedIn is what the sandbox's crowds did; and what happens when LinkedIn answers oddly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, timedelta
from typing import Any

import pytest

from include.platforms.linkedin.metrics import fewest_calls
from include.platforms.linkedin.readings import POSTS_A_CALL, encoded
from tests.platforms.observatory import Observatory
from tests.publishing.conftest import hosted_address, sandbox_server, source, studio  # noqa: F401  found by their names
from tests.publishing.studio import Studio

MEMBER = ["openid", "profile", "w_member_social", "r_member_postAnalytics", "r_member_profileAnalytics"]
Make = Callable[..., Observatory]


@pytest.fixture
def make(studio: Studio) -> Iterator[Make]:  # noqa: F811
    """Return a maker of connected accounts."""
    usual = studio.sandbox.settings()

    def connected(**wanted: Any) -> Observatory:
        return Observatory(platform="linkedin", studio=studio, placement="post").connect(**wanted)

    yield connected
    studio.sandbox.settings(**usual)
    studio.sandbox.clear_faults()
    studio.sandbox.forget_calls()


@pytest.fixture
def page(make: Make) -> Observatory:
    """A page."""
    return make()


@pytest.fixture
def member(make: Make) -> Observatory:
    """A member whose app may read figures."""
    found = make(posts_as="member", scopes=MEMBER)
    found.studio.sandbox.settings(linkedin_member_calls_per_day=0)
    return found


def days(of: Observatory, first: date, last: date) -> dict[str, dict[str, int]]:
    """Return by day what really happened to all posts together."""
    found: dict[str, dict[str, int]] = {}
    for one in of.truth(first, last):
        day = found.setdefault(one["day"], dict.fromkeys(one["metrics"], 0))
        for name, count in one["metrics"].items():
            day[name] += count
    return found


def test_counters_are_what_the_crowd_did(page: Observatory) -> None:
    ids = page.plant(POSTS_A_CALL + 5, timedelta(days=9))
    outcome = page.collect("video_counters")
    assert (outcome.state, outcome.calls, outcome.error) == ("done", 2, None)
    truth = page.lifetime()
    rows = page.rows("select * from linkedin.video_counter")
    assert {row.video_id for row in rows} == set(ids)
    for row in rows:
        really = truth[row.video_id]
        told = (
            row.impression_count, row.unique_impressions_count, row.click_count, row.like_count, row.comment_count,
            row.share_count,
        )  # fmt: skip
        wanted = [really[name] for name in ("impressions", "reach", "clicks", "likes", "comments", "shares")]
        assert list(told) == wanted
        assert float(row.engagement) == pytest.approx(sum(told[2:]) / told[0])
        assert (row.day, row.extra) == (row.slot.astimezone(UTC).date(), {})


def test_a_full_call_fits_into_the_longest_query(page: Observatory) -> None:
    urn = encoded("urn:li:ugcPost:7" + "0" * 18) + ","
    assert POSTS_A_CALL * len(urn) < 4096 - 200


def test_a_post_that_is_left_out_has_zeros(page: Observatory) -> None:
    ids = page.plant(1, timedelta(seconds=1))
    page.collect("video_counters")
    rows = page.rows("select * from linkedin.video_counter")
    assert {row.video_id for row in rows} == set(ids)
    assert {(row.impression_count, row.like_count, row.engagement) for row in rows} == {(0, 0, 0)}
    assert page.calls("posts.get") == 0


def test_a_deleted_post_is_missing_and_keeps_its_history(page: Observatory) -> None:
    ids = page.plant(3, timedelta(days=5))
    page.collect("video_counters")
    delete(page, ids[1])
    page.studio.sandbox.forget_calls()
    for name in ("video_counters", "video_statistics", "reactions", "comments"):
        page.collect(name)
        gone = page.rows("select video_id from desk.reading where missing_since is not null and dataset = %s", name)
        assert [row.video_id for row in gone] == [ids[1]], name
    assert page.calls("posts.get") == 1
    assert len(page.rows("select 1 from linkedin.video_counter where video_id = %s", ids[1])) == 1


def delete(page: Observatory, urn: str) -> None:
    """Delete a post as its page would."""
    from include.accounts import accounts

    account = accounts.read("alice", page.account_id)
    from include.publishing import clients

    with clients.open_calls(account) as calls:
        address = calls.address("api", f"rest/posts/{encoded(urn)}")
        headers = {"LinkedIn-Version": "202610", "X-Restli-Protocol-Version": "2.0.0"}
        assert calls.send("DELETE", address, endpoint="posts.get", changes=False, headers=headers).is_success


def test_reactions_taken_back_are_kept_as_they_are_told(page: Observatory) -> None:
    (one,) = page.plant(1, timedelta(days=5))
    statistics = {"likeCount": -3, "impressionCount": 10, "newCount": 4, "clickCount": "some"}
    element = {"ugcPost": one, "organizationalEntity": "urn:li:organization:1", "totalShareStatistics": statistics}
    page.fault("shareStatistics.list", status=200, body={"elements": [element], "paging": {"links": []}})
    outcome = page.collect("video_counters")
    (row,) = page.rows("select * from linkedin.video_counter")
    assert (row.like_count, row.impression_count, row.click_count, row.share_count) == (-3, 10, None, None)
    assert row.extra == {"newCount": 4, "click_count": "some"}
    assert outcome.misfits == ("linkedin.video_counter.click_count",)


def test_every_day_of_a_video_is_what_the_crowd_did(page: Observatory) -> None:
    ids = page.plant(2, timedelta(days=9))
    last = page.now.date() - timedelta(days=1)
    first = last - timedelta(days=20)
    outcome = page.collect("video_statistics", (first, last))
    assert (outcome.state, outcome.calls) == ("done", 8)
    rows = {(row.video_id, row.day.isoformat()): row for row in page.rows("select * from linkedin.video_daily")}
    truth = {(one["video_id"], one["day"]): one["metrics"] for one in page.truth(first, last)}
    assert set(rows) == set(truth)
    for key, row in rows.items():
        really = truth[key]
        assert (row.video_view, row.viewer) == (really["views"], really["reach"])
        assert row.time_watched == really["watch_seconds"] * 1000
        assert row.time_watched_for_video_views == really["watch_seconds"] * 900
        assert row.provisional == (row.day > page.now.date() - timedelta(days=4))
    for total in page.rows("select * from linkedin.video_statistics"):
        mine = [metrics for (video, _), metrics in truth.items() if video == total.video_id]
        assert total.day == last
        assert total.video_view == sum(one["views"] for one in mine)
        assert total.time_watched == sum(one["watch_seconds"] for one in mine) * 1000
    assert {row.video_id for row in page.rows("select video_id from linkedin.video_statistics")} == set(ids)


def test_a_retired_type_is_null_and_the_others_are_read(page: Observatory) -> None:
    page.plant(3, timedelta(days=9))
    body = {"status": 400, "code": "INVALID_VALUE_FOR_FIELD", "message": "Invalid value for field type: VIEWER"}
    page.fault("videoAnalytics.list", nth=2, status=400, body=body)
    outcome = page.collect("video_statistics")
    assert (outcome.state, outcome.refused, outcome.calls) == ("done", ("VIEWER",), 3 * 3 + 1)
    rows = page.rows("select * from linkedin.video_daily")
    assert {row.viewer for row in rows} == {None}
    assert all(row.video_view is not None for row in rows)


def test_a_limit_in_the_middle_of_a_video_keeps_the_ones_before(page: Observatory) -> None:
    ids = page.plant(5, timedelta(days=9))
    body = {"status": 429, "serviceErrorCode": 101,
            "message": "Resource level throttle MEMBER DAY limit for calls to this resource is reached."}  # fmt: skip
    page.fault("videoAnalytics.list", nth=11, status=429, body=body)
    outcome = page.collect("video_statistics", everything=False)
    assert outcome.state == "partial"
    assert (outcome.resumes_at.hour, outcome.resumes_at.minute) == (0, 0)
    done = {row.video_id for row in page.rows("select distinct video_id from linkedin.video_daily")}
    assert done == set(ids[:2:-1])
    page.forget_limits()
    page.move(page.now + timedelta(days=1))
    page.studio.sandbox.forget_calls()
    assert page.collect("video_statistics", everything=False).state == "done"
    assert {row.video_id for row in page.rows("select distinct video_id from linkedin.video_daily")} == set(ids)


def test_reactions_by_kind_and_comments_are_what_the_crowd_did(page: Observatory) -> None:
    ids = page.plant(POSTS_A_CALL + 1, timedelta(days=5))
    assert page.collect("reactions").calls == 2
    truth = page.lifetime()
    rows = page.rows("select * from linkedin.reaction")
    for video in ids:
        mine = {row.reaction_type: row for row in rows if row.video_id == video}
        whole = mine.pop("")
        assert whole.count == sum(row.count for row in mine.values()) == truth[video]["likes"]
        assert whole.comment_count == truth[video]["comments"]


def test_without_batches_each_post_is_asked_alone(page: Observatory) -> None:
    page.plant(3, timedelta(days=5))
    page.settings(batch_get=False)
    assert page.collect("reactions").calls == 3
    assert page.calls("socialMetadata.batchGet") == 0


def test_reaction_summaries_as_a_list_are_read_too(page: Observatory) -> None:
    (one,) = page.plant(1, timedelta(days=5))
    summary = {"entity": one, "reactionSummaries": [{"reactionType": "LIKE", "count": 4}], "commentSummary": None}
    page.fault("socialMetadata.batchGet", status=200, body={"results": {encoded(one): summary}})
    page.collect("reactions")
    rows = {row.reaction_type: row.count for row in page.rows("select * from linkedin.reaction")}
    assert rows == {"LIKE": 4, "": 4}


def test_a_pages_days_and_followers_are_what_the_crowd_did(page: Observatory) -> None:
    page.plant(4, timedelta(days=9))
    last = page.now.date() - timedelta(days=1)
    first = last - timedelta(days=20)
    assert page.collect("account_daily", (first, last)).calls == 2
    truth = days(page, first, last)
    rows = {row.day.isoformat(): row for row in page.rows("select * from linkedin.account_daily")}
    assert len(rows) == 21
    for day, row in rows.items():
        really = truth.get(day, {})
        told = [
            row.impression_count, row.unique_impressions_count, row.click_count, row.like_count, row.comment_count,
            row.share_count, row.organic_follower_gain, row.paid_follower_gain,
        ]  # fmt: skip
        names = ("impressions", "reach", "clicks", "likes", "comments", "shares", "followers_gained")
        assert told == [*(really.get(name, 0) for name in names), 0]
    assert page.collect("followers").calls == 2
    sums = page.lifetime().values()
    (now,) = page.rows("select * from linkedin.follower_counter")
    assert now.follower_count == sum(one["followers_gained"] - one["followers_lost"] for one in sums)
    parts = page.rows(
        "select dimension, sum(organic_follower_count) as people from linkedin.follower_part group by dimension"
    )
    assert len(parts) == 7
    assert {row.people for row in parts} == {now.follower_count}


MEMBER_COLUMNS = {
    "impression": "impressions", "members_reached": "reach", "reshare": "shares", "reaction": "likes",
    "comment": "comments", "post_save": "saves", "post_send": "engaged_views", "link_clicks": "clicks",
    "premium_cta_clicks": "dislikes", "follower_gained_from_content": "followers_gained",
    "profile_view_from_content": "profile_visits", "video_play": "views", "video_viewer": "reach",
}  # fmt: skip


def test_a_members_posts_are_what_the_crowd_did(member: Observatory) -> None:
    member.plant(2, timedelta(days=5))
    outcome = member.collect("member_counters")
    assert (outcome.state, outcome.calls) == ("done", 28)
    truth = member.lifetime()
    rows = member.rows("select * from linkedin.member_post_counter")
    assert len(rows) == 2
    for row in rows:
        really = truth[row.video_id]
        assert {name: getattr(row, name) for name in MEMBER_COLUMNS} == {
            name: really[metric] for name, metric in MEMBER_COLUMNS.items()
        }
        assert row.video_watch_time == really["watch_seconds"] * 1000


def test_a_metric_type_that_is_an_object_is_read_too(member: Observatory) -> None:
    member.plant(1, timedelta(days=5))
    member.settings(version="202604")
    member.studio.sandbox.settings(linkedin_versions=["202604"])
    assert member.collect("member_counters").state == "done"
    (row,) = member.rows("select * from linkedin.member_post_counter")
    assert row.impression == next(iter(member.lifetime().values()))["impressions"]


def test_a_member_metric_an_older_version_does_not_know_is_refused_once(member: Observatory) -> None:
    member.plant(2, timedelta(days=5))
    member.settings(version="202603")
    member.studio.sandbox.settings(linkedin_versions=["202603"])
    outcome = member.collect("member_counters")
    assert outcome.state == "done"
    assert set(outcome.refused) == {
        "POST_SAVE", "POST_SEND", "LINK_CLICKS", "PREMIUM_CTA_CLICKS", "FOLLOWER_GAINED_FROM_CONTENT",
        "PROFILE_VIEW_FROM_CONTENT",
    }  # fmt: skip
    assert {row.post_save for row in member.rows("select * from linkedin.member_post_counter")} == {None}
    assert member.calls("memberPostAnalytics.list") == 11 + 5


def test_a_members_days_are_what_the_crowd_did(member: Observatory) -> None:
    member.plant(3, timedelta(days=9))
    last = member.now.date() - timedelta(days=1)
    first = last - timedelta(days=12)
    assert member.collect("account_daily", (first, last)).state == "done"
    truth, followers = days(member, first, last), 0
    for row in member.rows("select * from linkedin.account_daily order by day"):
        really = truth.get(row.day.isoformat(), {})
        followers += really.get("followers_gained", 0) - really.get("followers_lost", 0)
        told = (row.impression_count, row.share_count, row.like_count, row.comment_count)
        assert told == tuple(really.get(name, 0) for name in ("impressions", "shares", "likes", "comments"))
        assert row.follower_count == followers
        assert row.click_count is None
    member.collect("followers")
    (now,) = member.rows("select * from linkedin.follower_counter")
    sums = member.lifetime().values()
    assert now.follower_count == sum(one["followers_gained"] - one["followers_lost"] for one in sums)


def test_a_members_day_of_calls_that_is_over_goes_on_tomorrow(member: Observatory) -> None:
    ids = member.plant(3, timedelta(days=5))
    used = len(member.studio.sandbox.calls())
    member.studio.sandbox.settings(linkedin_member_calls_per_day=used + 20)
    outcome = member.collect("member_counters", everything=False)
    assert outcome.state == "partial"
    assert [row.video_id for row in member.rows("select video_id from linkedin.member_post_counter")] == [ids[2]]
    member.forget_limits()
    member.move(member.now + timedelta(days=1))
    member.studio.sandbox.settings(linkedin_member_calls_per_day=0)
    assert member.collect("member_counters", everything=False).state == "done"
    assert len(member.rows("select distinct video_id from linkedin.member_post_counter")) == 3


def test_what_is_not_a_pages_or_a_members_is_not_asked(page: Observatory) -> None:
    page.plant(1, timedelta(days=5))
    page.studio.sandbox.forget_calls()
    assert page.collect("member_counters").state == "idle"
    assert page.studio.sandbox.calls() == []


@pytest.mark.parametrize("answer", [{"status": 500}, {"status": 503}])
def test_a_fault_half_way_keeps_what_is_whole(page: Observatory, answer: dict[str, Any]) -> None:
    page.plant(POSTS_A_CALL + 5, timedelta(days=5))
    page.fault("shareStatistics.list", nth=2, **answer)
    outcome = page.collect("video_counters", everything=False)
    assert (outcome.state, outcome.resumes_at is not None) == ("partial", True)
    assert len(page.rows("select 1 from linkedin.video_counter")) == POSTS_A_CALL
    page.move(page.now + timedelta(hours=1))
    assert page.collect("video_counters", everything=False).state == "done"
    assert len(page.rows("select distinct video_id from linkedin.video_counter")) == POSTS_A_CALL + 5


def test_a_token_that_expires_half_way_is_renewed(page: Observatory) -> None:
    page.plant(POSTS_A_CALL + 5, timedelta(days=5))
    page.fault("shareStatistics.list", "expire_token", nth=2)
    assert page.collect("video_counters").state == "done"


@pytest.mark.parametrize("body", [{"elements": []}, {"elements": [{}, {"value": "odd"}, "odd", None]}], ids=str)
def test_empty_and_odd_lists_are_no_error(page: Observatory, body: dict[str, Any]) -> None:
    page.plant(1, timedelta(days=5))
    for endpoint in ("shareStatistics.list", "followerStatistics.list", "videoAnalytics.list"):
        page.fault(endpoint, status=200, body=body, times=None)
    for name in ("video_counters", "video_statistics", "account_daily", "followers"):
        assert page.collect(name).state == "done", name


def test_no_more_calls_than_the_fewest(page: Observatory) -> None:
    page.plant(100, timedelta(days=3))
    for name, fewest in fewest_calls(100).items():
        assert page.collect(name).calls == fewest, name


def test_the_same_reading_again_changes_nothing(page: Observatory) -> None:
    page.plant(2, timedelta(days=9))
    for name in ("video_counters", "video_statistics", "reactions", "comments", "account_daily", "followers"):
        first, second = page.collect(name), page.collect(name)
        assert first.rows_changed > 0, name
        assert second.rows_changed == 0, name


def test_staging_shows_the_days_last_reading(page: Observatory) -> None:
    (one,) = page.plant(1, timedelta(days=9))
    for name in ("video_counters", "video_statistics"):
        page.collect(name)
    really = page.lifetime()[one]
    rows = {row.day: row for row in page.rows("select * from staging.stg_linkedin__video_daily")}
    today, yesterday = rows[page.now.date()], rows[page.now.date() - timedelta(days=1)]
    assert (today.likes_total, today.reach_total, today.views) == (really["likes"], really["reach"], None)
    assert float(today.click_rate) == pytest.approx(really["clicks"] / really["impressions"])
    of_day = page.truth(yesterday.day, yesterday.day)[0]["metrics"]
    assert (yesterday.views, yesterday.watch_seconds) == (of_day["views"], of_day["watch_seconds"])
    assert yesterday.views_total == sum(
        one["metrics"]["views"] for one in page.truth(yesterday.day - timedelta(days=20), yesterday.day)
    )
