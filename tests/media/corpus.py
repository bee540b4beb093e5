"""The corpus: files of every kind, and by hand what each placement says of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from include.media.clips import Clip, cut, pad_to, write_clip

PLACEMENTS = (
    "youtube video", "youtube short", "tiktok video", "tiktok inbox", "instagram reel", "instagram story",
    "instagram feed", "facebook reel", "facebook video", "linkedin post",
)  # fmt: skip
WORDS = {"F": "fits", "C": "convertible", "R": "refused"}
UNREADABLE = "not readable"

QUICK = (("preset", "ultrafast"), ("crf", "20"))
P = Clip(width=540, height=960, seconds=3.2, fps=24, video_options=QUICK)
"""Portrait, 9:16: the smallest that every placement takes."""
L = replace(P, width=960, height=540)
PLAIN: tuple[tuple[str, str], ...] = (("b", "1500000"),)
VP = (("deadline", "realtime"), ("cpu-used", "8"), ("b", "1500000"))
AV1 = (("preset", "10"), ("crf", "8"))  # finer ones at preset 12 are streams that no decoder takes (SVT-AV1 4.1)
HEVC = replace(P, video_codec="libx265", video_options=(("preset", "ultrafast"), ("crf", "14")))
VP9 = replace(P, video_codec="libvpx-vp9", audio_codec="libopus", video_options=VP)
VP8 = replace(VP9, video_codec="libvpx")
AV1_CLIP = replace(P, video_codec="libsvtav1", video_options=AV1)
MPEG4 = replace(P, video_codec="mpeg4", video_options=PLAIN)
MPEG2 = replace(P, video_codec="mpeg2video", audio_codec="mp2", video_options=PLAIN)

Spoil = Callable[[Path], Any]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One file: how it is made, and a letter for each of `PLACEMENTS` (None: nobody can read it)."""

    name: str
    ending: str
    clip: Clip | None
    says: str | None
    spoil: Spoil | None = None

    @property
    def expected(self) -> dict[str, str] | str:
        """Return the verdict of each placement."""
        if self.says is None:
            return UNREADABLE
        letters = self.says.replace(" ", "")
        return {placement: WORDS[letter] for placement, letter in zip(PLACEMENTS, letters, strict=True)}

    def make(self, folder: Path) -> Path:
        """Write the file below `folder` and return its path."""
        path = folder / f"{self.name.replace(' ', '-')}{self.ending}"
        if self.clip is not None:
            draw = noise(self.clip) if "noisy" in self.name else None
            write_clip(path, self.clip, draw=draw)
        if self.spoil is not None:
            spoilt = self.spoil(path)
            return spoilt if isinstance(spoilt, Path) else path
        return path


def case(name: str, ending: str, clip: Clip | None, says: str | None, spoil: Spoil | None = None) -> Case:
    return Case(name=name, ending=ending, clip=clip, says=says, spoil=spoil)


def noise(clip: Clip) -> Callable[[int], Any]:
    random = np.random.default_rng(5)
    half = (clip.height // 2, clip.width // 2)

    def draw(number: int) -> Any:
        light = random.integers(16, 236, (clip.height, clip.width), dtype=np.uint8)
        return light, np.full(half, 128, np.uint8), np.full(half, 128, np.uint8)

    return draw


def called(ending: str) -> Spoil:
    """Give a file another ending than its content has."""
    return lambda path: Path(shutil.move(path, path.with_name(f"{path.stem}-called{ending}")))


def kept(share: float) -> Spoil:
    """Cut a file off."""
    return lambda path: cut(path, int(path.stat().st_size * share))


def padded(size: int) -> Spoil:
    """Make a file larger, sparse on disk."""
    return lambda path: pad_to(path, size)


def lasting(seconds: float) -> Spoil:
    """Repeat a clip until it lasts so long, without encoding it again."""

    def repeat(path: Path) -> None:
        once = Path(shutil.move(path, path.with_name(f"once-{path.name}")))
        with av.open(str(once)) as source, av.open(str(path), "w", options={"movflags": "+faststart"}) as target:
            streams = {each.index: target.add_stream_from_template(each, opaque=True) for each in source.streams}
            packets = [packet for packet in source.demux() if packet.dts is not None]
            for packet in repeated(packets, seconds):
                packet.stream = streams[packet.stream_index]
                target.mux(packet)
        once.unlink()

    return repeat


def repeated(packets: list[Any], seconds: float) -> Iterator[Any]:
    """Yield the packets over and over; each stream goes on where its last packet ended."""
    ends: dict[int, int] = {}
    while True:
        shifts: dict[int, int] = {}
        for packet in packets:
            index, length = packet.stream_index, packet.duration or 1
            shift = shifts.setdefault(index, ends.get(index, packet.dts) - packet.dts)
            ends[index] = packet.dts + shift + length
            if float(ends[index] * packet.time_base) > seconds:
                return
            again = av.Packet(bytes(packet))
            again.pts, again.dts, again.duration = packet.pts + shift, packet.dts + shift, length
            again.time_base, again.is_keyframe, again.stream = packet.time_base, packet.is_keyframe, packet.stream
            yield again


def picture(kind: str) -> Spoil:
    return lambda path: Image.new("RGB", (540, 960), (9, 99, 200)).save(path, format=kind)


def text(content: bytes) -> Spoil:
    return lambda path: path.write_bytes(content)
