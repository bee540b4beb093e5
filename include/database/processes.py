"""Watching processes end, with or without somebody who collects them."""

from __future__ import annotations

import time
from collections.abc import Iterable

import psutil


def is_gone(process: psutil.Process) -> bool:
    """Tell whether a process has ended; one that only waits to be collected by its parent has."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_until_gone(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait at most `seconds` for all of them; return those that are still there."""
    deadline = time.monotonic() + seconds
    alive = [process for process in processes if not is_gone(process)]
    while alive and time.monotonic() < deadline:
        time.sleep(0.02)
        alive = [process for process in alive if not is_gone(process)]
    return alive


def family(process: psutil.Process) -> list[psutil.Process]:
    """Return a process with all its descendants, an empty answer when it is gone."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
