"""What the LinkedIn tests stand on: a real clip of any size, a posting, a desk that calls the sandbox."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import av
import numpy as np

from include.platforms.contract import Answer, Found, Note, Posting, Published
from include.platforms.errors import AccountTrouble, Rejected
from include.platforms.http import CallRecord, Calls
from include.platforms.linkedin import Publisher, refresh_tokens
from include.releases.picture import Picture
from include.releases.publication import Placement
from include.releases.video_facts import VideoFacts
from tests.sandbox_server import SandboxServer

PART = 4_194_304
THREE_PARTS = 2 * PART + 100_001
FACTS = VideoFacts(
    container="mp4",
    video_codec="h264",
    audio_codec="aac",
    width=368,
    height=640,
    rotation=0,
    display_width=368,
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
FILLING = np.random.default_rng(7).bytes(1 << 20)


@cache
def clip(seconds: int = 4) -> bytes:
    """Return a real vertical MP4 of one picture a second."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=1)
        stream.width, stream.height, stream.pix_fmt = FACTS.width, FACTS.height, "yuv420p"
        for number in range(seconds):
            pixels = np.full((FACTS.height, FACTS.width, 3), number * 40, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    return file.getvalue()


def picture(kind: str = "png") -> Picture:
    """Return a small thumbnail."""
    from PIL import Image

    content = io.BytesIO()
    Image.new("RGB", (192, 108), (200, 30, 30)).save(content, kind)
    return Picture(content=content.getvalue(), content_type=f"image/{kind}", width=192, height=108)


@dataclass
class ClipVideo:
    """A real clip, filled up to `size` bytes with a box that players skip; its bytes are made when asked for.

    No two MiB of the filling are equal, so that a part at a wrong place changes the digest.
    """

    size: int = 100_000
    head: bytes = field(default_factory=clip, repr=False)
    name: str = "release.mp4"
    content_type: str = "video/mp4"
    read: int = 0
    changed_at: int | None = None

    def __post_init__(self) -> None:
        """Put the filling's head behind the clip."""
        self.clip = self.head
        self.head += (self.size - len(self.head)).to_bytes(4, "big") + b"free"

    def pieces(self, start: int, stop: int, piece_bytes: int = 1 << 20) -> Iterator[bytes]:
        """Yield the bytes from `start` up to `stop`; refuse to go beyond `changed_at`."""
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
        for piece in replace(self, head=self.clip, changed_at=None).pieces(0, self.size):
            digest.update(piece)
        return digest.hexdigest()


def posting(**changes: Any) -> Posting:
    """Return a posting that LinkedIn takes, with `changes`."""
    fields: dict[str, Any] = {
        "publication_id": "3f1c0c52-publication",
        "placement": Placement.POST,
        "title": "A walk",
        "description": "",
        "caption": "A walk (by the sea) #sea",
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
    }
    return Posting(**{**fields, **changes})


def facts(**changes: Any) -> VideoFacts:
    """Return the facts of a file LinkedIn takes, with `changes`."""
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
        with Calls(platform="linkedin", bases=self.sandbox.endpoints()["linkedin"]) as calls:
            fresh = refresh_tokens(calls, given["client_id"], given["client_secret"], given["refresh_token"])
        given["access_token"] = fresh.access_token
        self.refreshed += 1
        return fresh.access_token


@dataclass
class Desk:
    """Publishes to one sandbox account and keeps what the steps would keep: notes, byte counts, pauses, calls."""

    sandbox: SandboxServer
    credentials: dict[str, Any]
    settings: dict[str, Any]
    notes: list[Note] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    records: list[CallRecord] = field(default_factory=list)
    later: timedelta = timedelta()

    def __post_init__(self) -> None:
        """Open the calls."""
        self.tokens = VaultTokens(self.sandbox, self.credentials)
        self.calls = Calls(
            platform="linkedin",
            bases=self.sandbox.endpoints()["linkedin"],
            tokens=self.tokens,
            record=self.records.append,
            pause=self.pauses.append,
        )
        self.publisher = Publisher(
            self.calls,
            settings=self.settings,
            account={key: self.credentials[key] for key in ("author_urn", "platform_user_id")},
            now=lambda: datetime.now(UTC) + self.later,
        )

    @property
    def author(self) -> str:
        """Who posts."""
        return str(self.credentials["author_urn"])

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

    def check(self, wanted: Posting) -> Answer:
        """Check once from the newest note and keep the answer's."""
        assert self.note is not None
        answer = self.publisher.check(wanted, self.note)
        self.save(answer.note)
        return answer

    def finish(self, wanted: Posting) -> Published:
        """Make the post from the newest note."""
        assert self.note is not None
        answer = self.publisher.finish(wanted, self.note, self.save)
        self.save(answer.note)
        return answer

    def find(self, wanted: Posting) -> Found:
        """Look from the newest note and keep the note found."""
        found = self.publisher.find(wanted, self.note)
        if found is not None:
            self.save(found.note)
        return found

    def prepare(self, wanted: Posting) -> Answer:
        """Upload and look until the video may be posted."""
        answer = self.upload(wanted)
        return self.check(wanted) if self.note and self.note["stage"] == "processing" else answer

    def publish(self, wanted: Posting) -> Published:
        """Upload, look and post."""
        self.prepare(wanted)
        return self.finish(wanted)

    def endpoints(self) -> list[str]:
        """Return the names of all calls so far."""
        return [record.endpoint for record in self.records]

    def posts(self) -> list[dict[str, Any]]:
        """Return the posts there are."""
        return self.sandbox.published("linkedin")

    def the_post(self) -> dict[str, Any]:
        """Return the one post there is."""
        [post] = self.posts()
        return post
