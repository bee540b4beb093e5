"""Limits per minute or hour: how many calls a key made in the last seconds."""

from __future__ import annotations

from collections import defaultdict, deque


class Windows:
    """Sliding windows, in memory; a restart forgets them."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def take(self, key: str, limit: int, seconds: float, now: float) -> bool:
        """Count a call of `key` and tell whether it is allowed; a refused one is not counted; limit 0 allows all."""
        calls = self._calls[key]
        while calls and calls[0] <= now - seconds:
            calls.popleft()
        if limit and len(calls) >= limit:
            return False
        calls.append(now)
        return True

    def count(self, key: str, seconds: float, now: float) -> int:
        """Return how many allowed calls of `key` there were in the last seconds."""
        return sum(moment > now - seconds for moment in self._calls.get(key, ()))

    def clear(self) -> None:
        """Forget every call."""
        self._calls.clear()
