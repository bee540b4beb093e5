"""`media_publish` and what can be read afterwards: limit, listings, nodes, comments, insights (meta.md 2 to 4)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.sandbox.meta_callers import FileHost, InstagramCaller, code_of, reel
from tests.sandbox_server import SandboxServer


@pytest.fixture
def address(host: FileHost) -> str:
    """Where a good reel is."""
    return host.put("a.mp4", reel())


def usage(instagram: InstagramCaller, **query: Any) -> dict[str, Any]:
    """Return the publishing limit."""
    (row,) = instagram.get(f"{instagram.user}/content_publishing_limit", **query).json()["data"]
    return dict(row)


def test_unready_containers_are_not_published(instagram: InstagramCaller, host: FileHost) -> None:
    waiting = instagram.container(upload_type="resumable")
    failed = instagram.container(video_url=f"{host.base}/nothing")
    instagram.settled(failed)
    for container in (waiting, failed):
        error = instagram.publish(container).json()["error"]
        assert (error["code"], error["error_subcode"], error["message"]) == (9007, 2207027, "Media ID is not available")
        assert error["error_user_msg"] == "The media is not ready for publishing, please wait for a moment"


def test_unknown_and_foreign_containers_are_not_published(
    sandbox: SandboxServer, instagram: InstagramCaller, address: str
) -> None:
    theirs = InstagramCaller(sandbox, "Bob").ready(video_url=address)
    assert code_of(instagram.publish("17880000000000000")) == (24, 2207008)
    assert code_of(instagram.publish(theirs)) == (24, 2207008)
    assert instagram.post(f"{instagram.user}/media_publish").json()["error"]["message"].endswith("creation_id")


@pytest.mark.parametrize(
    ("how", "outcome", "posts"),
    [("not_ready", (9007, 2207027), 1), ("not_found", (24, 2207008), 1), ("same_id", None, 1), ("publish", None, 2)],
)
def test_a_second_publish_is_as_the_switch_says(
    sandbox: SandboxServer, instagram: InstagramCaller, address: str, how: str, outcome: Any, posts: int
) -> None:
    sandbox.settings(instagram_publish_again=how)
    container = instagram.ready(video_url=address)
    first, second = instagram.publish(container), instagram.publish(container)
    assert len(sandbox.published("instagram")) == posts
    if outcome:
        assert code_of(second) == outcome
    else:
        assert (first.json() == second.json()) is (how == "same_id")


def test_the_limit_counts_and_stops(sandbox: SandboxServer, address: str) -> None:
    instagram = InstagramCaller(sandbox, "Ada", quota_total=2)
    assert usage(instagram) == {"quota_usage": 0}
    instagram.published(video_url=address)
    instagram.published(media_type="STORIES", video_url=address)
    assert usage(instagram, fields="config,quota_usage") == {
        "quota_usage": 2, "config": {"quota_total": 2, "quota_duration": 86400},
    }  # fmt: skip
    container = instagram.ready(video_url=address)
    assert code_of(instagram.publish(container)) == (9, 2207042)
    sandbox.settings(instagram_stories_count=False)
    assert usage(instagram) == {"quota_usage": 1}
    sandbox.settings(clock_offset_seconds=86_500)
    assert usage(instagram) == {"quota_usage": 0}


def test_a_container_may_lag_behind_its_post(sandbox: SandboxServer, instagram: InstagramCaller, address: str) -> None:
    sandbox.settings(instagram_publish_lag_seconds=60, instagram_listing_lag_seconds=60)
    container = instagram.ready(video_url=address)
    instagram.publish(container)
    assert instagram.status(container)["status_code"] == "FINISHED"
    assert instagram.get(f"{instagram.user}/media").json() == {"data": []}
    sandbox.settings(clock_offset_seconds=61)
    assert instagram.status(container)["status_code"] == "PUBLISHED"
    assert len(instagram.get(f"{instagram.user}/media").json()["data"]) == 1


def test_a_post_has_its_address_and_words(instagram: InstagramCaller, address: str) -> None:
    media = instagram.published(video_url=address, caption="Hello #x")
    fields = "id,caption,media_type,media_product_type,permalink,shortcode,timestamp,username,like_count,comments_count"
    told = instagram.get(media, fields=fields).json()
    assert told["permalink"] == f"https://www.instagram.com/reel/{told['shortcode']}/"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000", told["timestamp"])
    assert (told["caption"], told["media_type"], told["media_product_type"], told["username"]) == (
        "Hello #x", "VIDEO", "REELS", "ada",
    )  # fmt: skip
    assert "caption" not in instagram.get(instagram.published(video_url=address), fields="caption").json()


def test_posts_are_listed_newest_first_page_by_page(instagram: InstagramCaller, address: str) -> None:
    made = [instagram.published(video_url=address, caption=f"Number {n}") for n in range(3)]
    first = instagram.get(f"{instagram.user}/media", limit=2, fields="id,caption").json()
    assert [one["id"] for one in first["data"]] == made[:0:-1]
    rest = instagram.http.get(first["paging"]["next"]).json()
    assert [one["caption"] for one in rest["data"]] == ["Number 0"]
    assert "next" not in rest["paging"]
    cursor = first["paging"]["cursors"]["after"]
    assert instagram.get(f"{instagram.user}/media", limit=2, after=cursor, fields="id").json()["data"] == [
        {"id": made[0]}
    ]


def test_instagram_login_may_not_know_captions(sandbox: SandboxServer, address: str) -> None:
    own = InstagramCaller(sandbox, "Own", login="instagram")
    own.published(video_url=address, caption="Seen")
    assert own.get(f"{own.user}/media", fields="caption").json()["data"][0]["caption"] == "Seen"
    sandbox.settings(instagram_login_knows_captions=False)
    assert code_of(own.get(f"{own.user}/media", fields="id,caption"))[0] == 100
    assert code_of(own.get(f"{own.user}/media", fields="id,saved_count"))[0] == 100
    assert len(own.get(f"{own.user}/media", fields="id,timestamp").json()["data"]) == 1


def test_posts_can_be_deleted_but_not_stories(sandbox: SandboxServer, instagram: InstagramCaller, address: str) -> None:
    post = instagram.published(video_url=address)
    story = instagram.published(media_type="STORIES", video_url=address)
    assert instagram.ask("DELETE", post).json() == {"success": True, "deleted_id": post}
    assert code_of(instagram.get(post)) == (100, 33)
    assert code_of(instagram.ask("DELETE", story)) == (-1, 2207073)
    assert len(sandbox.published()) == 1


def test_comments_are_written_answered_and_switched_off(instagram: InstagramCaller, address: str) -> None:
    media = instagram.published(video_url=address)
    comment = instagram.post(f"{media}/comments", message="First").json()["id"]
    answer = instagram.post(f"{comment}/replies", message="Second").json()["id"]
    instagram.post(f"{answer}/replies", message="Third")
    (listed,) = instagram.get(f"{media}/comments", fields="id,text,replies{text,parent_id}").json()["data"]
    assert [one["text"] for one in listed["replies"]["data"]] == ["Second", "Third"]
    assert {one["parent_id"] for one in listed["replies"]["data"]} == {comment}
    assert instagram.get(media, fields="comments_count").json()["comments_count"] == 3
    assert instagram.post(comment, hide="true").json() == {"success": True}
    assert instagram.ask("DELETE", comment).json() == {"success": True}
    assert instagram.get(f"{media}/comments").json() == {"data": []}
    instagram.post(media, comment_enabled="false")
    assert code_of(instagram.post(f"{media}/comments", message="Late"))[0] == 10


def test_insights_know_which_metric_is_for_which_kind(instagram: InstagramCaller, address: str) -> None:
    media = instagram.published(video_url=address)
    instagram.post(f"{media}/comments", message="One")
    rows = instagram.get(f"{media}/insights", metric="reach,comments,ig_reels_avg_watch_time").json()["data"]
    assert {row["name"]: row["values"][0]["value"] for row in rows} == {
        "reach": 0, "comments": 1, "ig_reels_avg_watch_time": 0,
    }  # fmt: skip
    assert code_of(instagram.get(f"{media}/insights", metric="reach,follows"))[0] == 100
    assert code_of(instagram.get(f"{media}/insights", metric="plays"))[0] == 100
    assert code_of(instagram.get(f"{media}/insights")) == (3001, 1504028)
    nested = instagram.get(f"{instagram.user}/media", fields="id,insights.metric(reach,views)").json()["data"][0]
    assert [row["name"] for row in nested["insights"]["data"]] == ["reach", "views"]


def test_stories_have_too_few_viewers(instagram: InstagramCaller, address: str) -> None:
    media = instagram.published(media_type="STORIES", video_url=address)
    answer = instagram.get(f"{media}/insights", metric="reach")
    assert (code_of(answer)[0], "Not enough viewers" in answer.text) == (10, True)


def test_account_totals_want_their_metric_type(instagram: InstagramCaller) -> None:
    path = f"{instagram.user}/insights"
    assert "metric_type=total_value" in instagram.get(path, metric="views", period="day").text
    (row,) = instagram.get(path, metric="views", period="day", metric_type="total_value").json()["data"]
    assert row["total_value"] == {"value": 0}
    (series,) = instagram.get(path, metric="reach", period="day").json()["data"]
    assert re.search(r"T08:00:00\+0000$", series["values"][0]["end_time"])


def test_blocked_accounts_can_do_nothing(sandbox: SandboxServer, address: str) -> None:
    instagram = InstagramCaller(sandbox, "Ada")
    container = instagram.ready(video_url=address)
    InstagramCaller(sandbox, "Ada", blocked=True)
    assert code_of(instagram.create(video_url=address)) == (25, 2207050)
    assert code_of(instagram.publish(container)) == (25, 2207050)


def test_feed_pictures_are_checked_too(sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost) -> None:
    from tests.sandbox.clips import picture
    from tests.sandbox.test_instagram_containers import jpeg

    good, bad = host.put("a.jpg", jpeg(), "image/jpeg"), host.put("a.png", picture(), "image/png")
    instagram.publish(instagram.ready(media_type="", image_url=good))
    assert sandbox.published()[0]["kind"] == "image"
    assert instagram.settled(instagram.container(media_type="", image_url=bad))["status"].endswith("2207005")
