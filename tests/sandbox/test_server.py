"""The server itself: the page for people, files in ranges, restarts, switches, who can reach it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from include.platforms import NAMES
from tests.sandbox import clips
from tests.sandbox.callers import UNIT, TikTokCaller, YouTubeCaller, sha256
from tests.sandbox_server import ROOT, SandboxServer, free_port, running_sandbox


def test_page_shows_everything_and_escapes_it(base: str, youtube: YouTubeCaller, tiktok: TikTokCaller) -> None:
    youtube.publish(clips.video(), snippet={"title": 'A "clip" & more', "description": "Über alles"})
    tiktok.publish(clips.video(), title="<script>alert(1)</script>")
    youtube.publish(b"rubbish" * 99)
    httpx.get(f"{base}/sandbox/published")  # everything has been looked at
    page = httpx.get(base)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "A &quot;clip&quot; &amp; more" in page.text
    assert page.text.count("<video controls") == 2
    assert "This file is not a video." in page.text


def test_empty_page_says_so(base: str) -> None:
    assert "Nothing yet" in httpx.get(base).text


def test_videos_are_served_in_ranges(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    youtube.publish(clips.video())
    (entry,) = sandbox.published()
    part = httpx.get(entry["url_of_file"], headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content, part.headers["Content-Type"]) == (206, clips.video()[100:200], "video/mp4")
    assert httpx.get(entry["url_of_picture"]).content.startswith(b"\xff\xd8\xff")


def test_every_entry_has_a_page_to_watch_it(
    sandbox: SandboxServer, youtube: YouTubeCaller, tiktok: TikTokCaller
) -> None:
    key = youtube.publish(clips.video())
    tiktok.publish(clips.video())
    for entry in sandbox.published():
        assert httpx.get(entry["url_to_watch"]).text.count("<video controls") == 1
    for address in (f"/youtube/watch?v={key}", f"/youtube/shorts/{key}"):
        assert httpx.get(sandbox.base + address, follow_redirects=True).text.count("<video controls") == 1
    assert httpx.get(f"{sandbox.base}/watch/youtube/nothing").status_code == 404


@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_restart_keeps_what_was_published_and_half_uploads(tmp_path: Path, ending: str) -> None:
    content = clips.video() + bytes(2 * UNIT)
    with running_sandbox(tmp_path) as sandbox:
        channel, creator = YouTubeCaller(sandbox), TikTokCaller(sandbox)
        first = channel.publish(clips.video(), title="Kept")
        channel.video(first)
        post = creator.publish(clips.video())
        session = channel.start(len(content)).headers["Location"]
        channel.put(session, content[:UNIT], f"bytes 0-{UNIT - 1}/{len(content)}")
        before = sandbox.published()
        getattr(sandbox, ending)()
        sandbox.start()
        assert sandbox.published() == before
        assert creator.status(post)["status"] == "PUBLISH_COMPLETE"
        assert channel.ask(session, len(content)).headers["Range"] == f"bytes=0-{UNIT - 1}"
        rest = f"bytes {UNIT}-{len(content) - 1}/{len(content)}"
        assert channel.put(session, content[UNIT:], rest).status_code == 201
        assert [entry["sha256"] for entry in sandbox.published("youtube")] == [sha256(clips.video()), sha256(content)]


def test_reset_forgets_everything(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    youtube.publish(clips.video())
    sandbox.fault(action="drop_before")
    sandbox.reset()
    assert (sandbox.published(), sandbox.faults(), sandbox.calls()) == ([], [], [])
    assert youtube.get("channels", mine="true", part="id").status_code == 401
    assert not list((sandbox.data / "files").iterdir())


def test_same_name_is_the_same_account(sandbox: SandboxServer) -> None:
    first, second = (sandbox.account("youtube", "Twice") for _ in range(2))
    assert first["platform_user_id"] == second["platform_user_id"]
    assert first["access_token"] != second["access_token"]


@pytest.mark.parametrize(
    ("wanted", "word"),
    [({"platform": "vimeo"}, "platform"), ({"scopes": ["all"]}, "scopes"), ({"colour": "red"}, "colour")],
)
def test_accounts_that_make_no_sense_are_refused(sandbox: SandboxServer, wanted: dict[str, object], word: str) -> None:
    answer = httpx.post(f"{sandbox.base}/sandbox/accounts", json={"platform": "youtube", "name": "A", **wanted})
    assert (answer.status_code, word in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize("changes", [{"colour": "red"}, {"processing_seconds": "soon"}, {"unaudited": 1}])
def test_switches_that_make_no_sense_are_refused(sandbox: SandboxServer, changes: dict[str, object]) -> None:
    before = sandbox.settings()
    with pytest.raises(ValueError, match=r"default|no switch"):
        sandbox.settings(clock_offset_seconds=5, **changes)
    assert sandbox.settings() == before


def test_it_warns_when_others_can_reach_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "include.sandbox", "--port", str(free_port()), "--data", str(tmp_path)]
    for host, warned in (("0.0.0.0", True), ("127.0.0.1", False)):
        process = subprocess.Popen([*command, "--host", host], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"Sandbox: http://")
        process.terminate()
        _, errors = process.communicate(timeout=20)
        assert (b"everybody who reaches it" in errors) is warned


def test_large_uploads_do_not_grow_the_server(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    def memory() -> int:
        assert sandbox.process is not None
        status = Path(f"/proc/{sandbox.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0])

    if not Path("/proc/self/status").exists():
        pytest.skip("memory is read from /proc")
    youtube.publish(bytes(1000))
    sandbox.published()
    before, size = memory(), 200_000_000
    session = youtube.start(size).headers["Location"]
    pieces = (bytes(1_000_000) for _ in range(200))
    done = youtube.http.put(session, content=pieces, headers={"Content-Length": str(size)})
    assert done.status_code == 201
    assert sandbox.published()[1]["size"] == size
    assert memory() - before < 40_000  # kB


@pytest.mark.parametrize("platform", NAMES)
def test_an_account_asked_for_again_by_its_name_is_the_same_one(sandbox: SandboxServer, platform: str) -> None:
    """Else the second demo on a machine would connect another channel under the first one's name."""
    named = ("platform_user_id", "page_id", "ig_user_id", "author_urn")
    first, again = (sandbox.account(platform, name="Sunrise Studio") for _ in range(2))
    assert {key: again.get(key) for key in named} == {key: first.get(key) for key in named}
