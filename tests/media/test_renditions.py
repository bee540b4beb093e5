"""Converted videos are made once, whole or not at all, and found again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from include.media import renditions
from include.media.clips import Clip
from include.media.convert import Cancelled, ConversionFailed, Recipe, plan
from include.platforms.contract import VideoFile
from include.releases.files import File
from include.releases.video import FileChanged, Video, sha256
from include.releases.video_facts import read
from include.settings import PROJECT
from tests.media.making import QUICK, STRICT, clip, digest

LONG = Clip(width=360, height=640, seconds=8.0, video_codec="mpeg4", video_options=(("b", "1000000"),))


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RELEASE_DESK_RENDITIONS_ROOT", str(tmp_path / "renditions"))
    return tmp_path / "renditions"


def video(path: Path) -> Video:
    return Video(File(name=f"women/18-23/{path.name}", path=str(path)))


def recipe_for(path: Path) -> Recipe:
    recipe = plan(read(path), STRICT)
    assert recipe is not None
    return recipe


def files(root: Path, ending: str = ".mp4") -> list[str]:
    return sorted(path.name for path in root.iterdir() if path.name.endswith(ending))


def content(file: VideoFile) -> bytes:
    return b"".join(file.pieces(0, file.size))


def test_a_rendition_is_made_once_and_shared(tmp_path: Path, root: Path) -> None:
    source = clip(tmp_path, "a.mkv")
    original, recipe = video(source), recipe_for(source)
    made, facts = renditions.rendition(original, sha256(original), recipe)
    assert (made.name, made.content_type, made.size) == ("a.mp4", "video/mp4", facts.size_bytes)
    assert facts == read(renditions.rendition_path(sha256(original), recipe))
    written = renditions.rendition_path(sha256(original), recipe).stat()
    again, same = renditions.rendition(original, sha256(original), recipe)
    assert (same, content(again)) == (facts, content(made))
    assert renditions.rendition_path(sha256(original), recipe).stat().st_mtime_ns == written.st_mtime_ns
    assert len(files(root)) == 1


def test_asking_again_does_not_disturb_who_reads(tmp_path: Path) -> None:
    source = clip(tmp_path, "a.mkv")
    original, recipe = video(source), recipe_for(source)
    made, _ = renditions.rendition(original, sha256(original), recipe)
    pieces = made.pieces(0, made.size, 4096)
    first = next(pieces)
    renditions.rendition(original, sha256(original), recipe)
    assert first + b"".join(pieces) == content(made)


@dataclass
class InABucket:
    """A video of which only pieces can be had, as from `gs://`."""

    path: Path
    asked: int = 0

    name: str = "a.mkv"
    content_type: str = "video/x-matroska"

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def pieces(self, start: int, stop: int, piece_bytes: int = 1 << 20):
        self.asked += 1
        whole = self.path.read_bytes()
        for at in range(start, stop, piece_bytes):
            yield whole[at : min(stop, at + piece_bytes)]


def test_a_video_in_a_bucket_is_converted_from_its_pieces(tmp_path: Path) -> None:
    source = clip(tmp_path, "a.mkv")
    recipe, remote = recipe_for(source), InABucket(source)
    made, facts = renditions.rendition(remote, digest(source), recipe)
    assert remote.asked
    local, same = renditions.rendition(video(source), "0" * 64, recipe)
    assert (content(made), facts) == (content(local), same)


@pytest.mark.long
def test_two_workers_convert_once(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, begun, found = clip(tmp_path, shape=LONG), list[float](), list[bytes]()
    original, recipe = video(source), recipe_for(source)
    real = renditions.convert

    def counted(*arguments, **more):
        begun.append(time.monotonic())
        return real(*arguments, **more)

    monkeypatch.setattr(renditions, "convert", counted)

    def work() -> None:
        found.append(content(renditions.rendition(original, digest(source), recipe)[0]))

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (len(begun), len(found), len(set(found))) == (1, 3, 1)
    assert len(files(root)) == 1


KILLED = """
import os, signal, sys
from tests.media.test_renditions import digest, recipe_for, video
from include.media import renditions
from pathlib import Path
source = Path(sys.argv[1])
def progress(share):
    if share > 0.2:
        os.kill(os.getpid(), signal.SIGKILL)
