"""One PostgreSQL server for a test process, and a fresh copy of the migrated warehouse for each test."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

from include.database import embedded_roles
from include.database.embedded import EmbeddedPostgres
from include.database.embedded_roles import APP, OWNER, Address
from include.database.migrate import migrate

TEMPLATE = "desk_template"
PREFIX = "release-desk-tests-"


@dataclass(frozen=True, kw_only=True)
class Warehouse:
    """A migrated, empty warehouse; SQLAlchemy addresses for migrations and for the product."""

    name: str
    owner_url: str
    app_url: str


class PostgresServer:
    """The embedded server in a temporary folder; unsafe after a power cut, and therefore fast."""

    def __init__(self) -> None:
        remove_left_behind()
        self.root = Path(tempfile.mkdtemp(prefix=PREFIX))
        started = psutil.Process().create_time()
        (self.root / "test-process").write_text(f"{os.getpid()} {started}\n", encoding="utf-8")
        self._server = EmbeddedPostgres(self.root, durable=False)
        self._numbers = itertools.count(1)
        self._server.start()
        with self._server.connect() as connection:
            embedded_roles.create_database(connection, TEMPLATE, owner=OWNER, guests=(APP,))
        migrate(self._address(OWNER, TEMPLATE))

    def clone_database(self) -> Warehouse:
        """Make a fresh copy of the migrated warehouse."""
        name = f"warehouse_{next(self._numbers)}"
        with self._server.connect() as connection:
            embedded_roles.create_database(connection, name, owner=OWNER, guests=(APP,), template=TEMPLATE)
        return Warehouse(name=name, owner_url=self._address(OWNER, name), app_url=self._address(APP, name))

    def empty_database(self) -> Warehouse:
        """Make a warehouse without any migration, for the tests of the migrations themselves."""
        name = f"empty_{next(self._numbers)}"
        with self._server.connect() as connection:
            embedded_roles.create_database(connection, name, owner=OWNER, guests=(APP,))
        return Warehouse(name=name, owner_url=self._address(OWNER, name), app_url=self._address(APP, name))

    def drop(self, warehouse: Warehouse) -> None:
        """Remove a copy, also while a connection to it is still open."""
        with self._server.connect() as connection:
            embedded_roles.drop_database(connection, warehouse.name)

    def superuser(self, warehouse: Warehouse) -> psycopg.Connection[Any]:
        """Return a connection that sees every row of a warehouse, to look at what really happened."""
        return self._server.connect(warehouse.name)

    def close(self) -> None:
        """Stop the server and delete everything it wrote."""
        self._server.remove()
        shutil.rmtree(self.root)

    def _address(self, user: str, database: str) -> str:
        password = embedded_roles.password(user, self._server.store)
        address = Address(user=user, password=password, port=self._server.port, database=database)
        return address.url("+psycopg")


def remove_left_behind() -> None:
    """Remove servers whose test process was killed before it could do so itself."""
    for root in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        note = root / "test-process"
        if not note.exists() or root.stat().st_uid != os.geteuid():
            continue
        with suppress(FileNotFoundError):  # another worker is at it
            pid, started = note.read_text(encoding="utf-8").split()
            if _is_alive(int(pid), float(started)):
                continue
            note.rename(root / "being-removed")  # of several workers that see it, one
            EmbeddedPostgres(root).remove()
            shutil.rmtree(root, ignore_errors=True)


def _is_alive(pid: int, started: float) -> bool:
    """Say whether that process still runs; its number may belong to another one by now."""
    try:
        return abs(psutil.Process(pid).create_time() - started) < 1  # seconds
    except psutil.NoSuchProcess:
        return False
