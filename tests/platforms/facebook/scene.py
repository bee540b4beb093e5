"""What the Facebook tests stand on: real clips, a posting, a desk that calls the sandbox and keeps notes."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np

from include.platforms.contract import Answer, Found, Note, Posting, Published
from include.platforms.errors import AccountTrouble, Rejected
from include.platforms.facebook import Publisher, refresh_tokens
from include.platforms.http import CallRecord, Calls
from include.releases.picture import Picture
from include.releases.publication import Placement
from include.releases.video_facts import VideoFacts
from tests.sandbox_server import SandboxServer

SETTINGS: dict[str, Any] = {"lost_finish": {"looks": 3, "every_seconds": 1}}
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
    size_bytes=1_000_000,
    bit_rate=1_000_000,
    pixel_format="yuv420p",
    audio_sample_rate=48000,
    audio_channels=2,
)
FILLING = random.Random(7).randbytes(1 << 20)


@cache
def clip(width: int = 540, height: int = 960, seconds: float = 4.0, fps: int = 30) -> bytes:
    """Return a real MP4 of one colour with silence, as small as it gets."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(fps), options={"preset": "ultrafast", "crf": "51"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        sound = container.add_stream("aac", rate=48000, layout="stereo")
        picture = av.VideoFrame.from_ndarray(np.full((height, width, 3), 90, dtype=np.uint8), format="rgb24")
        for number in range(round(seconds * fps)):
            picture.pts, picture.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
        for number in range(round(seconds * 48000 / 1024)):
            silence = av.AudioFrame.from_ndarray(np.zeros((2, 1024), dtype=np.float32), "fltp", "stereo")
            silence.sample_rate, silence.pts, silence.time_base = 48000, number * 1024, Fraction(1, 48000)
            container.mux(sound.encode(silence))
        container.mux(sound.encode(None))
    return file.getvalue()


@cache
def picture() -> Picture:
    """Return a real JPEG of the size a reel's cover has."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (1080, 1920), (200, 30, 30)).save(file, "JPEG")
    return Picture(content=file.getvalue(), content_type="image/jpeg", width=1080, height=1920)


@dataclass
class ClipVideo:
    """A real clip, filled up to `size` bytes with a box that players skip.

    No two MiB of the filling are equal, so that a part at a wrong place changes the digest. From byte `changed_at` on
    it cannot be read, as a file that was changed.
    """

    size: int = 300_000
    head: bytes = field(default_factory=clip, repr=False)
    name: str = "release.mp4"
    content_type: str = "video/mp4"
    read: int = 0
    changed_at: int | None = None

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

    @property
    def sha256(self) -> str:
        """Digest of all bytes."""
        digest = hashlib.sha256()
        for piece in replace(self, head=self.head[:-8], changed_at=None).pieces(0, self.size):
            digest.update(piece)
        return digest.hexdigest()


def posting(placement: Placement = Placement.REEL, **changes: Any) -> Posting:
    """Return a posting that Facebook takes, with `changes`."""
    fields: dict[str, Any] = {
        "publication_id": "3f1c0c52-publication",
        "placement": placement,
        "title": "A walk",
        "description": "By the sea.",
        "caption": "By the sea. #sea",
        "tags": ("sea", "walking"),
        "privacy": "public",
        "language": "en",
        "category": None,
        "made_for_kids": False,
        "synthetic_media": False,
        "publish_at": None,
        "options": {},
        "video": ClipVideo(),
        "facts": FACTS,
        "thumbnail": None,
    }
    return Posting(**{**fields, **changes})


def facts(**changes: Any) -> VideoFacts:
    """Return the facts of a file that fits both placements, with `changes`."""
    return replace(FACTS, **changes)


@dataclass
class VaultTokens:
    """Tokens of one sandbox account, renewed at the sandbox's own token endpoint."""

    sandbox: SandboxServer
    credentials: dict[str, Any]
    refreshed: int = 0

    def token(self) -> str:
        """Return the token we have."""
        return str(self.credentials["access_token"])

    def refresh(self, refused: str) -> str:
        """Ask for a new token, as the vault would."""
        given = self.credentials
        if not given.get("refresh_token"):
            raise AccountTrouble("Connect the account again.")
        with Calls(platform="facebook", bases=self.sandbox.endpoints()["facebook"]) as calls:
            fresh = refresh_tokens(calls, given["client_id"], given["client_secret"], given["refresh_token"], given)
        given |= {"access_token": fresh.access_token, "refresh_token": fresh.refresh_token}
        self.refreshed += 1
        return fresh.access_token


@dataclass
class Desk:
    """Publishes to one Page of the sandbox and keeps what the steps would keep: notes, byte counts, pauses, calls."""

    sandbox: SandboxServer
    credentials: dict[str, Any]
    settings: dict[str, Any]
    notes: list[Note] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    records: list[CallRecord] = field(default_factory=list)
    later: timedelta = timedelta()

    def __post_init__(self) -> None:
        self.tokens = VaultTokens(self.sandbox, self.credentials)
        self.calls = Calls(
            platform="facebook",
            bases=self.sandbox.endpoints()["facebook"],
            tokens=self.tokens,
            record=self.records.append,
            pause=self.pauses.append,
        )
        self.publisher = Publisher(
            self.calls,
            settings=self.settings,
            account={"page_id": self.page_id},
            now=lambda: datetime.now(UTC) + self.later,
        )

    @property
    def page_id(self) -> str:
        """The Page's id."""
        return str(self.credentials.get("page_id") or self.credentials["platform_user_id"])

    @property
    def note(self) -> Note | None:
        """The newest note."""
        return self.notes[-1] if self.notes else None

    def save(self, note: Note) -> None:
        """Keep a copy of a note."""
        self.notes.append(dict(note))

    def upload(self, wanted: Posting) -> Answer:
        """Upload from the newest note and keep the answer's."""
        answer = self.publisher.upload(wanted, self.note, self.save, self.counts.append)
        self.save(answer.note)
        return answer

    def find(self, wanted: Posting) -> Found:
        """Look from the newest note and keep what was found, as the steps do."""
        found = self.publisher.find(wanted, self.note)
        if found is None:
            self.notes.clear()
        else:
            self.save(found.note)
        return found

    def check(self, wanted: Posting) -> Answer:
        """Check once from the newest note and keep the answer's."""
        assert self.note is not None
        answer = self.publisher.check(wanted, self.note)
        self.save(answer.note)
        return answer

    def finish(self, wanted: Posting) -> Published:
        """Finish from the newest note."""
        assert self.note is not None
        return self.publisher.finish(wanted, self.note, self.save)

    def endpoints(self) -> list[str]:
        """Return the names of all calls so far, as we name them."""
        return [record.endpoint for record in self.records]

    def posts(self) -> list[dict[str, Any]]:
        """Return what the sandbox shows as published; hashed and looked at."""
        return self.sandbox.published("facebook")

    def the_post(self) -> dict[str, Any]:
        """Return the one post there is."""
        [post] = self.posts()
        return post
