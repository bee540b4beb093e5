"""What the tests of conversions share: real clips, how they look and sound, rules of a placement that is strict."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np

from include.media.clips import Clip, write_clip
from include.platforms.file_rules import FileRules

QUICK = (("preset", "ultrafast"), ("crf", "18"))
SMALL = Clip(width=180, height=320, seconds=2.0, video_options=QUICK)
STRICT = FileRules(
    name="Strict",
    source="a test",
    containers=("mp4",),
    video_codecs=("h264",),
    audio_codecs=("aac",),
    pixel_formats=("yuv420p",),
    min_fps=23,
    max_fps=60,
    max_audio_samples=48_000,
    max_audio_channels=2,
    index_first=True,
)
NINE_TO_SIXTEEN = replace(STRICT, min_aspect=9 / 16, max_aspect=9 / 16)


def clip(folder: Path, name: str = "clip.mp4", shape: Clip = SMALL, **changes: Any) -> Path:
    """Write a clip of that shape and return its path."""
    given = {"draw": changes.pop("draw", None), "sound": changes.pop("sound", None)}
    return write_clip(folder / name, replace(shape, **changes), **given)


def halves(shape: Clip, left: int = 220, right: int = 40, top: int = 0) -> Any:
    """Return pictures with a light left and a dark right half, `top` brighter in the upper half: what is up shows."""
    light = np.full((shape.height, shape.width), right, np.uint8)
    light[:, : shape.width // 2] = left
    light[: shape.height // 2] += np.uint8(top)
    grey = np.full((shape.height // 2, shape.width // 2), 128, np.uint8)
    return lambda number: (light, grey, grey)


def packets(path: Path, kind: str) -> list[bytes]:
    """Return the content of every packet of the first stream of that kind."""
    with av.open(str(path)) as container:
        stream = next(stream for stream in container.streams if stream.type == kind)
        return [bytes(packet) for packet in container.demux(stream) if packet.size]


def pictures(path: Path) -> list[Any]:
    """Return every picture as an array of RGB, as stored (not turned)."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def times(path: Path, kind: str = "video") -> list[float]:
    """Return when each frame is shown or heard, in seconds."""
    with av.open(str(path)) as container:
        stream = next(stream for stream in container.streams if stream.type == kind)
        return [frame.time for frame in container.decode(stream)]


def samples(path: Path) -> Any:
    """Return the sound as float32 (channels, samples)."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=48_000)
        parts = [part.to_ndarray() for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate(parts, axis=1)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
