"""TikTok: creator info, direct posts, drafts, status, the display calls (A.3 to A.11)."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from tests.sandbox import clips
from tests.sandbox.callers import TikTokCaller, code_of, sha256
from tests.sandbox_server import SandboxServer

INFO_KEYS = {
    "creator_avatar_url", "creator_username", "creator_nickname", "privacy_level_options", "comment_disabled",
    "duet_disabled", "stitch_disabled", "max_video_post_duration_sec",
}  # fmt: skip


def test_direct_post_goes_all_the_way(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    sandbox.settings(processing_seconds=1000, tiktok_moderation_seconds=100)
    content = clips.video()
    data = tiktok.init(len(content), title="Look #sea @ada", is_aigc=True).json()["data"]
    key = data["publish_id"]
    assert key.startswith("v_pub_file~v2-1.")
    assert len(key) <= 64
    assert len(data["upload_url"]) <= 256
    assert tiktok.status(key) == {"status": "PROCESSING_UPLOAD", "fail_reason": "", "uploaded_bytes": 0}
    assert sandbox.published() == []
    done = tiktok.put(data["upload_url"], content, 0, len(content))
    assert (done.status_code, done.headers["Content-Range"]) == (201, f"bytes 0-{len(content) - 1}/{len(content)}")
    assert tiktok.status(key)["status"] == "PROCESSING_UPLOAD"
    sandbox.settings(processing_seconds=0)
    finished = tiktok.status(key)
    assert finished == {"status": "PUBLISH_COMPLETE", "fail_reason": "", "uploaded_bytes": len(content)}
    sandbox.settings(clock_offset_seconds=101)
    (post,) = tiktok.status(key)["publicaly_available_post_id"]
    assert isinstance(post, int)
    (entry,) = sandbox.published()
    assert (entry["id"], entry["sha256"], entry["title"]) == (str(post), sha256(content), "Look #sea @ada")


def test_private_posts_never_show_an_id(tiktok: TikTokCaller, sandbox: SandboxServer) -> None:
    sandbox.settings(tiktok_moderation_seconds=0)
    key = tiktok.publish(clips.video(), privacy_level="SELF_ONLY")
    assert "publicaly_available_post_id" not in tiktok.status(key)
    assert tiktok.post("video/list/", fields="id").json()["data"]["videos"] == []


def test_moderation_may_take_some_polls(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    sandbox.settings(tiktok_moderation_seconds=0, tiktok_moderation_polls=2)
    key = tiktok.publish(clips.video())
    shown = ["publicaly_available_post_id" in tiktok.status(key) for _ in range(4)]
    assert shown == [False, False, True, True]


def test_draft_ends_in_the_inbox(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    content = clips.video()
    data = tiktok.draft(len(content)).json()["data"]
    tiktok.put(data["upload_url"], content, 0, len(content))
    assert tiktok.status(data["publish_id"])["status"] == "SEND_TO_USER_INBOX"
    assert (sandbox.published()[0]["kind"], sandbox.published()[0]["privacy"]) == ("inbox", None)


def test_chunks_follow_the_plan(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    content = clips.video() + bytes(11_000_000 - len(clips.video()))
    data = tiktok.init(len(content), 5_000_000, 2).json()["data"]
    address, total = data["upload_url"], len(content)
    ahead = tiktok.put(address, content[5_000_000:], 5_000_000, total)
    assert (ahead.status_code, ahead.headers["Content-Range"]) == (416, f"bytes */{total}")
    assert tiktok.put(address, content[:4_999_999], 0, total).status_code == 400
    first = tiktok.put(address, content[:5_000_000], 0, total)
    assert (first.status_code, first.headers["Content-Range"]) == (206, f"bytes 0-4999999/{total}")
    again = tiktok.put(address, content[:5_000_000], 0, total)
    assert (again.status_code, again.headers["Content-Range"]) == (416, f"bytes 0-4999999/{total}")
    assert tiktok.put(address, content[5_000_000:10_000_000], 5_000_000, total).status_code == 400
    assert tiktok.put(address, content[5_000_000:], 5_000_000, total).status_code == 201
    assert tiktok.put(address, content[5_000_000:], 5_000_000, total).status_code == 416
    assert sandbox.published()[0]["sha256"] == sha256(content)


def test_206_may_count_bytes(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    sandbox.settings(tiktok_206_header="count")
    content = bytes(10_000_000)
    data = tiktok.init(len(content), 5_000_000, 2).json()["data"]
    first = tiktok.put(data["upload_url"], content[:5_000_000], 0, len(content))
    assert first.headers["Content-Range"] == "bytes 0-5000000/10000000"


@pytest.mark.parametrize(
    ("size", "chunk", "count", "good"),
    [
        (3_145_728, 3_145_728, 1, True),
        (64_000_000, 64_000_000, 1, True),
        (64_000_001, 64_000_001, 1, False),
        (64_000_001, 10_000_000, 6, True),
        (50_000_123, 10_000_000, 5, True),
        (50_000_123, 10_000_000, 6, False),
        (150_000_000, 10_000_000, 15, True),
        (4_294_967_296, 10_000_000, 429, True),
        (4_294_967_297, 10_000_000, 429, False),
        (9_000_000, 5_000_000, 1, False),
        (12_000_000, 4_000_000, 3, False),
        (130_000_000, 65_000_000, 2, False),
    ],
)
def test_chunk_count_is_rounded_down(
    sandbox: SandboxServer, tiktok: TikTokCaller, size: int, chunk: int, count: int, good: bool
) -> None:
    answer = tiktok.init(size, chunk, count)
    assert (answer.status_code, code_of(answer)) == ((200, "ok") if good else (400, "invalid_param"))


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/octet-stream"},
        {"Content-Range": "bytes 0-10"},
        {"Content-Range": "bytes 0-9/10"},
        {"Content-Range": "bytes 0-{next_to_last}/{size}"},
    ],
)
def test_malformed_chunks_are_refused(tiktok: TikTokCaller, headers: dict[str, str]) -> None:
    content = clips.video()
    headers = {name: text.format(next_to_last=len(content) - 2, size=len(content)) for name, text in headers.items()}
    address = tiktok.init(len(content)).json()["data"]["upload_url"]
    assert tiktok.put(address, content, 0, len(content), **headers).status_code == 400


def test_upload_address_lasts_an_hour_and_is_secret(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    content = clips.video()
    address = tiktok.init(len(content)).json()["data"]["upload_url"]
    assert tiktok.put(address[:-1] + "~", content, 0, len(content)).status_code == 404
    sandbox.settings(clock_offset_seconds=3601)
    assert tiktok.put(address, content, 0, len(content)).status_code == 403


def test_creator_info_says_what_is_allowed(sandbox: SandboxServer) -> None:
    private = TikTokCaller(sandbox, "private", private=True, stitch_disabled=True, max_duration_seconds=60)
    data = private.creator_info().json()["data"]
    assert set(data) == INFO_KEYS
    assert data["privacy_level_options"] == ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
    assert (data["stitch_disabled"], data["max_video_post_duration_sec"]) == (True, 60)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (lambda: b"rubbish" * 999, "file_format_check_failed"),
        (clips.sound, "file_format_check_failed"),
        (clips.picture, "file_format_check_failed"),
        (partial(clips.video, codec="mpeg4"), "file_format_check_failed"),
        (partial(clips.video, 64, 64, 302, 1), "duration_check_failed"),
        (partial(clips.video, fps=12), "frame_rate_check_failed"),
        (partial(clips.video, 180, 320), "picture_size_check_failed"),
    ],
    ids=["rubbish", "sound", "picture", "codec", "duration", "fps", "size"],
)
def test_bad_files_fail_with_their_reason(tiktok: TikTokCaller, content: Callable[[], bytes], reason: str) -> None:
    data = tiktok.status(tiktok.publish(content()))
    assert (data["status"], data["fail_reason"]) == ("FAILED", reason)


def test_display_calls_know_public_posts_only(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    sandbox.settings(tiktok_moderation_seconds=0, tiktok_posts_per_day=0, tiktok_init_per_minute=0)
    keys = [tiktok.publish(clips.video(), title=f"Clip {number}") for number in range(3)]
    ids = [str(tiktok.status(key)["publicaly_available_post_id"][0]) for key in keys]
    first = tiktok.post("video/list/", {"max_count": 2}, fields="id,title,duration,height").json()["data"]
    assert [video["id"] for video in first["videos"]] == ids[:0:-1]
    assert (first["has_more"], first["videos"][0]["height"]) == (True, 640)
    found = tiktok.post("video/query/", {"filters": {"video_ids": [ids[1], "1"]}}, fields="id,share_url").json()["data"]
    assert [video["id"] for video in found["videos"]] == [ids[1]]
    user = tiktok.http.get(f"{tiktok.api}/user/info/", params={"fields": "open_id,username,video_count"}).json()["data"]
    assert user["user"] == {"open_id": tiktok.credentials["platform_user_id"], "username": "creator", "video_count": 3}
    wrong = tiktok.post("video/list/", {"fields": "id"})
    assert (wrong.status_code, code_of(wrong)) == (400, "invalid_params")


def test_unfinished_posts_can_be_cancelled(tiktok: TikTokCaller) -> None:
    key = tiktok.init(5000).json()["data"]["publish_id"]
    assert code_of(tiktok.post("post/publish/cancel/", {"publish_id": key})) == "ok"
    assert tiktok.status(key)["fail_reason"] == "publish_cancelled"
    done = tiktok.publish(clips.video())
    assert code_of(tiktok.post("post/publish/cancel/", {"publish_id": done})) == "publish_not_cancellable"


@pytest.fixture
def web() -> Iterator[str]:
    """A web server with one video, and an address that leads to it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            moved = self.path == "/moved.mp4"
            self.send_response(302 if moved else 200)
            self.send_header("Location", "/clip.mp4")
            self.end_headers()
            if not moved:
                self.wfile.write(clips.video())

        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def pull(tiktok: TikTokCaller, address: str) -> Any:
    """Ask for a post from an address."""
    tiktok.creator_info()
    info = {"privacy_level": "SELF_ONLY", "title": "From afar"}
    source = {"source": "PULL_FROM_URL", "video_url": address}
    return tiktok.post("post/publish/video/init/", {"post_info": info, "source_info": source})


def test_video_can_be_pulled_from_verified_addresses_only(
    sandbox: SandboxServer, tiktok: TikTokCaller, web: str
) -> None:
    refused = pull(tiktok, f"{web}/clip.mp4")
    assert (refused.status_code, code_of(refused)) == (403, "url_ownership_unverified")
    sandbox.settings(tiktok_pull_prefixes=[f"{web}/"])
    good, moved = (pull(tiktok, f"{web}/{name}").json()["data"] for name in ("clip.mp4", "moved.mp4"))
    assert "upload_url" not in good
    (entry,) = sandbox.published()
    assert entry["sha256"] == sha256(clips.video())
    assert tiktok.status(good["publish_id"])["downloaded_bytes"] == len(clips.video())
    assert tiktok.status(moved["publish_id"])["fail_reason"] == "video_pull_failed"
