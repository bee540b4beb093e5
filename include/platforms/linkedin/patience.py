"""How long to wait before trying once more, and when to stop (full jitter, from 1 s on)."""

from __future__ import annotations

import random
from collections.abc import Callable

from include.platforms.errors import PlatformError, TryAgain

TRIES = 6
CAP_SECONDS = 64.0

_draw = random.SystemRandom().uniform


class Patience:
    """Counts the tries in a row that brought nothing, and waits longer after each."""

    def __init__(self, pause: Callable[[float], None], tries: int = TRIES) -> None:
        """Sleep with `pause` (seconds); allow `tries` failures in a row."""
        self._pause = pause
        self._tries = tries
        self._failures = 0

    def restore(self) -> None:
        """Forget the failures: something went forward."""
        self._failures = 0

    def wait(self, error: PlatformError) -> bool:
        """Wait as long as `error` asks or as its turn says; False, without waiting, when it is time to stop.

        Who is asked to wait for more than a minute stops, too: the worker has better things to do.
        """
        self._failures += 1
        asked = error.after if isinstance(error, TryAgain) else None
        if self._failures >= self._tries or (asked or 0) > CAP_SECONDS:
            return False
        self._pause(_draw(0, min(CAP_SECONDS, 2.0 ** (self._failures - 1))) if asked is None else asked)
        return True
