"""What a publication's moves add to the counters that metrics are made of; pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

LATENCY_SECONDS = (5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
"""Upper bounds of the histogram's buckets; the alert looks at 300."""
LATE = timedelta(seconds=60)
"""A scheduled publication that starts later than this is late (issue D: 99 % within 60 s)."""
ENDS = frozenset({"published", "failed", "rejected", "unconfirmed", "cancelled"})
STARTS = frozenset({"validated", "uploading", "processing", "finishing", "published"})


@dataclass(frozen=True, kw_only=True)
class Count:
    """What is added to one counter."""

    figure: str
    platform: str
    label: str
    add: float = 1.0


def of_move(row: Mapping[str, Any], publication: Mapping[str, Any]) -> Iterator[Count]:
    """Yield what one move of a publication adds.

    A publication's latency is from when it was asked for, or was due, until it was out; waits that its own time makes
    are no latency, all others are.
    """
    platform, became = publication["platform"], row["became"]
    error = row["details"].get("error")
    if error:
        yield Count(figure="errors", platform=platform, label=str(error.get("kind") or "unknown"))
    if became == row["was"]:
        return
    if became in ENDS:
        yield Count(figure="ended", platform=platform, label=became)
    if became == "published":
        begun = max(filter(None, (publication["created_at"], publication["scheduled_for"])))
        seconds = max(0.0, (row["at"] - begun).total_seconds())
        bound = next((each for each in LATENCY_SECONDS if seconds <= each), None)
        yield Count(figure="latency", platform=platform, label="+Inf" if bound is None else str(bound))
        yield Count(figure="latency", platform=platform, label="sum", add=seconds)
    due = publication["scheduled_for"]
    if row["was"] == "scheduled" and became in STARTS and due is not None:
        yield Count(figure="started", platform=platform, label="late" if row["at"] - due > LATE else "on_time")
