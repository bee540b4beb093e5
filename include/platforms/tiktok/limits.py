"""What TikTok takes as a video file; from developers.tiktok.com, media transfer guide (reference A.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.platforms.contract import PictureRule, Problem
from include.platforms.file_rules import FileRules, Fit, file_problems
from include.releases.publication import Placement
from include.releases.video_facts import VideoFacts

CONTENT_TYPES = ("video/mp4", "video/quicktime", "video/webm")
MAX_BYTES = 4 * 1024**3
SURE_BYTES = 4_000_000_000
"""TikTok says "4 GB" and not whether decimal or binary: between the two it may still refuse."""
MAX_SECONDS = 600
"""The most the API takes; the creator's own `max_video_post_duration_sec` may be less and then wins."""
MAX_CAPTION_UNITS = 2200
"""UTF-16 code units: an emoji counts two."""
_FILE = FileRules(
    name="TikTok",
    source="developers.tiktok.com/doc/content-posting-api-media-transfer-guide, 2026-08-04 (reference A.9)",
    containers=("mp4", "mov", "quicktime", "webm"),
    video_codecs=("h264", "hevc", "h265", "vp8", "vp9"),
    min_fps=23.0,
    max_fps=60.0,
    min_side=360,
    max_side=4096,
    max_bytes=MAX_BYTES,
    sure_bytes=SURE_BYTES,
    max_seconds=MAX_SECONDS,
)
RULES: Mapping[Placement, FileRules] = {Placement.VIDEO: _FILE, Placement.INBOX: _FILE}
PLACEMENTS = tuple(RULES)
COVER = PictureRule(width=1080, height=1920, max_bytes=20_000_000)
"""The shape TikTok shows. The API takes no picture, only a moment of the video; gateways take one."""


def file_rules(placement: Placement) -> FileRules | None:
    """Return what `placement` takes as a file; None for a placement TikTok does not have."""
    return RULES.get(placement)


def picture_rule(placement: Placement) -> PictureRule | None:
    """Return what `placement` shows as its cover; None for drafts, whose cover is chosen in the app."""
    return COVER if placement is Placement.VIDEO else None


def placement_for(facts: VideoFacts, settings: Mapping[str, Any]) -> Placement:
    """Return the configured placement; a direct post when none is."""
    return Placement(settings.get("placement") or Placement.VIDEO)


def check_file(facts: VideoFacts, fit: Fit = "refuse") -> dict[Placement, list[Problem]]:
    """Return what TikTok will dislike about a file, by placement; needs no account and asks nobody."""
    return {placement: file_problems(facts, rules, fit) for placement, rules in RULES.items()}
