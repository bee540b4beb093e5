"""One PostgreSQL server for a test process, and a fresh copy of the migrated warehouse for each test."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from include.database import embedded_home, embedded_roles
from include.database.embedded import EmbeddedPostgres
from include.database.embedded_roles import APP, OWNER, Address
from include.database.embedded_server import SUPERUSER
from include.database.migrate import migrate

TEMPLATE = "desk_template"
PREFIX = "release-desk-tests-"
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 4 << 30
"""Free space in memory from which on the data is kept there: a copy is 1,000 files, and a disk is asked for each."""

HURRIED = ("full_page_writes = off", "max_wal_size = '512MB'", "checkpoint_timeout = '1h'")
"""What a server that nobody needs after a power cut can do without; durability itself is off already."""


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
        keep_in_memory(self.root)
        self._server = EmbeddedPostgres(self.root, durable=False)
        self._numbers = itertools.count(1)
        self._server.start()
        self._make_cheap()
        self._superuser = self._server.connect()  # kept: a test makes and drops a database, each over a connection
        embedded_roles.create_database(self._superuser, TEMPLATE, owner=OWNER, guests=(APP,))
        migrate(self._address(OWNER, TEMPLATE))

    def _make_cheap(self) -> None:
        """Turn off what costs each test time and proves nothing: work for a power cut, and for guessed passwords.

        Passwords are still asked for, by SCRAM: of 1 round instead of 4,096, so that a connection costs 2 ms of the
        test's time instead of 5.
        """
        with self._server.connect() as connection:
            for setting in HURRIED:
                connection.execute(sql.SQL("alter system set " + setting))
            connection.execute("select pg_reload_conf()")
            connection.execute("set scram_iterations = 1")
            embedded_roles.create_roles(connection, self._server.store)  # makes the verifiers anew
            connection.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(SUPERUSER), embedded_roles.password(SUPERUSER, self._server.store)
                )
            )

    def clone_database(self) -> Warehouse:
        """Make a fresh copy of the migrated warehouse: copying its files is cheaper than logging its pages."""
        name = f"warehouse_{next(self._numbers)}"
        self._superuser.execute(
            sql.SQL("create database {} owner {} template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(TEMPLATE)
            )
        )
        embedded_roles.create_database(self._superuser, name, owner=OWNER, guests=(APP,))  # who may enter
        return Warehouse(name=name, owner_url=self._address(OWNER, name), app_url=self._address(APP, name))

    def empty_database(self) -> Warehouse:
        """Make a warehouse without any migration, for the tests of the migrations themselves."""
        name = f"empty_{next(self._numbers)}"
        embedded_roles.create_database(self._superuser, name, owner=OWNER, guests=(APP,))
        return Warehouse(name=name, owner_url=self._address(OWNER, name), app_url=self._address(APP, name))

    def drop(self, warehouse: Warehouse) -> None:
        """Remove a copy, also while a connection to it is still open."""
        embedded_roles.drop_database(self._superuser, warehouse.name)

    def superuser(self, warehouse: Warehouse) -> psycopg.Connection[Any]:
        """Return a connection that sees every row of a warehouse, to look at what really happened."""
        return self._server.connect(warehouse.name)

    def close(self) -> None:
        """Stop the server and delete everything it wrote."""
        self._superuser.close()
        self._server.remove()
        shutil.rmtree(self.root)

    def _address(self, user: str, database: str) -> str:
        password = embedded_roles.password(user, self._server.store)
        address = Address(user=user, password=password, port=self._server.port, database=database)
        return address.url("+psycopg")


def keep_in_memory(root: Path) -> None:
    """Let the server of `root` have its data in memory, where there is room and its user can be given a folder.

    Only root can: the server of anybody else has its data below `root`. What `remove` deletes, it deletes there.
    """
    if os.geteuid() == 0 and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY))
        (root / "postgres.home.json").write_text(json.dumps({"folder": str(folder)}), encoding="utf-8")
        embedded_home.find_home(root)  # makes the user, if need be
        user = embedded_home._server_user()
        os.chown(folder, user.pw_uid, user.pw_gid)


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
