"""What the YouTube tests stand on: a real clip of any size, a posting, a desk that calls the sandbox."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np

from include.platforms.contract import Note, Picture, Posting
from include.platforms.errors import AccountTrouble
from include.platforms.http import CallRecord, Calls
from include.platforms.youtube.auth import refresh_tokens
from include.platforms.youtube.publish import Publisher
from include.releases.publication import Placement
from include.releases.video_facts import VideoFacts
from tests.sandbox_server import SandboxServer

UNIT = 262_144
FACTS = VideoFacts(
    container="mp4",
    video_codec="h264",
    audio_codec="aac",
    width=1080,
    height=1920,
    rotation=0,
    display_width=1080,
    display_height=1920,
    fps=30.0,
    variable_frame_rate=False,
    duration_seconds=21.0,
    size_bytes=1000,
    bit_rate=1_000_000,
    pixel_format="yuv420p",
    audio_sample_rate=48000,
    audio_channels=2,
)


@cache
def clip(size: int = 0) -> bytes:
    """Return a real vertical MP4 of half a second, filled up to `size` bytes with a box that players skip."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(10))
        stream.width, stream.height, stream.pix_fmt = 96, 160, "yuv420p"
        for number in range(5):
            pixels = np.full((160, 96, 3), number * 40, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    made = file.getvalue()
    if size <= len(made) + 8:
        return made
    filling = np.random.default_rng(7).bytes(size - len(made) - 8)
    return made + (size - len(made)).to_bytes(4, "big") + b"free" + filling


@cache
def png(width: int = 720, height: int = 1280) -> bytes:
    """Return a real PNG."""
    file = io.BytesIO()
    with av.open(file, "w", format="image2pipe") as container:
        stream = container.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = width, height, "rgb24"
        frame = av.VideoFrame.from_ndarray(np.zeros((height, width, 3), dtype=np.uint8), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def picture(**changes: Any) -> Picture:
    """Return a thumbnail that YouTube takes, with `changes`."""
    fields = {"content": png(), "content_type": "image/png", "width": 720, "height": 1280}
    return Picture(**{**fields, **changes})


@dataclass
class ClipVideo:
    """A video in memory that counts how many of its bytes were read."""

    content: bytes
    name: str = "release.mp4"
    content_type: str = "video/mp4"
    read: int = 0

    @property
    def size(self) -> int:
        """Size in bytes."""
        return len(self.content)

    @property
    def sha256(self) -> str:
        """Digest of all bytes."""
        return hashlib.sha256(self.content).hexdigest()

    def pieces(self, start: int, stop: int, piece_bytes: int = 1 << 20) -> Iterator[bytes]:
        """Yield the bytes from `start` up to `stop`."""
        for begin in range(start, stop, piece_bytes):
            piece = self.content[begin : min(stop, begin + piece_bytes)]
            self.read += len(piece)
            yield piece


def facts(**changes: Any) -> VideoFacts:
    """Return the facts of a file that YouTube takes as a Short, with `changes`."""
    return replace(FACTS, **changes)


def posting(**changes: Any) -> Posting:
    """Return a posting that YouTube takes, with `changes`."""
    fields: dict[str, Any] = {
        "publication_id": "3f1c0c52-publication",
        "placement": Placement.SHORT,
        "title": "A walk by the sea",
        "description": "Waves.",
        "caption": "A walk by the sea",
        "tags": ("sea", "slow walk"),
        "privacy": "public",
        "language": "en",
        "category": None,
        "made_for_kids": False,
        "synthetic_media": False,
        "publish_at": None,
        "options": {},
        "video": ClipVideo(clip(3 * UNIT + 12_345)),
        "facts": FACTS,
        "thumbnail": None,
    }
    return Posting(**{**fields, **changes})


@dataclass
class VaultTokens:
    """Tokens of one sandbox account, renewed at the sandbox's own token endpoint."""

    credentials: dict[str, Any]
    bases: dict[str, str]
    refreshed: int = 0
    dead: bool = False

    def token(self) -> str:
        """Return the newest access token."""
        return str(self.credentials["access_token"])

    def refresh(self, refused: str) -> str:
        """Renew it unless somebody did already."""
        if self.dead:
            raise AccountTrouble("The account must be reconnected.", code="invalid_grant")
        if refused == self.credentials["access_token"]:
            self.refreshed += 1
            with Calls(platform="youtube", bases=self.bases) as calls:
                names = ("client_id", "client_secret", "refresh_token")
                new = refresh_tokens(calls, *(self.credentials[name] for name in names))
            self.credentials["access_token"] = new.access_token
        return self.token()


@dataclass(kw_only=True)
class Desk:
    """A publisher for one account of the sandbox, with everything it saved, waited for and called."""

    sandbox: SandboxServer
    credentials: dict[str, Any]
    settings: dict[str, Any]
    notes: list[Note] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    records: list[CallRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        bases = self.sandbox.endpoints()["youtube"]
        self.tokens = VaultTokens(self.credentials, bases)
        self.calls = Calls(
            platform="youtube",
            bases=bases,
            tokens=self.tokens,
            pause=self.pauses.append,
            record=self.records.append,
        )
        self.publisher = Publisher(self.calls, settings=self.settings, account=self.credentials)

    def save(self, note: Note) -> None:
        """Keep a note as the ledger does: a copy."""
        self.notes.append(dict(note))

    def upload(self, what: Posting, note: Note | None = None) -> Any:
        """Upload as a step does."""
        return self.publisher.upload(what, note, self.save, self.counts.append)

    def check(self, what: Posting, note: Note) -> Any:
        """Check as a step does, once the sandbox has looked at all files it got."""
        self.sandbox.published()
        return self.publisher.check(what, note)

    def find(self, what: Posting, note: Note | None) -> Any:
        """Find as a step does, once the sandbox has looked at all files it got."""
        self.sandbox.published()
        return self.publisher.find(what, note)

    def finish(self, what: Posting, note: Note) -> Any:
        """Finish as a step does."""
        return self.publisher.finish(what, note, self.save)

    def endpoints(self) -> list[str]:
        """Return what was called, in order."""
        return [record.endpoint for record in self.records]
