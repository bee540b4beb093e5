"""Instagram's publishing limit, read live: the documents name 25, 50 and 100 posts in 24 hours (meta.md 2.5)."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from include.platforms.errors import QuotaExhausted
from include.platforms.instagram.client import Client
from include.platforms.instagram.errors import LIMIT_LOOK_SECONDS
from include.platforms.instagram.payloads import Limit

PUBLISHES = "publishes"
"""The bucket of config/distribution.yaml that `media_publish` takes from."""
WINDOW = timedelta(hours=24)
STEPS = 5
"""Halvings of the day: the time told is right to 45 minutes, never too early."""


def reserve_place(client: Client, now: datetime) -> None:
    """Return when one more post may be published now; raise `QuotaExhausted` with the time of the next free place.

    The meter learns what Instagram counts: it alone gives a place to one of two workers that both read of the last.
    """
    asked = time.monotonic()
    limit = client.limit()
    seconds_ago = time.monotonic() - asked
    client.graph.calls.meter.tell(PUBLISHES, used=limit.quota_usage, limit=limit.quota_total, seconds_ago=seconds_ago)
    if limit.is_used_up:
        raise used_up(client, limit, now)


def used_up(client: Client, limit: Limit, now: datetime) -> QuotaExhausted:
    """Return the error for a limit that is used up."""
    count = f"{limit.quota_usage} of {limit.quota_total} posts in 24 hours"
    return QuotaExhausted(
        f"Instagram's publishing limit of this account is used up: {count}.",
        resets_at=next_place(client, limit, now),
        code="publishing_limit",
    )


def next_place(client: Client, limit: Limit, now: datetime) -> datetime:
    """Return when the first post leaves the moving 24 hours, found by asking for shorter and shorter times."""
    total = limit.quota_total or 0

    def is_free_after(wait: timedelta) -> bool:
        return client.limit(since=now - WINDOW + wait).quota_usage < total

    early, late = timedelta(), WINDOW - timedelta(minutes=1)
    if not is_free_after(late):  # `since` is not obeyed, or all were posted in the last minute
        return now + timedelta(seconds=LIMIT_LOOK_SECONDS)
    for _ in range(STEPS):
        middle = (early + late) / 2
        early, late = (early, middle) if is_free_after(middle) else (middle, late)
    return now + late
