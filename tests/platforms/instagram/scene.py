"""A desk that publishes to one sandbox account, a hosting that really serves files, and a death that can be ordered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from include.platforms.contract import Answer, Note, Picture, Posting, VideoFile
from include.platforms.errors import AccountTrouble
from include.platforms.http import CallRecord, Calls
from include.platforms.instagram import Publisher, refresh_tokens
from tests.sandbox_server import SandboxServer


class Killed(BaseException):
    """The process died here."""


Moment = tuple[str, int]
"""What happens, and for which time."""


@dataclass
class Death:
    """Kills at one moment; without it only counts. A call has two moments, and so has a saved note."""

    at: Moment | None = None
    moments: list[Moment] = field(default_factory=list)

    def pass_by(self, what: str) -> None:
        """Count a moment, and die when it is the one."""
        times = 1 + sum(name == what for name, _ in self.moments)
        self.moments.append((what, times))
        if self.moments[-1] == self.at:
            raise Killed(what)


class Wire(httpx.BaseTransport):
    """The network, on which one may die before a call goes out or before its answer is read."""

    def __init__(self, death: Death) -> None:
        self._death = death
        self._real = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send for real."""
        last = request.url.path.rsplit("/", 1)[1]
        what = f"{request.method} {'an object' if last.isdigit() else last}"
        self._death.pass_by(f"before {what}")
        answer = self._real.handle_request(request)
        answer.read()
        self._death.pass_by(f"after {what}")
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._real.close()


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
        with Calls(platform="instagram", bases=self.sandbox.endpoints()["instagram"]) as calls:
            fresh = refresh_tokens(calls, given["client_id"], given["client_secret"], given["refresh_token"], given)
        given |= {"access_token": fresh.access_token, "refresh_token": fresh.refresh_token}
        self.refreshed += 1
        return fresh.access_token


@dataclass
class FileHosting:
    """Serves the posting's files on this machine, as the desk's hosting would."""

    address: str
    files: dict[str, tuple[bytes, str]]
    video: VideoFile

    def video_address(self) -> str:
        """Serve the video."""
        content = b"".join(self.video.pieces(0, self.video.size))
        self.files["/video.mp4"] = (content, self.video.content_type)
        return f"{self.address}/video.mp4"

    def picture_address(self, picture: Picture) -> str:
        """Serve a picture."""
        self.files["/cover.jpg"] = (picture.content, picture.content_type)
        return f"{self.address}/cover.jpg"


@contextmanager
def serving() -> Iterator[Callable[[VideoFile], FileHosting]]:
    """Run a file server and return a maker of hostings on it."""
    files: dict[str, tuple[bytes, str]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = files.get(self.path)
            self.send_response(200 if found else 404)
            if found:
                self.send_header("Content-Type", found[1])
                self.send_header("Content-Length", str(len(found[0])))
            self.end_headers()
            self.wfile.write(found[0] if found else b"")

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield lambda video: FileHosting(f"http://127.0.0.1:{server.server_port}", files, video)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass
class Desk:
    """Publishes to one sandbox account and keeps what the steps would keep: notes, byte counts, calls."""

    sandbox: SandboxServer
    credentials: dict[str, Any]
    settings: dict[str, Any]
    death: Death = field(default_factory=Death)
    notes: list[Note] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    records: list[CallRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens = VaultTokens(self.sandbox, self.credentials)
        self.restart()

    def restart(self) -> None:
        """Begin as a new process would: with what was saved, and nothing else."""
        self.calls = Calls(
            platform="instagram",
            bases=self.sandbox.endpoints()["instagram"],
            tokens=self.tokens,
            record=self.records.append,
            pause=self.pauses.append,
            client=httpx.Client(transport=Wire(self.death), timeout=30),
        )
        self.publisher = Publisher(self.calls, settings=self.settings, account=self.credentials)

    @property
    def note(self) -> Note | None:
        """The newest note."""
        return self.notes[-1] if self.notes else None

    def save(self, note: Note) -> None:
        """Keep a copy of a note."""
        self.death.pass_by(f"before note {note.get('stage')}")
        self.notes.append(dict(note))
        self.death.pass_by(f"after note {note.get('stage')}")

    def upload(self, wanted: Posting) -> Answer:
        """Upload from the newest note and keep the answer's."""
        answer = self.publisher.upload(wanted, self.note, self.save, self.counts.append)
        self.save(answer.note)
        return answer

    def endpoints(self) -> list[str]:
        """Return the names of all calls so far."""
        return [record.endpoint for record in self.records]

    def posts(self) -> list[dict[str, Any]]:
        """Return what is out."""
        return self.sandbox.published("instagram")

    def the_post(self) -> dict[str, Any]:
        """Return the one post there is."""
        [post] = self.posts()
        return post
