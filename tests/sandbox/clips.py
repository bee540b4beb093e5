"""Small real files to upload: moving pictures, sound alone, a picture, and things that only pretend."""

from __future__ import annotations

import io
from fractions import Fraction
from functools import cache

import av
import numpy as np


@cache
def video(
    width: int = 360, height: int = 640, seconds: float = 1, fps: int = 25, codec: str = "libx264", kind: str = "mp4"
) -> bytes:
    """Return a video file with a moving bar, without sound."""
    target = io.BytesIO()
    with av.open(target, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(int(seconds * fps)):
            picture = np.full((height, width, 3), 40, np.uint8)
            picture[:, (number * 7) % width : (number * 7) % width + 20] = 220
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return target.getvalue()


@cache
def sound() -> bytes:
    """Return an MP4 with sound and no picture."""
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44_100)
        for number in range(20):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 44_100, number * 1024, Fraction(1, 44_100)
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return target.getvalue()


@cache
def picture(width: int = 640, height: int = 360) -> bytes:
    """Return a PNG."""
    frame = av.VideoFrame.from_ndarray(np.full((height, width, 3), 90, np.uint8), format="rgb24")
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = width, height, "rgb24", Fraction(1, 25)
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
