"""The crash matrix: killed at every named point, failed at every request, and still exactly one video each time.

The process is really killed (a forked child gets SIGKILL), requests really fail (the sandbox drops the connection
before or after it acted, answers a status, or says nothing until the client gives up). Afterwards the work goes on as a
new worker would, and the platform, the ledger and the bytes are looked at. The run's last lines count the cases.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from include import gateways
from include.media.clips import pad_to
from include.platforms import NAMES, http
from include.publishing import answers, clients, ledger, points, retries, steps
from include.releases.publication import State
from tests.publishing.studio import OWNER, Studio, run_to_the_end, sha256_of


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way a release goes out: a platform, what a target asks for there, and what its account is like."""

    platform: str
    route: str = "direct"
    placement: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    account: Mapping[str, Any] = field(default_factory=dict)


WAYS = {
    "youtube": Way(platform="youtube", options={"playlists": ["Best of"]}),
    "tiktok": Way(platform="tiktok"),
    "instagram_reel_by_bytes": Way(platform="instagram", options={"upload": "bytes"}),
    "instagram_reel_by_address": Way(platform="instagram", options={"upload": "hosting"}),
    "instagram_story": Way(platform="instagram", placement="story"),
    "instagram_login": Way(platform="instagram", account={"login": "instagram"}),
    "facebook_reel": Way(platform="facebook", placement="reel"),
    "facebook_video": Way(platform="facebook", placement="video"),
    "linkedin": Way(platform="linkedin"),
}
WAYS |= {name: Way(platform=name) for name in NAMES if name not in {way.platform for way in WAYS.values()}}
"""A platform that has no way of its own here goes out as it usually does: nobody can forget it."""
BY_HOSTING = frozenset({"tiktok"})  # once each is enough: what differs is where the bytes come from
WAYS |= {
    f"{route}_{name}{'_by_address' if upload == 'hosting' else ''}": Way(
        platform=name, route=route, options={"upload": upload}
    )
    for route in gateways.ROUTES
    for name in gateways.get(route).PLACEMENTS
    for upload in ("bytes", "hosting")
    if upload == "bytes" or name in BY_HOSTING
}
"""Each gateway with each platform it serves."""
ALWAYS_RUN = frozenset({"youtube"})
"""One stands for all in the quick tests; the other ways take minutes, and `./desk test --all` runs them."""
TOLD_LATER = frozenset({"tiktok"})
"""Platforms that name the video's id only after their moderation."""
NO_ID = frozenset({"blotato_instagram"})
"""Blotato tells addresses only, and Instagram's hold no id."""
FAULTS = {
    "dropped before it acted": {"action": "drop_before"},
    "dropped after it acted": {"action": "drop_after"},
    "500": {"action": "status", "status": 500},
    "429 with Retry-After": {"action": "status", "status": 429, "headers": {"Retry-After": "0"}},
    "time-out": {"action": "hang", "seconds": 1.5},
}


@pytest.fixture
def matrix(studio: Studio, source: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[str, Path]]]:
    """Return a maker of fresh cases: an empty platform, one account, one registered release nobody has seen."""
    quick = http.httpx.Timeout(0.5)
    for module in _modules_with("TIMEOUT", "UPLOAD_TIMEOUT"):
        for name in ("TIMEOUT", "UPLOAD_TIMEOUT"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, quick)
    monkeypatch.setattr(clients, "Calls", partial(http.Calls, pause=lambda seconds: None))
    monkeypatch.setattr(retries, "LOOK_FOR_LOST_ANSWER", retries.timedelta(seconds=0.02))
    monkeypatch.setattr(steps, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(answers, "DEFAULT_LOOK_SECONDS", 0.05)
    numbers = count(1)

    def fresh(name_of_way: str, files: Path = source) -> tuple[str, Path]:
        way = WAYS[name_of_way]
        studio.sandbox.reset()
        studio.sandbox.clear_faults()
        title = f"case{next(numbers)}"
        video = studio.export(files, title)
        account = f"{way.platform}-{title}"  # limits are counted by account
        name = studio.connect(way.platform, account, route=way.route, **way.account)
        target: dict[str, Any] = {"account": name, "options": dict(way.options)}
        if way.placement:
            target["placement"] = way.placement
        (publication_id,) = studio.register(f"job-{title}", title_id=title, targets=[target])
        studio.sandbox.forget_calls()
        return publication_id, video

    yield fresh
    points.on_reached = None


def _modules_with(*names: str) -> list[object]:
    import sys

    found = [module for name, module in sys.modules.items() if name.startswith("include.")]
    return [module for module in found if any(hasattr(module, each) for each in names)]


def _one_video(studio: Studio, name_of_way: str, publication_id: str, video: Path, case: str) -> None:
    way = WAYS[name_of_way]
    platform = way.platform
    publication = run_to_the_end(publication_id)
    history = ledger.history(OWNER, publication_id)
    told = f"{case}: {publication.state}, {publication.error}, {[each['endpoint'] for each in studio.sandbox.calls()]}"
    assert publication.state == State.PUBLISHED, told
    found = studio.sandbox.published(platform)
    assert len(found) == 1, f"{told}: {len(found)} videos"
    assert found[0]["sha256"] == sha256_of(video), told
    assert found[0]["id"] == publication.video_id or platform in TOLD_LATER or name_of_way in NO_ID, told
    assert publication.route == way.route == found[0]["options"].get("route", "direct")
    assert not [each for each in history["entries"] if each["outcome"] == "begun"], told
    assert publication.bytes_sent == publication.bytes_total == video.stat().st_size
    if name_of_way == "youtube":
        assert found[0]["playlists"] == ["Best of"] or len(found[0]["playlists"]) == 1, told
        assert found[0]["thumbnail"], told


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "way", [name if name in ALWAYS_RUN else pytest.param(name, marks=pytest.mark.long) for name in WAYS]
)
def test_killed_at_every_point_and_still_one_video(studio, matrix, way, record_property):
    seen: list[tuple[str, str]] = []
    publication_id, video = matrix(way)
    points.on_reached = lambda name, step: seen.append((name, step))
    _one_video(studio, way, publication_id, video, "nothing happened")
    wanted = set(points.NAMES) - {"found"}  # a first try looks for nothing
    assert wanted <= {name for name, _ in seen}, f"never reached: {wanted - {name for name, _ in seen}}"
    cases = list(_numbered(seen))
    for name, step, nth in cases:
        publication_id, video = matrix(way)
        _killed_at(name, step, nth, publication_id)
        _one_video(studio, way, publication_id, video, f"killed at {name} ({step}), time {nth}")
    record_property("cases", len(cases))


