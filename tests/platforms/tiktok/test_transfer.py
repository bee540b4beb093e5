"""The bytes on their way: every fault of the upload address, crashes in between, and never two posts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from include.platforms.contract import CannotTell, Pending, Published, Unfinished
from include.platforms.errors import OutcomeUnknown, PlatformError, Rejected, TryAgain
from include.platforms.tiktok.transfer import LAST_CHUNK, SENDING, UNCLEAR
from tests.platforms.tiktok.scene import LARGE, ClipVideo, Desk, posting
from tests.sandbox_server import SandboxServer

PUT: dict[str, Any] = {"endpoint": "video.put"}
STATUS: dict[str, Any] = {"endpoint": "status.fetch"}


def the_one_post_is(desk: Desk, video: Any) -> None:
    """Check that exactly one video arrived, with the right bytes, and that it becomes published."""
    post = desk.the_post()
    assert post["sha256"] == video.sha256
    assert isinstance(desk.check(posting(video=video)), Published)


def puts(sandbox: SandboxServer) -> int:
    return len(sandbox.calls("video.put"))


def test_a_large_file_goes_in_chunks_in_order(desk: Desk) -> None:
    video = ClipVideo(LARGE)
    answer = desk.upload(posting(video=video))
    assert isinstance(answer, Pending)
    assert puts(desk.sandbox) == 7
    assert desk.counts == [*range(10_000_000, 60_000_001, 10_000_000), LARGE]
    assert video.read == LARGE
    assert [note["stage"] for note in desk.notes] == [SENDING, LAST_CHUNK, "processing"]
    the_one_post_is(desk, video)


def test_a_header_that_counts_instead_of_naming_the_last_byte_is_understood(desk: Desk) -> None:
    desk.sandbox.settings(tiktok_206_header="count")
    video = ClipVideo(LARGE)
    desk.upload(posting(video=video))
    assert puts(desk.sandbox) == 7
    the_one_post_is(desk, video)


def test_our_token_is_not_sent_to_the_upload_address(desk: Desk) -> None:
    seen: list[Any] = []
    desk.calls.client.event_hooks = {"request": [seen.append]}
    desk.upload(posting(video=ClipVideo(100_000, content_type="video/quicktime")))
    assert all("authorization" in request.headers for request in seen[:-1])
    headers = seen[-1].headers
    assert seen[-1].method == "PUT"
    assert "authorization" not in headers
    assert "transfer-encoding" not in headers
    assert headers["content-length"] == "100000"
    assert headers["content-range"] == "bytes 0-99999/100000"
    assert headers["content-type"] == "video/quicktime"


SMALL_FAULTS: list[dict[str, Any]] = [
    {"action": "drop_before"},
    {"action": "drop_after"},
    {"action": "cut_after_bytes", "bytes": 40_000},
    {"action": "status", "status": 503},
    {"action": "status", "status": 500, "act": True},
    {"action": "status", "status": 429, "headers": {"Retry-After": "2"}},
]


@pytest.mark.parametrize("fault", SMALL_FAULTS, ids=lambda fault: "-".join(map(str, fault.values())))
def test_a_fault_at_the_only_chunk_is_mended_in_the_same_upload(desk: Desk, fault: dict[str, Any]) -> None:
    desk.sandbox.fault(match=PUT, **fault)
    video = ClipVideo()
    desk.upload(posting(video=video))
    the_one_post_is(desk, video)
    assert len(desk.sandbox.calls("video.init")) == 1


def test_a_lost_201_is_asked_about_and_not_sent_again(desk: Desk) -> None:
    desk.sandbox.fault(match=PUT, action="drop_after")
    video = ClipVideo()
    desk.upload(posting(video=video))
    assert puts(desk.sandbox) == 1
    assert desk.endpoints()[-1] == "status.fetch"
    the_one_post_is(desk, video)


@pytest.mark.parametrize("nth", [1, 4, 7])
@pytest.mark.parametrize("fault", SMALL_FAULTS, ids=lambda fault: "-".join(map(str, fault.values())))
def test_a_fault_at_any_chunk_of_a_large_file_is_mended(desk: Desk, fault: dict[str, Any], nth: int) -> None:
    desk.sandbox.fault(match={**PUT, "nth": nth}, **fault)
    video = ClipVideo(LARGE)
    desk.upload(posting(video=video))
    the_one_post_is(desk, video)
    assert len(desk.sandbox.calls("video.init")) == 1
    assert puts(desk.sandbox) <= 8
    assert desk.counts == sorted(desk.counts)


def test_a_503_sends_the_same_chunk_again_with_longer_pauses(desk: Desk) -> None:
    desk.sandbox.fault(match=PUT, action="status", status=503, times=5)
    video = ClipVideo()
    desk.upload(posting(video=video))
    assert puts(desk.sandbox) == 6
    assert len(desk.pauses) == 5
    assert all(0 <= pause <= 2.0**number for number, pause in enumerate(desk.pauses))
    the_one_post_is(desk, video)


def test_a_fault_at_every_chunk_is_not_six_in_a_row(desk: Desk) -> None:
    for number in range(7):
        desk.sandbox.fault(match={**PUT, "nth": 2 * number + 1}, action="status", status=503)
    video = ClipVideo(LARGE)
    desk.upload(posting(video=video))
    assert puts(desk.sandbox) == 14
    the_one_post_is(desk, video)


def test_six_faults_in_a_row_end_the_upload_and_a_later_one_goes_on(desk: Desk) -> None:
    video = ClipVideo(LARGE)
    desk.sandbox.fault(match={**PUT, "nth": 3}, action="status", status=503, times=6)
    with pytest.raises(TryAgain):
        desk.upload(posting(video=video))
    assert puts(desk.sandbox) == 8
    assert isinstance(desk.find(posting(video=video)), Unfinished)
    video.read = 0
    desk.upload(posting(video=video))
    assert video.read == LARGE - 20_000_000
    the_one_post_is(desk, video)
    assert len(desk.sandbox.calls("video.init")) == 1


def test_six_faults_at_the_last_chunk_leave_the_outcome_unknown(desk: Desk) -> None:
    desk.sandbox.fault(match=PUT, action="status", status=503, times=6)
    with pytest.raises(OutcomeUnknown):
        desk.upload(posting())
    assert isinstance(desk.find(posting()), Unfinished)
    desk.upload(posting())
    the_one_post_is(desk, ClipVideo())


def test_a_wish_to_wait_longer_than_a_minute_ends_the_upload(desk: Desk) -> None:
    video = ClipVideo(LARGE)
    desk.sandbox.fault(match=PUT, action="status", status=429, headers={"Retry-After": "600"})
    with pytest.raises(TryAgain) as caught:
        desk.upload(posting(video=video))
    assert caught.value.after == 600
    assert desk.pauses == []


def test_a_lost_last_answer_with_a_silent_status_is_unknown_and_found_later(desk: Desk) -> None:
    desk.sandbox.fault(match=PUT, action="drop_after")
    desk.sandbox.fault(match=STATUS, action="status", status=500)
    video = ClipVideo()
    with pytest.raises(OutcomeUnknown):
        desk.upload(posting(video=video))
    found = desk.find(posting(video=video))
    assert isinstance(found, (Pending, Published))
    assert len(desk.posts()) == 1
    assert puts(desk.sandbox) == 1


@pytest.mark.parametrize("at_byte", [0, 25_000_000, 65_000_000])
def test_a_killed_upload_goes_on_at_the_chunk_it_stopped_at(desk: Desk, at_byte: int) -> None:
    video = ClipVideo(LARGE, changed_at=at_byte)
    with pytest.raises(Rejected):
        desk.upload(posting(video=video))
    whole = ClipVideo(LARGE)
    assert isinstance(desk.find(posting(video=whole)), Unfinished)
    desk.upload(posting(video=whole))
    assert whole.read == LARGE - min(at_byte // 10_000_000, 6) * 10_000_000
    the_one_post_is(desk, whole)
    assert len(desk.sandbox.calls("video.init")) == 1


def test_a_process_killed_after_the_last_byte_finds_its_post(desk: Desk) -> None:
    video = ClipVideo()
    desk.upload(posting(video=video))
    desk.notes.pop()  # what the upload answered was never kept
    assert desk.note is not None
    assert desk.note["stage"] == LAST_CHUNK
    desk.posts()
    assert isinstance(desk.find(posting(video=video)), Published)
    answer = desk.upload(posting(video=video))
    assert isinstance(answer, Pending)
    assert puts(desk.sandbox) == 1
    assert len(desk.posts()) == 1


def test_another_worker_that_got_further_is_noticed_by_the_416(desk: Desk) -> None:
    video = ClipVideo(LARGE)
    desk.sandbox.fault(match={**PUT, "nth": 3}, action="status", status=503, times=6)
    with pytest.raises(TryAgain):
        desk.upload(posting(video=video))
    desk.sandbox.fault(  # a status that lags behind: as if nothing had arrived
        match=STATUS,
        action="status",
        status=200,
        body={"data": {"status": "PROCESSING_UPLOAD", "uploaded_bytes": 0}, "error": {"code": "ok"}},
    )
    desk.sandbox.forget_calls()
    desk.upload(posting(video=video))
    assert [call["status"] for call in desk.sandbox.calls("video.put")] == [416, 206, 206, 206, 206, 201]
    the_one_post_is(desk, video)


def test_a_416_without_a_range_is_settled_by_the_status(desk: Desk) -> None:
    video = ClipVideo(LARGE)
    desk.sandbox.fault(match={**PUT, "nth": 4}, action="status", status=416)
    desk.upload(posting(video=video))
    the_one_post_is(desk, video)
    assert puts(desk.sandbox) == 8


def test_an_expired_upload_address_begins_anew_when_bytes_are_missing(desk: Desk) -> None:
    video = ClipVideo(LARGE, changed_at=30_000_000)
    with pytest.raises(Rejected):
        desk.upload(posting(video=video))
    desk.sandbox.settings(clock_offset_seconds=3601.0)
    whole = ClipVideo(LARGE)
    assert isinstance(desk.find(posting(video=whole)), Unfinished)
    desk.upload(posting(video=whole))
    assert len(desk.sandbox.calls("video.init")) == 2
    assert len(desk.sandbox.calls("creator_info.query")) == 2
    the_one_post_is(desk, whole)


def test_an_address_that_expires_during_the_upload_begins_anew(desk: Desk) -> None:
    desk.sandbox.fault(match={**PUT, "nth": 3}, action="forget_session")
    video = ClipVideo(LARGE)
    desk.upload(posting(video=video))
    assert len(desk.sandbox.calls("video.init")) == 2
    the_one_post_is(desk, video)


def test_a_dead_address_with_every_byte_there_is_pending_and_not_sent_again(desk: Desk) -> None:
    video = ClipVideo()
    desk.upload(posting(video=video))
    desk.notes.pop()
    desk.sandbox.settings(clock_offset_seconds=3601.0, processing_seconds=9000.0)
    desk.sandbox.fault(  # the first status lags behind, so that the dead address is tried
        match=STATUS,
        action="status",
        status=200,
        body={"data": {"status": "PROCESSING_UPLOAD", "uploaded_bytes": 0}, "error": {"code": "ok"}},
    )
    answer = desk.upload(posting(video=video))
    assert isinstance(answer, Pending)
    assert len(desk.sandbox.calls("video.init")) == 1
    assert len(desk.posts()) == 1


def test_a_dead_address_with_the_only_chunk_missing_begins_anew(desk: Desk) -> None:
    with pytest.raises(Rejected):
        desk.upload(posting(video=ClipVideo(changed_at=0)))
    desk.sandbox.settings(clock_offset_seconds=3601.0)
    video = ClipVideo()
    desk.upload(posting(video=video))
    assert desk.pauses == [0, 1, 2, 4]
    assert len(desk.sandbox.calls("video.init")) == 2
    the_one_post_is(desk, video)


def test_two_dead_addresses_end_the_upload_with_nothing_posted(desk: Desk) -> None:
    desk.sandbox.fault(match=PUT, action="status", status=403, times=2)
    with pytest.raises(TryAgain, match="nothing was posted"):
        desk.upload(posting())
    assert desk.posts() == []


def test_a_dead_address_and_a_status_without_a_count_is_left_to_find(desk: Desk) -> None:
    """Without a count nobody knows whether the last chunk arrived: nothing is begun anew, a person decides."""
    silent = {"data": {"status": "PROCESSING_UPLOAD"}, "error": {"code": "ok"}}
    desk.sandbox.fault(match=PUT, action="drop_before")
    desk.sandbox.fault(match={**PUT, "nth": 2}, action="status", status=404)
    desk.sandbox.fault(match=STATUS, action="status", status=200, body=silent, times=None)
    with pytest.raises(OutcomeUnknown):
        desk.upload(posting())
    assert desk.note is not None
    assert desk.note["stage"] == UNCLEAR
    looks = []
    for _ in range(11):
        found = desk.find(posting())
        assert isinstance(found, CannotTell)
        desk.save(found.note)
        looks.append(found.look_again_after)
    assert looks == [60.0] * 9 + [None, None]
    desk.sandbox.clear_faults()
    assert desk.find(posting()) is None  # now TikTok counts: no byte is there
    assert len(desk.sandbox.calls("video.init")) == 1


def test_a_publish_tiktok_forgot_is_begun_anew_only_when_it_lacked_its_last_chunk(desk: Desk) -> None:
    sending = {"stage": SENDING, "publish_id": "v_pub_file~v2-1.1", "upload_url": "x", "size": LARGE}
    assert desk.publisher.find(posting(), sending) is None
    found = desk.publisher.find(posting(), {**sending, "stage": LAST_CHUNK})
    assert isinstance(found, CannotTell)


def test_going_on_with_a_publish_tiktok_forgot_begins_anew_only_when_it_lacked_its_last_chunk(desk: Desk) -> None:
    video = ClipVideo()
    lost = {"stage": LAST_CHUNK, "publish_id": "v_pub_file~v2-1.1", "upload_url": "x", "size": video.size}
    desk.save(lost)
    with pytest.raises(OutcomeUnknown):
        desk.upload(posting(video=video))
    assert desk.note == {**lost, "stage": UNCLEAR}
    assert desk.sandbox.calls("video.init") == []
    desk.save({**lost, "stage": SENDING})
    desk.upload(posting(video=video))
    the_one_post_is(desk, video)


def test_a_file_that_changed_since_the_upload_was_begun_is_refused(desk: Desk) -> None:
    with pytest.raises(Rejected):
        desk.upload(posting(video=ClipVideo(changed_at=0)))
    with pytest.raises(Rejected, match="no longer the one"):
        desk.upload(posting(video=ClipVideo(100_001)))


def test_headers_tiktok_calls_malformed_are_not_repeated(desk: Desk) -> None:
    desk.sandbox.fault(match=PUT, action="status", status=400)
    with pytest.raises(Rejected):
        desk.upload(posting())
    assert puts(desk.sandbox) == 1


def test_nothing_to_find_before_a_publish_was_begun(desk: Desk) -> None:
    assert desk.publisher.find(posting(), None) is None
    assert desk.endpoints() == []


def test_somebody_elses_publish_is_the_accounts_trouble(desk: Desk) -> None:
    desk.upload(posting())
    stranger = desk.sandbox.account("tiktok", "bo")
    desk.credentials |= stranger
    desk.later = timedelta(0)
    with pytest.raises(PlatformError, match="another TikTok account"):
        desk.find(posting())
