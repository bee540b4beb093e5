"""`Idempotency-Key`: a POST that is sent twice is done once, and answered twice with the same words.

An answer may hold what nobody else should read, such as the address of a consent page. It is encrypted with a key made
of the Idempotency-Key and the request, which only whoever sent them has.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Coroutine
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from include import settings
from include.database import engine, queries
from include.desk import access

SQL = queries.load("requests")
HEADER = "Idempotency-Key"
MAX_KEY_CHARACTERS = 255
DEAD_AFTER_SECONDS = 600
"""Nobody answers a request for longer; a key that is still without an answer then lost its worker."""
NONCE_BYTES = 12
REPEATED = "Idempotent-Replayed"
PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A name of your own for this request, e.g. a UUID. Sent again with the same body within 24 hours it "
    "is answered as the first time, and nothing is done twice; with another body it is refused (422).",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARACTERS},
    "example": "0b6f2c1e-8f0a-4c58-9a55-1d1f5c0f3d0e",
}
"""As OpenAPI tells it; include/desk/app.py puts it beside every POST."""
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class RepeatableRoute(APIRoute):
    """A route whose POST may be sent twice; every router of the app uses it."""

    def get_route_handler(self) -> Handler:
        """Return the route's handler, behind the look for what was answered before."""
        handle = super().get_route_handler()

        async def repeatable(request: Request) -> Response:
            if request.method != "POST" or HEADER not in request.headers:
                return await handle(request)
            return await _once(request, handle)

        return repeatable


async def _once(request: Request, handle: Handler) -> Response:
    key = request.headers[HEADER]
    if not 0 < len(key) <= MAX_KEY_CHARACTERS:
        raise HTTPException(422, f"An Idempotency-Key has 1 to {MAX_KEY_CHARACTERS} characters.")
    acting = await access.signed_in(request, request.headers.get(access.ACT_FOR))
    asked = _Asked(acting.owner, key, request.method, request.url.path, await request.body())
    before = await run_in_threadpool(asked.begin)
    if before is not None:
        return before
    try:
        response = await handle(request)
    except BaseException:  # an error's answer is not kept: nothing came of it, and trying again may help
        await run_in_threadpool(asked.forget)
        raise
    if response.status_code < 400:
        await run_in_threadpool(asked.end, response)
    else:
        await run_in_threadpool(asked.forget)
    return response


class _Asked:
    """One request of one owner, by the fingerprints it is known by."""

    def __init__(self, owner: str, key: str, method: str, path: str, body: bytes) -> None:
        whole = b"\0".join((key.encode(), method.encode(), path.encode(), body))
        self._secret = hashlib.sha512(whole).digest()
        self._owner = owner
        request = b"\0".join((method.encode(), path.encode(), hashlib.sha256(body).digest()))
        self._row: dict[str, Any] = {
            "owner": owner,
            "key": hashlib.sha256(key.encode()).digest(),
            "request": hashlib.sha256(request).digest(),
        }

    def begin(self) -> Response | None:
        """Return None for a new request, the kept answer for a repeated one; raise 409 and 422 otherwise."""
        wanted = self._row | {
            "hours": settings.distribution().rest.answers_kept_hours, "dead_after_seconds": DEAD_AFTER_SECONDS,
        }  # fmt: skip
        with engine.transaction(self._owner) as connection:
            connection.exec_driver_sql(SQL["forget_old_requests"])
            if connection.exec_driver_sql(SQL["begin_request"], wanted).first() is not None:
                return None
            found = connection.exec_driver_sql(SQL["read_request"], self._row).first()
        if found is not None and bytes(found.request_sha256) != self._row["request"]:
            raise HTTPException(
                422, "This Idempotency-Key was used for another request. Send this one with a key of its own."
            )
        if found is None or found.answer is None:
            raise HTTPException(
                409, "A request with this Idempotency-Key is being worked on. Ask again in a moment.",
                headers={"Retry-After": "1"},
            )  # fmt: skip
        return self._opened(bytes(found.answer))

    def end(self, response: Response) -> None:
        """Keep an answer."""
        told = {
            "status": response.status_code,
            "headers": [[name, value] for name, value in response.headers.items() if name != "content-length"],
            "body": bytes(response.body).decode("utf-8"),
        }
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + AESGCM(self._key()).encrypt(nonce, json.dumps(told).encode(), self._row["request"])
        with engine.transaction(self._owner) as connection:
            connection.exec_driver_sql(SQL["end_request"], self._row | {"answer": sealed})

    def forget(self) -> None:
        """Let the key be used again: nothing came of the request."""
        with engine.transaction(self._owner) as connection:
            connection.exec_driver_sql(SQL["forget_request"], self._row)

    def _opened(self, sealed: bytes) -> Response:
        try:
            opened = AESGCM(self._key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._row["request"])
        except InvalidTag:
            raise HTTPException(422, "The answer to this Idempotency-Key cannot be read; use another key.") from None
        told = json.loads(opened)
        return Response(told["body"], told["status"], headers=dict(told["headers"]) | {REPEATED: "true"})

    def _key(self) -> bytes:
        return HKDF(SHA256(), length=32, salt=None, info=b"release desk idempotent answer").derive(self._secret)
