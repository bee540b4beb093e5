"""A channel's public figures as third parties tell them: the same for the same channel and day, growing day by day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

BEGINNING = date(2026, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Lifetime figures at the end of a day."""

    followers: int
    views: int
    uploads: int


def figures_of(channel: str, day: date) -> Figures:
    """Return a channel's figures on a day."""
    seed = int.from_bytes(hashlib.sha256(channel.encode()).digest()[:4])
    days = max(0, (day - BEGINNING).days)
    return Figures(
        followers=1_000 + seed % 9_000 + days * (1 + seed % 7),
        views=50_000 + seed % 900_000 + days * (100 + seed % 900),
        uploads=10 + seed % 90 + days // 3,
    )
