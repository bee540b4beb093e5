"""Thumbnails and playlists (youtube.md 5)."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox import clips
from tests.sandbox.callers import YouTubeCaller, reason_of
from tests.sandbox_server import SandboxServer


def set_thumbnail(channel: YouTubeCaller, key: str, content: bytes, kind: str = "image/png") -> httpx.Response:
    """Set a video's thumbnail in one request."""
    address = f"{channel.upload}/thumbnails/set?videoId={key}&uploadType=media"
    return channel.http.post(address, content=content, headers={"Content-Type": kind})


def test_thumbnail_is_set_and_served(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    key = youtube.publish(clips.video())
    youtube.video(key)
    answer = set_thumbnail(youtube, key, clips.picture())
    assert answer.status_code == 200
    assert httpx.get(answer.json()["items"][0]["maxres"]["url"]).content == clips.picture()
    assert sandbox.published()[0]["thumbnail"] is True
    assert youtube.video(key)["contentDetails"]["hasCustomThumbnail"] is True


@pytest.mark.parametrize(
    ("content", "kind", "status", "reason"),
    [
        (b"", "image/png", 400, "mediaBodyRequired"),
        (b"not a picture", "image/png", 400, "invalidImage"),
        (clips.picture()[:60], "image/png", 400, "invalidImage"),
        (clips.picture(), "image/gif", 400, "invalidImage"),
        (clips.picture() + bytes(3000), "image/png", 413, "uploadTooLarge"),
    ],
    ids=["empty", "text", "broken", "gif", "large"],
)
def test_bad_thumbnails_are_refused(
    sandbox: SandboxServer, youtube: YouTubeCaller, content: bytes, kind: str, status: int, reason: str
) -> None:
    sandbox.settings(youtube_thumbnail_max_bytes=len(clips.picture()) + 1000)
    refused = set_thumbnail(youtube, youtube.publish(clips.video()), content, kind)
    assert (refused.status_code, reason_of(refused)) == (status, reason)


def test_thumbnail_of_nothing_is_not_found(youtube: YouTubeCaller) -> None:
    refused = set_thumbnail(youtube, "nothing1234", clips.picture())
    assert (refused.status_code, reason_of(refused)) == (404, "videoNotFound")


def test_channel_without_the_feature_is_forbidden(sandbox: SandboxServer) -> None:
    channel = YouTubeCaller(sandbox, "New", custom_thumbnails=False)
    assert set_thumbnail(channel, channel.publish(clips.video()), clips.picture()).status_code == 403


def test_too_many_thumbnails_have_to_wait(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.settings(youtube_thumbnails_per_hour=1)
    key = youtube.publish(clips.video())
    set_thumbnail(youtube, key, clips.picture())
    refused = set_thumbnail(youtube, key, clips.picture())
    assert (refused.status_code, reason_of(refused)) == (429, "uploadRateLimitExceeded")


def test_thumbnail_of_a_short_takes_effect_after_processing_only(
    sandbox: SandboxServer, youtube: YouTubeCaller
) -> None:
    sandbox.settings(processing_seconds=1000)
    key = youtube.publish(clips.video())
    assert set_thumbnail(youtube, key, clips.picture()).status_code == 200
    assert sandbox.published()[0]["thumbnail"] is False
    sandbox.settings(processing_seconds=0)
    assert set_thumbnail(youtube, key, clips.picture()).status_code == 200
    assert sandbox.published()[0]["thumbnail"] is True


def test_thumbnail_of_a_wide_video_takes_effect_at_once(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.settings(processing_seconds=1000)
    set_thumbnail(youtube, youtube.publish(clips.video(640, 360)), clips.picture())
    assert sandbox.published()[0]["thumbnail"] is True


def test_thumbnail_can_be_uploaded_resumably(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    key = youtube.publish(clips.video())
    youtube.video(key)
    address = f"{youtube.upload}/thumbnails/set?videoId={key}&uploadType=resumable"
    started = youtube.http.post(address, headers={"X-Upload-Content-Type": "image/png"})
    assert youtube.put(started.headers["Location"], clips.picture()).status_code == 200
    assert sandbox.published()[0]["thumbnail"] is True


def make_playlist(channel: YouTubeCaller, title: str = "Mine", privacy: str = "public") -> str:
    """Make a playlist and return its id."""
    body = {"snippet": {"title": title}, "status": {"privacyStatus": privacy}}
    return str(channel.http.post(f"{channel.api}/playlists?part=snippet,status", json=body).json()["id"])


def add(channel: YouTubeCaller, playlist: str, key: str, **more: object) -> httpx.Response:
    """Add a video to a playlist."""
    snippet = {"playlistId": playlist, "resourceId": {"kind": "youtube#video", "videoId": key}, **more}
    return channel.http.post(f"{channel.api}/playlistItems?part=snippet", json={"snippet": snippet})


def test_playlists_take_the_same_video_twice(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    key, playlist = youtube.publish(clips.video()), make_playlist(youtube)
    assert [add(youtube, playlist, key).status_code for _ in range(2)] == [200, 200]
    listed = youtube.get("playlistItems", playlistId=playlist, videoId=key, part="snippet,contentDetails,status").json()
    assert [item["snippet"]["position"] for item in listed["items"]] == [0, 1]
    assert sandbox.published()[0]["playlists"] == ["Mine", "Mine"]
    (shown,) = youtube.get("playlists", mine="true", part="snippet,status,contentDetails,player").json()["items"]
    assert (shown["id"], shown["contentDetails"]["itemCount"]) == (playlist, 2)


def test_items_keep_their_order_when_one_goes(youtube: YouTubeCaller) -> None:
    keys, playlist = [youtube.publish(clips.video()) for _ in range(3)], make_playlist(youtube)
    items = [add(youtube, playlist, key, position=0).json()["id"] for key in keys]
    assert youtube.http.delete(f"{youtube.api}/playlistItems?id={items[1]}").status_code == 204
    listed = youtube.get("playlistItems", playlistId=playlist, part="contentDetails,snippet").json()["items"]
    found = [(item["contentDetails"]["videoId"], item["snippet"]["position"]) for item in listed]
    assert found == [(keys[2], 0), (keys[0], 1)]


def test_playlist_mistakes_have_their_reasons(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    key, playlist = youtube.publish(clips.video()), make_playlist(youtube)
    uploads = "UU" + youtube.credentials["platform_user_id"][2:]
    other = YouTubeCaller(sandbox, "Other")
    untitled = youtube.http.post(f"{youtube.api}/playlists?part=snippet", json={"snippet": {"title": ""}})
    found = {
        "untitled": (untitled.status_code, reason_of(untitled)),
        **{
            name: (answer.status_code, reason_of(answer))
            for name, answer in {
                "uploads": add(youtube, uploads, key),
                "no list": add(youtube, "PLnothing", key),
                "no video": add(youtube, playlist, "nothing1234"),
                "position": add(youtube, playlist, key, position=5),
                "foreign": add(other, playlist, key),
                "no id": add(youtube, "", key),
            }.items()
        },
    }
    assert found == {
        "untitled": (400, "playlistTitleRequired"),
        "uploads": (400, "playlistOperationUnsupported"),
        "no list": (404, "playlistNotFound"),
        "no video": (404, "videoNotFound"),
        "position": (400, "invalidPlaylistItemPosition"),
        "foreign": (403, "playlistItemsNotAccessible"),
        "no id": (400, "playlistIdRequired"),
    }


def test_private_playlists_are_invisible_to_others(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    playlist = make_playlist(youtube, privacy="private")
    other = YouTubeCaller(sandbox, "Other")
    assert other.get("playlists", id=playlist, part="id").json()["items"] == []
    assert other.get("playlistItems", playlistId=playlist, part="id").status_code == 404
