"""What a Facebook Page takes as a video file, a cover, a text and a time (reference: meta.md 5, checked 2026-11-21)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from include.platforms.contract import PictureRule, Problem
from include.platforms.file_rules import FileRules, Fit, file_problems
from include.releases.publication import Placement
from include.releases.video_facts import VideoFacts

RULES: Mapping[Placement, FileRules] = {
    Placement.REEL: FileRules(
        name="A Facebook reel",
        source="developers.facebook.com/docs/video-api/guides/reels-publishing, revised 2026-07-30 (reference 5.3)",
        containers=("mp4", "mov"),
        video_codecs=("h264", "hevc", "vp9", "av1"),
        audio_codecs=("aac",),
        min_seconds=3,
        max_seconds=90,
        min_fps=24,
        max_fps=60,
        min_aspect=9 / 16,
        max_aspect=9 / 16,
        min_width=540,
        min_height=960,
        max_audio_samples=48_000,
        max_audio_channels=2,
    ),
    Placement.VIDEO: FileRules(
        name="A Facebook video",
        source="developers.facebook.com/docs/graph-api/reference/page/videos, 2026-09-11 (reference 5.1)",
        containers=("mp4", "mov"),
        video_codecs=("h264", "hevc", "vp9", "av1"),
        audio_codecs=("aac", "mp3"),
        min_seconds=1,
        max_seconds=240 * 60,
        max_fps=60,
        max_bytes=10_000_000_000,
        sure_bytes=1_000_000_000,
    ),
}
"""By placement. Others than MP4 and MOV may pass as videos, too; re-wrapping costs next to nothing and always passes.

The 4 hours and 10 GB of videos are general knowledge; from 1 GB on third parties report refusals (reference 5.1).
"""
PLACEMENTS = tuple(RULES)

PICTURES: Mapping[Placement, PictureRule] = {
    Placement.REEL: PictureRule(width=1080, height=1920, max_bytes=10_000_000),
    Placement.VIDEO: PictureRule(width=1280, height=720, max_bytes=10_000_000),
}
"""Thumbnails are JPEG or PNG of at most 10 MB (reference 5.5)."""

MAX_TITLE_CHARACTERS = 255
MAX_DESCRIPTION_CHARACTERS = 63_206
"""A Page post's text; general knowledge, not in the reference."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """How long before its time Facebook can be given a post to keep: more than `least`, at most `most`."""

    least: timedelta
    most: timedelta
    words: str


WINDOWS: Mapping[Placement, Window] = {
    Placement.REEL: Window(least=timedelta(minutes=10), most=timedelta(days=29), words="10 minutes to 29 days"),
    Placement.VIDEO: Window(least=timedelta(minutes=10), most=timedelta(days=180), words="10 minutes to 6 months"),
}
"""References 5.1 and 5.3; six months are counted as 180 days, which they never fall below."""
SLACK = timedelta(minutes=1)
"""Kept from both ends of a window: the call takes a while, and Facebook's clock is not ours."""


def file_rules(placement: Placement) -> FileRules | None:
    """Return what `placement` takes as a file; None for a placement a Page does not have."""
    return RULES.get(placement)


def picture_rule(placement: Placement) -> PictureRule | None:
    """Return what `placement` shows as its cover; None for a placement a Page does not have."""
    return PICTURES.get(placement)


def check_file(facts: VideoFacts, fit: Fit = "refuse") -> dict[Placement, list[Problem]]:
    """Return what Facebook will dislike about a file, by placement; needs no account and asks nobody."""
    return {placement: file_problems(facts, rules, fit) for placement, rules in RULES.items()}


def placement_for(facts: VideoFacts, settings: Mapping[str, Any]) -> Placement:
    """Return the configured placement; `auto` makes a reel of whatever can be one as it is framed, else a video."""
    wanted = settings.get("placement") or "auto"
    if wanted != "auto":
        return Placement(wanted)
    against = file_problems(facts, RULES[Placement.REEL])
    return Placement.VIDEO if any(problem.fix == "refused" for problem in against) else Placement.REEL


def keeps_time(placement: Placement, publish_at: datetime, now: datetime) -> bool:
    """Say whether Facebook itself can keep `publish_at` for this placement, asked at `now`."""
    window, ahead = WINDOWS.get(placement), publish_at - now
    return window is not None and window.least + SLACK < ahead <= window.most - SLACK


def waits_until(placement: Placement, publish_at: datetime, now: datetime) -> datetime | None:
    """Return until when our own queue has to keep a post that is due at `publish_at`; None: hand it over now.

    One that is too far ahead waits until Facebook's window opens, one that is due too soon waits until it is due.
    """
    if publish_at <= now or keeps_time(placement, publish_at, now):
        return None
    window = WINDOWS.get(placement)
    if window is None:
        return publish_at
    opens = publish_at - window.most + 2 * SLACK
    return opens if opens > now else publish_at
