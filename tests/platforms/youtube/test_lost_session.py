"""A session that YouTube no longer knows: the uploads list is read before anything is sent again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.platforms.contract import CannotTell, Pending, Published, Ready
from include.platforms.errors import OutcomeUnknown, TryAgain
from tests.platforms.youtube.scene import ClipVideo, Desk, clip, picture, posting
from tests.sandbox_server import SandboxServer


def lose_after_the_end(desk: Desk, sandbox: SandboxServer, what: Any) -> dict[str, Any]:
    """Upload everything, lose the answer, lose the session; return the note that is left."""
    sandbox.fault(match={"endpoint": "videos.insert.put", "nth": 4}, action="drop_after")
    sandbox.fault(match={"endpoint": "videos.insert.status"}, action="forget_session")
    with pytest.raises(OutcomeUnknown):
        desk.upload(what)
    return desk.notes[-1]


def lose_half_way(desk: Desk, sandbox: SandboxServer, what: Any) -> dict[str, Any]:
    """Lose the session before the video is complete; return the note that is left."""
    sandbox.fault(match={"endpoint": "videos.insert.put", "nth": 2}, action="forget_session")
    with pytest.raises(OutcomeUnknown):
        desk.upload(what)
    return desk.notes[-1]


@pytest.mark.parametrize("status", [404, 410])
def test_a_lost_session_whose_video_is_there_is_found(desk: Desk, sandbox: SandboxServer, status: int) -> None:
    sandbox.settings(youtube_gone_status=status)
    what = posting()
    note = lose_after_the_end(desk, sandbox, what)
    found = desk.find(what, note)
    (video,) = sandbox.published("youtube")
    assert isinstance(found, Published)
    assert found.video_id == video["id"]
    assert "session" not in found.note


def test_a_found_video_goes_on_where_it_is(desk: Desk, sandbox: SandboxServer) -> None:
    what = posting(thumbnail=picture())
    note = lose_after_the_end(desk, sandbox, what)
    sandbox.settings(processing_seconds=0)
    assert isinstance(desk.find(what, note), Ready)


def test_a_found_video_that_is_still_processed_is_pending(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(processing_seconds=3600)
    what = posting()
    found = desk.find(what, lose_after_the_end(desk, sandbox, what))
    assert isinstance(found, Pending)
    assert found.note["video_id"] == sandbox.published("youtube")[0]["id"]


def test_a_lost_session_without_a_video_is_looked_for_three_times(desk: Desk, sandbox: SandboxServer) -> None:
    what = posting()
    note = lose_half_way(desk, sandbox, what)
    for look in (1, 2):
        found = desk.find(what, note)
        assert isinstance(found, CannotTell)
        assert found.look_again_after == 200
        assert found.note["lost_looks"] == look
        note = found.note
    assert desk.find(what, note) is None
    desk.upload(what)
    (video,) = sandbox.published("youtube")
    assert video["sha256"] == what.video.sha256


def test_the_settings_say_how_often_it_is_looked_for(make_desk: Callable[..., Desk], sandbox: SandboxServer) -> None:
    desk, what = make_desk(lost_session={"looks": 1, "every_seconds": 7}), posting()
    assert desk.find(what, lose_half_way(desk, sandbox, what)) is None


def test_a_list_that_lags_behind_is_waited_for(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(youtube_uploads_list_lag_seconds=300)
    what = posting()
    found = desk.find(what, lose_after_the_end(desk, sandbox, what))
    assert isinstance(found, CannotTell)
    sandbox.settings(clock_offset_seconds=301)
    assert isinstance(desk.find(what, found.note), Published)


def test_an_upload_that_may_be_complete_is_not_begun_anew_before_a_day_has_passed(
    desk: Desk, sandbox: SandboxServer
) -> None:
    sandbox.settings(youtube_uploads_list_lag_seconds=7200)
    what = posting()
    note = lose_after_the_end(desk, sandbox, what)
    for again in (200, 200, None, None):
        found = desk.find(what, note)
        assert isinstance(found, CannotTell)
        assert found.look_again_after == again
        note = found.note
    yesterday = datetime.now(UTC) - timedelta(hours=25)
    assert desk.find(what, {**note, "last_chunk_at": yesterday.isoformat()}) is None


def test_other_videos_are_not_taken_for_ours(desk: Desk, sandbox: SandboxServer) -> None:
    desk.upload(posting(publication_id="other"))
    desk.upload(posting(publication_id="older-cut", video=ClipVideo(clip(300_000))))
    sandbox.forget_calls()
    what = posting(publication_id="older-cut")
    assert isinstance(desk.find(what, lose_half_way(desk, sandbox, what)), CannotTell)


def test_the_uploads_are_read_back_to_the_start_and_no_further(desk: Desk, sandbox: SandboxServer) -> None:
    tiny = ClipVideo(clip())
    long_ago = datetime.now(UTC) - timedelta(hours=3)
    sandbox.settings(clock_offset_seconds=-3 * 3600, youtube_channel_uploads_per_day=0, youtube_quota_uploads=0)
    desk = Desk(sandbox=sandbox, credentials=sandbox.account("youtube", "many"), settings={"chunk_bytes": 262_144})
    for number in range(101):
        desk.upload(posting(publication_id=f"old-{number}", video=tiny))
    sandbox.settings(clock_offset_seconds=0)
    desk.credentials.update(sandbox.account("youtube", "many"))
    what = posting()
    note = lose_half_way(desk, sandbox, what)
    desk.records.clear()
    assert isinstance(desk.find(what, note), CannotTell)
    assert desk.endpoints().count("playlistItems.list") == 1
    desk.records.clear()
    found = desk.find(what, {**note, "started_at": long_ago.isoformat()})
    assert isinstance(found, CannotTell)
    assert desk.endpoints().count("playlistItems.list") == 3
    assert desk.endpoints().count("videos.list") == 3


def test_a_video_that_does_not_tell_its_file_yet_is_for_a_person_to_judge(
    desk: Desk, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    what = posting()
    note = {**lose_after_the_end(desk, sandbox, what), "lost_looks": 2}
    videos = desk.publisher._client.videos

    def without_file(ids: Any, *, parts: str) -> Any:
        return {name: {**video, "fileDetails": {}} for name, video in videos(ids, parts=parts).items()}

    monkeypatch.setattr(desk.publisher._client, "videos", without_file)
    found = desk.find(what, note)
    assert isinstance(found, CannotTell)
    assert found.look_again_after is None


@pytest.mark.parametrize("endpoint", ["videos.insert.status", "channels.list", "playlistItems.list", "videos.list"])
def test_a_look_survives_a_fault_at_every_request(desk: Desk, sandbox: SandboxServer, endpoint: str) -> None:
    what = posting()
    note = lose_after_the_end(desk, sandbox, what)
    sandbox.clear_faults()
    sandbox.fault(match={"endpoint": endpoint}, action="drop_before")
    assert isinstance(desk.find(what, note), Published)
    sandbox.fault(match={"endpoint": endpoint}, times=None, action="status", status=500)
    with pytest.raises(TryAgain):
        desk.find(what, note)
