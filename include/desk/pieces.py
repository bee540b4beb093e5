"""Reads an open file for an event loop: at once what is in memory, in a thread what has to come from the disk."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

PIECE_BYTES = 1 << 20
"""Sent at a time: behind Airflow's middlewares each piece costs a task switch. 64 KiB take twice as long (measured with
1 GiB over the loopback, 2026-11-21); 2 MiB are no faster."""
AHEAD_BYTES = 8 << 20
THREADS = 8
"""Readers waiting for a disk; our own, so that a slow disk does not hold up the rest of the API server."""

_NOWAIT: int | None = getattr(os, "RWF_NOWAIT", None)  # Linux 4.14: fail instead of waiting for the disk


@cache
def _readers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="hosted")


async def read_piece(descriptor: int, at: int, most: int) -> bytes | memoryview:
    """Return up to `most` bytes from position `at`; empty at the end of the file. Never blocks the event loop."""
    in_memory = _from_memory(descriptor, at, most)
    if in_memory is not None:
        return in_memory
    return await asyncio.get_running_loop().run_in_executor(_readers(), _from_disk, descriptor, at, most)


def _from_disk(descriptor: int, at: int, most: int) -> bytes:
    """Wait for the disk, and let it fetch what comes next while this piece is sent."""
    piece = os.pread(descriptor, most, at)
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, at + len(piece), AHEAD_BYTES, os.POSIX_FADV_WILLNEED)
    return piece


def _from_memory(descriptor: int, at: int, most: int) -> memoryview | None:
    """Return what the page cache holds of it, None when that is nothing or cannot be told."""
    if _NOWAIT is None:
        return None
    piece = bytearray(most)
    try:
        got = os.preadv(descriptor, [piece], at, _NOWAIT)
    except OSError:  # BlockingIOError: not in memory; EOPNOTSUPP: this file system cannot tell
        return None
    return memoryview(piece)[:got] if got else None
