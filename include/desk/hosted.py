"""Serves hosted files to platforms: one signed address, one file, until a time; nothing else can be asked.

Anonymous by design: the address is the permission. A plain ASGI application without state of its own, because large
files pass through it: keys come from the settings, files from the disk, so a restart changes nothing, and whoever was
in the middle goes on with a range request.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Callable
from email.utils import formatdate
from pathlib import Path
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from include import settings
from include.desk.byte_ranges import wanted_ranges
from include.desk.hosted_parts import Answer, Part, answer_for
from include.desk.pieces import PIECE_BYTES, read_piece
from include.media import addresses, local

log = logging.getLogger("release_desk.hosted")

PREFIX = addresses.PREFIX
NOT_VALID = "This address is not valid (any more). Each is made for one file as it is and works for a limited time."
ONLY_READ = "Files are only read here: GET or HEAD."
COPY_AGES_SECONDS = 2
"""A Last-Modified younger than this is no strong validator: two writes may share a second (RFC 9110, 8.8.2.2)."""


class FileChanged(RuntimeError):
    """The file was written to while it was sent; the connection is cut, so that nobody takes the mixture for whole."""


class HostedFiles:
    """The ASGI application; mounted below `/hosted` by the plugin."""

    def __init__(self, root: Callable[[], Path] = settings.hosting_root, now: Callable[[], float] = time.time) -> None:
        """Serve the files below what `root` returns; `now` is the clock addresses expire by (Unix time)."""
        self._root = root
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        query = scope["query_string"]
        scope["query_string"] = b""  # whoever logs this request later must not write the signature down
        if scope["method"] not in {"GET", "HEAD"}:
            await _say(send, 405, ONLY_READ, ((b"allow", b"GET, HEAD"),))
            return
        descriptor = await asyncio.to_thread(self._opened, _name(scope), query)
        if descriptor is None:
            await _say(send, 403, NOT_VALID)
            return
        try:
            await self._serve(scope, receive, send, descriptor)
        finally:
            os.close(descriptor)

    def _opened(self, name: str, query: bytes) -> int | None:
        """Return the file an address is for, open; None, with a line in the log, for an address we do not honour."""
        parameters = parse_qs(query.decode("latin-1"))
        until, token = (parameters.get(key, [""])[-1] for key in ("until", "token"))
        descriptor = local.open_hosted(self._root(), name)
        if descriptor is None:
            log.info("refused %r: there is no such file", name[:80])
            return None
        mark = addresses.content_mark(os.fstat(descriptor))
        if not addresses.is_signed(name, until, token, mark):
            log.info("refused %s: the address was altered, or the file was", name)
        elif not until.isdecimal() or int(until) <= self._now():
            log.info("refused %s: the address has expired", name)
        else:
            return descriptor
        os.close(descriptor)
        return None

    async def _serve(self, scope: Scope, receive: Receive, send: Send, descriptor: int) -> None:
        status = os.fstat(descriptor)
        etag = f'"{addresses.content_mark(status)}"'
        modified = formatdate(status.st_mtime, usegmt=True)
        ranges = None
        if scope["method"] == "GET" and self._range_holds(_header(scope, b"if-range"), etag, modified, status):
            ranges = wanted_ranges(_header(scope, b"range"), status.st_size)
        answer = answer_for(ranges, size=status.st_size, content_type=local.content_type_of(_name(scope)))
        headers = [
            *answer.headers, (b"accept-ranges", b"bytes"), (b"etag", etag.encode()), *SAFE,
            (b"last-modified", modified.encode()),
        ]  # fmt: skip
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if scope["method"] == "HEAD" or not answer.parts:
            await send({"type": "http.response.body", "body": b""})
            return
        await _send_parts(receive, send, descriptor, answer, addresses.content_mark(status))

    def _range_holds(self, condition: str | None, etag: str, modified: str, status: os.stat_result) -> bool:
        """Say whether `If-Range` (or its absence) lets a part be sent (RFC 9110, 13.1.5)."""
        if condition is None:
            return True
        if condition.startswith('"'):
            return condition == etag
        return condition == modified and self._now() - status.st_mtime >= COPY_AGES_SECONDS


SAFE = (
    (b"cache-control", b"private"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
"""The address is a permission: shared caches keep nothing, and it is not told to others as a referrer."""


async def _send_parts(receive: Receive, send: Send, descriptor: int, answer: Answer, mark: str) -> None:
    """Send the body and stop early when the client has left; raise `FileChanged` when somebody writes to the file."""
    gone = asyncio.ensure_future(_until_gone(receive))
    left = answer.length
    try:
        async for piece in _pieces(descriptor, answer.parts, mark):
            if gone.done():
                return
            left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": left > 0})
    finally:
        gone.cancel()


async def _pieces(descriptor: int, parts: tuple[Part, ...], mark: str) -> AsyncIterator[bytes | memoryview]:
    for part in parts:
        if isinstance(part, bytes):
            yield part
            continue
        at, stop = part
        while at < stop:
            piece = await read_piece(descriptor, at, min(PIECE_BYTES, stop - at))
            if not piece or addresses.content_mark(os.fstat(descriptor)) != mark:
                raise FileChanged("A hosted file was written to while it was sent.")
            at += len(piece)
            yield piece


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _say(send: Send, status: int, sentence: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    body = f"{sentence}\n".encode()
    fixed = ((b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": [*fixed, *SAFE, *headers]})
    await send({"type": "http.response.body", "body": body})


def _name(scope: Scope) -> str:
    """Return the name that follows the place we are mounted at; "" when something else stands there.

    A proxy that cuts off the path of Airflow's `base_url` leaves a `root_path` the path does not begin with.
    """
    rest: str = scope["path"].removeprefix(scope.get("root_path", "")).removeprefix(addresses.PREFIX)
    name = rest.removeprefix("/")
    return name if addresses.NAME.fullmatch(name) else ""


def _header(scope: Scope, name: bytes) -> str | None:
    """Return a header of the request; several of one name count as one list."""
    values = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return ", ".join(values) if values else None
