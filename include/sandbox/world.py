"""What exists in the sandbox: accounts, tokens, videos, posts; in memory, and in a file so that a restart keeps it."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from include.sandbox.calls import CallLog
from include.sandbox.platforms import all_platforms
from include.sandbox.switches import Switches
from include.sandbox.things import Account, App, Code, Count, Grant, Token
from include.sandbox.windows import Windows


class Thing(Protocol):
    """Anything that is kept: a dataclass with an `id`."""

    id: str


T = TypeVar("T", bound=Thing)


class Shelf(Generic[T]):
    """All things of one kind by id; a change counts for good once `keep` was called.

    `changes` counts what was kept and taken away: what was made out of the things is good as long as it stands still.
    """

    def __init__(self, store: sqlite3.Connection, kind: type[T]) -> None:
        self.changes = 0
        self._store = store
        self._kind = kind.__name__
        rows = store.execute("select body from things where kind = ? order by rowid", (self._kind,)).fetchall()
        loaded = [kind(**json.loads(body)) for (body,) in rows]
        self._things: dict[str, T] = {thing.id: thing for thing in loaded}

    def keep(self, thing: T) -> T:
        """Put the thing (back) on the shelf and into the file."""
        self.changes += 1
        self._things[thing.id] = thing
        body = json.dumps(asdict(thing))  # type: ignore[call-overload]
        self._store.execute(
            "insert into things (kind, id, body) values (?, ?, ?) "
            "on conflict (kind, id) do update set body = excluded.body",
            (self._kind, thing.id, body),
        )
        return thing

    def drop(self, key: str) -> None:
        """Take the thing away; one that is not there is fine."""
        self.changes += 1
        self._things.pop(key, None)
        self._store.execute("delete from things where kind = ? and id = ?", (self._kind, key))

    def get(self, key: str | None) -> T | None:
        """Return the thing with that id, or None."""
        return self._things.get(key) if key else None

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._things.values()))

    def __len__(self) -> int:
        return len(self._things)

    def clear(self) -> None:
        """Take everything away."""
        self.changes += 1
        self._things.clear()
        self._store.execute("delete from things where kind = ?", (self._kind,))


class World:
    """One sandbox's whole state below `data`; only the server's event loop touches it."""

    def __init__(self, data: Path, switches: Switches) -> None:
        self.data = data
        self.switches = switches
        self.calls = CallLog(switches)
        self.windows = Windows()
        data.mkdir(parents=True, exist_ok=True)
        for folder in (self.files, self.pictures):
            folder.mkdir(exist_ok=True)
        self._store = sqlite3.connect(data / "sandbox.sqlite", isolation_level=None)
        self._store.execute("pragma journal_mode = wal")
        self._store.execute("pragma synchronous = off")  # a killed process loses nothing; only a power cut would
        self._store.execute("create table if not exists things (kind, id, body, primary key (kind, id))")
        store = self._store
        self.apps = Shelf(store, App)
        self.accounts = Shelf(store, Account)
        self.grants = Shelf(store, Grant)
        self.tokens = Shelf(store, Token)
        self.codes = Shelf(store, Code)
        self.counts = Shelf(store, Count)
        own: list[Shelf[Any]] = [self.apps, self.accounts, self.grants, self.tokens, self.codes, self.counts]
        kinds = [kept.kind for platform in all_platforms() for kept in platform.kept]
        self._shelves: dict[type[Any], Shelf[Any]] = {kind: Shelf(store, kind) for kind in kinds}
        self._all = [*own, *self._shelves.values()]

    def shelf(self, kind: type[T]) -> Shelf[T]:
        """Return all things of one of the platforms' kinds (`Platform.kept`)."""
        return self._shelves[kind]

    @property
    def files(self) -> Path:
        """Folder of the uploaded bytes."""
        return self.data / "files"

    @property
    def pictures(self) -> Path:
        """Folder of thumbnails, given or taken from the video."""
        return self.data / "pictures"

    def now(self) -> float:
        """Return the sandbox's time as a Unix time stamp."""
        stopped = self.switches.clock_stopped_at
        return stopped or time.time() + self.switches.clock_offset_seconds

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Let several changes reach the file together or, when the process is killed, not at all."""
        self._store.execute("begin")
        try:
            yield
        finally:
            self._store.execute("commit")

    def forget_everything(self) -> None:
        """Be as new: no accounts, no videos, no calls, default apps only; switches stay."""
        for shelf in self._all:
            shelf.clear()
        self.calls.clear()
        self.windows.clear()
        for folder in (self.files, self.pictures):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(exist_ok=True)

    def close(self) -> None:
        """Close the file."""
        self._store.close()


ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def new_id(length: int, letters: str = ID_LETTERS) -> str:
    """Return a random id as the platforms make them."""
    return "".join(secrets.choice(letters) for _ in range(length))


def iso(moment: float) -> str:
    """Write a time stamp as RFC 3339 in UTC with seconds."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
