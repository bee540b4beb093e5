"""Facebook's videos in the shape of `published.py`: everything a publishing call was made for."""

from __future__ import annotations

from typing import Any

from include.sandbox.facebook_life import publishing, settle, video_status
from include.sandbox.meta_things import FbVideo
from include.sandbox.published import entry
from include.sandbox.world import World, iso


def published(world: World, address: str) -> list[tuple[float, dict[str, Any]]]:
    """Return every finished video with its time; drafts and scheduled ones are among them."""
    finished = [settle(world, one) for one in world.shelf(FbVideo) if one.finished_at is not None]
    return [(one.finished_at or 0.0, video_entry(world, one, address)) for one in finished]


def video_entry(world: World, video: FbVideo, address: str) -> dict[str, Any]:
    """Describe a video."""
    account, params = world.accounts.get(video.page), video.params
    said = {name: value for name, value in params.items() if name not in ("title", "description")}
    at = params.get("scheduled_publish_time")
    return entry(
        address, "facebook", video.id, video.facts,
        account=account.name if account else None,
        account_id=video.page,
        id=video.id,
        publish_id=video.post,
        kind=video.kind,
        title=params.get("title", ""),
        description=params.get("description", ""),
        tags=params.get("custom_labels", []),
        category=params.get("content_category"),
        privacy=privacy_of(video),
        publish_at=iso(float(at)) if at is not None and video.published_at is None else None,
        synthetic_media=params.get("is_ai_generated"),
        options={**said, "finishes": video.finishes},
        sha256=video.sha256,
        size=video.size,
        state=state_of(world, video),
        reason=str(video.errors[0]["code"]) if video.errors else None,
        created_at=iso(video.finished_at or video.created_at),
        thumbnail=any(one["is_preferred"] for one in video.thumbnails),
        thumbnails_tried=len(video.thumbnails),
    )  # fmt: skip


def state_of(world: World, video: FbVideo) -> str:
    """Return published, scheduled or draft once that is so, else how far processing is."""
    return str(publishing(video).get("publish_status") or video_status(world, video))


def privacy_of(video: FbVideo) -> str:
    """Return who can see it."""
    if video.published_at is None:
        return video.wanted.lower()
    return "unlisted" if video.params.get("secret") else "public"
