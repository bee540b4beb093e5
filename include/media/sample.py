"""Makes the demo's sample release: a real vertical clip with picture and sound, its thumbnail and its metadata."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from include.media.clips import SOUND_HZ, Clip, write_clip
from include.media.scenery import melody, poster, scene

SAMPLE = Clip(width=720, height=1280, seconds=21, fps=30, video_options=(("preset", "ultrafast"), ("crf", "25")))
"""Vertical and 21 s: a Short on YouTube, and inside TikTok's 360 pixels and 23 pictures a second."""
THUMBNAIL_PIXELS = (720, 1280)


def sample_metadata(title: str) -> dict[str, Any]:
    """Return the metadata of the sample release, with an override for each platform."""
    return {
        "title": title,
        "description": "A sunrise, a few balls of light and a little tune: made to show how Release Desk works.",
        "tags": ["release desk", "sample", "sunrise"],
        "hashtags": ["releasedesk", "sunrise"],
        "category": "22",
        "language": "en",
        "synthetic_media": False,
        "campaign": "demo",
        "cost": "12.50",
        "currency": "EUR",
        "platforms": {"tiktok": {"caption": "A sunrise in 21 seconds"}},
    }


def make_release(
    export_root: Path,
    *,
    segment: str,
    age_bucket: str,
    title_id: str,
    title: str = "A sunrise in 21 seconds",
    clip: Clip = SAMPLE,
) -> Path:
    """Write the three files of a sample release below `export_root` and return the video's path.

    Takes some seconds. Each file appears whole under its name, the metadata last, so that whoever watches the folder
    never sees half a release.
    """
    folder = export_root / segment / age_bucket
    folder.mkdir(parents=True, exist_ok=True)
    lines = [title, "Release Desk", title_id]
    video, thumbnail = folder / f"{title_id}.mp4", folder / f"{title_id}_thumbnail.png"
    unfinished = folder / f".{title_id}.unfinished.mp4"
    draw = scene(clip.width, clip.height, clip.pictures, lines)
    write_clip(unfinished, clip, draw=draw, sound=melody(clip.seconds, SOUND_HZ))
    os.replace(unfinished, video)
    unfinished = folder / f".{title_id}.unfinished.png"
    poster(*THUMBNAIL_PIXELS, lines).save(unfinished)
    os.replace(unfinished, thumbnail)
    unfinished = folder / f".{title_id}.unfinished.json"
    unfinished.write_text(json.dumps(sample_metadata(title), indent=2) + "\n", encoding="utf-8")
    os.replace(unfinished, folder / f"{title_id}_metadata.json")
    return video
