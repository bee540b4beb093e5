"""An Instagram with one container, whose every word a test can set: for states that no real order of calls leads to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx

from include.platforms.contract import Answer, Note, Posting
from include.platforms.http import Calls
from include.platforms.instagram import Publisher
from tests.platforms.meta_graph.script import BASES, Line, Meter, Tokens, refusal

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MISSING = refusal(100, 33, "Object does not exist")
STUCK = {"uploading_phase": {"status": "error", "bytes_transferred": 0}, "processing_phase": {"status": "error"}}


def shown(number: int, *, caption: str = "A walk #sea @ana", ago: float = 0, kind: str = "REELS") -> dict[str, Any]:
    """Return a post as the account's list shows it, `ago` seconds before the try."""
    when = NOW - timedelta(seconds=ago)
    return {
        "id": str(number), "caption": caption, "timestamp": when.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "media_type": "VIDEO", "media_product_type": kind, "permalink": f"https://www.instagram.com/reel/{number}/",
    }  # fmt: skip


@dataclass
class Little(httpx.BaseTransport):
    """Answers what was set; `asked` keeps method and path.

    `cuts` are the bytes after which each sending breaks off; `taken` is what arrived, and `container` tells it.
    """

    container: dict[str, Any] | Line | list[Any] | str | None = None
    posts: list[dict[str, Any]] = field(default_factory=list)
    publish: Line = field(default_factory=lambda: {"id": "555"})
    limit: Line = field(default_factory=lambda: {"data": [{"quota_usage": 1, "config": {"quota_total": 50}}]})
    knows_captions: bool = True
    create: Line = field(default_factory=lambda: {"id": "444", "uri": f"{BASES['upload']}/ig-api-upload/v26.0/444"})
    cuts: list[int] = field(default_factory=list)
    taken: bytearray = field(default_factory=bytearray)
    forms: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    patience: dict[str, float] = field(default_factory=dict)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer by the path's last word."""
        last = request.url.path.rsplit("/", 1)[1]
        if request.url.host == "upload.test":
            return self._take(request)
        request.read()
        self.asked.append(f"{request.method} {last}")
        self.patience[last] = request.extensions["timeout"]["read"]
        if request.method == "POST":
            self.forms.append(dict(parse_qsl(request.content.decode())))
        line = self._line(last, request.url.params.get("fields", ""))
        if isinstance(line, Exception):
            raise line
        return line if isinstance(line, httpx.Response) else httpx.Response(200, json=line)

    def _line(self, last: str, fields: str) -> Any:
        if last == "media_publish":
            return self.publish
        if last == "content_publishing_limit":
            return self.limit
        if self.asked[-1] == "POST media":
            return self.create
        if last in ("media", "stories"):
            if "caption" in fields and not self.knows_captions:
                return refusal(100, message="(#100) Tried accessing nonexisting field (caption)")
            return {"data": self.posts}
        if last == "444":
            if isinstance(self.container, list):
                return self.container.pop(0) if len(self.container) > 1 else self.container[0]
            if self.container == "taken":
                return received(len(self.taken))
            return MISSING if self.container is None else self.container
        return {"id": last, "permalink": f"https://www.instagram.com/reel/{last}/"}

    def _take(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"BYTES {request.headers['offset']}")
        if int(request.headers["offset"]) != len(self.taken):
            info = {"retriable": False, "type": "OffsetInvalidError", "message": "offset"}
            return httpx.Response(400, json={"debug_info": info})
        cut = self.cuts.pop(0) if self.cuts else None
        for piece in request.stream:  # type: ignore[union-attr]
            self.taken += piece
            if cut is not None and len(self.taken) >= cut:
                del self.taken[cut:]
                raise httpx.WriteError("cut off")
        if cut is not None:
            raise httpx.ReadError("the answer was lost")
        return httpx.Response(200, json={"success": True, "message": "Upload successful."})

    def changed(self) -> list[str]:
        """Return the calls that change something."""
        return [call for call in self.asked if not call.startswith("GET")]


@dataclass
class Scene:
    """A publisher at a little Instagram, its notes, and a clock."""

    little: Little
    settings: dict[str, Any] = field(default_factory=dict)
    account: dict[str, Any] = field(default_factory=lambda: {"ig_user_id": "178", "login": "facebook"})
    notes: list[Note] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    later: float = 2.0

    def __post_init__(self) -> None:
        calls = Calls(
            platform="instagram",
            bases=BASES,
            tokens=Tokens(),
            meter=Meter(),  # type: ignore[arg-type]
            pause=self.slept.append,
            client=httpx.Client(transport=self.little),
        )
        self.publisher = Publisher(
            calls, settings=self.settings, account=self.account, now=lambda: NOW + timedelta(seconds=self.later)
        )

    def upload(self, wanted: Posting, earlier: Note | None = None) -> Answer:
        """Upload, keeping every note and count."""
        return self.publisher.upload(wanted, earlier, self.save, self.counts.append)

    def save(self, note: Note) -> None:
        """Keep a copy of a note."""
        self.notes.append(dict(note))


def note(stage: str, *, tried: bool = False, **changes: Any) -> Note:
    """Return a note as an earlier step left it; `tried`: `media_publish` may have been called at NOW."""
    fields: Note = {
        "stage": stage, "placement": "reel", "caption": "A walk #sea @ana", "size": 300_000, "container_id": "444",
        "created_at": (NOW - timedelta(seconds=60)).isoformat(), "warnings": [],
    }  # fmt: skip
    if tried:
        fields |= {"attempted_at": NOW.isoformat(), "seen": []}
    return {**fields, **changes}


def status(code: str, text: str = "", **more: Any) -> dict[str, Any]:
    """Return a container's answer."""
    return {"id": "444", "status_code": code, "status": text, **more}


def received(count: int) -> dict[str, Any]:
    """Return the answer of a container that has so many bytes."""
    phases = {"uploading_phase": {"status": "in_progress", "bytes_transferred": count}}
    return status("IN_PROGRESS", video_status=phases)


def only_reads(calls: Iterable[str]) -> bool:
    """Say whether nothing was changed."""
    return all(call.startswith("GET") for call in calls)
