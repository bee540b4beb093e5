"""A place to measure in: a temporary folder with a PostgreSQL, a migrated warehouse and a sandbox of its own."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.figures import Say
from include import settings
from include.accounts.accounts import Credentials
from include.accounts.connect import connect
from include.cli import components, health, ports, surroundings
from include.cli.errors import CommandFailed
from include.cli.state import State
from include.database import engine
from include.database.embedded import EmbeddedPostgres
from include.database.migrate import migrate
from include.media.clips import Clip, pad_to
from include.media.sample import make_release

OWNER = "bench"
SEGMENT, AGE_BUCKET = "women", "18-23"
SANDBOX_SECONDS = 60
SMALL = Clip(width=360, height=640, seconds=4, fps=25, video_options=(("preset", "ultrafast"), ("crf", "30")))
"""What every platform takes and what takes no time to make; `pad_to` gives it its size."""


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """Where a measurement works; the product in this process already uses it."""

    folder: Path
    sandbox: str
    environment: dict[str, str]

    @property
    def exports(self) -> Path:
        """The export root."""
        return self.folder / "exports"

    def connect(self, account_id: str, platform: str) -> dict[str, Any]:
        """Connect a fresh sandbox account and return its credentials."""
        given = sandbox_account(self.sandbox, platform, account_id)
        connect(OWNER, account_id, platform, Credentials.model_validate(given))
        return given

    def export(self, title_id: str, size: int | None = None) -> Path:
        """Write a release's three files, its video padded to `size` bytes, and return the video's path."""
        path = make_release(self.exports, segment=SEGMENT, age_bucket=AGE_BUCKET, title_id=title_id, clip=SMALL)
        return path if size is None else pad_to(path, size)

    def received(self) -> list[str]:
        """Return the SHA-256 of every file the sandbox has got, and throw the bytes away."""
        answer = httpx.get(f"{self.sandbox}/sandbox/published", timeout=600, trust_env=False).raise_for_status()
        for path in (self.folder / "sandbox" / "files").iterdir():
            path.unlink()
        return [str(entry["sha256"]) for entry in answer.json()]


@contextmanager
def workplace(say: Say) -> Iterator[Workplace]:
    """Make a workplace, point the product in this process at it, and remove all of it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="release-desk-bench-"))
    state, server = State(folder), EmbeddedPostgres(folder)
    try:
        state.prepare()
        say("starting PostgreSQL and the sandbox")
        server.start()
        migrate(server.addresses.warehouse_owner.url("+psycopg"))
        sandbox, apps = _start_sandbox(state)
        for name in ("exports", "outputs"):
            (folder / name).mkdir()
        played = httpx.get(f"{sandbox}/sandbox/endpoints", trust_env=False).raise_for_status().json()
        environment = {
            "AIRFLOW_CONN_WAREHOUSE": server.addresses.warehouse_app.url(),
            "SECRET_MASTER_KEY": base64.b64encode(os.urandom(32)).decode(),
            "AIRFLOW_HOME": str(state.airflow),
            "AIRFLOW_CONFIG": str(settings.PROJECT / "airflow.cfg"),
            "RELEASE_DESK_EXPORT_ROOT": str(folder / "exports"),
            "RELEASE_DESK_OUTPUT_ROOT": str(folder / "outputs"),
        } | surroundings.sandboxed(state, played, apps)
        with _adopted(environment):
            yield Workplace(folder=folder, sandbox=sandbox, environment=environment)
    finally:
        components.stop_all(state)
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _adopted(environment: dict[str, str]) -> Iterator[None]:
    """Point the product in this process somewhere, and back again: the next measurement begins as this one did."""
    before = dict(os.environ)
    settings.adopt(environment)
    try:
        yield
    finally:
        engine.close_all()
        os.environ.clear()
        os.environ.update(before)
        settings.forget()


def _start_sandbox(state: State) -> tuple[str, Any]:
    port = ports.free_for(None)
    command = [sys.executable, "-m", "include.sandbox", "--port", str(port), "--data", str(state.folder / "sandbox")]
    environment = surroundings.inherited() | {"PYTHONPATH": str(settings.PROJECT)}
    components.start(state, "sandbox", [*command, "--processing-seconds", "0"], environment)
    until = time.monotonic() + SANDBOX_SECONDS
    while (apps := health.ask(port, "/sandbox/apps")) is None:
        if components.find(state, "sandbox") is None or time.monotonic() > until:
            raise CommandFailed(f"The sandbox does not come up:\n{state.last_words('sandbox')}")
        time.sleep(0.05)
    sandbox = f"http://127.0.0.1:{port}"
    switch(sandbox, youtube_quota_uploads=0, youtube_quota_queries=0, youtube_channel_uploads_per_day=0)
    return sandbox, apps


def switch(sandbox: str, **switches: Any) -> None:
    """Change switches of a sandbox, for instance limits that a measurement would meet and a day's work would not."""
    httpx.post(f"{sandbox}/sandbox/settings", json=switches, trust_env=False).raise_for_status()


def sandbox_account(sandbox: str, platform: str, name: str) -> dict[str, Any]:
    """Make an account of a sandbox and return its credentials."""
    body = {"platform": platform, "name": name}
    answer = httpx.post(f"{sandbox}/sandbox/accounts", json=body, trust_env=False).raise_for_status()
    return dict(answer.json())


def sha256_of(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
