"""What YouTube takes: texts, pictures and files, checked before anything is sent.

Numbers from youtube.md 3.1, 3.2, 5.1, 7 and 8 (developers.google.com/youtube, checked 2026-11-21).
"""

from __future__ import annotations

from collections.abc import Sequence

from include.platforms.contract import Problem
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

CONTAINERS = frozenset(
    [
        "mov",
        "mp4",
        "m4v",
        "3gp",
        "3g2",
        "avi",
        "mpeg",
        "mpegts",
        "mpegvideo",
        "mpg",
        "vob",
        "wmv",
        "asf",
        "flv",
        "webm",
        "mxf",
        "mxf_opatom",
        "dnxhd",
        "hevc",
        "h264",
    ]
)
"""Container names as FFmpeg tells them, one or more with commas (support.google.com/youtube/answer/71673)."""
VIDEO_CODECS = frozenset(
    [
        "h264",
        "hevc",
        "vp8",
        "vp9",
        "av1",
        "mpeg4",
        "mpeg1video",
        "mpeg2video",
        "msmpeg4v2",
        "msmpeg4v3",
        "h263",
        "flv1",
        "wmv1",
        "wmv2",
        "wmv3",
        "vc1",
        "prores",
        "dnxhd",
        "cfhd",
        "mjpeg",
        "theora",
    ]
)


def tags_len(tags: Sequence[str]) -> int:
    """Count tags as YouTube does: commas between them, two quotes around each with a space (youtube.md 3.2).

    Whether it counts code points or UTF-16 units is not documented: the larger one is returned.
    """
    separators = max(0, len(tags) - 1) + sum(2 for tag in tags if " " in tag)
    return separators + sum(max(len(tag), utf16_units(tag)) for tag in tags)


def utf16_units(text: str) -> int:
    """Return the length of `text` in UTF-16 units (an emoji is two)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_file(facts: VideoFacts, short_max_seconds: float = SHORT_MAX_SECONDS) -> dict[Placement, list[Problem]]:
    """Return what each placement has against a file, judged by the file alone; an empty list when it fits."""
    any_placement = [*_size_and_length(facts), *_format(facts)]
    return {
        Placement.VIDEO: any_placement,
        Placement.SHORT: [*any_placement, *_short(facts, short_max_seconds)],
    }


def _size_and_length(facts: VideoFacts) -> list[Problem]:
    problems = []
    if not 0 < facts.size_bytes <= MAX_FILE_BYTES:
        problems.append(
            Problem(
                rule="file.size",
                found=f"{facts.size_bytes:,} bytes",
                allowed=f"1 to {MAX_FILE_BYTES:,} bytes",
                message=f"The file has {facts.size_bytes:,} bytes; YouTube takes 1 byte to 256 GiB.",
            )
        )
    if not 0 < facts.duration_seconds <= MAX_SECONDS:
        problems.append(
            Problem(
                rule="file.duration",
                found=f"{facts.duration_seconds:.1f} s",
                allowed=f"up to {MAX_SECONDS:,} s",
                message=f"The video lasts {facts.duration_seconds:,.1f} s; YouTube takes more "
                "than 0 s and up to 12 hours.",
            )
        )
    elif facts.duration_seconds > MAX_SECONDS_UNVERIFIED:
        problems.append(long_video(facts, "warning"))
    return problems


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


def _format(facts: VideoFacts) -> list[Problem]:
    problems = []
    if not CONTAINERS & set(facts.container.lower().split(",")):
        problems.append(
            Problem(
                rule="file.container",
                found=facts.container,
                allowed="MP4, MOV, WebM, MPEG, AVI, WMV, FLV, 3GPP",
                message=f"The container {facts.container} is not on YouTube's list; MP4 is the safest.",
                fix="convertible",
            )
        )
    if facts.video_codec.lower() not in VIDEO_CODECS:
        problems.append(
            Problem(
                rule="file.video_codec",
                found=facts.video_codec,
                allowed="H.264, HEVC, VP9, AV1, MPEG-4, MPEG-2, ProRes and the like",
                message=f"YouTube may not read the video codec {facts.video_codec}; H.264 is the safest.",
                fix="convertible",
            )
        )
    return problems


def _short(facts: VideoFacts, max_seconds: float) -> list[Problem]:
    problems = []
    size = f"{facts.display_width}×{facts.display_height}"
    if facts.display_height < facts.display_width:
        problems.append(
            Problem(
                rule="short.shape",
                found=size,
                allowed="as high as wide, or higher",
                message=f"The picture is {size}; a Short is vertical or square. Use the placement video.",
            )
        )
    seconds = facts.duration_seconds
    if seconds > max_seconds:
        problems.append(
            Problem(
                rule="short.duration",
                found=f"{seconds:.2f} s",
                allowed=f"up to {max_seconds:g} s",
                message=f"The video lasts {seconds:.2f} s; a Short lasts up to {max_seconds:g} s. "
                "Use the placement video.",
            )
        )
    elif seconds == max_seconds:
        problems.append(
            Problem(
                rule="short.duration",
                found=f"{seconds:g} s",
                allowed=f"up to {max_seconds:g} s",
                message=f"The video lasts exactly {max_seconds:g} s; whether that is still a Short "
                "YouTube does not say.",
                fix="warning",
            )
        )
    return problems
