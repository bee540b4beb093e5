"""Finds a frame of a video that says something: neither black nor white nor blurred, and not the very first."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from include.media.framing import small_copy
from include.media.sources import demuxed, opened
from include.platforms.contract import VideoFile
from include.releases.video_facts import VideoFacts

if TYPE_CHECKING:
    from PIL.Image import Image

MOMENTS = (0.15, 0.3, 0.45, 0.6, 0.75, 0.05, 0.9, 0.0)
"""Shares of the video looked at; beginnings and ends are often titles or black."""
PATIENCE_PACKETS = 300
LOOKED_AT_PIXELS = 160
DARK, BRIGHT, FLAT = 0.06, 0.94, 0.02
"""Mean light (0 to 1) below and above which a frame shows nothing, and the least spread of light."""


def best_frame(video: VideoFile, facts: VideoFacts) -> Image | None:
    """Return the best of a few frames, upright and with square pixels; None when none shows anything.

    Decodes one frame at each moment, so it takes no longer for a long video. Raises what reading the video raises.
    """
    from av.error import FFmpegError

    best: tuple[float, Any] = (0.0, None)
    try:
        with opened(video) as source, demuxed(source) as container:
            for frame in _frames(container, facts):
                best = max(best, (worth(frame), frame), key=lambda entry: entry[0])
    except FFmpegError:
        pass  # what could be read counts; the platform's check says what is wrong with the rest
    return _upright(best[1], facts) if best[1] is not None else None


def worth(image: Image) -> float:
    """Return how good a frame is as a still: contrast, outlines and colour; 0 when there is nothing to see."""
    import numpy as np

    colours = np.asarray(small_copy(image, LOOKED_AT_PIXELS), np.float32) / 255
    light = colours.mean(axis=-1)
    mean, spread = float(light.mean()), float(light.std())
    if not DARK <= mean <= BRIGHT or spread < FLAT:
        return 0.0
    outlines = float(sum(np.abs(each).mean() for each in np.gradient(light)))
    colour = float((colours.max(axis=-1) - colours.min(axis=-1)).mean())
    exposure = 1 - abs(mean - 0.5)
    return exposure * (spread + 2 * outlines + 0.3 * colour)


def _frames(container: Any, facts: VideoFacts) -> Iterator[Image]:
    stream = container.streams.best("video")
    stream.codec_context.thread_count = 2
    start = container.start_time or 0
    for moment in MOMENTS:
        at = start + round(moment * facts.duration_seconds * 1_000_000)
        container.seek(max(0, at), backward=True, any_frame=False)
        frame = _next_frame(container, stream)
        if frame is not None:
            yield frame.to_image()


def _next_frame(container: Any, stream: Any) -> Any:
    from av.error import FFmpegError

    for number, packet in enumerate(container.demux(stream)):
        try:
            frames = packet.decode()
        except FFmpegError:
            frames = []
        if frames:
            stream.codec_context.flush_buffers()
            return frames[0]
        if number > PATIENCE_PACKETS:
            break
    return None


def _upright(image: Image, facts: VideoFacts) -> Image:
    """Turn a frame as a player does and give it square pixels."""
    turned = image.rotate(-facts.rotation, expand=True) if facts.rotation else image
    ratio = Fraction(facts.display_width, facts.display_height)
    size = (max(1, round(turned.height * ratio)), turned.height)
    return turned if abs(size[0] - turned.width) <= 1 else turned.resize(size)
