"""What becomes of a Page's video: upload, processing, publishing; and how the API tells it (meta.md 5.3, 5.4, 9.3)."""

from __future__ import annotations

from typing import Any

from include.sandbox.meta_things import FbVideo, digits, stamp
from include.sandbox.workshop import file_of
from include.sandbox.world import World

PUBLISHED, SCHEDULED, DRAFT = "PUBLISHED", "SCHEDULED", "DRAFT"
MESSAGES = {
    1363040: "Video aspect ratio is invalid: reels have an aspect ratio of 9:16.",
    1363127: "Video resolution is invalid: reels are at least 540 pixels wide and 960 pixels high.",
    1363128: "Video duration is invalid: reels last 3 to 90 seconds.",
    1363129: "Video frame rate is invalid: reels have 24 to 60 frames per second.",
    2069019: "The video file is invalid.",
    382: "The video file you selected is too small.",
}
RATIO, RATIO_SLACK = 9 / 16, 0.01
FPS_SLACK, SECONDS_SLACK = 0.5, 0.05
REEL_CODECS = {"h264", "hevc", "vp9", "libvpx-vp9", "av1", "libdav1d"}
MIN_SECONDS = 1.0


def settle(world: World, video: FbVideo) -> FbVideo:
    """Let time pass for a video: processed, published, its scheduled time come."""
    now, changed = world.now(), False
    ready = video.uploaded_at is not None and video.facts is not None and video.processed_at is None
    if ready and now >= (video.uploaded_at or 0) + world.switches.processing_seconds:
        video.processed_at, changed = now, True
        video.errors = problems_of(world, video)
    if is_due(video, now):
        ready_at = (video.uploaded_at or 0) + world.switches.processing_seconds
        wanted_at = float(video.params.get("scheduled_publish_time", 0)) if video.wanted == SCHEDULED else 0.0
        bring_out(video, max(video.finished_at or 0.0, ready_at, wanted_at))
        changed = True
    if changed and world.shelf(FbVideo).get(video.id) is video:
        world.shelf(FbVideo).keep(video)
    return video


def settle_all(world: World) -> None:
    """Let time pass for every video."""
    for video in world.shelf(FbVideo):
        settle(world, video)


def is_due(video: FbVideo, now: float) -> bool:
    """Tell whether a finished and processed video is to go out now."""
    if video.finished_at is None or video.processed_at is None or video.errors or video.published_at is not None:
        return False
    if video.wanted == SCHEDULED:
        return now >= float(video.params.get("scheduled_publish_time", 0))
    return video.wanted == PUBLISHED


def bring_out(video: FbVideo, moment: float) -> None:
    """Let a video be public since a moment, with its post."""
    video.wanted = PUBLISHED
    video.published_at = moment
    if not video.params.get("no_story"):
        video.post = f"{video.page}_{digits(15)}"


def problems_of(world: World, video: FbVideo) -> list[dict[str, Any]]:
    """Return what is wrong with a video's file."""
    code = planned(video) or check_file(world, video)
    return [{"code": code, "message": MESSAGES.get(code, "The video could not be processed.")}] if code else []


def planned(video: FbVideo) -> int | None:
    """Return the code of a planned failure (the fault `fail_processing`)."""
    return int(video.fail) if video.fail and video.fail.isdigit() else 2069019 if video.fail else None


def check_file(world: World, video: FbVideo) -> int | None:
    """Return the code for which a file is refused."""
    facts = video.facts or {}
    if facts.get("problem"):
        return 2069019
    if video.kind == "video":
        return 382 if facts["duration"] < MIN_SECONDS - SECONDS_SLACK else None
    return check_reel(world, facts) if video.kind == "reel" else None


def check_reel(world: World, facts: dict[str, Any]) -> int | None:
    """Check codec, shape, size, duration and frame rate of a reel."""
    width, height = facts["display_width"], facts["display_height"]
    longest = world.switches.facebook_reels_max_seconds
    if facts.get("video_codec") not in REEL_CODECS:
        return 2069019
    if abs(width / height - RATIO) > RATIO_SLACK:
        return 1363040
    if width < 540 or height < 960:
        return 1363127
    if not 3 - SECONDS_SLACK <= facts["duration"] <= longest + SECONDS_SLACK:
        return 1363128
    return None if 24 - FPS_SLACK <= facts["fps"] <= 60 + FPS_SLACK else 1363129


def received(world: World, video: FbVideo) -> int:
    """Return how many bytes are stored."""
    if video.uploaded_at is not None:
        return video.size
    path = file_of(world, video)
    return path.stat().st_size if path.exists() else 0


def video_status(world: World, video: FbVideo) -> str:
    """Return the word for where a settled video is."""
    if video.upload_error:
        return "upload_failed"
    if video.errors:
        return "error"
    if video.uploaded_at is None:
        over = world.now() > video.created_at + world.switches.meta_upload_seconds
        return "expired" if over else "uploading"
    if video.processed_at is None:
        return "processing" if video.finished_at is not None or video.kind == "video" else "upload_complete"
    return "ready" if video.finished_at is not None else "upload_complete"


def status_of(world: World, video: FbVideo) -> dict[str, Any]:
    """Return the whole status with its phases (meta.md 5.4)."""
    told: dict[str, Any] = {
        "video_status": video_status(world, video),
        "processing_progress": 100 if video.processed_at is not None and not video.errors else 0,
        "uploading_phase": uploading(world, video),
        "processing_phase": processing(video),
        "publishing_phase": publishing(video),
    }
    checked = video.processed_at is not None and not video.errors
    told["copyright_check_status"] = (
        {"status": "complete", "matches_found": False} if checked else {"status": "in_progress"}
    )
    return told


def uploading(world: World, video: FbVideo) -> dict[str, Any]:
    """Return the first phase."""
    there = received(world, video)
    if video.upload_error:
        return {"status": "error", "bytes_transferred": there, "errors": [video.upload_error]}
    phase = "complete" if video.uploaded_at is not None else "in_progress" if there else "not_started"
    told: dict[str, Any] = {"status": phase, "bytes_transferred": there}
    return {**told, "source_file_size": video.total} if video.total else told


def processing(video: FbVideo) -> dict[str, Any]:
    """Return the second phase, with its errors in the shape the switch asks for."""
    if video.errors:
        return {"status": "error", "errors": video.errors}
    if video.processed_at is not None:
        return {"status": "complete"}
    begun = video.uploaded_at is not None and video.finished_at is not None
    return {"status": "in_progress" if begun else "not_started"}


def publishing(video: FbVideo) -> dict[str, Any]:
    """Return the third phase."""
    if video.finished_at is None or video.errors:
        return {"status": "not_started"}
    if video.published_at is not None:
        return {"status": "complete", "publish_status": "published", "publish_time": stamp(video.published_at)}
    if video.processed_at is None:
        return {"status": "in_progress" if video.wanted == PUBLISHED else "not_started"}
    if video.wanted == SCHEDULED:
        at = stamp(float(video.params["scheduled_publish_time"]))
        return {"status": "complete", "publish_status": "scheduled", "publish_time": at}
    return {"status": "complete", "publish_status": "draft"}
