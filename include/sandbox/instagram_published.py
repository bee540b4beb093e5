"""Instagram's posts in the shape of `published.py`; containers are not published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from include.sandbox.meta_things import IgContainer, IgMedia
from include.sandbox.published import entry
from include.sandbox.world import World, iso


def published(world: World, address: str) -> list[tuple[float, dict[str, Any]]]:
    """Return every post with its time."""
    return [(one.created_at, media_entry(world, one, address)) for one in world.shelf(IgMedia)]


def media_entry(world: World, media: IgMedia, address: str) -> dict[str, Any]:
    """Describe a post."""
    account = world.accounts.get(media.profile)
    said = {name: value for name, value in media.params.items() if name != "caption"}
    return entry(
        address, "instagram", media.id, media.facts,
        account=account.name if account else None,
        account_id=media.profile,
        id=media.id,
        publish_id=media.container,
        kind={"REELS": "reel", "STORY": "story", "FEED": "image"}[media.product],
        title=media.params.get("caption", ""),
        privacy="public",
        synthetic_media=media.params.get("is_ai_generated"),
        options={**said, "shortcode": media.shortcode},
        sha256=media.sha256,
        size=media.size,
        state="PUBLISHED",
        created_at=iso(media.created_at),
        thumbnail=media.cover is not None,
    )  # fmt: skip


def cover_of(world: World, thing: IgMedia | IgContainer) -> tuple[Path, str] | None:
    """Return the cover that was given for a reel."""
    return (world.pictures / thing.cover, "image/jpeg") if thing.cover else None
