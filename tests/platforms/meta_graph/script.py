"""A Meta that answers by a script, for what no sandbox account can be brought to say, and a meter that remembers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx

from include.platforms.errors import AccountTrouble
from include.platforms.http import CallRecord, Calls

BASES = {
    "graph": "https://graph.test",
    "video": "https://video.test",
    "instagram_graph": "https://ig.test",
    "upload": "https://upload.test",
    "authorize": "https://www.test",
    "instagram_authorize": "https://www-ig.test",
    "instagram_token": "https://api-ig.test",
}
Line = httpx.Response | Exception | Mapping[str, Any] | list[Any]


def refusal(code: int, subcode: int | None = None, message: str = "No.", *, status: int = 400, **more: Any) -> Line:
    """Return Meta's error answer."""
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1", **more}
    return httpx.Response(status, json={"error": error | ({"error_subcode": subcode} if subcode else {})})


@dataclass
class Script(httpx.BaseTransport):
    """Answers one line after the other and keeps what was asked; the last line is repeated."""

    lines: list[Line]
    asked: list[httpx.Request] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer the next line."""
        request.read()
        self.asked.append(request)
        line = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        if isinstance(line, Exception):
            raise line
        if isinstance(line, httpx.Response):
            return httpx.Response(line.status_code, headers=line.headers, content=line.content)
        return httpx.Response(200, json=line)

    def form(self, number: int = -1) -> dict[str, str]:
        """Return the form of a request."""
        return dict(parse_qsl(self.asked[number].content.decode()))

    def paths(self) -> list[str]:
        """Return what was asked for, in order."""
        return [request.url.path for request in self.asked]


@dataclass
class Tokens:
    """Tokens that can be renewed `left` times."""

    left: int = 1
    number: int = 0

    def token(self) -> str:
        """Return the newest."""
        return f"EAAtoken{self.number}"

    def refresh(self, refused: str) -> str:
        """Return a newer one."""
        if refused == self.token():
            if not self.left:
                raise AccountTrouble("Connect it again.", code="190")
            self.left -= 1
            self.number += 1
        return self.token()


@dataclass
class Meter:
    """Remembers what it was told to stop."""

    pauses: list[tuple[datetime, str, str]] = field(default_factory=list)
    read_pauses: list[tuple[datetime, str, str]] = field(default_factory=list)
    told: list[tuple[str, int, int | None]] = field(default_factory=list)

    def reserve(self, endpoint: str) -> object:
        """Take nothing."""
        return endpoint

    def settle(self, reservation: object, *, sent: bool) -> int:
        """Cost nothing."""
        return 0

    def pause(self, until: datetime, why: str, *, shared_by: str, reads_only: bool = False) -> None:
        """Remember."""
        (self.read_pauses if reads_only else self.pauses).append((until, why, shared_by))

    def limited(self, endpoint: str, until: datetime, why: str, *, code: str | None, passing: bool) -> None:
        """Remember nothing: what Meta's codes stop is told by `pause`."""

    def tell(self, bucket: str, *, used: int, limit: int | None, **where: object) -> None:
        """Remember."""
        self.told.append((bucket, used, limit))


@dataclass
class Stage:
    """Calls over a script, with everything they left behind."""

    lines: list[Line]
    left: int = 1
    slept: list[float] = field(default_factory=list)
    records: list[CallRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.script = Script(self.lines)
        self.meter, self.tokens = Meter(), Tokens(left=self.left)
        self.calls = Calls(
            platform="instagram",
            bases=BASES,
            tokens=self.tokens,
            meter=self.meter,  # type: ignore[arg-type]
            record=self.records.append,
            pause=self.slept.append,
            client=httpx.Client(transport=self.script),
        )


def answer(body: Any, **headers: str) -> httpx.Response:
    """Return a good answer with headers; underscores in their names become dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(200, content=json.dumps(body).encode(), headers=named)


Play = Callable[..., Stage]
