"""Makes a video fit a placement: `plan` says what has to be done, `convert` does it; the original stays as it is.

One recipe always makes the same bytes of the same file (with the same FFmpeg), so that an upload that was cut short
can go on after the conversion was done again. What a phone wrote into the file (place, time, model) is left out.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from include.media.planning import Unfit, plan
from include.media.recipe import Recipe, describe
from include.media.sound import EncodedSound
from include.media.sources import Source, demuxed
from include.media.tracks import CopiedTrack, Damaged, Track, hides_its_start
from include.media.transcode import EncodedPictures
from include.releases import video_facts
from include.releases.video_facts import NotAVideo, VideoFacts

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer

__all__ = ["Cancelled", "ConversionFailed", "Recipe", "Unfit", "convert", "describe", "plan"]

LOOK_SECONDS = 0.25
"""So often progress is told and a wish to stop is heard."""
COPIES_A_LOOK = 32
"""Copying a packet takes microseconds: not even the clock is asked each time."""
RATE_TOLERANCE, LENGTH_TOLERANCE_SECONDS, LENGTH_TOLERANCE_SHARE = 0.01, 0.5, 0.01
INDEX_BYTES = {"video": 48, "audio": 34}
"""Most bytes a packet takes in an MP4's index (stts, ctts, stss, stsz, stsc, co64: ISO/IEC 14496-12, 8.6 and 8.7)."""
SPARE_INDEX_BYTES = 1 << 16
Told = Callable[[float], None]
"""Called with the share that is done, 0 to 1."""


class ConversionFailed(Exception):
    """The video could not be converted; the message is a sentence."""


class Cancelled(Exception):
    """Somebody asked to stop; nothing is left behind."""


