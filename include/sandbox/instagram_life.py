"""What becomes of a container: fetching, checks of the file, expiry (meta.md 2.3, 2.7, 9.3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from include.sandbox.meta_things import IgContainer
from include.sandbox.workshop import file_of
from include.sandbox.world import World

LIFE_SECONDS = 86_400.0
STATUS_TEXTS = {
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "PUBLISHED": "Published: Media has been successfully published.",
    "ERROR": "Error: Media upload has failed with error code {code}",
    "EXPIRED": "Expired: The media was not published within 24 hours.",
}
MIN_FPS, MAX_FPS, FPS_SLACK = 23.0, 60.0, 0.5
MAX_WIDTH = 1920
MAX_BITS = 25_000_000
RATIOS = {"REELS": (0.01, 10.0), "STORIES": (0.1, 10.0)}
SECONDS = {"REELS": (3.0, 900.0), "STORIES": (3.0, 60.0)}
SECONDS_SLACK = 0.05
"""Containers round durations; a clip of 2.98 s counts as 3."""
MAX_BYTES = {"REELS": 1 << 30, "STORIES": 100_000_000}
CODECS = {"h264", "hevc"}
MAX_SOUND_HERTZ = 48_000
UNSUPPORTED, RATIO = "2207026", "2207009"


def settle(world: World, container: IgContainer) -> IgContainer:
    """Let time pass for a container: its processing may have ended."""
    over = container.finished_at or container.failed or container.stuck
    if over or container.uploaded_at is None or container.facts is None:
        return container
    now = world.now()
    if now < container.uploaded_at + world.switches.processing_seconds:
        return container
    reason = container.fail or check_file(container) or check_order(world, container)
    if reason:
        container.failed = reason
    else:
        container.finished_at = now
    if world.shelf(IgContainer).get(container.id) is container:
        world.shelf(IgContainer).keep(container)
    return container


def settle_all(world: World) -> None:
    """Let time pass for every container."""
    for container in world.shelf(IgContainer):
        settle(world, container)


def state_of(world: World, container: IgContainer) -> str:
    """Return the status code of a settled container; a published one may lag behind (meta.md 2.6)."""
    now = world.now()
    if container.published_at is not None:
        return (
            "FINISHED" if now < container.published_at + world.switches.instagram_publish_lag_seconds else "PUBLISHED"
        )
    if container.failed:
        return "ERROR"
    if now > container.created_at + LIFE_SECONDS:
        return "EXPIRED"
    return "FINISHED" if container.finished_at is not None else "IN_PROGRESS"


def check_file(container: IgContainer) -> str | None:
    """Return the subcode for which a file is refused, or None."""
    facts = container.facts or {}
    if container.kind == "IMAGE":
        return check_picture(facts)
    if container.kind == "STORIES" and facts.get("kind") == "image" and container.params.get("image_url"):
        return check_picture(facts)
    if reason := check_format(facts):
        return reason
    low, high = RATIOS[container.kind]
    if not low <= facts["display_width"] / facts["display_height"] <= high:
        return RATIO
    shortest, longest = SECONDS[container.kind]
    if not shortest - SECONDS_SLACK <= facts["duration"] <= longest + SECONDS_SLACK:
        return UNSUPPORTED
    if container.size > MAX_BYTES[container.kind]:
        return UNSUPPORTED
    offset = int(container.params.get("thumb_offset", 0))
    return "2207057" if offset > facts["duration"] * 1000 else None


def check_format(facts: dict[str, Any]) -> str | None:
    """Check container, codecs, frame rate, width and bit rate."""
    wrong = (
        facts.get("problem") is not None
        or facts.get("video_codec") not in CODECS
        or check_sound(facts) is not None
        or not any(name in facts["container"] for name in ("mp4", "mov"))
        or not MIN_FPS - FPS_SLACK <= facts["fps"] <= MAX_FPS + FPS_SLACK
        or facts["display_width"] > MAX_WIDTH
        or facts["video_bit_rate"] > MAX_BITS
        or str(facts.get("pixel_format", "yuv420p")) not in ("yuv420p", "yuvj420p", "nv12", "yuv420p10le")
    )
    return UNSUPPORTED if wrong else None


def check_sound(facts: dict[str, Any]) -> str | None:
    """Check the sound, where there is any: AAC, mono or stereo, at most 48 kHz."""
    if facts.get("audio_codec") is None:
        return None
    fits = facts["audio_codec"] == "aac" and facts["audio_channels"] <= 2 and facts["audio_rate"] <= MAX_SOUND_HERTZ
    return None if fits else UNSUPPORTED


def check_order(world: World, container: IgContainer) -> str | None:
    """Want `moov` before `mdat` when the switch says so."""
    if not world.switches.instagram_wants_moov_first or (container.facts or {}).get("kind") != "video":
        return None
    names = box_names(file_of(world, container))
    early = "moov" in names and ("mdat" not in names or names.index("moov") < names.index("mdat"))
    return None if early else UNSUPPORTED


def box_names(path: Path) -> list[str]:
    """Return the names of an MP4's outermost boxes (ISO 14496-12, 4.2)."""
    names: list[str] = []
    with open(path, "rb") as file:
        while len(header := file.read(16)) >= 8:
            size, name = int.from_bytes(header[:4], "big"), header[4:8].decode("latin-1")
            size = int.from_bytes(header[8:16], "big") if size == 1 else size
            names.append(name)
            if size < 8:
                break
            file.seek(size - len(header), 1)
    return names


def check_picture(facts: dict[str, Any]) -> str | None:
    """Want a JPEG."""
    return None if facts.get("kind") == "image" and "jpeg" in str(facts.get("container")) else "2207005"


def received(world: World, container: IgContainer) -> int:
    """Return how many bytes are stored."""
    path = file_of(world, container)
    return path.stat().st_size if path.exists() else 0


def phases_of(world: World, container: IgContainer) -> dict[str, Any]:
    """Return `video_status`."""
    if container.stuck:
        lost = {"code": 1363008, "message": "OIL Error[FILE_NOT_FOUND: 6]: File not found."}
        uploading = {"status": "error", "bytes_transferred": 0, "source_file_size": 0, "errors": [lost]}
        return {"uploading_phase": uploading, "processing_phase": {"status": "error"}}
    there = received(world, container)
    uploaded = container.uploaded_at is not None
    phase = "complete" if uploaded else "in_progress" if there else "not_started"
    uploading = {"status": phase, "bytes_transferred": container.size if uploaded else there}
    if container.total:
        uploading["source_file_size"] = container.total
    if container.failed:
        processing = "error"
    elif container.finished_at is not None:
        processing = "complete"
    else:
        processing = "in_progress" if uploaded else "not_started"
    return {"uploading_phase": uploading, "processing_phase": {"status": processing}}
