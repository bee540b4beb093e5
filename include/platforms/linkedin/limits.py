"""What LinkedIn takes as a video file and as texts, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.platforms.contract import PictureRule, Problem
from include.platforms.file_rules import FileRules, Fit, file_problems
from include.releases.publication import Placement
from include.releases.video_facts import VideoFacts

PLACEMENTS = (Placement.POST,)
SOURCE = "learn.microsoft.com/linkedin/marketing/community-management/shares/videos-api, 2026-10 (reference B.3)"
MIN_BYTES = 75_000
MAX_BYTES = 500_000_000
"""The page says 500 MB in its specification and 5 GB in its schema: the smaller one is sure."""
CONTENT_TYPES = ("video/mp4",)

MAX_COMMENTARY_UNITS = 3000
"""UTF-16 units of the escaped text: whether LinkedIn counts before or after escaping is not known (reference B.4)."""

ADS_MIN_FPS, ADS_MAX_FPS = 10.0, 60.0
ADS_MAX_ASPECT = 2.4
"""Frames a second, and the longer by the shorter side: only the advertisements' page names them, so we only warn."""

RULES: Mapping[Placement, FileRules] = {
    Placement.POST: FileRules(
        name="LinkedIn",
        source=SOURCE,
        containers=("mp4",),
        video_codecs=("h264",),  # MP4 is all the page says; LinkedIn's list of formats for people has no HEVC
        audio_codecs=("aac",),
        pixel_formats=("yuv420p",),
        min_seconds=3,
        max_seconds=30 * 60,
        min_bytes=MIN_BYTES,
        max_bytes=MAX_BYTES,
    )
}
THUMBNAIL = PictureRule(width=1920, height=1080, max_bytes=2_000_000)
"""JPEG or PNG (reference B.3); the 2 MB are those of LinkedIn's advertisements, the posts' page names none."""


def placement_for(facts: VideoFacts, settings: Mapping[str, Any]) -> Placement:
    """Return the only placement there is: a post."""
    return Placement(settings.get("placement") or Placement.POST)


def file_rules(placement: Placement) -> FileRules | None:
    """Return what `placement` takes as a file; None for a placement LinkedIn does not have."""
    return RULES.get(placement)


def picture_rule(placement: Placement) -> PictureRule | None:
    """Return what `placement` shows before the video plays; None for a placement LinkedIn does not have."""
    return THUMBNAIL if placement in RULES else None


def check_file(facts: VideoFacts, fit: Fit = "refuse") -> dict[Placement, list[Problem]]:
    """Return what LinkedIn will dislike about a file, by placement; needs no account and asks nobody."""
    return {placement: file_problems(facts, rules, fit) for placement, rules in RULES.items()}
