"""Daily rows of videos for the measurements of loading: YouTube's own table, with the numbers a busy channel has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

TABLE = "youtube.video_daily"
VIDEOS_A_DAY = 10_000
ROWS = 1_000_000
ROWS_A_MIB = 10_000
"""A row is some 100 bytes on the wire."""
FIRST = date(2026, 1, 1)


def wanted(mib: int | None) -> int:
    """Return how many rows to load: a million, or what `--mib` asks for."""
    return ROWS if mib is None else mib * ROWS_A_MIB


def rows(count: int) -> Iterator[dict[str, Any]]:
    """Yield so many rows, day by day, each the only one of its video and day."""
    for number in range(count):
        day, video = divmod(number, VIDEOS_A_DAY)
        views = 1_000 + (number * 7919) % 50_000
        yield {
            "video_id": f"video{video:06d}",
            "day": (FIRST + timedelta(days=day)).isoformat(),
            "views": views,
            "engaged_views": views * 2 // 3,
            "likes": views // 20,
            "dislikes": views // 900,
            "comments": views // 150,
            "shares": views // 300,
            "estimated_minutes_watched": views * 2 // 5,
            "average_view_duration": 21 + number % 9,
            "average_view_percentage": 61.25,
            "subscribers_gained": views // 1000,
            "subscribers_lost": views // 9000,
            "provisional": False,
        }


def blocks(count: int, size: int = 1000) -> Iterator[list[dict[str, Any]]]:
    """Yield the same in lists, as a reader does for each page."""
    block: list[dict[str, Any]] = []
    for row in rows(count):
        block.append(row)
        if len(block) == size:
            yield block
            block = []
    if block:
        yield block
