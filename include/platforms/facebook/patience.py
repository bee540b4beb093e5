"""How long to wait before trying once more, and when to stop (reference 7.5: full jitter, from 1 s on)."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from include.platforms.errors import PlatformError, TryAgain

TRIES = 6
CAP_SECONDS = 64.0

_draw = random.SystemRandom().uniform
Answer = TypeVar("Answer")


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


def repeat(call: Callable[[], Answer], pause: Callable[[float], None], tries: int = 3) -> Answer:
    """Make a call that may be repeated until it is answered; raise its last `TryAgain`."""
    patience = Patience(pause, tries)
    while True:
        try:
            return call()
        except TryAgain as error:
            if not patience.wait(error):
                raise
