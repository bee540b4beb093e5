"""What `check` makes of a video's state, against the sandbox and case by case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.platforms.contract import Pending, Published, Ready
from include.platforms.errors import AccountTrouble, Rejected
from include.platforms.youtube.processing import look_again_after, percent_of, privacy_warning, state_of
from include.releases.publication import Placement
from tests.platforms.youtube.scene import Desk, picture, posting
from tests.sandbox_server import SandboxServer


def test_processing_is_waited_for_with_a_percentage(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(processing_seconds=1000)
    what = posting()
    note = desk.upload(what).note
    sandbox.settings(clock_offset_seconds=500)
    answer = desk.check(what, note)
    assert isinstance(answer, Pending)
    assert answer.percent == pytest.approx(50, abs=2)
    assert answer.look_again_after == pytest.approx(15, abs=2)
    sandbox.settings(clock_offset_seconds=1001)
    assert isinstance(desk.check(what, note), Published)


@pytest.mark.parametrize(
    ("placement", "address"),
    [(Placement.SHORT, "https://www.youtube.com/shorts/"), (Placement.VIDEO, "https://www.youtube.com/watch?v=")],
)
def test_the_address_fits_the_placement(desk: Desk, placement: Placement, address: str) -> None:
    what = posting(placement=placement)
    answer = desk.check(what, desk.upload(what).note)
    assert isinstance(answer, Published)
    assert answer.url == f"{address}{answer.video_id}"
    assert answer.warnings == ()


def test_a_thumbnail_or_a_playlist_makes_it_ready_first(desk: Desk) -> None:
    for what in (posting(thumbnail=picture()), posting(options={"playlists": ["Sea"]})):
        assert isinstance(desk.check(what, desk.upload(what).note), Ready)


@pytest.mark.parametrize(
    ("reason", "error", "sentence"),
    [
        ("invalidFile", Rejected, "could not process the video: the file is damaged or no video"),
        ("codec", Rejected, "its codec is not supported"),
        ("copyright", Rejected, "rejected the video because it infringes somebody's copyright"),
        ("duplicate", Rejected, "because the channel already has the same video"),
        ("uploaderAccountSuspended", AccountTrouble, "The channel is suspended"),
    ],
)
def test_a_failed_or_rejected_video_says_why(
    desk: Desk, sandbox: SandboxServer, reason: str, error: type[Exception], sentence: str
) -> None:
    sandbox.fault(match={"endpoint": "videos.insert.put"}, action="fail_processing", reason=reason)
    what = posting()
    note = desk.upload(what).note
    with pytest.raises(error, match=sentence) as raised:
        desk.check(what, note)
    assert raised.value.code == reason  # type: ignore[attr-defined]


def test_a_video_missing_three_times_is_gone(desk: Desk) -> None:
    what, note = posting(), {"stage": "uploaded", "video_id": "xxxxxxxxxxx"}
    for missing in (1, 2):
        answer = desk.check(what, note)
        assert isinstance(answer, Pending)
        assert answer.note["missing"] == missing
        note = answer.note
    with pytest.raises(Rejected, match="no longer on YouTube"):
        desk.check(what, note)


def test_a_video_seen_again_is_not_missing_any_more(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(processing_seconds=3600)
    what = posting()
    answer = desk.check(what, {**desk.upload(what).note, "missing": 2})
    assert "missing" not in answer.note


def test_another_privacy_than_asked_is_a_warning(make_desk: Callable[..., Desk]) -> None:
    desk, what = make_desk(traits={"forced_privacy": "private"}), posting()
    answer = desk.check(what, desk.upload(what).note)
    assert isinstance(answer, Published)
    assert answer.warnings == (
        "YouTube made the video private, although public was asked for: look at the channel's settings.",
    )


def test_a_video_whose_time_has_come_may_be_public() -> None:
    now = datetime.now(UTC)
    public = {"status": {"privacyStatus": "public"}}
    assert privacy_warning(posting(publish_at=now - timedelta(minutes=1)), public) is None
    assert "public, although private" in str(privacy_warning(posting(publish_at=now + timedelta(hours=1)), public))
    assert "public, although private" in str(privacy_warning(posting(privacy="private"), public))
    assert privacy_warning(posting(privacy="private"), {}) is None


def test_a_video_for_later_is_private_until_then_without_a_warning(desk: Desk, sandbox: SandboxServer) -> None:
    what = posting(publish_at=datetime.now(UTC) + timedelta(hours=2))
    note = desk.upload(what).note
    (video,) = sandbox.published("youtube")
    assert video["privacy"] == "private"
    assert video["publish_at"].startswith(f"{what.publish_at:%Y-%m-%dT%H:%M:%S}")
    answer = desk.check(what, note)
    assert isinstance(answer, Published)
    assert answer.warnings == ()


def test_after_publishing_check_asks_nobody(desk: Desk) -> None:
    what = posting()
    published = desk.check(what, desk.upload(what).note)
    desk.records.clear()
    assert desk.check(what, published.note) == published
    assert desk.find(what, published.note) == published
    assert desk.records == []


def video(upload: str, progress: str | None = None, **more: Any) -> dict[str, Any]:
    return {"status": {"uploadStatus": upload, **more}, "processingDetails": {"processingStatus": progress}}


@pytest.mark.parametrize(
    ("resource", "all_sizes", "state"),
    [
        (video("uploaded", "processing"), False, "working"),
        (video("uploaded"), False, "working"),
        (video("uploaded", "succeeded"), False, "done"),
        (video("processed", "processing"), False, "done"),
        (video("processed", "processing"), True, "working"),
        (video("processed"), True, "done"),
        ({"status": {"uploadStatus": "processed"}}, False, "done"),
        ({}, False, "working"),
    ],
)
def test_states_are_read_in_the_documented_order(resource: dict[str, Any], all_sizes: bool, state: str) -> None:
    assert state_of(resource, all_sizes=all_sizes) == state


def test_only_a_shorts_thumbnail_waits_for_all_sizes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    half = {"id": "dQw4w9WgXcQ", **video("processed", "processing")}
    monkeypatch.setattr(desk.publisher._client, "videos", lambda ids, parts: {half["id"]: half})
    note = {"stage": "uploaded", "video_id": half["id"]}

    def kind(**changes: Any) -> type:
        return type(desk.publisher.check(posting(**changes), note))

    assert kind(thumbnail=picture()) is Pending
    assert kind(thumbnail=picture(), placement=Placement.VIDEO) is Ready
    assert kind() is Published


@pytest.mark.parametrize(
    "resource",
    [video("deleted"), video("processed", "failed"), video("uploaded", "terminated"), video("rejected", "succeeded")],
)
def test_a_failure_wins_over_every_success(resource: dict[str, Any]) -> None:
    with pytest.raises(Rejected):
        state_of(resource, all_sizes=False)


def test_the_percentage_is_unknown_rather_than_wrong() -> None:
    def of(**progress: str) -> float | None:
        return percent_of({"processingDetails": {"processingProgress": progress}})

    assert of(partsTotal="1000", partsProcessed="420") == 42
    assert of(partsTotal="10", partsProcessed="12") == 100
    assert of(partsTotal="0", partsProcessed="0") is None
    assert of(partsTotal="10") is None
    assert percent_of({}) is None


def test_looks_are_half_as_long_again_up_to_five_minutes() -> None:
    start = datetime(2026, 11, 21, tzinfo=UTC)
    age, waits = 0.0, []
    for _ in range(9):
        waits.append(look_again_after(start.isoformat(), start + timedelta(seconds=age)))
        age += waits[-1]
    assert waits == pytest.approx([15, 22.5, 33.75, 50.625, 75.9375, 113.90625, 170.859375, 256.2890625, 300])
    assert look_again_after(None, start) == 15
