"""What YouTube takes: texts, pictures and files, checked before anything is sent.

Numbers from youtube.md 3.1, 3.2, 5.1, 7 and 8 (developers.google.com/youtube, checked 2026-11-21).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from include.platforms.contract import PictureRule, Problem
from include.platforms.file_rules import FileRules, Fit, file_problems
from include.releases.publication import Placement
from include.releases.video_facts import VideoFacts

MAX_TITLE_CHARACTERS = 100
MAX_DESCRIPTION_BYTES = 5_000
MAX_TAGS_CHARACTERS = 500
MAX_FILE_BYTES = 274_877_906_944  # 256 GiB
MAX_SECONDS = 12 * 3600
MAX_SECONDS_UNVERIFIED = 15 * 60
SHORT_MAX_SECONDS = 180
THUMBNAIL_MAX_BYTES = 52_428_800  # since 2026-09-14
THUMBNAIL_MIN_PIXELS = 640  # width; height for a Short. A recommendation

CONTAINERS = (
    "mp4", "mov", "m4v", "3gp", "3g2", "avi", "mpeg", "mpegts", "mpegvideo", "mpg", "vob", "wmv", "asf", "flv", "webm",
    "mxf", "mxf_opatom", "dnxhd", "hevc", "h264",
)  # fmt: skip
"""Container names as FFmpeg tells them (support.google.com/youtube/answer/71673)."""
VIDEO_CODECS = (
    "h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg1video", "mpeg2video", "msmpeg4v2", "msmpeg4v3", "h263", "flv1",
    "wmv1", "wmv2", "wmv3", "vc1", "prores", "dnxhd", "cfhd", "mjpeg", "theora",
)  # fmt: skip
_VIDEO = FileRules(
    name="YouTube",
    source="support.google.com/youtube/answer/71673, 2026-11-21 (youtube.md 8)",
    containers=CONTAINERS,
    video_codecs=VIDEO_CODECS,
    max_seconds=MAX_SECONDS,
    max_bytes=MAX_FILE_BYTES,
)
RULES: Mapping[Placement, FileRules] = {
    Placement.VIDEO: _VIDEO,
    Placement.SHORT: replace(
        _VIDEO,
        name="a Short",
        source="support.google.com/youtube/answer/15424877, 2026-11-21 (youtube.md 7)",
        max_seconds=SHORT_MAX_SECONDS,
        max_aspect=1.0,
        aspect_tolerance=0.0,  # one pixel wider than high is a video
    ),
}
PICTURES: Mapping[Placement, PictureRule] = {
    Placement.VIDEO: PictureRule(width=1280, height=720, max_bytes=THUMBNAIL_MAX_BYTES),
    Placement.SHORT: PictureRule(width=1080, height=1920, max_bytes=THUMBNAIL_MAX_BYTES),
}
"""Thumbnails: 16:9 for videos, 9:16 for Shorts; larger ones of that shape are taken, too (youtube.md 5.1)."""
_WIDE = "Use the placement video."


def tags_len(tags: Sequence[str]) -> int:
    """Count tags as YouTube does: commas between them, two quotes around each with a space (youtube.md 3.2).

    Whether it counts code points or UTF-16 units is not documented: the larger one is returned.
    """
    separators = max(0, len(tags) - 1) + sum(2 for tag in tags if " " in tag)
    return separators + sum(max(len(tag), utf16_units(tag)) for tag in tags)


def utf16_units(text: str) -> int:
    """Return the length of `text` in UTF-16 units (an emoji is two)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def file_rules(placement: Placement) -> FileRules | None:
    """Return what `placement` takes as a file; None for a placement YouTube does not have."""
    return RULES.get(placement)


def picture_rule(placement: Placement) -> PictureRule | None:
    """Return what `placement` shows as its thumbnail; None for a placement YouTube does not have."""
    return PICTURES.get(placement)


def check_file(
    facts: VideoFacts, fit: Fit = "refuse", *, short_max_seconds: float = SHORT_MAX_SECONDS
) -> dict[Placement, list[Problem]]:
    """Return what each placement has against a file, judged by the file alone; an empty list when it fits."""
    limits = dict(RULES)
    limits[Placement.SHORT] = replace(RULES[Placement.SHORT], max_seconds=short_max_seconds)
    found = {placement: file_problems(facts, rules, fit) for placement, rules in limits.items()}
    if MAX_SECONDS_UNVERIFIED < facts.duration_seconds <= MAX_SECONDS:
        found[Placement.VIDEO].append(long_video(facts, "warning"))
    found[Placement.SHORT] = [_advised(problem) for problem in found[Placement.SHORT]]
    if facts.duration_seconds == short_max_seconds:
        found[Placement.SHORT].append(_at_the_limit(short_max_seconds))
    return found


def _advised(problem: Problem) -> Problem:
    """Say what else to do with a video that is no Short."""
    if problem.rule not in {"aspect_ratio", "duration"} or problem.fix != "refused":
        return problem
    return replace(problem, message=f"{problem.message} {_WIDE}")


def _at_the_limit(seconds: float) -> Problem:
    return Problem(
        rule="duration",
        found=f"{seconds:g} s",
        allowed=f"up to {seconds:g} s",
        message=f"The video lasts exactly {seconds:g} s; whether that is still a Short YouTube does not say.",
        fix="warning",
    )


def long_video(facts: VideoFacts, fix: str) -> Problem:
    """Return the problem of a video over 15 minutes: a `warning`, or `refused` on a channel that may not."""
    return Problem(
        rule="file.long",
        found=f"{facts.duration_seconds:.1f} s",
        allowed=f"up to {MAX_SECONDS_UNVERIFIED} s unless the channel is verified",
        message=f"The video lasts {facts.duration_seconds / 60:.1f} minutes; over 15 minutes YouTube "
        "wants a verified channel (youtube.com/verify).",
        fix="refused" if fix == "refused" else "warning",
    )
