"""Thumbnails of a Page's videos (meta.md 5.5)."""

from __future__ import annotations

import asyncio
from typing import Any

from include.sandbox.looking import picture_kind
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_errors import GraphError, invalid, missing
from include.sandbox.meta_fields import flag
from include.sandbox.meta_things import FbVideo, digits
from include.sandbox.meta_tokens import need
from include.sandbox.world import World

MAX_BYTES = 10 << 20


async def use_picture(ask: Ask, video: FbVideo, content: bytes, *, preferred: bool) -> None:
    """Keep a JPEG or PNG as one of a video's thumbnails; raises for anything else."""
    if len(content) > MAX_BYTES:
        raise GraphError(1366046, "(#1366046) The photo is larger than 10 MB.")
    kind = await asyncio.to_thread(picture_kind, content)
    if kind is None:
        raise invalid("Invalid image: the thumbnail must be a JPEG or PNG.", 1363030)
    key = digits(16)
    (ask.world.pictures / f"facebook-{key}.thumbnail").write_bytes(content)
    if preferred:
        for one in video.thumbnails:
            one["is_preferred"] = False
    video.thumbnails.append({"id": key, "kind": kind, "is_preferred": preferred, "size": len(content)})
    ask.world.shelf(FbVideo).keep(video)


async def add(ask: Ask, video: FbVideo) -> Any:
    """`POST /{video-id}/thumbnails`."""
    need(ask, "pages_manage_posts")
    source = ask.files.get("source")
    if source is None:
        raise missing("source")
    await use_picture(ask, video, await source.read(), preferred=flag(ask.params, "is_preferred") is True)
    return {"success": True}


async def show_all(ask: Ask, video: FbVideo) -> Any:
    """`GET /{video-id}/thumbnails`: the video's own picture and those that were set."""
    need(ask, "pages_read_engagement")
    facts = video.facts or {}
    size = {"height": facts.get("display_height", 0), "width": facts.get("display_width", 0), "scale": 1, "name": ""}
    chosen = any(one["is_preferred"] for one in video.thumbnails)
    address = f"{ask.base}/pictures/facebook/{video.id}"
    own = {"id": video.id[::-1], "uri": address, **size, "is_preferred": not chosen}
    set_ones = [
        {"id": one["id"], "uri": address, **size, "is_preferred": one["is_preferred"]} for one in video.thumbnails
    ]
    return {"data": [own, *set_ones]}


def preferred_of(world: World, video: FbVideo) -> tuple[Any, str] | None:
    """Return the picture that was chosen for a video, with its media type."""
    chosen = next((one for one in video.thumbnails if one["is_preferred"]), None)
    return (world.pictures / f"facebook-{chosen['id']}.thumbnail", chosen["kind"]) if chosen else None
