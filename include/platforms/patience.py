"""How long to wait before a call is tried once more, and when to stop: full jitter, from 1 s on, as all of them ask."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from include.platforms.errors import PlatformError, TryAgain

BASE_SECONDS = 1.0
CAP_SECONDS = 64.0
TRIES = 6

_draw = random.SystemRandom().uniform
Answer = TypeVar("Answer")


class Patience:
    """Counts the tries that brought nothing, and waits longer after each (full jitter)."""

    def __init__(self, pause: Callable[[float], None], tries: int = TRIES) -> None:
        """Sleep with `pause` (seconds); allow `tries` failures in a row."""
        self._pause = pause
        self._tries = tries
        self._failures = 0

    def restore(self) -> None:
        """Forget the failures: something went forward."""
        self._failures = 0

    def wait(self, error: PlatformError) -> bool:
        """Wait as `error` asks, or as long as its turn says; False (without waiting) when it is time to stop.

        A platform that asks for more than a minute is not waited for here: the worker has better things to
        do.
        """
        self._failures += 1
        asked = error.after if isinstance(error, TryAgain) else None
        if self._failures >= self._tries or (asked or 0) > CAP_SECONDS:
            return False
        self._pause(_draw(0, min(CAP_SECONDS, BASE_SECONDS * 2 ** (self._failures - 1))) if asked is None else asked)
        return True


def repeat(call: Callable[[], Answer], pause: Callable[[float], None], tries: int = 3) -> Answer:
    """Make a call that may be repeated until it is answered; raise its last `TryAgain`."""
    patience = Patience(pause, tries)
    while True:
        try:
            return call()
        except TryAgain as error:
            if not patience.wait(error):
                raise
