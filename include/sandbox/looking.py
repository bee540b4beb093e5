"""What an uploaded file really is, seen with PyAV: the sandbox's own eyes, independent of the product's."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import Any

IMAGE_FORMATS = {"gif", "image2", "apng", "webp", "ico", "tty"}
"""FFmpeg's names of containers that hold pictures, besides those that end in `_pipe`."""
POSTER_PIXELS = 640


def sha256_of(path: Path) -> str:
    """Return the file's SHA-256 in hex, read in pieces."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def look_at(path: Path, poster: Path | None) -> dict[str, Any]:
    """Return what the file is; never raises for a broken one.

    `kind` is video, audio, image or other; `problem` is None for a video whose first picture could be decoded.
    A JPEG of that picture is written to `poster`.
    """
    import av  # takes a while to load, and the server should be up at once

    if path.stat().st_size == 0:
        return {"kind": "other", "problem": "empty"}
    try:
        with av.open(str(path)) as container:
            return describe(container, poster)
    except (av.FFmpegError, ValueError, OSError, EOFError) as error:
        return {"kind": "other", "problem": "unreadable", "detail": str(error)[:200]}


def describe(container: Any, poster: Path | None) -> dict[str, Any]:
    """Return the facts of an opened container."""
    name = container.format.name
    audio = container.streams.audio[0] if container.streams.audio else None
    facts: dict[str, Any] = {
        "container": name,
        "duration": float(container.duration or 0) / 1_000_000,
        "bit_rate": container.bit_rate or 0,
        "audio_codec": audio.codec_context.name if audio else None,
        "audio_rate": audio.codec_context.sample_rate if audio else None,
        "audio_channels": audio.codec_context.channels if audio else None,
        "audio_bit_rate": (audio.bit_rate or 0) if audio else None,
    }
    if name in IMAGE_FORMATS or name.endswith("_pipe"):
        return {**facts, "kind": "image", "problem": "image"}
    if not container.streams.video:
        return {**facts, "kind": "audio" if audio else "other", "problem": "no video"}
    stream = container.streams.video[0]
    picture = next(container.decode(stream), None)
    if picture is None:
        return {**facts, "kind": "video", "problem": "no picture"}
    turned = int(getattr(picture, "rotation", 0)) % 360
    shape = stream.sample_aspect_ratio or Fraction(1)
    size = (round(picture.width * shape), picture.height)
    if poster:
        draw_poster(picture, poster)
    return {
        **facts,
        "kind": "video",
        "problem": None,
        "video_codec": stream.codec_context.name,
        "video_bit_rate": stream.bit_rate or 0,
        "width": picture.width,
        "height": picture.height,
        "pixel_format": stream.codec_context.pix_fmt,
        "rotation": turned,
        "display_width": size[1] if turned in (90, 270) else size[0],
        "display_height": size[0] if turned in (90, 270) else size[1],
        "fps": float(stream.average_rate or stream.guessed_rate or 0),
    }


def draw_poster(picture: Any, target: Path) -> None:
    """Write a decoded picture as a JPEG of at most 640 pixels a side; without success there is just no poster."""
    import av

    scale = min(1.0, POSTER_PIXELS / max(picture.width, picture.height))
    width, height = (max(2, round(side * scale) // 2 * 2) for side in (picture.width, picture.height))
    try:
        encoder: Any = av.CodecContext.create("mjpeg", "w")
        encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
        encoder.time_base = Fraction(1, 25)
        small = picture.reformat(width=width, height=height, format="yuvj420p")
        small.pts, small.time_base = 0, Fraction(1, 25)
        target.write_bytes(b"".join(bytes(packet) for packet in [*encoder.encode(small), *encoder.encode(None)]))
    except (av.FFmpegError, ValueError):
        target.unlink(missing_ok=True)


def picture_kind(content: bytes) -> str | None:
    """Return `image/jpeg` or `image/png` when the bytes decode as such a picture, else None."""
    import io

    import av

    kind = "image/png" if content.startswith(b"\x89PNG\r\n\x1a\n") else "image/jpeg"
    if kind == "image/jpeg" and not content.startswith(b"\xff\xd8\xff"):
        return None
    try:
        with av.open(io.BytesIO(content), "r") as container:
            return kind if next(container.decode(video=0), None) is not None else None
    except (av.FFmpegError, ValueError, IndexError, EOFError):
        return None
