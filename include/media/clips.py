"""Makes real video files of a wished shape with FFmpeg's encoders: for the sample release, tests and benchmarks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Plane = NDArray[np.uint8]
    Planes = tuple[Plane, Plane, Plane]

SOUND_HZ = 44_100
"""Sample rate of every sound we make, except Opus, which knows 48,000 only."""
MIN_FREE_BYTES = 8
"""An empty MP4 box: its length and its name."""


@dataclass(frozen=True, kw_only=True)
class Clip:
    """The shape of a clip; sizes in pixels, `rotation` in degrees clockwise as a player turns it.

    `frame_ticks` are the lengths of the pictures in milliseconds, in turns, for a variable frame rate. `audio_codec`
    None is silent, `video_codec` None is sound alone.
    """

    width: int = 360
    height: int = 640
    seconds: float = 2.0
    fps: int = 30
    video_codec: str | None = "libx264"
    audio_codec: str | None = "aac"
    rotation: int = 0
    pixel_shape: Fraction = Fraction(1)
    frame_ticks: tuple[int, ...] = ()
    index_first: bool = True
    video_options: tuple[tuple[str, str], ...] = (("preset", "veryfast"), ("crf", "26"))

    @property
    def pictures(self) -> int:
        """How many pictures the clip has; at least one when there is any time at all."""
        return max(1, round(self.seconds * self.fps)) if self.seconds > 0 else 0


Draw = Callable[[int], "Planes"]
"""Number of the picture → its Y, U and V planes (4:2:0)."""


def write_clip(path: Path, clip: Clip, *, draw: Draw | None = None, sound: Any = None) -> Path:
    """Write `clip` to `path`, whose ending chooses the container, and return the path.

    `draw` gives the pictures (default: a moving wave); `sound` is float32 of shape (2, samples) at the codec's rate
    (default: a tone). Raises PyAV's errors when this FFmpeg cannot encode it.
    """
    import av

    options = {"movflags": "+faststart"} if clip.index_first and path.suffix in {".mp4", ".mov"} else {}
    with av.open(str(path), "w", options=options) as container:
        packets: list[Iterable[Any]] = []
        if clip.video_codec:
            packets.append(_pictures(container, clip, draw or _wave(clip)))
        if clip.audio_codec:
            packets.append(_sound(container, clip, sound))
        container.start_encoding()  # also when there is nothing to encode: a file of 0 seconds
        for packet in _in_turns(packets):
            container.mux(packet)
    return path


def pad_to(path: Path, size: int) -> Path:
    """Make an MP4 exactly `size` bytes long by appending an empty ``free`` box, sparse on disk; still a valid MP4."""
    room = size - path.stat().st_size
    if room < MIN_FREE_BYTES:
        raise ValueError(f"{path} has {path.stat().st_size} bytes already; {size} is too few")
    large = room >= 1 << 32
    with path.open("ab") as file:
        file.write((1 if large else room).to_bytes(4) + b"free" + (room.to_bytes(8) if large else b""))
    os.truncate(path, size)
    return path


def cut(path: Path, size: int) -> Path:
    """Keep only the first `size` bytes of a file, as an interrupted copy does."""
    os.truncate(path, size)
    return path


def tone(seconds: float, rate: int = SOUND_HZ, hertz: float = 440.0) -> Any:
    """Return a soft stereo tone as float32 of shape (2, samples)."""
    import numpy as np

    wave = 0.2 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    return np.stack([wave, wave]).astype(np.float32)


def _pictures(container: Any, clip: Clip, draw: Draw) -> Iterable[Any]:
    stream = container.add_stream(clip.video_codec, rate=clip.fps, options=dict(clip.video_options))
    stream.width, stream.height, stream.pix_fmt = clip.width, clip.height, "yuv420p"
    stream.codec_context.gop_size = clip.fps * 2
    stream.codec_context.sample_aspect_ratio = clip.pixel_shape
    stream.codec_context.time_base = Fraction(1, 1000 if clip.frame_ticks else clip.fps)
    if clip.rotation:
        stream.set_display_rotation(-clip.rotation)  # FFmpeg counts the other way round
    return _encoded_pictures(stream, clip, draw)


def _encoded_pictures(stream: Any, clip: Clip, draw: Draw) -> Iterable[Any]:
    import av

    at = 0
    for number in range(clip.pictures):
        frame = av.VideoFrame(clip.width, clip.height, "yuv420p")
        for plane, content in zip(frame.planes, draw(number), strict=True):
            _fill(plane, content)
        frame.pts, frame.time_base = at, stream.codec_context.time_base
        at += clip.frame_ticks[number % len(clip.frame_ticks)] if clip.frame_ticks else 1
        yield from stream.encode(frame)
    if clip.pictures:
        yield from stream.encode(None)


def _fill(plane: Any, content: Plane) -> None:
    """Copy rows into a plane, whose lines may be longer than the picture is wide."""
    import numpy as np

    target = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    target[: content.shape[0], : content.shape[1]] = content


def _sound(container: Any, clip: Clip, sound: Any) -> Iterable[Any]:
    rate = 48_000 if clip.audio_codec == "libopus" else SOUND_HZ
    stream = container.add_stream(clip.audio_codec, rate=rate, layout="stereo")
    return _encoded_sound(stream, tone(clip.seconds, rate) if sound is None else sound, rate)


def _encoded_sound(stream: Any, samples: Any, rate: int) -> Iterable[Any]:
    import av
    import numpy as np

    step = 1024
    for start in range(0, samples.shape[1], step):
        part = np.ascontiguousarray(samples[:, start : start + step])
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        yield from stream.encode(frame)
    if samples.shape[1]:
        yield from stream.encode(None)


def _in_turns(sources: list[Iterable[Any]]) -> Iterable[Any]:
    """Yield packets of all streams by their time, so that the muxer need not keep one stream waiting in memory."""
    import heapq

    def timed(number: int, source: Iterable[Any]) -> Iterable[tuple[float, int, Any]]:
        for packet in source:
            yield float((packet.dts or 0) * packet.time_base), number, packet

    queues = [timed(number, source) for number, source in enumerate(sources)]
    for _, _, packet in heapq.merge(*queues, key=lambda entry: entry[:2]):
        yield packet


def _wave(clip: Clip) -> Draw:
    """Return a cheap moving picture: a wave of light that wanders across."""
    import numpy as np

    wide = np.arange(clip.width * 2)
    light = (128 + 90 * np.sin(2 * np.pi * wide / clip.width)).astype(np.uint8)
    chroma = (128 + 60 * np.sin(2 * np.pi * np.arange(clip.width) / clip.width)).astype(np.uint8)
    rows, half_rows, half = clip.height, (clip.height + 1) // 2, (clip.width + 1) // 2

    def draw(number: int) -> Planes:
        shift = number * 4 % clip.width
        luma = np.broadcast_to(light[shift : shift + clip.width], (rows, clip.width))
        colour = np.broadcast_to(chroma[:half], (half_rows, half))
        return luma, colour, np.roll(colour, number, axis=1)

    return draw
