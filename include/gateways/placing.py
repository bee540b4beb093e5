"""Whether a gateway serves a platform and a placement at all."""

from __future__ import annotations

from collections.abc import Mapping

from include.platforms.contract import Posting, Problem
from include.releases.publication import Placement


def serving_problem(
    title: str, placements: Mapping[str, tuple[Placement, ...]], platform: str, posting: Posting
) -> Problem | None:
    """Return what is wrong with the platform or the placement, if anything."""
    served = placements.get(platform, ())
    if posting.placement in served:
        return None
    allowed = ", ".join(served)
    possible = f"possible are: {allowed}" if served else f"it serves {', '.join(placements)}"
    return Problem(
        rule="placement",
        found=posting.placement.value,
        allowed=allowed or "none",
        message=f"{title} makes no '{posting.placement.value}' on {platform}; {possible}.",
    )
