"""What a video's status means, without Facebook: every phase, every end, every sign of a publishing call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.platforms.contract import CannotTell, Pending, Published, Ready, Unfinished
from include.platforms.errors import PlatformError, Rejected, TryAgain
from include.platforms.facebook.payloads import FacebookSettings, VideoNode
from include.platforms.facebook.progress import Progress, address_of, failure_of, is_out, was_finished
from include.releases.publication import Placement
from tests.platforms.facebook.scene import picture, posting

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
REEL, VIDEO = Placement.REEL, Placement.VIDEO
COMPLETE = {"status": "complete"}
BARE = posting(title="", caption="", description="")


def node(*, publishing: dict[str, Any] | None = None, **fields: Any) -> VideoNode:
    status = {name: fields.pop(name) for name in list(fields) if name.endswith(("_status", "_phase", "_progress"))}
    status |= {"publishing_phase": publishing} if publishing is not None else {}
    return VideoNode.model_validate({"id": "77", "status": status, **fields})


def progress(now: datetime = NOW) -> Progress:
    settings = FacebookSettings.model_validate({"lost_finish": {"looks": 3, "every_seconds": 2}})
    return Progress(settings, "42", lambda: now)


def note(**changes: Any) -> dict[str, Any]:
    base = {"stage": "processing", "placement": "reel", "size": 1, "video_id": "77", "state": "PUBLISHED"}
    return {**base, "finished_at": NOW.isoformat(), **changes}


PUBLISHED = {**COMPLETE, "publish_status": "published"}


@pytest.mark.parametrize(
    ("placement", "state", "fields", "out"),
    [
        (REEL, "PUBLISHED", {"publishing": PUBLISHED}, True),
        (REEL, "PUBLISHED", {"publishing": {"status": "completed", "publish_status": "published"}}, True),
        (REEL, "PUBLISHED", {"publishing": {"status": "in_progress", "publish_status": "published"}}, False),
        (REEL, "PUBLISHED", {"publishing": {**COMPLETE, "publish_status": "draft"}}, False),
        (REEL, "PUBLISHED", {"publishing": {**COMPLETE, "publish_status": "scheduled"}}, False),
        (REEL, "PUBLISHED", {"publishing": COMPLETE, "published": True}, True),
        (REEL, "PUBLISHED", {"publishing": COMPLETE, "published": False}, False),
        (REEL, "PUBLISHED", {"publishing": {"status": "not_started"}, "video_status": "ready"}, False),
        (REEL, "PUBLISHED", {"video_status": "ready", "published": True}, True),
        (REEL, "PUBLISHED", {"video_status": "processing"}, False),
        (REEL, "SCHEDULED", {"publishing": {**COMPLETE, "publish_status": "scheduled"}}, True),
        (REEL, "SCHEDULED", {"publishing": PUBLISHED}, True),  # its time has come
        (REEL, "SCHEDULED", {"video_status": "ready"}, False),
        (REEL, "DRAFT", {"publishing": {**COMPLETE, "publish_status": "draft"}}, True),
        (VIDEO, "PUBLISHED", {"video_status": "ready"}, True),
        (VIDEO, "PUBLISHED", {"video_status": "ready", "published": False}, False),
        (VIDEO, "PUBLISHED", {"video_status": "processing", "published": True}, False),
        (VIDEO, "SCHEDULED", {"video_status": "ready", "published": False}, True),
        (VIDEO, "DRAFT", {"video_status": "ready", "published": False}, True),
        (VIDEO, "PUBLISHED", {"video_status": "somethingnew"}, False),
    ],
)
def test_a_post_is_out_when_it_is_what_it_was_to_become(
    placement: Placement, state: str, fields: dict[str, Any], out: bool
) -> None:
    assert is_out(node(**fields), placement, state) is out


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"processing_phase": {"status": "error", "errors": [{"code": 1363040, "message": "m"}]}}, Rejected),
        ({"processing_phase": {"status": "error", "error": {"message": "m"}}}, Rejected),
        ({"processing_phase": {"status": "error"}}, Rejected),
        ({"processing_phase": {"status": "error", "errors": [{"code": 1363047}]}}, TryAgain),
        ({"publishing": {**COMPLETE, "publish_status": "error"}}, Rejected),
        ({"video_status": "error"}, Rejected),
        ({"video_status": "upload_failed"}, TryAgain),
        ({"video_status": "expired"}, TryAgain),
        ({"video_status": "processing"}, None),
        ({"video_status": "ready", "copyright_check_status": {"status": "error"}}, None),
    ],
)
def test_a_failed_phase_says_whether_another_try_helps(
    fields: dict[str, Any], kind: type[PlatformError] | None
) -> None:
    error = failure_of(node(**fields))
    assert (type(error) if error else None) is kind


def test_a_published_post_is_out_whatever_else_failed() -> None:
    answer = progress().answer(posting(), node(publishing=PUBLISHED, video_status="error"), note())
    assert isinstance(answer, Published)


def test_looks_become_rarer_up_to_a_minute() -> None:
    pace = []
    for seconds in (0, 20, 100, 3600):
        later = progress(NOW + timedelta(seconds=seconds))
        answer = later.answer(posting(), node(video_status="processing"), note())
        assert isinstance(answer, Pending)
        pace.append(answer.look_again_after)
    assert pace == [5, 10, 30, 60]


def test_what_is_missing_counts_as_gone_only_the_third_time() -> None:
    kept = note()
    for _ in range(2):
        answer = progress().answer(posting(), None, kept)
        assert isinstance(answer, Pending)
        kept = answer.note
    with pytest.raises(Rejected, match="removed"):
        progress().answer(posting(), None, kept)
    seen = progress().answer(posting(), node(video_status="processing"), kept)
    assert "missing" not in seen.note


def test_a_thumbnail_is_left_to_do_once_it_is_out() -> None:
    wanted = posting(thumbnail=picture())
    answer = progress().answer(wanted, node(publishing=PUBLISHED, permalink_url="/reel/77/"), note())
    assert isinstance(answer, Ready)
    again = progress().answer(wanted, node(publishing=PUBLISHED), {**answer.note, "extras": ["thumbnail"]})
    assert isinstance(again, Published)


@pytest.mark.parametrize(
    ("placement", "permalink", "address"),
    [
        (REEL, "/reel/77/", "https://www.facebook.com/reel/77/"),
        (VIDEO, "/thepage/videos/77/", "https://www.facebook.com/thepage/videos/77/"),
        (REEL, "https://www.facebook.com/reel/77", "https://www.facebook.com/reel/77"),
        (REEL, None, "https://www.facebook.com/reel/77/"),
        (VIDEO, None, "https://www.facebook.com/42/videos/77/"),
    ],
)
def test_the_address_carries_facebooks_host(placement: Placement, permalink: str | None, address: str) -> None:
    assert address_of(node(permalink_url=permalink), placement, "42") == address


@pytest.mark.parametrize(
    "fields",
    [
        {"publishing": {"status": "in_progress"}},
        {"publishing": PUBLISHED},
        {"published": True},
        {"post_id": "5"},
        {"scheduled_publish_time": 1790000000},
        {"title": "A walk"},
        {"description": "By the sea. #sea"},
    ],
)
def test_each_sign_of_the_publishing_call_is_seen(fields: dict[str, Any]) -> None:
    assert was_finished(node(**fields), posting())


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"publishing": {"status": "not_started"}, "processing_phase": {"status": "in_progress"}},
        {"published": False, "title": "Another"},
        {"video_status": "upload_complete", "uploading_phase": COMPLETE},
    ],
)
@pytest.mark.parametrize("wanted", [posting(), BARE])
def test_before_the_publishing_call_there_is_no_sign(fields: dict[str, Any], wanted: Any) -> None:
    assert not was_finished(node(**fields), wanted)


def test_processing_is_a_sign_for_a_video_and_none_for_a_reel() -> None:
    processing = node(video_status="processing")
    assert was_finished(processing, posting(VIDEO))
    assert not was_finished(processing, posting(REEL))


def test_a_lost_publishing_call_is_looked_for_a_few_times_before_it_is_made_again() -> None:
    kept = note(stage="finishing", upload_url="https://upload")
    quiet = node(video_status="upload_complete")
    for look in (1, 2):
        found = progress().after_lost_finish(posting(), quiet, kept)
        assert isinstance(found, CannotTell)
        assert (found.look_again_after, found.note["looks"]) == (2, look)
        kept = found.note
    found = progress().after_lost_finish(posting(), quiet, kept)
    assert isinstance(found, Unfinished)
    assert (found.note["stage"], found.note["upload_url"], found.note.get("looks")) == ("sent", "https://upload", None)


def test_while_facebook_processes_the_lost_call_is_looked_for_much_longer() -> None:
    kept = note(stage="finishing", looks=3)
    busy = node(processing_phase={"status": "in_progress"})
    assert isinstance(progress().after_lost_finish(posting(), busy, kept), CannotTell)
    assert isinstance(progress().after_lost_finish(posting(), busy, {**kept, "looks": 59}), Unfinished)


def test_a_lost_publishing_call_that_acted_is_pending_or_published() -> None:
    kept = note(stage="finishing", upload_url="https://upload", looks=2)
    found = progress().after_lost_finish(posting(), node(title="A walk", video_status="processing"), kept)
    assert isinstance(found, Pending)
    assert (found.note["stage"], found.note.get("upload_url")) == ("processing", None)
    assert isinstance(progress().after_lost_finish(posting(), node(publishing=PUBLISHED), kept), Published)


def test_an_upload_that_broke_before_the_publishing_call_acted_leaves_nothing() -> None:
    kept = note(stage="finishing")
    assert progress().after_lost_finish(posting(), node(video_status="expired"), kept) is None
    bad = {"status": "error", "errors": [{"code": 1363040, "message": "m"}]}
    with pytest.raises(Rejected, match="9:16"):
        progress().after_lost_finish(posting(), node(processing_phase=bad), kept)


def test_an_unreadable_video_is_pending_when_listed_and_a_persons_after_ten_looks() -> None:
    kept = note(stage="finishing")
    assert isinstance(progress().unreadable(kept, listed=True), Pending)
    first = progress().unreadable(kept, listed=False)
    assert isinstance(first, CannotTell)
    assert first.look_again_after == 60
    last = progress().unreadable({**kept, "looks": 9}, listed=False)
    assert isinstance(last, CannotTell)
    assert last.look_again_after is None
