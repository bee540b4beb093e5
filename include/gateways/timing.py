"""When a gateway is asked: at the time itself, which our queue keeps."""

from __future__ import annotations

from datetime import datetime

from include.platforms.contract import Posting
from include.platforms.errors import QuotaExhausted


def not_before_its_time(posting: Posting, now: datetime) -> None:
    """Raise `QuotaExhausted` until a posting's time has come; nothing is handed over early.

    A time that a platform would have kept itself reaches a gateway when the publication took its second route.
    """
    if posting.publish_at is not None and posting.publish_at > now:
        raise QuotaExhausted(
            f"It goes out through a gateway at {posting.publish_at:%Y-%m-%d %H:%M} UTC; our queue keeps the time.",
            resets_at=posting.publish_at,
            code="our_queue",
        )


def pace(pace_seconds: tuple[float, ...], looks: int) -> float:
    """Return how many seconds to wait before look number `looks`, counted from 0; the last one repeats."""
    return pace_seconds[min(looks, len(pace_seconds) - 1)]
