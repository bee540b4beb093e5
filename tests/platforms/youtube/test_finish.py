"""The thumbnail and the playlists: each once, whatever happens, and never the end of a publication."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from include.platforms import http
from include.platforms.contract import Published
from tests.platforms.youtube.scene import Desk, picture, posting
from tests.sandbox_server import SandboxServer

API = ("thumbnails.set", "playlists.list", "playlists.insert", "playlistItems.list", "playlistItems.insert")


def everything(**changes: Any) -> Any:
    return posting(**{"thumbnail": picture(), "options": {"playlists": ["Sea", "Walks"]}, **changes})


def playlists(desk: Desk) -> list[str]:
    return [item["snippet"]["title"] for item in desk.publisher._client.my_playlists()]


def test_thumbnail_and_new_playlists_are_there_after_finish(desk: Desk, sandbox: SandboxServer) -> None:
    what = everything(privacy="unlisted")
    ready = desk.check(what, desk.upload(what).note)
    done = desk.finish(what, ready.note)
    (video,) = sandbox.published("youtube")
    assert isinstance(done, Published)
    assert done.warnings == ()
    assert video["thumbnail"] is True
    assert video["playlists"] == ["Sea", "Walks"]
    assert sorted(playlists(desk)) == ["Sea", "Walks"]
    assert [note["extras"] for note in desk.notes[-4:-1]] == [
        ["thumbnail"],
        ["thumbnail", "playlist:Sea"],
        ["thumbnail", "playlist:Sea", "playlist:Walks"],
    ]
    assert desk.check(what, done.note) == done


def test_an_existing_playlist_is_found_by_title_and_by_id(desk: Desk, sandbox: SandboxServer) -> None:
    made = desk.publisher._client.create_playlist("Sea", "public")
    for name in ("Sea", made):
        what = posting(publication_id=f"p-{name}", options={"playlists": [name]})
        assert desk.finish(what, desk.upload(what).note).warnings == ()
    assert playlists(desk) == ["Sea"]
    assert [video["playlists"] for video in sandbox.published("youtube")] == [["Sea"], ["Sea"]]


def test_a_playlist_behind_the_first_page_is_found(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(youtube_quota_queries=0)
    for number in range(52):
        desk.publisher._client.create_playlist(f"List {number}", "public")
    what = posting(options={"playlists": ["List 0"]})
    desk.finish(what, desk.upload(what).note)
    assert len(playlists(desk)) == 52


def test_an_id_the_channel_lacks_is_a_warning_and_makes_no_playlist(desk: Desk) -> None:
    unknown = "PL" + "x" * 32
    what = posting(options={"playlists": [unknown]})
    done = desk.finish(what, desk.upload(what).note)
    assert done.warnings == (f"The video is not in the playlist '{unknown}': The channel has no playlist {unknown}.",)
    assert playlists(desk) == []


def test_finishing_again_after_a_kill_repeats_nothing(desk: Desk, sandbox: SandboxServer) -> None:
    what = everything()
    note = desk.upload(what).note
    desk.finish(what, note)
    stages = [note for note in desk.notes if note["stage"] in ("uploaded", "published")]
    desk.records.clear()
    for left in stages:  # killed after each save, and just before the first
        desk.finish(what, left)
    desk.finish(what, note)
    (video,) = sandbox.published("youtube")
    assert video["playlists"] == ["Sea", "Walks"]
    assert sorted(playlists(desk)) == ["Sea", "Walks"]
    assert "playlists.insert" not in desk.endpoints()
    assert "playlistItems.insert" not in desk.endpoints()


FAULTS = {
    "dropped before": {"action": "drop_before"},
    "dropped after": {"action": "drop_after"},
    "500 before": {"action": "status", "status": 500, "body": "<html>oops</html>"},
    "500 after": {"action": "status", "status": 500, "act": True},
    "409": {"action": "status", "status": 409, "body": {"error": {"code": 409, "status": "ABORTED", "message": "x"}}},
    "429": {"action": "status", "status": 429, "headers": {"Retry-After": "2"}},
    "hanging after": {"action": "hang", "seconds": 3, "act": True},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("endpoint", API)
def test_a_fault_at_an_extra_is_got_over_without_a_duplicate(
    desk: Desk, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch, endpoint: str, fault: str
) -> None:
    monkeypatch.setattr(http, "TIMEOUT", httpx.Timeout(0.5))
    monkeypatch.setattr(http, "UPLOAD_TIMEOUT", httpx.Timeout(0.5))
    what = everything()
    note = desk.upload(what).note
    sandbox.fault(match={"endpoint": endpoint}, **FAULTS[fault])
    assert desk.finish(what, note).warnings == ()
    (video,) = sandbox.published("youtube")
    assert video["thumbnail"] is True
    assert video["playlists"] == ["Sea", "Walks"]
    assert sorted(playlists(desk)) == ["Sea", "Walks"]


def test_a_refused_thumbnail_is_a_warning(make_desk: Callable[..., Desk], sandbox: SandboxServer) -> None:
    desk, what = make_desk(traits={"custom_thumbnails": False}), everything()
    done = desk.finish(what, desk.upload(what).note)
    assert done.warnings == (
        "The thumbnail was not set: The channel may not set thumbnails; verify its phone number at youtube.com/verify.",
    )
    assert sandbox.published("youtube")[0]["playlists"] == ["Sea", "Walks"]
    assert desk.check(what, done.note).warnings == done.warnings


@pytest.mark.parametrize(
    ("switches", "sentence"),
    [
        ({"youtube_thumbnails_per_hour": 1}, "accepts no more thumbnails from this channel for some hours"),
        ({"youtube_thumbnail_max_bytes": 100}, "The picture is too large for YouTube"),
    ],
)
def test_a_thumbnail_that_cannot_be_now_is_not_hammered(
    desk: Desk, sandbox: SandboxServer, switches: dict[str, int], sentence: str
) -> None:
    what = posting(thumbnail=picture())
    note = desk.upload(what).note
    sandbox.settings(**switches)
    if "youtube_thumbnails_per_hour" in switches:
        desk.publisher._client.set_thumbnail(note["video_id"], picture())
    desk.records.clear()
    (warning,) = desk.finish(what, note).warnings
    assert sentence in warning
    assert desk.endpoints() == ["thumbnails.set"]


def test_a_used_up_pool_leaves_a_published_video_with_warnings(desk: Desk, sandbox: SandboxServer) -> None:
    what = everything()
    note = desk.upload(what).note
    sandbox.settings(youtube_quota_queries=1)
    done = desk.finish(what, note)
    assert len(done.warnings) == 3
    assert all("YouTube's daily limit for API calls is reached" in warning for warning in done.warnings)


def test_a_server_that_keeps_failing_ends_in_a_warning_not_in_a_loop(desk: Desk, sandbox: SandboxServer) -> None:
    what = posting(options={"playlists": ["Sea"]})
    note = desk.upload(what).note
    sandbox.fault(match={"endpoint": "playlists.insert"}, times=None, action="status", status=500)
    (warning,) = desk.finish(what, note).warnings
    assert warning.startswith("The video is not in the playlist 'Sea':")
    assert desk.endpoints().count("playlists.insert") == 4


def test_a_playlist_that_holds_the_video_already_is_left_alone(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(youtube_playlists_refuse_duplicates=True)
    what = posting(options={"playlists": ["Sea"]})
    note = desk.upload(what).note
    for _ in range(2):
        assert desk.finish(what, note).warnings == ()
    assert sandbox.published("youtube")[0]["playlists"] == ["Sea"]


def test_a_shorts_thumbnail_waits_until_all_sizes_are_there(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(processing_seconds=3600)
    what = posting(thumbnail=picture())
    note = desk.upload(what).note
    assert type(desk.check(what, note)).__name__ == "Pending"
    sandbox.settings(clock_offset_seconds=3599)
    sandbox.settings(clock_offset_seconds=3700)
    desk.credentials.update(sandbox.account("youtube"))
    desk.finish(what, desk.check(what, note).note)
    (video,) = sandbox.published("youtube")
    assert (video["thumbnail"], video["thumbnails_tried"]) == (True, 1)
