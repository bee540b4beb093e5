"""What the sandbox does with a complete upload behind the server's back: hash it, look at it, take a poster."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from include.sandbox.looking import look_at, sha256_of
from include.sandbox.platforms import all_platforms, kept_as
from include.sandbox.receiving import Intake
from include.sandbox.world import World

LOOK_SECONDS = 2.0


class Workshop:
    """Background work on uploaded files, in threads; nothing waits for it except who asks for `idle`.

    `intakes` are the requests that are storing bytes just now, by upload.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.intakes: dict[str, Intake] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._looks: dict[str, asyncio.Task[None]] = {}
        self._lookers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="look")
        self._hashers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hash")

    def start_again(self) -> None:
        """Get ready, and after a restart do what was left undone."""
        self.run(self._warm_up())
        for kept in (kept for platform in all_platforms() for kept in platform.kept if kept.file):
            for thing in self._world.shelf(kept.kind):
                if kept.arrived(thing) and (thing.sha256 is None or thing.facts is None):
                    self.take(thing)
        for platform in all_platforms():
            platform.resume(self._world, self)

    def take(self, thing: Any) -> None:
        """Hash and inspect the file of a video or post, and keep what was found with it."""
        self._looks[thing.id] = look = self.run(self._look_at(thing))
        look.add_done_callback(lambda _: self._looks.pop(thing.id, None))
        self.run(self._hash(thing))

    def run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something in the background; `idle` waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def looked_at(self, things: Iterable[Any], *, even_early: bool = False) -> None:
        """Wait a moment for what should be processed by now (or `even_early`) but is still being looked at.

        So "processing takes 0 seconds" means that the first question is already answered with "processed".
        """
        seconds = self._world.switches.processing_seconds
        due = [one for one in things if even_early or self._world.now() >= (created(one) or 0) + seconds]
        if looks := [self._looks[one.id] for one in due if one.id in self._looks]:
            await asyncio.wait(looks, timeout=LOOK_SECONDS)

    async def idle(self) -> None:
        """Return when everything that was taken on is done."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _warm_up(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._lookers, importlib.import_module, "av")

    async def _look_at(self, thing: Any) -> None:
        path, poster = file_of(self._world, thing), poster_of(self._world, thing)
        in_thread = asyncio.get_running_loop().run_in_executor
        with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
            thing.facts = await in_thread(self._lookers, look_at, path, poster)
            self._keep(thing)

    async def _hash(self, thing: Any) -> None:
        path = file_of(self._world, thing)
        with contextlib.suppress(FileNotFoundError):
            thing.sha256 = await asyncio.get_running_loop().run_in_executor(self._hashers, sha256_of, path)
            self._keep(thing)

    def _keep(self, thing: Any) -> None:
        shelf = self._world.shelf(type(thing))
        if shelf.get(thing.id) is thing:
            shelf.keep(thing)


def created(thing: Any) -> float | None:
    """Return when the last byte of an upload arrived."""
    return kept_as(type(thing)).arrived(thing)


def file_of(world: World, thing: Any) -> Path:
    """Return where the bytes of an upload are; raises `ValueError` for a kind of thing that has none."""
    name = kept_as(type(thing)).file
    if name is None:
        raise ValueError(f"{type(thing).__name__} has no file.")
    return world.files / name(thing)


def poster_of(world: World, thing: Any) -> Path:
    """Return where its first picture is (there may be none)."""
    return world.pictures / (file_of(world, thing).name + ".poster.jpg")