def _numbered(seen: list[tuple[str, str]]) -> Iterator[tuple[str, str, int]]:
    """Yield each point with its how-manieth visit; of the visits of a wait, which differ in number, the first two."""
    for index, (name, step) in enumerate(seen):
        nth = 1 + seen[:index].count((name, step))
        if step != "processing" or nth <= 2:
            yield name, step, nth


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", WAYS)
def test_killed_again_while_looking_for_what_the_first_kill_left(studio, matrix, way, record_property):
    cases = 0
    for first in ("note_saved", "answered"):
        for second in ("claimed", "found", "note_saved", "answered"):
            publication_id, video = matrix(way)
            _killed_at_name(first, publication_id)
            _killed_at_name(second, publication_id)
            _one_video(studio, way, publication_id, video, f"killed at {first}, then at {second}")
            cases += 1
    record_property("cases", cases)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", FAULTS)
def test_every_request_may_fail_and_still_one_video(studio, matrix, way, fault, record_property):
    publication_id, video = matrix(way)
    _one_video(studio, way, publication_id, video, "nothing happened")
    requests: list[tuple[str, int]] = []
    for call in studio.sandbox.calls():
        endpoint = call["endpoint"]
        requests.append((endpoint, 1 + sum(1 for name, _ in requests if name == endpoint)))
    assert len(requests) > (4 if WAYS[way].route == "direct" else 1)
    for endpoint, nth in requests:
        publication_id, video = matrix(way)
        studio.sandbox.fault(match={"endpoint": endpoint, "nth": nth}, times=1, **FAULTS[fault])
        _one_video(studio, way, publication_id, video, f"{endpoint} number {nth}: {fault}")
    record_property("cases", len(requests))


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("fault", FAULTS)
def test_every_chunk_of_a_large_tiktok_upload_may_fail_and_still_one_video(
    studio, matrix, fault, large, record_property
):
    chunks = 6  # 65,000,000 bytes in chunks of 10,000,000, the last one takes the rest
    for nth in (1, 3, chunks):
        publication_id, video = matrix("tiktok", large)
        studio.sandbox.fault(match={"endpoint": "video.put", "nth": nth}, times=1, **FAULTS[fault])
        _one_video(studio, "tiktok", publication_id, video, f"chunk {nth}: {fault}")
        assert len(studio.sandbox.calls("video.put")) >= chunks
    record_property("cases", 3)


@pytest.fixture(scope="session")
def large(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample release with a video of 65,000,000 bytes."""
    folder = tmp_path_factory.mktemp("large")
    for file in source.glob("sample*"):
        (folder / file.name).write_bytes(file.read_bytes())
    pad_to(folder / "sample.mp4", 65_000_000)
    return folder


def _killed_at(name: str, step: str, nth: int, publication_id: str) -> None:
    """Run the publication in a forked child that is killed at its `nth` visit of a point."""
    left = count(1)

    def at(*point: str) -> None:
        if point == (name, step) and next(left) == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    killed_by = _in_a_child(at, publication_id)
    assert killed_by == signal.SIGKILL or step == "processing", f"{name} ({step}) was not reached"


def _killed_at_name(name: str, publication_id: str) -> None:
    """Run the publication in a forked child that is killed when it first comes to a point; it may never come there."""

    def at(point: str, step: str) -> None:
        if point == name:
            os.kill(os.getpid(), signal.SIGKILL)

    _in_a_child(at, publication_id)


def _in_a_child(at: Callable[[str, str], None], publication_id: str) -> int:
    child = os.fork()
    if child == 0:
        try:
            points.on_reached = at
            run_to_the_end(publication_id)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
