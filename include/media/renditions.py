"""Converted videos, kept: done once for every platform with the same need, found again by what they were made of.

A rendition is named after the original's SHA-256 and the recipe's key, so it is never the wrong one. It appears whole
under its name or not at all: the work is done beside it, under a lock that dies with its process.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from include import settings
from include.media.convert import Cancelled, Told, convert
from include.media.recipe import Recipe
from include.media.sources import opened
from include.platforms.contract import VideoFile
from include.releases import video_facts
from include.releases.files import File
from include.releases.video import Video
from include.releases.video_facts import NotAVideo, VideoFacts

LOOK_SECONDS = 0.5
"""So often somebody who waits for another worker's conversion looks whether it is done."""
DAY_SECONDS = 86_400
UNFINISHED = ".unfinished.mp4"


def rendition(
    video: VideoFile,
    sha256: str,
    recipe: Recipe,
    *,
    progress: Told | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[VideoFile, VideoFacts]:
    """Return the video made by `recipe` and its facts, converting it unless that was done before.

    `sha256` is the original's, in hexadecimal. When another worker is at it, this waits for the result. Raises
    `ConversionFailed` with a sentence, `Cancelled`, `FileChanged` when the original is written to meanwhile, and
    `OSError` when the disk is full.
    """
    path = rendition_path(sha256, recipe)
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = _kept(path)
    if facts is None:
        with _locked(path, cancelled):
            facts = _kept(path) or _made(video, recipe, path, progress, cancelled)
    return _as_file(video, path), facts


def ready(video: VideoFile, sha256: str, recipe: Recipe) -> tuple[VideoFile, VideoFacts] | None:
    """Return the video made by `recipe` and its facts when it was made before; nothing is converted."""
    path = rendition_path(sha256, recipe)
    facts = _kept(path)
    return None if facts is None else (_as_file(video, path), facts)


def rendition_path(sha256: str, recipe: Recipe) -> Path:
    """Return where the rendition of an original lies once it is made."""
    if not sha256.isalnum():
        raise ValueError(f"'{sha256}' is no SHA-256")
    return settings.renditions_root() / f"{sha256}-{recipe.key}.mp4"


def purge(days: float) -> int:
    """Remove renditions that nobody has asked for in `days` days, and what killed conversions left; return how many.

    What is being converted at this moment is left alone. A purged rendition is made again when it is needed.
    """
    root, removed = settings.renditions_root(), 0
    before = time.time() - days * DAY_SECONDS
    for path in sorted(root.glob("*.mp4")) if root.is_dir() else []:
        unfinished = path.name.endswith(UNFINISHED)
        finished = path.with_name(path.name.removesuffix(UNFINISHED) + ".mp4") if unfinished else path
        with suppress(FileNotFoundError):
            status = path.stat()
            if max(status.st_atime, status.st_mtime if unfinished else 0) < before and _remove(path, finished):
                removed += 1
    return removed


def _remove(path: Path, finished: Path) -> bool:
    """Remove a file and its lock, unless somebody holds the lock."""
    lock = _lock_path(finished)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
        lock.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _kept(path: Path) -> VideoFacts | None:
    """Return the facts of a finished rendition and mark it as used; its content and time of writing stay."""
    try:
        facts = video_facts.read(path)
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
    except FileNotFoundError:
        return None
    except NotAVideo:  # a disk lost what was written: it is made again
        path.unlink(missing_ok=True)
        return None
    return facts


def _made(
    video: VideoFile, recipe: Recipe, path: Path, progress: Told | None, cancelled: Callable[[], bool] | None
) -> VideoFacts:
    """Convert beside `path`, over what a killed conversion left, then move it there in one step."""
    unfinished = path.with_name(path.stem + UNFINISHED)
    with opened(video) as source:
        facts = convert(source, recipe, unfinished, progress, cancelled)
    with open(unfinished, "rb") as written:
        os.fsync(written.fileno())
    os.replace(unfinished, path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return facts


@contextmanager
def _locked(path: Path, cancelled: Callable[[], bool] | None) -> Iterator[None]:
    """Hold the rendition's lock; the kernel lets go of it when the process dies, however it dies."""
    descriptor = _taken(_lock_path(path), cancelled)
    try:
        yield
    finally:
        os.close(descriptor)


def _taken(lock: Path, cancelled: Callable[[], bool] | None) -> int:
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if lock.exists() and os.fstat(descriptor).st_ino == lock.stat().st_ino:
                return descriptor
        except (BlockingIOError, FileNotFoundError):
            if cancelled is not None and cancelled():
                os.close(descriptor)
                raise Cancelled("The conversion was cancelled while another worker was at it.") from None
            time.sleep(LOOK_SECONDS)
        os.close(descriptor)  # taken by another, or purged while we took it


def _lock_path(path: Path) -> Path:
    return path.with_suffix(".lock")


def _as_file(video: VideoFile, path: Path) -> VideoFile:
    """Return a finished rendition under the original's name."""
    return Video(File(name=f"{_stem(video.name)}.mp4", path=str(path)))


def _stem(name: str) -> str:
    return name.rsplit(".", 1)[0] or "video"
