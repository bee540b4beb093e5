"""Waits on this machine for the browser to come back from a consent page (RFC 8252, 7.3).

Only 127.0.0.1, a port the system picks, one request that counts: any other path, host or state is answered and ignored,
so that no page in the same browser can end somebody's sign-in.
"""

from __future__ import annotations

import hmac
import html
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

HOST = "127.0.0.1"
PATH = "/callback"
LOOK_EVERY_SECONDS = 0.5
READ_SECONDS = 5.0
MAX_REDIRECT_CHARACTERS = 8192
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Release Desk</title>'
    '<meta name="viewport" content="width=device-width,initial-scale=1"></head>'
    '<body style="font:18px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem">'
    "<h1>{title}</h1><p>{text}</p></body></html>"
)
Ended = Callable[[Mapping[str, str]], tuple[str, str]]
"""Takes what came back and returns the title and the text of the page that the browser shows."""


class TooLate(TimeoutError):
    """Nobody came back in time."""


class Loopback:
    """A web server for one redirect; `address` is the redirect address to give to the platform."""

    def __init__(self, port: int = 0) -> None:
        """Listen; raise `OSError` when the port is taken."""
        self._server = _Server((HOST, port), _Visit)
        self.port = int(self._server.server_address[1])
        self.address = f"http://{HOST}:{self.port}{PATH}"

    def wait(self, state: str, ended: Ended, *, seconds: float) -> None:
        """Wait for the redirect that carries `state`, and answer it with the page `ended` returns.

        Raises `TooLate`, and what `ended` raises once the browser has been answered.
        """
        self._server.state, self._server.ended = state, ended
        until = time.monotonic() + seconds
        while not self._server.came:
            left = until - time.monotonic()
            if left <= 0:
                raise TooLate
            self._server.timeout = min(LOOK_EVERY_SECONDS, left)
            self._server.handle_request()
        if self._server.failure is not None:
            raise self._server.failure

    def close(self) -> None:
        """Stop listening."""
        self._server.server_close()

    def __enter__(self) -> Loopback:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Server(HTTPServer):
    allow_reuse_address = False
    state = ""
    ended: Ended
    came = False
    failure: BaseException | None = None


class _Visit(BaseHTTPRequestHandler):
    server: _Server
    timeout = READ_SECONDS

    def do_GET(self) -> None:
        """Take the redirect, and nothing else."""
        asked = urlsplit(self.path)
        given = dict(parse_qsl(asked.query, keep_blank_values=True, max_num_fields=50))
        here = self.headers.get("Host") == f"{HOST}:{self.server.server_address[1]}"
        if asked.path != PATH or not here or len(self.path) > MAX_REDIRECT_CHARACTERS or self.server.came:
            self._answer(404, "Nothing here", "This page is not part of a sign-in.")
            return
        if not hmac.compare_digest(given.get("state", "").encode(), self.server.state.encode()):
            self._answer(400, "Not this sign-in", "Go back to the terminal and use the address that it shows.")
            return
        self.server.came = True
        try:
            title, text = self.server.ended(given)
        except BaseException as error:
            self.server.failure = error
            told = str(error) if isinstance(error, Exception) else "The sign-in was stopped."
            title, text = "Not connected", told
        self._answer(200, title, f"{text} You can close this window and go back to the terminal.")

    def _answer(self, status: int, title: str, text: str) -> None:
        body = PAGE.format(title=html.escape(title), text=html.escape(text)).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            "Connection": "close",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Write nothing: the address holds the code."""
