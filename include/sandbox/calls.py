"""The log of every request, for tests that count and people who wonder; it holds no query, no token and no body."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from include.sandbox.switches import Switches


@dataclass(kw_only=True)
class Call:
    """One request as it came and how it ended.

    `status` is None as long as nothing was answered, and for good when the connection was cut. `fault` names the
    fault that was played. `received` counts the body's bytes the sandbox took in. `note` says what a strict platform
    would not have liked.
    """

    n: int
    at: str
    method: str
    path: str
    endpoint: str
    platform: str | None
    account: str | None = None
    status: int | None = None
    fault: str | None = None
    received: int = 0
    note: str | None = None


class CallLog:
    """Every call since the start or the last reset, the oldest dropped when there are too many."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._calls: deque[Call] = deque()
        self._count = 0

    def note(self, **fields: Any) -> Call:
        """Write a new call down and return it, so that its end can be filled in."""
        self._count += 1
        call = Call(n=self._count, **fields)
        self._calls.append(call)
        while len(self._calls) > self._switches.max_log_entries:
            self._calls.popleft()
        return call

    def all(self) -> list[dict[str, Any]]:
        """Return every call, oldest first."""
        return [asdict(call) for call in self._calls]

    def clear(self) -> None:
        """Forget every call and count from 1 again."""
        self._calls.clear()
        self._count = 0
