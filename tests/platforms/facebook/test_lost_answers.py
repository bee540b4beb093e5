"""Every answer may be lost and every process killed: there is never a second post, and never none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.platforms.contract import CannotTell, Pending, Posting, Published, Ready, Unfinished
from include.platforms.errors import OutcomeUnknown, QuotaExhausted, Rejected, TryAgain
from include.releases.publication import Placement
from tests.platforms.facebook.scene import ClipVideo, Desk, posting

REEL, VIDEO = Placement.REEL, Placement.VIDEO
BOTH = pytest.mark.parametrize("placement", [REEL, VIDEO])
START = {REEL: "video_reels.start", VIDEO: "videos.start"}
BYTES = {REEL: "video_reels.bytes", VIDEO: "videos.transfer"}
FINISH = {REEL: "video_reels.finish", VIDEO: "videos.finish"}


class Killed(BaseException):
    """Stands for the process's end: nothing of ours may catch it."""


def until_out(desk: Desk, wanted: Posting, tries: int = 40) -> Published:
    """Do what the steps do, again and again, until it is out."""
    uploaded = False
    for _ in range(tries):
        try:
            if not uploaded:
                found = desk.find(wanted) if desk.note else None
                uploaded = isinstance(found, Pending | Ready | Published)
                if not uploaded and not isinstance(found, CannotTell):
                    desk.upload(wanted)
                    uploaded = True
                continue
            desk.posts()
            answer = desk.check(wanted)
            if isinstance(answer, Published):
                return answer
        except (OutcomeUnknown, TryAgain, QuotaExhausted):
            continue
    raise AssertionError(f"not out; {desk.note}, {desk.endpoints()}")


def check_only_post(desk: Desk, wanted: Posting) -> None:
    post = desk.the_post()
    assert post["sha256"] == wanted.video.sha256  # type: ignore[attr-defined]
    assert post["title"] == wanted.title


@BOTH
@pytest.mark.parametrize("action", ["drop_before", "drop_after"])
def test_a_lost_answer_to_the_start_is_harmless(desk: Desk, placement: Placement, action: str) -> None:
    desk.sandbox.fault(match={"endpoint": START[placement]}, action=action)
    wanted = posting(placement)
    with pytest.raises(TryAgain):
        desk.upload(wanted)
    assert desk.notes == []
    until_out(desk, wanted)
    check_only_post(desk, wanted)


@BOTH
@pytest.mark.parametrize(
    "fault",
    [
        {"action": "drop_before"},
        {"action": "drop_after"},
        {"action": "status", "status": 503, "body": "<html>"},
        {"action": "status", "status": 500, "body": {"error": {"code": 2, "message": "m", "is_transient": True}}},
        {"action": "status", "status": 200, "body": {"success": False}},
        {"action": "cut_after_bytes", "bytes": 100_000},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values())[:40],
)
def test_a_fault_at_the_bytes_is_mended_in_the_same_upload(
    desk: Desk, placement: Placement, fault: dict[str, Any]
) -> None:
    desk.sandbox.fault(match={"endpoint": BYTES[placement]}, **fault)
    wanted = posting(placement, video=ClipVideo(size=2_500_000))
    desk.upload(wanted)
    assert desk.endpoints().count(START[placement]) == 1
    until_out(desk, wanted)
    check_only_post(desk, wanted)


@BOTH
def test_six_faults_in_a_row_end_the_upload_and_a_later_one_goes_on(desk: Desk, placement: Placement) -> None:
    desk.sandbox.fault(match={"endpoint": BYTES[placement]}, action="drop_before", times=6)
    wanted = posting(placement)
    with pytest.raises(TryAgain):
        desk.upload(wanted)
    until_out(desk, wanted)
    assert desk.endpoints().count(START[placement]) == 1
    check_only_post(desk, wanted)


@BOTH
@pytest.mark.parametrize("at_byte", [1, 1_200_000, 2_400_000])
def test_a_killed_upload_goes_on_where_facebook_stopped(desk: Desk, placement: Placement, at_byte: int) -> None:
    broken = posting(placement, video=ClipVideo(size=2_500_000, changed_at=at_byte))
    with pytest.raises(Exception, match="changed"):
        desk.upload(broken)
    wanted = posting(placement, video=ClipVideo(size=2_500_000))
    until_out(desk, wanted)
    check_only_post(desk, wanted)
    if at_byte > 1_200_000:
        assert wanted.video.read < 2_500_000  # type: ignore[attr-defined]  what Facebook had was not sent again


def test_another_worker_that_got_further_is_noticed_by_the_wrong_offset(desk: Desk) -> None:
    wanted = posting(VIDEO, video=ClipVideo(size=3_000_000))
    other = posting(VIDEO, video=ClipVideo(size=3_000_000, changed_at=2_200_000))
    with pytest.raises(Exception, match="changed"):
        desk.upload(other)
    assert desk.note is not None
    transfer = desk.publisher._transfer(wanted, desk.note, desk.counts.append)
    assert transfer.run(0, 1_048_576) is True  # it believes to be at the beginning
    assert wanted.video.read < 3_000_000  # type: ignore[attr-defined]
    until_out(desk, wanted)
    check_only_post(desk, wanted)


