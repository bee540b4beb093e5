"""What Instagram takes as a video file and as texts, per placement, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from include.platforms.contract import PictureRule, Problem
from include.platforms.file_rules import FileRules, Fit, file_problems
from include.releases.publication import Placement
from include.releases.video_facts import VideoFacts

PLACEMENTS = (Placement.REEL, Placement.STORY, Placement.FEED)

SOURCE = "developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media, 2026-09-11"
REEL_SURE_BYTES = 300_000_000
"""Meta's documents say 300 MB, others have seen 1 GB pass (meta.md 2.7, checked 2026-11-21)."""
REEL_MAX_BYTES = 1 << 30
STORY_MAX_BYTES = 100_000_000
COVER_MAX_BYTES = 8_000_000

MAX_CAPTION_CHARACTERS = 2200
MAX_HASHTAGS = 30
MAX_MENTIONS = 20
MAX_COLLABORATORS = 3

_REEL = FileRules(
    name="a reel on Instagram",
    source=f"{SOURCE} (meta.md 2.7)",
    containers=("mp4", "mov"),
    index_first=True,
    video_codecs=("h264", "hevc"),
    audio_codecs=("aac",),
    pixel_formats=("yuv420p",),
    min_fps=23,
    max_fps=60,
    max_width=1920,
    min_aspect=0.01,
    max_aspect=10,
    max_bits_per_second=25_000_000,
    max_audio_samples=48_000,
    max_audio_channels=2,
    min_seconds=3,
    max_seconds=15 * 60,
    sure_bytes=REEL_SURE_BYTES,
    max_bytes=REEL_MAX_BYTES,
)
RULES: Mapping[Placement, FileRules] = {
    Placement.REEL: _REEL,
    Placement.STORY: replace(
        _REEL,
        name="a story on Instagram",
        min_aspect=0.1,
        max_seconds=60,
        sure_bytes=None,
        max_bytes=STORY_MAX_BYTES,
    ),
    # a video alone in the feed is a reel that is shared to the feed: the media type VIDEO is retired (meta.md 2.1)
    Placement.FEED: replace(_REEL, name="a feed video on Instagram"),
}
COVER = PictureRule(width=1080, height=1920, max_bytes=COVER_MAX_BYTES, content_types=("image/jpeg",))
"""Reels: JPEG, sRGB, 9:16, up to 8 MB (meta.md 2.7)."""


def placement_for(facts: VideoFacts, settings: Mapping[str, Any]) -> Placement:
    """Return the configured placement; a reel when none is."""
    return Placement(settings.get("placement") or Placement.REEL)


def file_rules(placement: Placement) -> FileRules | None:
    """Return what `placement` takes as a file; None for a placement Instagram does not have."""
    return RULES.get(placement)


def picture_rule(placement: Placement) -> PictureRule | None:
    """Return what `placement` shows as its cover; None where there is none (stories)."""
    return COVER if placement in (Placement.REEL, Placement.FEED) else None


def check_file(facts: VideoFacts, fit: Fit = "refuse") -> dict[Placement, list[Problem]]:
    """Return what each placement has against a file, judged by the file alone; needs no account and asks nobody."""
    return {placement: file_problems(facts, rules, fit) for placement, rules in RULES.items()}
