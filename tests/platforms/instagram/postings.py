"""What the Instagram tests post: a real clip of any size, a cover, texts, and a hosting that only names addresses."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from include.platforms.contract import Picture, Posting
from include.platforms.errors import Rejected
from include.releases.publication import Placement
from include.releases.video_facts import VideoFacts
from tests.sandbox.clips import video as encoded

FACTS = VideoFacts(
    container="mp4",
    video_codec="h264",
    audio_codec="aac",
    width=360,
    height=640,
    rotation=0,
    display_width=360,
    display_height=640,
    fps=25.0,
    variable_frame_rate=False,
    duration_seconds=4.0,
    size_bytes=100_000,
    bit_rate=1_000_000,
    pixel_format="yuv420p",
    audio_sample_rate=48000,
    audio_channels=2,
    index_first=True,
)
FILLING = np.random.default_rng(8).bytes(1 << 20)


@cache
def clip() -> bytes:
    """Return a real vertical MP4 of four seconds, its index first."""
    import av

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"  # FFmpeg moves the index in a second pass: it needs a real file
        with (
            av.open(io.BytesIO(encoded(seconds=4))) as old,
            av.open(str(path), "w", options={"movflags": "faststart"}) as new,
        ):
            stream = new.add_stream_from_template(old.streams.video[0])
            for packet in old.demux(video=0):
                if packet.dts is not None:
                    packet.stream = stream
                    new.mux(packet)
        return path.read_bytes()


@cache
def cover(kind: str = "JPEG") -> Picture:
    """Return a cover of the right size."""
    from PIL import Image

    target = io.BytesIO()
    Image.new("RGB", (1080, 1920), (20, 90, 160)).save(target, kind)
    return Picture(content=target.getvalue(), content_type=f"image/{kind.lower()}", width=1080, height=1920)


@dataclass
class ClipVideo:
    """A real clip, filled up to `size` bytes with a box that players skip; refuses to go beyond `changed_at`."""

    size: int = 300_000
    name: str = "release.mp4"
    content_type: str = "video/mp4"
    read: int = 0
    changed_at: int | None = None
    head: bytes = field(default_factory=clip, repr=False)

    def __post_init__(self) -> None:
        self.head += (self.size - len(self.head)).to_bytes(4, "big") + b"free"

    def pieces(self, start: int, stop: int, piece_bytes: int = 1 << 16) -> Iterator[bytes]:
        """Yield the bytes from `start` up to `stop`."""
        while start < stop:
            if self.changed_at is not None and start >= self.changed_at:
                raise Rejected("The video file has changed.")
            piece = self._piece(start, min(stop, start + piece_bytes))
            start += len(piece)
            self.read += len(piece)
            yield piece

    def _piece(self, start: int, stop: int) -> bytes:
        if start < len(self.head):
            return self.head[start:stop]
        block, offset = divmod(start, len(FILLING))
        whole = block.to_bytes(8, "big") + FILLING[8:]
        return whole[offset : offset + stop - start]

    def content(self) -> bytes:
        """Return all bytes."""
        return b"".join(replace(self, head=self.head[:-8], changed_at=None).pieces(0, self.size))

    @property
    def sha256(self) -> str:
        """Digest of all bytes."""
        return hashlib.sha256(self.content()).hexdigest()


@dataclass
class Addresses:
    """A hosting that hands out the addresses it was given."""

    video: str = "https://desk.test/media/video.mp4?signed"
    picture: str = "https://desk.test/media/cover.jpg?signed"
    asked: list[str] = field(default_factory=list)

    def video_address(self) -> str:
        """Return the video's address."""
        self.asked.append("video")
        return self.video

    def picture_address(self, picture: Picture) -> str:
        """Return the picture's address."""
        self.asked.append("picture")
        return self.picture


def facts(**changes: Any) -> VideoFacts:
    """Return the facts of a file Instagram takes, with `changes`."""
    return replace(FACTS, **changes)


def posting(**changes: Any) -> Posting:
    """Return a posting that Instagram takes, with `changes`."""
    fields: dict[str, Any] = {
        "publication_id": "5b1c0c52-publication",
        "placement": Placement.REEL,
        "title": "A walk",
        "description": "",
        "caption": "A walk #sea @ana",
        "tags": ("sea",),
        "privacy": "",
        "language": "en",
        "category": None,
        "made_for_kids": False,
        "synthetic_media": False,
        "publish_at": None,
        "options": {},
        "video": ClipVideo(),
        "facts": FACTS,
        "thumbnail": None,
        "hosting": Addresses(),
    }
    return Posting(**{**fields, **changes})