@BOTH
@pytest.mark.parametrize(
    "fault",
    [
        {"action": "drop_after"},
        {"action": "status", "status": 500, "act": True, "body": "<html>"},
        {"action": "status", "status": 400, "act": True, "body": {"error": {"code": 1, "message": "m"}}},
        {"action": "status", "status": 400, "act": True, "body": {"error": {"code": 80001, "message": "m"}}},
        {"action": "status", "status": 200, "act": True, "body": {"success": False}},
        {"action": "status", "status": 400, "act": True, "body": {"error": {"code": 506, "message": "duplicate"}}},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values())[:50],
)
@pytest.mark.parametrize("texts", [True, False], ids=["texts", "bare"])
def test_a_publishing_call_that_acted_and_whose_answer_was_lost_is_never_made_again(
    desk: Desk, placement: Placement, fault: dict[str, Any], texts: bool
) -> None:
    desk.sandbox.fault(match={"endpoint": FINISH[placement]}, **fault)
    wanted = posting(placement) if texts else posting(placement, title="", caption="", description="", tags=())
    with pytest.raises(OutcomeUnknown):
        desk.upload(wanted)
    assert desk.note is not None
    assert desk.note["stage"] == "finishing"
    until_out(desk, wanted)
    assert desk.endpoints().count(FINISH[placement]) == 1
    check_only_post(desk, wanted)


@BOTH
@pytest.mark.parametrize("kind", ["draft", "scheduled"])
@pytest.mark.parametrize("seconds", [0.0, 3600.0], ids=["at once", "slowly"])
def test_a_lost_draft_or_scheduled_post_is_found_even_without_texts(
    desk: Desk, placement: Placement, kind: str, seconds: float
) -> None:
    desk.sandbox.settings(processing_seconds=seconds)
    desk.sandbox.fault(match={"endpoint": FINISH[placement]}, action="drop_after")
    bare: dict[str, Any] = {"title": "", "caption": "", "description": "", "tags": ()}
    bare |= {"privacy": "private"} if kind == "draft" else {"publish_at": datetime.now(UTC) + timedelta(days=1)}
    wanted = posting(placement, **bare)
    with pytest.raises(OutcomeUnknown):
        desk.upload(wanted)
    for _ in range(10):
        desk.posts()
        desk.find(wanted)
    desk.sandbox.settings(clock_offset_seconds=7200.0)
    until_out(desk, wanted)
    assert desk.endpoints().count(FINISH[placement]) == 1
    check_only_post(desk, wanted)


@BOTH
def test_an_upload_that_expired_in_the_meantime_is_begun_anew(desk: Desk, placement: Placement) -> None:
    with pytest.raises(Exception, match="changed"):
        desk.upload(posting(placement, video=ClipVideo(size=2_500_000, changed_at=1_200_000)))
    desk.sandbox.settings(clock_offset_seconds=2 * 86400.0)
    wanted = posting(placement, video=ClipVideo(size=2_500_000))
    until_out(desk, wanted)
    assert desk.endpoints().count(START[placement]) == 2
    check_only_post(desk, wanted)


@BOTH
def test_a_file_that_changed_since_the_upload_was_begun_is_refused(desk: Desk, placement: Placement) -> None:
    with pytest.raises(Rejected):
        desk.upload(posting(placement, video=ClipVideo(changed_at=1)))
    with pytest.raises(Rejected, match="no longer the one"):
        desk.upload(posting(placement, video=ClipVideo(size=300_001)))


@BOTH
def test_a_publishing_call_that_never_arrived_is_made_again_after_facebook_was_asked(
    desk: Desk, placement: Placement
) -> None:
    desk.sandbox.fault(match={"endpoint": FINISH[placement]}, action="drop_before")
    wanted = posting(placement)
    with pytest.raises(OutcomeUnknown):
        desk.upload(wanted)
    assert desk.posts() == [] or desk.the_post()["privacy"] != "public"
    looks = [desk.find(wanted) for _ in range(3)]
    assert [type(look) for look in looks] == [CannotTell, CannotTell, Unfinished]
    assert desk.endpoints().count(FINISH[placement]) == 1
    until_out(desk, wanted)
    assert desk.endpoints().count(FINISH[placement]) == 2
    check_only_post(desk, wanted)


