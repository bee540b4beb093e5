"""A Page's videos: chunks, one request, addresses; schedule, thumbnails, crossposting, lists (meta.md 5)."""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any

import httpx
import pytest

from tests.sandbox import clips
from tests.sandbox.callers import sha256
from tests.sandbox.meta_callers import FacebookCaller, FileHost, InstagramCaller, code_of, reel
from tests.sandbox_server import SandboxServer


@cache
def long() -> bytes:
    return reel() + bytes(2_500_000)


"""A real video made long enough for three chunks."""
DAY = 86_400


def test_chunks_are_of_the_servers_choice(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    begun = facebook.start(long())
    assert (begun["start_offset"], begun["end_offset"]) == ("0", "1048576")
    answer = facebook.transfer(begun["upload_session_id"], long(), 0, 1_048_576).json()
    assert answer == {"start_offset": "1048576", "end_offset": "2097152"}
    phase = facebook.status(begun["video_id"])["uploading_phase"]
    assert phase == {"status": "in_progress", "bytes_transferred": 1_048_576, "source_file_size": len(long())}
    key = facebook.published(long(), title="Long", description="Text #x")
    (entry,) = sandbox.published("facebook")
    assert (entry["id"], entry["kind"], entry["sha256"]) == (key, "video", sha256(long()))
    assert (entry["title"], entry["description"], entry["state"]) == ("Long", "Text #x", "published")


def test_a_wrong_offset_is_answered_with_the_right_one(facebook: FacebookCaller) -> None:
    begun = facebook.start(long())
    answer = facebook.transfer(begun["upload_session_id"], long(), 1_048_576, 2_097_152)
    error = answer.json()["error"]
    assert (error["error_subcode"], error["is_transient"]) == (1363037, True)
    assert error["error_data"] == {"start_offset": "0", "end_offset": "1048576"}


def test_a_killed_sandbox_goes_on_with_the_next_chunk(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    begun = facebook.start(long())
    facebook.transfer(begun["upload_session_id"], long(), 0, 1_048_576)
    sandbox.kill()
    sandbox.start()
    for start, end in ((1_048_576, 2_097_152), (2_097_152, len(long()))):
        assert facebook.transfer(begun["upload_session_id"], long(), start, end).status_code == 200
    assert facebook.finish(begun["upload_session_id"]).json() == {"success": True}
    assert sandbox.published()[0]["sha256"] == sha256(long())


def test_nothing_is_published_without_its_bytes(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    begun = facebook.start(long())
    facebook.transfer(begun["upload_session_id"], long(), 0, 1_048_576)
    assert code_of(facebook.finish(begun["upload_session_id"]))[0] == 6000
    assert facebook.status(begun["video_id"])["video_status"] == "uploading"
    assert sandbox.published() == []
    facebook.videos(upload_phase="cancel", upload_session_id=begun["upload_session_id"])
    assert code_of(facebook.get(begun["video_id"])) == (100, 33)


def test_finishing_again_changes_nothing_but_is_counted(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    begun = facebook.sent(reel())
    for title in ("First", "Second"):
        assert facebook.finish(begun["upload_session_id"], title=title).json() == {"success": True}
    (entry,) = sandbox.published()
    assert (entry["title"], entry["options"]["finishes"]) == ("First", 2)


def test_uploads_are_over_after_a_day(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    begun = facebook.start(long())
    sandbox.settings(clock_offset_seconds=DAY + 60)
    assert facebook.status(begun["video_id"])["video_status"] == "expired"
    assert code_of(facebook.transfer(begun["upload_session_id"], long(), 0, 100)) == (100, 33)


def test_one_request_is_enough_for_small_files(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    files = {"source": ("a.mp4", reel(), "video/mp4"), "thumb": ("a.png", clips.picture(), "image/png")}
    answer = facebook.videos(files, title="Whole", fields="id,permalink_url,post_id")
    told = answer.json()
    assert told["permalink_url"] == f"/reel/{told['id']}/"
    (entry,) = sandbox.published()
    assert (entry["id"], entry["thumbnail"], entry["publish_id"]) == (told["id"], True, entry["publish_id"])
    assert facebook.get(told["id"], fields="post_id").json()["post_id"] == entry["publish_id"].split("_")[1]


def test_addresses_are_fetched(sandbox: SandboxServer, facebook: FacebookCaller, host: FileHost) -> None:
    key = facebook.videos(file_url=host.put("a.mp4", reel())).json()["id"]
    assert [(one["id"], one["sha256"]) for one in sandbox.published()] == [(key, sha256(reel()))]
    assert code_of(facebook.videos(file_url=f"{host.base}/nothing"))[0] == 389
    assert code_of(facebook.videos(title="Nothing"))[0] == 100
    assert len(sandbox.published()) == 1


def test_the_resumable_upload_api_gives_a_handle(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    user, app = facebook.credentials["refresh_token"], facebook.credentials["client_id"]
    params = {"file_length": len(long()), "file_type": "video/mp4", "file_name": "a.mp4"}
    key = facebook.ask("POST", f"{app}/uploads", token=user, params=params).json()["id"]
    headers = {"Authorization": f"OAuth {user}"}
    sandbox.fault(match={"endpoint": "upload.update"}, action="cut_after_bytes", bytes=400_000)
    with pytest.raises(httpx.TransportError):
        facebook.http.post(facebook.url(key), content=long(), headers={**headers, "file_offset": "0"})
    there = facebook.http.get(facebook.url(key), headers=headers).json()["file_offset"]
    assert 0 < there <= 400_000
    answer = facebook.http.post(
        facebook.url(key), content=long()[there:], headers={**headers, "file_offset": str(there)}
    )
    facebook.videos(fbuploader_video_file_chunk=answer.json()["h"], title="By handle")
    assert sandbox.published()[0]["sha256"] == sha256(long())


@pytest.mark.parametrize(
    ("ahead", "fine"), [(60, False), (660, True), (180 * DAY, True), (190 * DAY, False), (None, True)]
)
def test_videos_are_scheduled_from_ten_minutes_to_six_months(
    sandbox: SandboxServer, facebook: FacebookCaller, ahead: int | None, fine: bool
) -> None:
    begun = facebook.sent(reel())
    form: dict[str, Any] = {"published": "false"}
    if ahead is not None:
        form |= {"scheduled_publish_time": int(time.time()) + ahead, "unpublished_content_type": "SCHEDULED"}
    answer = facebook.finish(begun["upload_session_id"], **form)
    assert (answer.status_code == 200) is fine
    if fine:
        (entry,) = sandbox.published()
        assert entry["state"] == ("draft" if ahead is None else "scheduled")


def test_scheduled_videos_go_out_when_their_time_comes(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    at = int(time.time()) + 3600
    key = facebook.published(reel(), published="false", scheduled_publish_time=at)
    assert facebook.status(key)["publishing_phase"]["publish_status"] == "scheduled"
    assert facebook.get(key, fields="published").json()["published"] is False
    assert len(facebook.get(f"{facebook.page}/scheduled_posts").json()["data"]) == 1
    assert facebook.get(f"{facebook.page}/published_posts").json() == {"data": []}
    sandbox.settings(clock_offset_seconds=3700)
    assert facebook.status(key)["publishing_phase"]["publish_status"] == "published"
    assert len(facebook.get(f"{facebook.page}/published_posts").json()["data"]) == 1


def test_drafts_are_published_later(facebook: FacebookCaller) -> None:
    key = facebook.published(reel(), published="false")
    assert facebook.status(key)["publishing_phase"] == {"status": "complete", "publish_status": "draft"}
    assert facebook.post(key, published="true").json() == {"success": True}
    assert facebook.status(key)["publishing_phase"]["publish_status"] == "published"


@pytest.mark.parametrize(
    "form",
    [
        {"title": "x" * 256},
        {"content_category": "NONSENSE"},
        {"content_tags": '["cats"]'},
        {"targeting": "everybody"},
        {"embeddable": "perhaps"},
        {"place": "Berlin"},
        {"scheduled_publish_time": 1},
    ],
)
def test_what_makes_no_sense_is_refused(facebook: FacebookCaller, form: dict[str, Any]) -> None:
    begun = facebook.sent(reel())
    assert code_of(facebook.finish(begun["upload_session_id"], **form))[0] == 100


def test_files_that_are_no_videos_fail_in_processing(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    key = facebook.published(b"rubbish" * 1000)
    told = facebook.status(key)
    assert (told["video_status"], told["processing_phase"]["errors"][0]["code"]) == ("error", 2069019)
    assert sandbox.published()[0]["reason"] == "2069019"


def test_videos_can_be_changed_and_backdated(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    key = facebook.published(reel(), title="Old", custom_labels='["a", "b"]')
    at = int(time.time()) - 30 * DAY
    answer = facebook.post(key, name="New", description="Words", backdated_time=at, backdated_time_granularity="day")
    assert answer.json() == {"success": True}
    told = facebook.get(key, fields="title,description,backdated_time,created_time,custom_labels").json()
    assert (told["title"], told["description"], told["custom_labels"]) == ("New", "Words", ["a", "b"])
    assert told["backdated_time"] == told["created_time"]
    assert code_of(facebook.post(key, backdated_time=int(time.time()) + DAY))[0] == 100


def test_thumbnails_are_set_and_must_be_pictures(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    key = facebook.published(reel())

    def send(content: bytes) -> httpx.Response:
        files = {"source": ("t.png", content, "image/png")}
        return facebook.ask("POST", f"{key}/thumbnails", data={"is_preferred": "true"}, files=files)

    assert code_of(send(b"no picture"))[0] == 100
    assert send(clips.picture()).json() == {"success": True}
    rows = facebook.get(f"{key}/thumbnails").json()["data"]
    assert [row["is_preferred"] for row in rows] == [False, True]
    (entry,) = sandbox.published()
    assert httpx.get(entry["url_of_picture"]).content == clips.picture()


def test_another_page_may_show_a_video_once_it_is_allowed(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    other = FacebookCaller(sandbox, "Other")
    key = facebook.published(reel())
    assert code_of(other.videos(crossposted_video_id=key))[0] == 100
    allowed = json.dumps([{"page_id": other.page, "allow": True}])
    assert facebook.post(key, allow_crossposting_for_pages=allowed).json() == {"success": True}
    shown = other.videos(crossposted_video_id=key).json()["id"]
    assert other.get(shown, fields="is_crosspost_video").json()["is_crosspost_video"] is True


def test_an_instagram_post_can_be_brought_over(
    sandbox: SandboxServer, instagram: InstagramCaller, facebook: FacebookCaller, host: FileHost
) -> None:
    media = instagram.published(video_url=host.put("a.mp4", reel()))
    assert "id" in facebook.videos(source_instagram_media_id=media).json()
    assert code_of(FacebookCaller(sandbox, "Other").videos(source_instagram_media_id=media))[0] == 100
    assert [one["platform"] for one in sandbox.published()] == ["instagram", "facebook"]


def test_videos_are_listed_and_deleted(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    keys = [facebook.published(reel(), description=f"Number {n}") for n in range(2)]
    listed = facebook.get(f"{facebook.page}/videos", fields="id,description").json()["data"]
    assert [one["id"] for one in listed] == keys[::-1]
    posts = facebook.get(f"{facebook.page}/published_posts", fields="id,message,permalink_url").json()["data"]
    assert [post["message"] for post in posts] == ["Number 1", "Number 0"]
    assert facebook.get(posts[0]["id"], fields="message").json()["message"] == "Number 1"
    assert facebook.ask("DELETE", keys[0]).json() == {"success": True}
    assert code_of(facebook.get(keys[0])) == (100, 33)
    assert [one["id"] for one in sandbox.published()] == [keys[1]]
    sandbox.settings(facebook_listing_lag_seconds=60)
    assert facebook.get(f"{facebook.page}/videos").json() == {"data": []}


def test_only_a_page_token_with_the_task_may_publish(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    user = facebook.credentials["refresh_token"]
    form = {"upload_phase": "start", "file_size": 5000}
    assert code_of(facebook.ask("POST", f"{facebook.page}/videos", token=user, data=form))[0] == 210
    weak = FacebookCaller(sandbox, "Weak", tasks=["ANALYZE"])
    assert "No permission to publish the video" in weak.videos(**form).text
    blocked = FacebookCaller(sandbox, "Blocked", trouble=368)
    assert code_of(blocked.videos(**form))[0] == 368


def test_insights_are_true_to_the_page(sandbox: SandboxServer) -> None:
    page = FacebookCaller(sandbox, "Page", followers=4321)
    rows = page.get(f"{page.page}/insights", metric="page_follows,page_video_views", period="day").json()["data"]
    assert [(row["name"], row["values"][-1]["value"]) for row in rows] == [
        ("page_follows", 4321), ("page_video_views", 0),
    ]  # fmt: skip
    assert page.get(page.page, fields="followers_count").json()["followers_count"] == 4321
    assert all(value["end_time"].endswith("T08:00:00+0000") for value in rows[0]["values"])
    assert "valid insights metric" in page.get(f"{page.page}/insights", metric="page_follows,page_fans").text
    assert code_of(page.get(f"{page.page}/insights")) == (3001, 1504028)
    far = {"since": 1, "until": 100 * DAY}
    assert code_of(page.get(f"{page.page}/insights", metric="page_follows", **far))[0] == 100


def test_video_insights_of_the_other_kind_are_missing(facebook: FacebookCaller) -> None:
    key = facebook.published(reel())
    rows = facebook.get(f"{key}/video_insights", metric="total_video_views,fb_reels_total_plays").json()["data"]
    assert [row["name"] for row in rows] == ["total_video_views"]
