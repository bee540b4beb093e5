"""Real servers that notices go to: one for e-mail, one for webhooks, which behaves as a test wants."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import yaml
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from include import settings
from include.database import engine

SECRET = "what the receiver knows"
Configure = Callable[..., None]


@dataclass
class Mailbox:
    """What an SMTP server took, and how it behaves."""

    refuse: str | None = None
    messages: list[tuple[list[str], Message]] = field(default_factory=list)
    logins: list[LoginPassword] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a message (aiosmtpd calls this)."""
        if self.refuse:
            return self.refuse
        self.messages.append((list(envelope.rcpt_tos), message_from_bytes(envelope.content)))
        return "250 OK"

    def let_in(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        """Remember who signed in."""
        self.logins.append(data)
        return AuthResult(success=True)


@dataclass
class Receiver:
    """An HTTP server that keeps what it got and answers as told."""

    status: int = 200
    seconds: float = 0
    """It waits so long before it answers."""
    words: bytes | None = None
    """What it says instead of HTTP, a byte each 0.05 s."""
    location: str = ""
    """Where a redirect leads; its own address unless given."""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    address: str = ""
    stop: Event = field(default_factory=Event)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real SMTP server on the loopback."""
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        box.port = probe.getsockname()[1]
    controller = Controller(
        box, hostname="127.0.0.1", port=box.port, authenticator=box.let_in, auth_require_tls=False
    )  # fmt: skip
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A real HTTP server on the loopback."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seconds = kept.seconds  # as it is when the request is there: `got` tells a test that it may be changed
            kept.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            kept.stop.wait(seconds)
            if kept.words is not None:
                self.drip(kept.words)
                return
            self.send_response(kept.status)
            if 300 <= kept.status < 400:
                self.send_header("Location", kept.location or f"{kept.address}/elsewhere")
            self.end_headers()

        def drip(self, words: bytes) -> None:
            with suppress(OSError):  # who listens has gone
                for each in words:
                    self.wfile.write(bytes([each]))
                    self.wfile.flush()
                    if kept.stop.wait(0.05):
                        break

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    kept.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield kept
    kept.stop.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def configure(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Set `notices` of distribution.yaml."""

    def write(**wanted: Any) -> None:
        config = yaml.safe_load((settings.PROJECT / "config/distribution.yaml").read_text())
        folder = desk / "config"
        folder.mkdir(exist_ok=True)
        (folder / "distribution.yaml").write_text(yaml.safe_dump(config | {"notices": wanted}))
        monkeypatch.setenv("RELEASE_DESK_CONFIG", str(folder))
        settings.forget()

    return write


@pytest.fixture
def both(configure: Configure, mailbox: Mailbox, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """E-mail and webhook, each to a real server."""
    monkeypatch.setenv(
        "AIRFLOW_CONN_SMTP_DEFAULT", f"smtp://127.0.0.1:{mailbox.port}?disable_ssl=true&disable_tls=true"
    )
    monkeypatch.setenv("AIRFLOW_CONN_RELEASE_DESK_WEBHOOK", json.dumps({"conn_type": "http", "password": SECRET}))
    configure(
        email_to=["desk@example.com", "on.call@example.com"], email_from="release-desk@example.com",
        webhook_url=f"{receiver.address}/hook?a=1", webhook_inside=["127.0.0.1"],
    )  # fmt: skip


def let_it_be_due(owner: str = "alice") -> None:
    """Let the time of everything that waits to be sent be now."""
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql("update desk.notice_delivery set next_try_at = now() where next_try_at is not null")


def deliveries(owner: str = "alice") -> list[dict[str, Any]]:
    """Return an owner's deliveries."""
    with engine.transaction(owner) as connection:
        found = connection.exec_driver_sql("select * from desk.notice_delivery order by way, made_at").mappings()
        return [dict(row) for row in found]
