"""The door of the REST API: nobody enters who is not signed in, too often or with too much, and no log has a secret.

Pure ASGI, around everything else: it also stands before bodies are read, and before addresses that do not exist.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import traceback
from pathlib import Path

from fastapi import HTTPException, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from include import settings
from include.desk import access, pace, problems

log = logging.getLogger("release_desk.desk")

READING = ("GET", "HEAD", "OPTIONS")
FOREIGN = ("cross-site", "same-site")
"""What browsers say in `Sec-Fetch-Site` of a request that a page of another origin has sent."""
HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
"""Answers are one user's own, and the callback's address has a code in it: nobody keeps or passes it on."""
LARGE = "/publish/batch"
"""The one address that takes a large body."""
OPAQUE = re.compile(r"[^\s\"'(),;=]{12,}")


class Door:
    """Middleware of the app; see the module."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or answer it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        inner = dict(scope)
        scope["query_string"] = b""  # whoever logs this request later must not write a code down
        passage = _Passage(receive, send)
        request = Request(inner, passage.receive)
        try:
            who = await access.identify(request)
            _refuse_foreign_pages(request)
            passage.most_bytes = _most_bytes(request)
            _refuse_large_or_packed(request, passage.most_bytes)
            await asyncio.to_thread(pace.step, who)
            await self._app(inner, passage.receive, passage.send)
        except HTTPException as refused:
            told = problems.answer(request, refused.status_code, str(refused.detail), headers=refused.headers)
            await told(inner, passage.receive, passage.send)
        except Exception as error:
            number = secrets.token_hex(6)
            log.error("%s: %s failed. %s", number, _name(inner), told_safely(error))
            if not passage.started:
                told = problems.answer(request, 500, problems.FAILED.format(number=number))
                await told(inner, passage.receive, passage.send)


class _Passage:
    """What goes through the door: counted on the way in, marked as private on the way out."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._bytes = 0
        self.most_bytes = 0
        self.started = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes > self.most_bytes:
            raise _too_large(self.most_bytes)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
        await self._send(message)


def told_safely(error: BaseException) -> str:
    """Return an exception for the log: kinds, places in the code, and messages without anything that may be secret."""
    told, current, seen = [], error, 0
    while current is not None and seen < 5:
        frames = traceback.extract_tb(current.__traceback__)
        places = " < ".join(
            f"{Path(frame.filename).parent.name}/{Path(frame.filename).name}:{frame.lineno}"
            for frame in reversed(frames[-12:])
        )
        message = OPAQUE.sub("…", str(current).split("\n", 1)[0][:300])
        told.append(f"{type(current).__name__}: {message} (at {places})")
        current, seen = current.__cause__ or current.__context__, seen + 1  # type: ignore[assignment]
    return " because of ".join(told)


def _refuse_foreign_pages(request: Request) -> None:
    """Refuse what another origin's page sends with our cookie; browsers say so themselves, programs have no cookie."""
    by_cookie = "authorization" not in request.headers
    if request.method not in READING and by_cookie and request.headers.get("sec-fetch-site") in FOREIGN:
        raise HTTPException(403, "A page of another site asked for this; it was not done.")


def _most_bytes(request: Request) -> int:
    """Return how large this request's body may be."""
    rest = settings.distribution().rest
    return rest.batch_bytes if request.url.path.endswith(LARGE) else rest.body_bytes


def _refuse_large_or_packed(request: Request, most: int) -> None:
    """Refuse a body by its headers alone: what says that it is too large, and what would grow when it is unpacked."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise HTTPException(415, "Send the body as it is: nothing is unpacked here (no Content-Encoding).")
    told = request.headers.get("content-length", "0")
    if not (told.isascii() and told.isdigit()) or len(told) > 18 or int(told) > most:
        raise _too_large(most)


def _too_large(most: int) -> HTTPException:
    """Return the refusal; the connection is closed, so that nobody has to read the rest."""
    return HTTPException(413, f"The body may have {most} bytes at most.", headers={"Connection": "close"})


def _name(scope: Scope) -> str:
    return f"{scope['method']} {getattr(scope.get('route'), 'path', 'an unknown address')}"
