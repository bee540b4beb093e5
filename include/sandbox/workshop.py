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
from include.sandbox.receiving import Intake
from include.sandbox.things import Post, Video
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
        for video in self._world.videos:
            if video.sha256 is None or video.facts is None:
                self.take(video)
        for post in self._world.posts:
            if post.uploaded_at and (post.sha256 is None or post.facts is None):
                self.take(post)

    def take(self, thing: Video | Post) -> None:
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

    async def looked_at(self, things: Iterable[Video | Post], *, even_early: bool = False) -> None:
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

    async def _look_at(self, thing: Video | Post) -> None:
        path, poster = file_of(self._world, thing), poster_of(self._world, thing)
        in_thread = asyncio.get_running_loop().run_in_executor
        with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
            thing.facts = await in_thread(self._lookers, look_at, path, poster)
            self._keep(thing)

    async def _hash(self, thing: Video | Post) -> None:
        path = file_of(self._world, thing)
        with contextlib.suppress(FileNotFoundError):
            thing.sha256 = await asyncio.get_running_loop().run_in_executor(self._hashers, sha256_of, path)
            self._keep(thing)

    def _keep(self, thing: Video | Post) -> None:
        if isinstance(thing, Video) and self._world.videos.get(thing.id) is thing:
            self._world.videos.keep(thing)
        if isinstance(thing, Post) and self._world.posts.get(thing.id) is thing:
            self._world.posts.keep(thing)


def created(thing: Video | Post) -> float | None:
    """Return when the last byte of a video or post arrived."""
    return thing.created_at if isinstance(thing, Video) else thing.uploaded_at


def file_of(world: World, thing: Video | Post) -> Path:
    """Return where the bytes of a video or post are."""
    return world.files / (thing.file if isinstance(thing, Video) else f"tiktok-{thing.upload}")


def poster_of(world: World, thing: Video | Post) -> Path:
    """Return where its first picture is (there may be none)."""
    return world.pictures / (file_of(world, thing).name + ".poster.jpg")
