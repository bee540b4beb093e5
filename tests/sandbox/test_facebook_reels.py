"""Reels of a Page: start, bytes, finish; phases with their errors; window and daily limit (meta.md 5.3, 5.4)."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache, partial

import httpx
import pytest

from tests.sandbox import clips
from tests.sandbox.callers import sha256
from tests.sandbox.meta_callers import FacebookCaller, FileHost, code_of, reel
from tests.sandbox_server import SandboxServer


@cache
def long() -> bytes:
    return reel() + bytes(300_000)


DAY = 86_400


def test_a_reel_goes_through_its_phases(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    sandbox.settings(processing_seconds=100)
    begun = facebook.start_reel()
    key = begun["video_id"]
    assert facebook.status(key)["uploading_phase"] == {"status": "not_started", "bytes_transferred": 0}
    assert facebook.upload(begun["upload_url"], long()).json()["success"] is True
    told = facebook.status(key)
    assert (told["video_status"], told["publishing_phase"]["status"]) == ("upload_complete", "not_started")
    assert facebook.finish_reel(key, description="Text", title="Title").json() == {"success": True}
    assert facebook.status(key)["video_status"] == "processing"
    sandbox.published()
    sandbox.settings(clock_offset_seconds=101)
    told = facebook.status(key)
    assert (told["video_status"], told["processing_phase"]["status"]) == ("ready", "complete")
    assert told["publishing_phase"]["publish_status"] == "published"
    (entry,) = sandbox.published()
    assert (entry["kind"], entry["sha256"], entry["description"]) == ("reel", sha256(long()), "Text")


def test_a_broken_upload_goes_on_at_its_offset(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    begun = facebook.start_reel()
    sandbox.fault(match={"endpoint": "video_reels.bytes"}, action="cut_after_bytes", bytes=100_000)
    with pytest.raises(httpx.TransportError):
        facebook.upload(begun["upload_url"], long())
    there = facebook.status(begun["video_id"])["uploading_phase"]["bytes_transferred"]
    assert 0 < there <= 100_000
    sandbox.kill()
    sandbox.start()
    assert facebook.upload(begun["upload_url"], long()[there:], there, len(long())).status_code == 200
    facebook.finish_reel(begun["video_id"])
    assert sandbox.published()[0]["sha256"] == sha256(long())


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (partial(clips.video, 960, 540, 4), 1363040),
        (partial(clips.video, 360, 640, 4), 1363127),
        (partial(clips.video, 540, 960, 1), 1363128),
        (partial(clips.video, 540, 960, 4, 15), 1363129),
        (lambda: b"rubbish" * 999, 2069019),
    ],
    ids=["wide", "small", "short", "15 fps", "rubbish"],
)
def test_wrong_files_fail_in_processing(
    sandbox: SandboxServer, facebook: FacebookCaller, content: Callable[[], bytes], code: int
) -> None:
    key = facebook.sent_reel(content())
    assert facebook.finish_reel(key).json() == {"success": True}
    sandbox.published()
    told = facebook.status(key)
    assert (told["video_status"], told["uploading_phase"]["status"]) == ("error", "complete")
    assert told["processing_phase"]["errors"][0]["code"] == code
    assert told["publishing_phase"] == {"status": "not_started"}
    assert sandbox.published()[0]["state"] == "error"


def test_what_is_missing_is_said(facebook: FacebookCaller) -> None:
    begun = facebook.start_reel()
    path = f"{facebook.page}/video_reels"
    assert code_of(facebook.finish_reel(begun["video_id"]))[0] == 6000
    answer = facebook.post(path, upload_phase="finish", video_state="PUBLISHED")
    assert answer.json()["error"]["message"] == "(#100) Missing parameter: video_id"
    sent = facebook.sent_reel(reel())
    assert code_of(facebook.post(path, upload_phase="finish", video_id=sent))[0] == 100
    assert code_of(facebook.post(path))[0] == 100


@pytest.mark.parametrize(("ahead", "fine"), [(500, False), (700, True), (28 * DAY, True), (30 * DAY, False)])
def test_reels_are_scheduled_from_ten_minutes_to_29_days(facebook: FacebookCaller, ahead: int, fine: bool) -> None:
    key = facebook.sent_reel(reel())
    at = int(time.time()) + ahead
    assert (facebook.finish_reel(key, "SCHEDULED", scheduled_publish_time=at).status_code == 200) is fine
    assert code_of(facebook.finish_reel(facebook.sent_reel(reel()), "SCHEDULED"))[0] == 100


def test_thirty_reels_a_day(sandbox: SandboxServer) -> None:
    facebook = FacebookCaller(sandbox, "Busy", reels_per_day=2)
    for _ in range(2):
        facebook.finish_reel(facebook.sent_reel(reel()))
    refused = facebook.post(f"{facebook.page}/video_reels", upload_phase="start")
    assert code_of(refused) == (613, 1390008)
    sandbox.settings(clock_offset_seconds=DAY + 1)
    assert facebook.start_reel()


def test_finishing_again_changes_nothing_but_is_counted(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    key = facebook.sent_reel(reel())
    assert facebook.finish_reel(key, description="First").json()["success"] is True
    sandbox.published()
    assert facebook.finish_reel(key, description="Second").json()["success"] is True
    (entry,) = sandbox.published()
    assert (entry["description"], entry["options"]["finishes"]) == ("First", 2)


def test_reels_are_listed_with_relative_addresses_and_not_among_posts(facebook: FacebookCaller) -> None:
    key = facebook.sent_reel(reel())
    facebook.finish_reel(key, description="Text", place="123")
    facebook.status(key)
    (row,) = facebook.get(f"{facebook.page}/video_reels", fields="id,permalink_url,post_id,place").json()["data"]
    assert (row["permalink_url"], row["place"]) == (f"/reel/{key}/", {"id": "123"})
    assert facebook.get(f"{facebook.page}/published_posts").json() == {"data": []}
    assert facebook.get(f"{facebook.page}_{row['post_id']}", fields="message").json()["message"] == "Text"


def test_a_hosted_reel_is_fetched_unless_robots_are_unwelcome(
    sandbox: SandboxServer, facebook: FacebookCaller, host: FileHost
) -> None:
    address = host.put("a.mp4", reel())
    begun = facebook.start_reel()
    headers = {"Authorization": f"OAuth {facebook.token}", "file_url": address}
    assert facebook.http.post(begun["upload_url"], headers=headers).json()["success"] is True
    facebook.finish_reel(begun["video_id"])
    assert sandbox.published()[0]["sha256"] == sha256(reel())
    host.put("robots.txt", b"User-agent: facebookexternalhit\nDisallow: /\n", "text/plain")
    refused = facebook.http.post(facebook.start_reel()["upload_url"], headers=headers)
    assert "robots.txt" in refused.json()["debug_info"]["message"]


def test_stories_of_a_page(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    path = f"{facebook.page}/video_stories"
    begun = facebook.post(path, upload_phase="start").json()
    facebook.upload(begun["upload_url"], reel())
    assert facebook.post(path, upload_phase="finish", video_id=begun["video_id"]).json()["success"] is True
    assert sandbox.published()[0]["kind"] == "story"


def test_somebody_elses_reel_is_out_of_reach(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    other = FacebookCaller(sandbox, "Other")
    key = other.sent_reel(reel())
    assert code_of(facebook.finish_reel(key)) == (100, 33)
    assert code_of(facebook.get(key)) == (100, 33)
    url = other.start_reel()["upload_url"]
    assert facebook.upload(url, reel()).status_code == 403