import include.media.convert
include.media.convert.LOOK_SECONDS = 0
renditions.rendition(video(source), digest(source), recipe_for(source), progress=progress)
"""


@pytest.mark.long
def test_a_killed_conversion_leaves_no_half_file_and_the_next_one_makes_it(tmp_path: Path, root: Path) -> None:
    source = clip(tmp_path, shape=LONG)
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "RELEASE_DESK_RENDITIONS_ROOT": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(source)], env=environment, capture_output=True, timeout=120
    )
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    recipe = recipe_for(source)
    path = renditions.rendition_path(digest(source), recipe)
    assert not path.exists()
    assert files(root) == [path.stem + renditions.UNFINISHED]
    _, facts = renditions.rendition(video(source), digest(source), recipe)
    assert facts.duration_seconds == pytest.approx(8.0, abs=0.1)
    assert files(root) == [path.name]


def test_a_conversion_that_failed_or_was_cancelled_leaves_nothing(tmp_path: Path, root: Path) -> None:
    source = clip(tmp_path, shape=LONG)
    recipe = recipe_for(source)
    with pytest.raises(Cancelled):
        renditions.rendition(video(source), digest(source), recipe, cancelled=lambda: True)
    assert files(root) == []
    whole = source.read_bytes()
    source.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ConversionFailed, match="cut off"):
        renditions.rendition(video(source), "1" * 64, recipe)
    assert files(root) == []


def test_an_original_that_changes_meanwhile_is_not_kept(tmp_path: Path, root: Path) -> None:
    source = clip(tmp_path, "a.mkv", video_options=QUICK)
    recipe, original = recipe_for(source), video(source)

    def touched(share: float) -> None:
        os.utime(source, (1, 1))

    with pytest.raises(FileChanged, match="changed"):
        renditions.rendition(original, digest(source), recipe, progress=touched)
    assert not renditions.rendition_path(digest(source), recipe).exists()


def test_a_spoilt_rendition_is_made_again(tmp_path: Path) -> None:
    source = clip(tmp_path, "a.mkv")
    recipe = recipe_for(source)
    made, _ = renditions.rendition(video(source), digest(source), recipe)
    right = content(made)
    path = renditions.rendition_path(digest(source), recipe)
    os.truncate(path, path.stat().st_size // 2)
    assert content(renditions.rendition(video(source), digest(source), recipe)[0]) == right


def test_old_renditions_are_purged_and_used_ones_stay(tmp_path: Path, root: Path) -> None:
    paths = []
    for name in ("old", "used"):
        source = clip(tmp_path, f"{name}.mkv", seconds=1.0 if name == "old" else 1.5)
        renditions.rendition(video(source), digest(source), recipe_for(source))
        paths.append(renditions.rendition_path(digest(source), recipe_for(source)))
    (root / f"{'2' * 64}-dead{renditions.UNFINISHED}").write_bytes(b"half")
    week = time.time() - 8 * 86_400
    for path in root.iterdir():
        os.utime(path, (week, week))
    source = tmp_path / "used.mkv"
    renditions.rendition(video(source), digest(source), recipe_for(source))
    assert renditions.purge(7) == 2
    assert [path.exists() for path in paths] == [False, True]
    assert files(root) == [paths[1].name]
    assert renditions.purge(7) == 0


def test_what_is_being_converted_is_not_purged(tmp_path: Path, root: Path) -> None:
    source = clip(tmp_path, shape=LONG)
    recipe, purged = recipe_for(source), list[int]()

    def progress(share: float) -> None:
        for path in root.iterdir():
            os.utime(path, (1, 1))
        purged.append(renditions.purge(0))

    renditions.rendition(video(source), digest(source), recipe, progress=progress)
    assert set(purged) == {0}
    assert renditions.rendition_path(digest(source), recipe).exists()


def test_purging_where_nothing_was_ever_made_is_fine(root: Path) -> None:
    assert renditions.purge(1) == 0
    assert not root.exists()
