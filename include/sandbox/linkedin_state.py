"""What becomes of a LinkedIn video after `finalizeUpload` (B.3), and how it is cut into parts."""

from __future__ import annotations

from include.sandbox.linkedin_things import LinkedInVideo
from include.sandbox.world import World

PART_BYTES = 4_194_304
MIN_SECONDS, MAX_SECONDS = 3.0, 1800.0
SLACK_SECONDS = 0.5
MIN_BYTES = 75_000
CODECS = {"h264"}


def parts_of(size: int) -> list[tuple[int, int]]:
    """Return first and last byte (both inclusive) of every part."""
    return [(first, min(first + PART_BYTES, size) - 1) for first in range(0, size, PART_BYTES)]


def status_of(world: World, video: LinkedInVideo) -> str:
    """Return a video's status at this moment."""
    if video.finalised_at is None:
        return "WAITING_UPLOAD"
    if video.facts is None or world.now() < video.finalised_at + world.switches.processing_seconds:
        return "PROCESSING"
    return "PROCESSING_FAILED" if failure_of(world, video) else "AVAILABLE"


def failure_of(world: World, video: LinkedInVideo) -> str | None:
    """Return why a video could not be processed, or None."""
    if video.fail:
        return video.fail
    facts = video.facts or {}
    if facts.get("problem") or facts.get("video_codec") not in CODECS or "mp4" not in facts["container"]:
        return "The video file format is not supported"
    if not MIN_SECONDS - SLACK_SECONDS <= facts["duration"] <= MAX_SECONDS + SLACK_SECONDS:
        return "The video duration is not supported"
    if not MIN_BYTES <= video.size <= world.switches.linkedin_max_bytes:
        return "The video file size is not supported"
    return None
