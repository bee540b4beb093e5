"""What TikTok takes as a video file; from developers.tiktok.com, media transfer guide (reference A.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.platforms.contract import Problem
from include.releases.publication import Placement
from include.releases.video_facts import VideoFacts

PLACEMENTS = (Placement.VIDEO, Placement.INBOX)

CONTENT_TYPES = ("video/mp4", "video/quicktime", "video/webm")
CONTAINERS = frozenset({"mp4", "mov", "quicktime", "webm"})
VIDEO_CODECS = frozenset({"h264", "hevc", "h265", "vp8", "vp9"})
MIN_FPS, MAX_FPS = 23.0, 60.0
MIN_SIDE_PIXELS, MAX_SIDE_PIXELS = 360, 4096
MAX_BYTES = 4 * 1024**3
SURE_BYTES = 4_000_000_000
"""TikTok says "4 GB" and not whether decimal or binary: between the two it may still refuse."""
MAX_SECONDS = 600
"""The most the API takes; the creator's own `max_video_post_duration_sec` may be less and then wins."""
MAX_CAPTION_UNITS = 2200
"""UTF-16 code units: an emoji counts two."""


def placement_for(facts: VideoFacts, settings: Mapping[str, Any]) -> Placement:
    """Return the configured placement; a direct post when none is."""
    return Placement(settings.get("placement") or Placement.VIDEO)


def check_file(facts: VideoFacts) -> dict[Placement, list[Problem]]:
    """Return what TikTok will dislike about a file, by placement; needs no account and asks nobody."""
    problems = [*_form_problems(facts), *_extent_problems(facts)]
    return {placement: list(problems) for placement in PLACEMENTS}


def _form_problems(facts: VideoFacts) -> list[Problem]:
    """Find what a re-wrap or a new encoding would mend."""
    problems = []
    if not CONTAINERS & set(facts.container.lower().split(",")):
        problems.append(
            Problem(
                rule="container",
                found=facts.container,
                allowed="mp4, mov, webm",
                message=f"TikTok takes MP4, MOV and WebM; this file is {facts.container}.",
                fix="convertible",
            )
        )
    if facts.video_codec.lower() not in VIDEO_CODECS:
        problems.append(
            Problem(
                rule="video_codec",
                found=facts.video_codec,
                allowed="h264, hevc, vp8, vp9",
                message=f"TikTok takes H.264, H.265, VP8 and VP9; this video is {facts.video_codec}.",
                fix="convertible",
            )
        )
    if not MIN_FPS <= round(facts.fps, 2) <= MAX_FPS:
        problems.append(
            Problem(
                rule="fps",
                found=f"{facts.fps:.3f}",
                allowed="23 to 60",
                message=f"TikTok takes 23 to 60 frames a second; this video has {facts.fps:.3g}.",
                fix="convertible",
            )
        )
    return problems


def _extent_problems(facts: VideoFacts) -> list[Problem]:
    """Find what only a different video would mend."""
    problems = []
    sides = (facts.display_width, facts.display_height)
    if min(sides) < MIN_SIDE_PIXELS or max(sides) > MAX_SIDE_PIXELS:
        problems.append(
            Problem(
                rule="side",
                found=f"{sides[0]} × {sides[1]}",
                allowed="360 to 4096 pixels each side",
                message=f"TikTok takes sides of 360 to 4096 pixels; this video is {sides[0]} × {sides[1]}.",
            )
        )
    if facts.size_bytes > SURE_BYTES:
        refused = facts.size_bytes > MAX_BYTES
        problems.append(
            Problem(
                rule="size",
                found=f"{facts.size_bytes} bytes",
                allowed="4 GB",
                message=f"TikTok takes up to 4 GB; this file {'is' if refused else 'may be'} too large.",
                fix="refused" if refused else "warning",
            )
        )
    if facts.duration_seconds > MAX_SECONDS:
        problems.append(
            Problem(
                rule="duration",
                found=f"{facts.duration_seconds:.1f} s",
                allowed="10 minutes",
                message=f"TikTok takes up to 10 minutes; this video lasts {facts.duration_seconds:.1f} s.",
            )
        )
    return problems
