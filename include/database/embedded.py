"""A real PostgreSQL server from pip, for one machine: passwords only, loopback only, its data survives."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

from include.database import embedded_roles, embedded_server
from include.database.embedded_home import EmbeddedError, Home, find_home
from include.database.embedded_roles import Address
from include.database.embedded_server import SUPERUSER
from include.database.secrets_file import SecretsFile

START_SECONDS = 300
"""Crash recovery after a power cut replays the log before the server answers; 10 s would be too short."""

RECOVERY_SECONDS = 3
"""A normal start says for a moment that it is starting up; what takes longer is told."""

LEFTOVER_SECONDS = 20
"""How long the helpers of a killed server may take to notice it and let go of its memory."""


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Who reaches what on the embedded server."""

    superuser: Address
    metadata: Address
    warehouse_owner: Address
    warehouse_app: Address


class EmbeddedPostgres:
    """One PostgreSQL server below `root` (normally `.desk/`); its passwords are in `root/secrets.env`.

    It runs in a session of its own, so that it survives whoever started it; `stop` ends it from any process.
    `durable=False` (tests) gives up safety after a power cut for speed. `say` hears of anything unusual.
    """

    def __init__(self, root: Path, *, durable: bool = True, say: Callable[[str], None] = lambda sentence: None) -> None:
        self.root = root.resolve()
        self.store = SecretsFile(self.root / "secrets.env")
        self.log = self.root / "logs" / "postgres.log"
        self._durable, self._say = durable, say
        self._remembered = self.root / "postgres.port"

    @property
    def port(self) -> int:
        """Return the port it listens on or did last; raise `EmbeddedError` before the first start."""
        try:
            return int(self._remembered.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            raise EmbeddedError("The embedded PostgreSQL has not been started yet.") from None

    @property
    def addresses(self) -> Addresses:
        """Return the addresses of metadata and warehouse; a start may change the port in them."""
        return Addresses(
            superuser=self._address(SUPERUSER, "postgres"),
            metadata=self._address(embedded_roles.METADATA, embedded_roles.METADATA),
            warehouse_owner=self._address(embedded_roles.OWNER, embedded_roles.WAREHOUSE),
            warehouse_app=self._address(embedded_roles.APP, embedded_roles.WAREHOUSE),
        )

    def process(self) -> psutil.Process | None:
        """Return the server's process, or None when it does not run."""
        was_started = self._remembered.exists()  # else looking would make a home
        return embedded_server.running(find_home(self.root)) if was_started else None

    def is_running(self) -> bool:
        """Tell whether the server's process is there; it may still be recovering."""
        return self.process() is not None

    def start(self) -> None:
        """Start the server unless it runs; return when it answers and has our roles and databases.

        Raises `EmbeddedError` with the server's own last words when it does not come up.
        """
        with self._alone():
            home = find_home(self.root)
            forgotten = embedded_server.stop_forgotten(home)
            if not home.data.exists():
                for folder in forgotten:
                    self._say(f"The data of an installation that was deleted here is still in {folder}.")
                embedded_server.make_data(home, self._password(SUPERUSER), durable=self._durable)
            if embedded_server.running(home) is None:
                self._launch(home)
            else:
                self._answers(None)
            with self.connect() as connection:
                embedded_roles.create_roles(connection, self.store)
                embedded_roles.create_databases(connection)

    def stop(self) -> None:
        """Stop the server, if it runs, and wait until none of its processes is left."""
        if self._remembered.exists():
            with self._alone():
                embedded_server.stop(self.process())

    def remove(self) -> None:
        """Stop the server and delete its data for good (tests)."""
        if self._remembered.exists():
            self.stop()
            shutil.rmtree(find_home(self.root).folder)
            for note in (self._remembered, self.root / "postgres.home.json"):
                note.unlink(missing_ok=True)

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Open a connection as the superuser; every statement commits at once."""
        return psycopg.connect(self._address(SUPERUSER, database).url(), autocommit=True, connect_timeout=5)

    def _password(self, user: str) -> str:
        return embedded_roles.password(user, self.store)

    def _address(self, user: str, database: str) -> Address:
        return Address(user=user, password=self._password(user), port=self.port, database=database)

    def _launch(self, home: Home) -> None:
        deadline = time.monotonic() + LEFTOVER_SECONDS
        port = self._choose_port()
        while words := self._launch_at(home, port):
            if "Address already in use" in words:
                port = embedded_server.free_port()
            elif "shared memory block" not in words or time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL does not start; see {self.log}. Its last words:\n{words}")
            time.sleep(0.2)

    def _choose_port(self) -> int:
        try:
            port = self.port
        except EmbeddedError:
            return embedded_server.free_port()
        if embedded_server.is_free(port):
            return port
        other = embedded_server.free_port()
        self._say(f"Port {port} is taken by another program; PostgreSQL now listens on {other}.")
        return other

    def _launch_at(self, home: Home, port: int) -> str:
        """Start the server on `port`; return nothing when it answers, else its last words."""
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(self.log, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as log:
            before = log.seek(0, os.SEEK_END)
            process = embedded_server.launch(home, port, log, durable=self._durable)
            self._remembered.write_text(f"{port}\n", encoding="utf-8")
            try:
                if self._answers(process):
                    return ""
            except BaseException:  # also Ctrl-C: nothing half-started stays behind
                embedded_server.stop(psutil.Process(process.pid) if process.poll() is None else None)
                raise
            log.seek(before)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-8:]) or "nothing"

    def _answers(self, process: subprocess.Popen[bytes] | None) -> bool:
        """Return True when the server answers, False when `process` ended before."""
        began, told = time.monotonic(), False
        while process is None or process.poll() is None:
            try:
                with self.connect():
                    return True
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    words = f"PostgreSQL's data was made with another password than the one in {self.store.path}."
                    raise EmbeddedError(words) from None
                if not told and "starting up" in str(error) and time.monotonic() > began + RECOVERY_SECONDS:
                    told = True
                    self._say("PostgreSQL is recovering what an unclean stop left.")
            if time.monotonic() > began + START_SECONDS:
                raise EmbeddedError(f"PostgreSQL did not answer within {START_SECONDS} s; see {self.log}.")
            time.sleep(0.03)
        return False

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time start or stop this server."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.root / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)
