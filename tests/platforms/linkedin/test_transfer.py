"""The bytes on their way: parts as LinkedIn cut them, resumed after crashes, dead addresses, a changed file."""

from __future__ import annotations

from typing import Any

import pytest

from include.platforms.contract import Pending, Unfinished
from include.platforms.errors import PlatformError, QuotaExhausted, Rejected, TryAgain
from tests.platforms.linkedin.scene import PART, THREE_PARTS, ClipVideo, Desk, picture, posting
from tests.sandbox_server import SandboxServer

PUT: dict[str, Any] = {"endpoint": "videos.put"}


def test_parts_that_are_there_are_not_sent_again(desk: Desk, sandbox: SandboxServer) -> None:
    video = ClipVideo(THREE_PARTS)
    sandbox.fault(match={**PUT, "nth": 3}, action="status", status=503, times=6)
    with pytest.raises(TryAgain, match="can go on later"):
        desk.upload(posting(video=video))
    assert len(sandbox.calls("videos.put")) == 8
    assert len(desk.pauses) == 5
    assert isinstance(desk.find(posting(video=video)), Unfinished)
    sandbox.forget_calls()
    assert isinstance(desk.upload(posting(video=video)), Pending)
    assert len(sandbox.calls("videos.put")) == 1
    desk.check(posting())
    desk.finish(posting())
    assert desk.the_post()["sha256"] == video.sha256


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize(
    "fault",
    [
        {"action": "drop_before"},
        {"action": "drop_after"},
        {"action": "cut_after_bytes", "bytes": 70_000},
        {"action": "status", "status": 500, "act": True},
        {"action": "status", "status": 200, "act": True},
        {"action": "status", "status": 429, "headers": {"Retry-After": "1"}},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values() if not isinstance(value, dict)),
)
def test_a_part_whose_answer_is_lost_is_sent_again(
    desk: Desk, sandbox: SandboxServer, fault: dict[str, Any], nth: int
) -> None:
    video = ClipVideo(THREE_PARTS)
    sandbox.fault(match={**PUT, "nth": nth}, **fault)
    desk.publish(posting(video=video))
    assert desk.the_post()["sha256"] == video.sha256
    assert len(sandbox.calls("videos.put")) == 4
    assert desk.counts == sorted(desk.counts)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_dead_address_begins_a_new_video(desk: Desk, sandbox: SandboxServer, status: int) -> None:
    video = ClipVideo(PART + 1000)  # a last part so small that it is written whole before the answer comes
    sandbox.fault(match={**PUT, "nth": 2}, action="status", status=status)
    desk.publish(posting(video=video))
    assert desk.endpoints().count("videos.initializeUpload") == 2
    assert desk.the_post()["sha256"] == video.sha256


def test_addresses_that_die_twice_are_left_for_later(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.fault(match=PUT, action="forget_session", times=None)
    with pytest.raises(TryAgain, match="died twice"):
        desk.upload(posting())
    assert desk.posts() == []


def test_addresses_past_their_time_are_not_tried(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(linkedin_upload_url_seconds=0.001)
    with pytest.raises(TryAgain, match="died twice"):
        desk.upload(posting())
    assert sandbox.calls("videos.put") == []


def test_a_part_linkedin_refuses_ends_the_upload(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.fault(match=PUT, action="status", status=400, body={"message": "odd bytes"})
    with pytest.raises(Rejected, match="odd bytes"):
        desk.upload(posting())


def test_a_file_of_another_size_does_not_go_on_with_an_old_upload(desk: Desk) -> None:
    with pytest.raises(Rejected):
        desk.upload(posting(video=ClipVideo(changed_at=0)))
    with pytest.raises(Rejected, match="no longer the one"):
        desk.upload(posting(video=ClipVideo(120_000)))


def test_a_lost_finalize_is_settled_by_the_videos_status(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.fault(match={"endpoint": "videos.finalizeUpload"}, action="drop_after")
    assert isinstance(desk.upload(posting()), Pending)
    assert desk.endpoints().count("videos.finalizeUpload") == 1


def test_a_finalize_that_never_arrived_is_sent_again(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.fault(match={"endpoint": "videos.finalizeUpload"}, action="drop_before")
    assert isinstance(desk.upload(posting()), Pending)
    assert desk.endpoints().count("videos.finalizeUpload") == 2


def test_a_refused_finalize_is_told(desk: Desk, sandbox: SandboxServer) -> None:
    body = {"status": 400, "code": "INVALID_VALUE_FOR_FIELD", "message": "uploadedPartIds"}
    sandbox.fault(match={"endpoint": "videos.finalizeUpload"}, action="status", status=400, body=body)
    with pytest.raises(Rejected, match="uploadedPartIds"):
        desk.upload(posting())


@pytest.mark.parametrize("endpoint", ["videos.initializeUpload", "videos.finalizeUpload"])
def test_a_used_up_day_stops_the_upload_and_it_goes_on_later(desk: Desk, sandbox: SandboxServer, endpoint: str) -> None:
    sandbox.fault(match={"endpoint": endpoint}, action="status", status=429, body={"serviceErrorCode": 101})
    with pytest.raises(QuotaExhausted):
        desk.upload(posting())
    assert isinstance(desk.upload(posting()), Pending)


@pytest.mark.parametrize(
    "wrong",
    [
        {"video": "urn:li:video:1", "uploadInstructions": []},
        {"video": "urn:li:video:1", "uploadInstructions": [{"uploadUrl": "http://x", "firstByte": 0, "lastByte": 9}]},
        {"uploadInstructions": []},
        None,
    ],
)
def test_an_answer_that_does_not_cover_the_file_sends_nothing(
    desk: Desk, sandbox: SandboxServer, wrong: dict[str, Any] | None
) -> None:
    body = {"value": wrong}
    sandbox.fault(match={"endpoint": "videos.initializeUpload"}, action="status", status=200, body=body)
    with pytest.raises(TryAgain):
        desk.upload(posting())
    assert sandbox.calls("videos.put") == []


def test_the_upload_token_goes_back_as_it_came(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(linkedin_upload_token="a/b=c")
    desk.publish(posting())
    desk.the_post()


def test_our_token_is_not_sent_with_the_bytes(desk: Desk) -> None:
    seen = []
    desk.calls.client.event_hooks["request"].append(lambda request: seen.append(request))
    desk.publish(posting(thumbnail=picture()))
    bare = [each for each in seen if each.method == "PUT"]
    assert len(bare) == 2
    assert not [each for each in bare if "authorization" in each.headers]


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_lost_thumbnail_is_sent_again(desk: Desk, sandbox: SandboxServer, fault: str) -> None:
    sandbox.fault(match={"endpoint": "videos.thumbnail"}, action=fault)
    assert desk.publish(posting(thumbnail=picture())).warnings == ()
    assert desk.the_post()["thumbnail"]


def test_no_error_and_no_record_holds_an_address_or_a_token(desk: Desk, sandbox: SandboxServer) -> None:
    errors: list[PlatformError] = []
    for status in (400, 500):
        sandbox.clear_faults()
        sandbox.fault(match=PUT, action="status", status=status, times=6)
        with pytest.raises(PlatformError) as told:
            desk.upload(posting())
        errors.append(told.value)
    text = f"{[error.as_record() for error in errors]} {desk.records}"
    assert "dms-uploads" not in text
    assert desk.tokens.token() not in text
