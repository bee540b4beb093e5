"""Keeps every JSON body YouTube's API answers, so that a test can hold it against Google's own definition."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from include.sandbox.endpoints import endpoint_of, header

WITHOUT = {"oauth.token", "oauth.revoke", "oauth.authorize", "unknown"}
"""Sign-in answers hold tokens and are no part of the API's definition."""


class AnswerKeeper:
    """Writes one line `{"endpoint", "status", "body"}` for each answer."""

    def __init__(self, app: ASGIApp, target: Path) -> None:
        self._app = app
        self._target = target

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request and keep what was answered."""
        endpoint = endpoint_of(scope) if scope["type"] == "http" else None
        if endpoint is None or endpoint.platform != "youtube" or endpoint.name in WITHOUT:
            await self._app(scope, receive, send)
            return
        status, body, is_json = 0, bytearray(), False

        async def keep(message: Message) -> None:
            nonlocal status, is_json
            if message["type"] == "http.response.start":
                status = message["status"]
                is_json = "json" in (header({"headers": message["headers"]}, "content-type") or "")
            body.extend(message.get("body", b""))
            ended = message["type"] == "http.response.body" and not message.get("more_body")
            if ended and is_json and b"fields=" not in scope["query_string"]:
                self._write({"endpoint": endpoint.name, "status": status, "body": json.loads(bytes(body))})
            await send(message)  # after it was written, so that who has the answer also finds it in the file

        await self._app(scope, receive, keep)

    def _write(self, answer: dict[str, Any]) -> None:
        with open(self._target, "a") as file:
            file.write(json.dumps(answer) + "\n")
