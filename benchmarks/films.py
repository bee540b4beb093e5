"""A long real video: one encoded clip, its packets repeated with new times until the file has the wished size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from include.media.clips import Clip, Draw, write_clip

CLIP = Clip(width=1080, height=1920, seconds=4, video_options=(("preset", "ultrafast"), ("crf", "18"), ("bf", "0")))
"""Vertical full HD; without pictures that are shown out of order, so that the ends of two repetitions fit."""


def write_film(path: Path, size: int, draw: Draw | None = None) -> Path:
    """Write an MP4 of at least `size` bytes to `path`, its index complete and as long as such a film's is.

    `draw` gives the clip's pictures (default: a moving wave, 3 Mbit/s). Never more than one clip's packets are in
    memory; every second of it can be played.
    """
    import av

    source = write_clip(path.with_name(f"clip-of-{path.name}"), CLIP, draw=draw)
    try:
        with av.open(str(path), "w") as film, av.open(str(source)) as clip:
            streams = {stream.index: film.add_stream_from_template(stream) for stream in clip.streams}
            film.start_encoding()
            written = 0
            for packet in _repeated(source):
                written += packet.size
                packet.stream = streams[packet.stream.index]
                film.mux(packet)
                if written >= size:
                    break
    finally:
        source.unlink()
    return path


def _repeated(source: Path) -> Iterator[Any]:
    """Yield the clip's packets over and over; each stream goes on where its last packet ended."""
    import av

    ends: dict[int, int] = {}
    while True:
        later: dict[int, int] = {}
        with av.open(str(source)) as clip:
            for packet in clip.demux():
                if packet.dts is None:  # the end of a stream
                    continue
                index = packet.stream.index
                shift = later.setdefault(index, ends.get(index, packet.dts) - packet.dts)
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                ends[index] = packet.dts + packet.duration
                yield packet
