"""What was published, in one shape for all platforms: for tests, the demo and the page to watch it."""

from __future__ import annotations

from typing import Any

from include.sandbox.platforms import all_platforms
from include.sandbox.world import World

Json = dict[str, Any]
ENTRY: Json = {
    "platform": None, "account": None, "account_id": None, "id": None, "publish_id": None, "kind": "video",
    "title": "", "description": "", "tags": [], "category": None, "privacy": None, "publish_at": None,
    "made_for_kids": None, "synthetic_media": None, "options": {}, "sha256": None, "size": 0, "state": None,
    "reason": None, "created_at": None, "file_name": None, "thumbnail": False, "thumbnails_tried": 0,
    "playlists": [], "url_to_watch": None, "url_of_file": None, "url_of_picture": None,
    "duration": None, "width": None, "height": None, "fps": None,
}  # fmt: skip
"""Every key of an entry, with what it is where a platform has nothing to say."""


def entry(address: str, platform: str, watch_key: str, facts: Json | None, **known: Any) -> Json:
    """Return one published video in the common shape; raises `KeyError` for a key the shape does not have.

    `watch_key` is what the platform's `Kept.watch_key` says; `facts` are what was seen in the file.
    """
    if unknown := set(known) - set(ENTRY):
        raise KeyError(f"An entry has no {sorted(unknown)}.")
    places = {
        "url_to_watch": f"{address}/watch/{platform}/{watch_key}",
        "url_of_file": f"{address}/files/{platform}/{watch_key}",
        "url_of_picture": f"{address}/pictures/{platform}/{watch_key}",
    }
    return {**ENTRY, "platform": platform, **places, **measures(facts), **known}


def everything(world: World, address: str) -> list[Json]:
    """Return every video and post whose bytes arrived completely, the oldest first."""
    found = [pair for platform in all_platforms() for pair in platform.published(world, address)]
    return [shown for _, shown in sorted(found, key=lambda pair: (pair[0], pair[1]["id"]))]


def measures(facts: Json | None) -> Json:
    """Return what is known about the picture."""
    facts = facts or {}
    return {
        "duration": facts.get("duration"),
        "width": facts.get("display_width"),
        "height": facts.get("display_height"),
        "fps": facts.get("fps"),
    }