@BOTH
def test_a_refused_publishing_call_did_nothing_and_is_known_to_have_done_nothing(
    desk: Desk, placement: Placement
) -> None:
    refusal = {"error": {"code": 1390008, "message": "too fast", "type": "OAuthException"}}
    desk.sandbox.fault(match={"endpoint": FINISH[placement]}, action="status", status=400, body=refusal)
    wanted = posting(placement)
    with pytest.raises(QuotaExhausted):
        desk.upload(wanted)
    assert desk.note is not None
    assert desk.note["stage"] == "sent"
    assert isinstance(desk.find(wanted), Unfinished)
    until_out(desk, wanted)
    assert desk.endpoints().count(BYTES[placement]) == 1
    check_only_post(desk, wanted)


@BOTH
def test_an_upload_facebook_cannot_use_is_begun_anew(desk: Desk, placement: Placement) -> None:
    refusal = {"error": {"code": 6000, "message": "There was a problem", "type": "OAuthException"}}
    desk.sandbox.fault(match={"endpoint": FINISH[placement]}, action="status", status=400, body=refusal)
    wanted = posting(placement)
    with pytest.raises(TryAgain):
        desk.upload(wanted)
    assert desk.find(wanted) is None
    until_out(desk, wanted)
    assert desk.endpoints().count(START[placement]) == 2
    check_only_post(desk, wanted)


@BOTH
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_killed_at_any_note_leads_to_one_post(desk: Desk, placement: Placement, nth: int, when: str) -> None:
    wanted = posting(placement)
    kept: list[dict[str, Any]] = []

    def save(note: dict[str, Any]) -> None:
        kept.append(dict(note))
        if len(kept) == nth and when == "before":
            raise Killed
        desk.save(note)
        if len(kept) == nth:
            raise Killed

    with pytest.raises(Killed):
        desk.publisher.upload(wanted, None, save, desk.counts.append)
    until_out(desk, wanted)
    check_only_post(desk, wanted)
    assert desk.endpoints().count(FINISH[placement]) == 1


@BOTH
def test_upload_alone_asks_before_it_repeats_a_publishing_call(desk: Desk, placement: Placement) -> None:
    desk.sandbox.fault(match={"endpoint": FINISH[placement]}, action="drop_after")
    wanted = posting(placement)
    with pytest.raises(OutcomeUnknown):
        desk.upload(wanted)
    desk.upload(wanted)  # without `find`, as nobody should
    assert desk.endpoints().count(FINISH[placement]) == 1
    until_out(desk, wanted)
    check_only_post(desk, wanted)


@BOTH
def test_looking_never_changes_anything(desk: Desk, placement: Placement) -> None:
    wanted = posting(placement)
    desk.upload(wanted)
    before = [call for call in desk.sandbox.calls() if call["method"] == "POST"]
    desk.find(wanted)
    desk.check(wanted)
    assert [call for call in desk.sandbox.calls() if call["method"] == "POST"] == before


@BOTH
def test_an_upload_facebook_forgot_is_begun_anew(desk: Desk, placement: Placement) -> None:
    with pytest.raises(Exception, match="changed"):
        desk.upload(posting(placement, video=ClipVideo(size=2_500_000, changed_at=1)))
    desk.save({**(desk.note or {}), "video_id": "999999999999999", "upload_session_id": "999999999999999"})
    if placement is REEL:
        desk.save({**(desk.note or {}), "upload_url": desk.note["upload_url"].rsplit("/", 1)[0] + "/999999999999999"})
    wanted = posting(placement, video=ClipVideo(size=2_500_000))
    until_out(desk, wanted)
    assert desk.endpoints().count(START[placement]) == 2
    check_only_post(desk, wanted)


@BOTH
def test_a_video_that_cannot_be_read_for_a_while_is_not_published_again(desk: Desk, placement: Placement) -> None:
    missing = {"error": {"code": 100, "error_subcode": 33, "message": "Unsupported get request.", "type": "G"}}
    desk.sandbox.fault(match={"endpoint": FINISH[placement]}, action="drop_after")
    wanted = posting(placement)
    with pytest.raises(OutcomeUnknown):
        desk.upload(wanted)
    assert desk.note is not None
    path = f"/{desk.note['video_id']}$"
    desk.sandbox.fault(match={"method": "GET", "path": path}, action="status", status=400, body=missing, times=2)
    until_out(desk, wanted)
    assert desk.endpoints().count(FINISH[placement]) == 1
    check_only_post(desk, wanted)


@BOTH
def test_a_post_that_was_removed_is_not_sent_again(desk: Desk, placement: Placement) -> None:
    missing = {"error": {"code": 100, "error_subcode": 33, "message": "Unsupported get request.", "type": "G"}}
    wanted = posting(placement)
    desk.upload(wanted)
    assert desk.note is not None
    path = f"/{desk.note['video_id']}$"
    desk.sandbox.fault(match={"method": "GET", "path": path}, action="status", status=400, body=missing, times=None)
    assert isinstance(desk.check(wanted), Pending)
    assert isinstance(desk.check(wanted), Pending)
    with pytest.raises(Exception, match="removed"):
        desk.check(wanted)
