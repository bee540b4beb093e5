"""Where notices arrive: a mail server that keeps every letter, and an address that takes every webhook.

Nobody else is written to: an installation that publishes to the sandbox sends its mail here, too.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

KEPT = 500
"""Letters, and webhooks, that are kept; the oldest are forgotten first."""
SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")
WEBHOOK_PATH = "/sandbox/webhooks"


@dataclass(kw_only=True)
class Inbox:
    """What has arrived since the sandbox was started."""

    letters: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT))
    webhooks: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
        """Keep a letter."""
        content = envelope.content
        message = message_from_bytes(content if isinstance(content, bytes) else b"", policy=policy.default)
        self.letters.append(
            {
                "at": datetime.now(UTC).isoformat(),
                "to": list(envelope.rcpt_tos),
                "subject": str(message["Subject"]),
                "text": _text(message, "plain"),
                "page": _text(message, "html"),
            }
        )
        return "250 Kept"

    async def listen(self, port: int) -> asyncio.Server:
        """Take letters at a port of the loopback; nobody signs in there."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: SMTP(self, enable_SMTPUTF8=True), "127.0.0.1", port)


def _text(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else None


async def take_webhook(request: Request) -> Response:
    """`POST /sandbox/webhooks`: keep a webhook and answer 204."""
    inbox: Inbox = request.app.state.inbox
    body = await request.body()
    try:
        told = json.loads(body)
    except ValueError:
        return JSONResponse({"error": "The body is not JSON."}, 400)
    signed = {name: request.headers[name] for name in SIGNED if name in request.headers}
    inbox.webhooks.append({"at": datetime.now(UTC).isoformat(), "headers": signed, "body": told})
    return Response(status_code=204)


async def show_webhooks(request: Request) -> Response:
    """`GET /sandbox/webhooks`: the newest last."""
    return JSONResponse(list(request.app.state.inbox.webhooks))


async def show_letters(request: Request) -> Response:
    """`GET /sandbox/letters`: the newest last."""
    return JSONResponse(list(request.app.state.inbox.letters))


def inbox_routes() -> list[BaseRoute]:
    """Return the routes."""
    return [
        Route(WEBHOOK_PATH, take_webhook, methods=["POST"]),
        Route(WEBHOOK_PATH, show_webhooks),
        Route("/sandbox/letters", show_letters),
    ]
