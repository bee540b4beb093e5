"""The sandbox as a process of its own, for every test that needs a platform to talk to."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 20


def free_port() -> int:
    """Return a port of this machine nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class SandboxServer:
    """One sandbox process over a data folder; `kill` and `start` again keep the port and what was published."""

    def __init__(self, data: Path, *, processing_seconds: float = 0.0, keep_answers: bool = False) -> None:
        self.data = data
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._endpoints: dict[str, dict[str, str]] = {}
        self._options = ["--processing-seconds", str(processing_seconds)]
        if keep_answers:
            self._options.append("--keep-answers")
        self._client = httpx.Client(base_url=self.base, timeout=60, trust_env=False)

    @classmethod
    def already_running(cls, data: Path, port: int) -> SandboxServer:
        """Return the same grip on a sandbox that somebody else started and will stop."""
        server = cls(data)
        server.port, server.base = port, f"http://127.0.0.1:{port}"
        server._client.base_url = httpx.URL(server.base)
        return server

    def start(self) -> SandboxServer:
        """Start the process and return when it answers; raises with its own words when it does not."""
        self.data.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "include.sandbox", "--port", str(self.port), "--data", str(self.data)]
        with open(self.data / "sandbox.log", "ab") as log:
            self.process = subprocess.Popen(
                [*command, *self._options],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if self._client.get("/sandbox/health").status_code == httpx.codes.OK:
                    return self
            time.sleep(0.03)
        raise RuntimeError(f"The sandbox did not start:\n{(self.data / 'sandbox.log').read_text()[-3000:]}")

    def stop(self) -> None:
        """End the process politely."""
        self._end("terminate")

    def kill(self) -> None:
        """End the process at once, as a power cut would."""
        self._end("kill")

    def _end(self, how: str) -> None:
        if self.process is None:
            return
        getattr(self.process, how)()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self.process = None

    def endpoints(self) -> dict[str, dict[str, str]]:
        """Return what `config/endpoints.yaml` says, pointing here."""
        if not self._endpoints:  # kept: the addresses stay, and a test may ask while the process is down
            self._endpoints = self._call("GET", "/sandbox/endpoints")
        return {platform: dict(bases) for platform, bases in self._endpoints.items()}

    def account(self, platform: str, name: str = "demo", **wanted: Any) -> dict[str, Any]:
        """Make an account and return credentials for it; `wanted` are scopes and the account's own switches."""
        return self._call("POST", "/sandbox/accounts", {"platform": platform, "name": name, **wanted})

    def fault(self, **rule: Any) -> int:
        """Add a fault, such as ``fault(match={"endpoint": "video.init"}, action="drop_after")``; return its number."""
        return int(self._call("POST", "/sandbox/faults", rule)["id"])

    def faults(self) -> list[dict[str, Any]]:
        """Return every fault with how often it was seen and played."""
        return self._call("GET", "/sandbox/faults")

    def clear_faults(self) -> None:
        """Behave again."""
        self._call("DELETE", "/sandbox/faults")

    def published(self, platform: str | None = None) -> list[dict[str, Any]]:
        """Return every video and post that has all its bytes, with its SHA-256; the oldest first."""
        entries = self._call("GET", "/sandbox/published")
        return [entry for entry in entries if platform in (None, entry["platform"])]

    def calls(self, endpoint: str | None = None) -> list[dict[str, Any]]:
        """Return every request to a platform, the oldest first."""
        return [call for call in self._call("GET", "/sandbox/calls") if endpoint in (None, call["endpoint"])]

    def forget_calls(self) -> None:
        """Empty the log of requests."""
        self._call("DELETE", "/sandbox/calls")

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Change switches, and return all of them."""
        return self._call("POST", "/sandbox/settings", changes)

    def reset(self) -> None:
        """Forget all accounts, videos, faults and calls; switches stay."""
        self._call("POST", "/sandbox/reset", {})

    def answers(self) -> list[dict[str, Any]]:
        """Return every body YouTube's side answered (with `keep_answers` only)."""
        kept = self.data / "answers.jsonl"
        return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._client.request(method, path, json=body)
        if answer.is_error:
            raise ValueError(f"{method} {path}: {answer.text}")
        return answer.json()

    def close(self) -> None:
        """End the process and the connections to it."""
        self.stop()
        self._client.close()


@contextlib.contextmanager
def as_it_started(server: SandboxServer) -> Iterator[SandboxServer]:
    """Give a sandbox to one test, and leave it empty and with the switches it had."""
    switches = server.settings()
    yield server
    server.settings(**switches)
    server.clear_faults()
    server.reset()
    server.forget_calls()


@contextlib.contextmanager
def running_sandbox(tmp_path: Path, **options: Any) -> Iterator[SandboxServer]:
    """Run a sandbox below `tmp_path/sandbox`, by default with immediate processing.

    `processing_seconds` and `keep_answers` are for the start; every other option is a switch.
    """
    start = {name: options.pop(name) for name in ("processing_seconds", "keep_answers") if name in options}
    server = SandboxServer(tmp_path / "sandbox", **start)
    try:
        server.start()
        if options:
            server.settings(**options)
        yield server
    finally:
        server.close()