def convert(
    source: Source,
    recipe: Recipe,
    target: str | os.PathLike[str],
    progress: Told | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> VideoFacts:
    """Write what `recipe` makes of `source` to the path `target` and return its facts, read from the result.

    `source` is a path or a seekable binary file. Memory stays flat however long the video is. Raises
    `ConversionFailed` with a sentence when the source is damaged or the result is not what the recipe says,
    `Cancelled` soon after `cancelled` says so, and `OSError` when the disk is full; `target` is then removed.
    """
    target = Path(target)
    try:
        facts = video_facts.read(source)
        with _plain_errors():
            _write(source, recipe, target, facts, _Pace(progress, cancelled, facts.duration_seconds))
            made = video_facts.read(target)
        _check(made, facts, recipe)
    except NotAVideo as error:
        raise ConversionFailed(error.problem) from error
    except BaseException:
        with suppress(FileNotFoundError):
            target.unlink()
        raise
    if progress:
        progress(1.0)
    return made


class _Pace:
    """Tells how far we are and hears whether to stop, a few times a second."""

    def __init__(self, progress: Told | None, cancelled: Callable[[], bool] | None, seconds: float) -> None:
        self._progress, self._cancelled, self._seconds = progress, cancelled, seconds
        self._next = 0.0
        self._share = 0.0

    def at(self, packet: Any, start: float) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + LOOK_SECONDS
        if self._cancelled is not None and self._cancelled():
            raise Cancelled("The conversion was cancelled.")
        if self._progress is not None and packet.dts is not None:
            reached = (float(packet.dts * packet.time_base) - start) / self._seconds
            self._share = min(0.99, max(self._share, reached))
            self._progress(self._share)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn FFmpeg's errors into a sentence; what the operating system says (disk full) stays as it is."""
    from av.error import FFmpegError

    try:
        yield
    except Damaged as damaged:
        raise ConversionFailed(str(damaged)) from damaged
    except FFmpegError as error:
        if isinstance(error, OSError) and not isinstance(error, ValueError):
            raise OSError(error.errno, error.strerror) from error
        raise ConversionFailed(f"The video cannot be converted: {error.strerror or error}.") from error


def _write(source: Source, recipe: Recipe, target: Path, facts: VideoFacts, pace: _Pace) -> None:
    import av

    with demuxed(source) as opened:
        streams = _streams(opened, recipe)
        start = (opened.start_time or 0) / 1_000_000
        options = _options(opened, streams, recipe, facts)
        with av.open(str(target), "w", format="mp4", container_options=options) as made:
            tracks = {stream.index: track for stream, track in _tracks(streams, made, recipe, facts, start)}
            for number, packet in enumerate(opened.demux(streams)):
                for finished in tracks[packet.stream.index].packets(packet):
                    made.mux_one(finished)
                if recipe.pictures is not None or number % COPIES_A_LOOK == 0:
                    pace.at(packet, start)


def _streams(opened: InputContainer, recipe: Recipe) -> list[Any]:
    from av.stream import Disposition

    still = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails
    moving = [stream for stream in opened.streams.video if not stream.disposition & still]
    best = opened.streams.best("video")
    sound = opened.streams.best("audio") if recipe.sound != "none" else None
    return [best if best in moving else moving[0], *([sound] if sound is not None else [])]


def _tracks(
    streams: list[Any], made: OutputContainer, recipe: Recipe, facts: VideoFacts, start: float
) -> Iterator[tuple[Any, Track]]:
    ends = facts.duration_seconds
    for stream in streams:
        if stream.type == "video" and recipe.pictures is not None:
            yield stream, EncodedPictures(stream, made, recipe.pictures, start, ends)
        elif stream.type == "video":
            yield stream, CopiedTrack(stream, made, rotation=facts.rotation)
        elif recipe.sound == "encode":
            yield stream, EncodedSound(stream, made, start, ends)
        else:
            yield stream, CopiedTrack(stream, made, ends=ends)


def _options(opened: InputContainer, streams: list[Any], recipe: Recipe, facts: VideoFacts) -> dict[str, str]:
    """Return the muxer's options: index first, no edit list where none is needed, nothing that differs by the day."""
    options = {"fflags": "+bitexact", "flush_packets": "0", "movflags": "+negative_cts_offsets", "use_editlist": "0"}
    if recipe.pictures is None and hides_its_start(opened.format.name, streams):
        options |= {"movflags": "", "use_editlist": "1"}
    if recipe.pictures is not None:
        return {**options, "movflags": f"{options['movflags']}+faststart"}
    return {**options, "moov_size": str(_index_bytes(streams, facts))}


def _index_bytes(streams: list[Any], facts: VideoFacts) -> int:
    """Return room for the index, so that a copy is written once; too much becomes an empty box."""
    room = SPARE_INDEX_BYTES
    for stream in streams:
        rate = facts.fps if stream.type == "video" else (facts.audio_sample_rate or 48_000) / 960
        packets = max(len(stream.index_entries), stream.frames, round(facts.duration_seconds * rate * 1.05))
        room += packets * INDEX_BYTES[stream.type]
    return room


def _check(made: VideoFacts, facts: VideoFacts, recipe: Recipe) -> None:
    """Raise `ConversionFailed` unless the result is what the recipe promises."""
    wrong = []
    if made.container != "mp4" or not made.index_first:
        wrong.append(f"the container is {made.container}")
    tolerance = max(LENGTH_TOLERANCE_SECONDS, facts.duration_seconds * LENGTH_TOLERANCE_SHARE)
    if abs(made.duration_seconds - facts.duration_seconds) > tolerance:
        wrong.append(f"it lasts {made.duration_seconds:.1f} s instead of {facts.duration_seconds:.1f} s")
    if (made.audio_codec is None) != (recipe.sound == "none"):
        wrong.append("the sound is missing")
    if recipe.pictures is None:
        if (made.video_codec, made.rotation) != (facts.video_codec, facts.rotation):
            wrong.append("the pictures are not the same")
    else:
        if (made.width, made.height, made.rotation) != (*recipe.pictures.shape.canvas, 0):
            wrong.append(f"the picture is {made.width} × {made.height}")
        if abs(made.fps / float(recipe.pictures.rate) - 1) > RATE_TOLERANCE:
            wrong.append(f"it has {made.fps:.4g} frames a second")
    if wrong:
        raise ConversionFailed(f"The video cannot be converted, it is probably damaged: {' and '.join(wrong)}.")
