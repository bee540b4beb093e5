"""What Parrot takes as a video file and shows as its cover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.platforms.contract import PictureRule, Problem
from include.platforms.file_rules import FileRules, Fit, file_problems
from include.releases.publication import Placement
from include.releases.video_facts import VideoFacts

MAX_TEXT_CHARACTERS = 280
RULES: Mapping[Placement, FileRules] = {
    Placement.VIDEO: FileRules(
        name="Parrot",
        source="a made-up platform: no link, no day",
        containers=("mp4", "mov"),
        video_codecs=("h264",),
        audio_codecs=("aac",),
        min_seconds=1.0,
        max_seconds=60.0,
        min_side=240,
        max_bytes=512 * 1024**2,
    )
}
COVER = PictureRule(width=1080, height=1080, max_bytes=2_000_000)


def file_rules(placement: Placement) -> FileRules | None:
    """Return what `placement` takes as a file; None for a placement Parrot does not have."""
    return RULES.get(placement)


def picture_rule(placement: Placement) -> PictureRule | None:
    """Return what `placement` shows as its cover; None where it shows none."""
    return COVER if placement in RULES else None


def placement_for(facts: VideoFacts, settings: Mapping[str, Any]) -> Placement:
    """Return the configured placement; a video when none is."""
    return Placement(settings.get("placement") or Placement.VIDEO)


def check_file(facts: VideoFacts, fit: Fit = "refuse") -> dict[Placement, list[Problem]]:
    """Return what Parrot will dislike about a file, by placement; needs no account and asks nobody."""
    return {placement: file_problems(facts, rules, fit) for placement, rules in RULES.items()}
