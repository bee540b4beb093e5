"""LinkedIn's posts in the shape of `published.py`; a video without a post is seen by nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from include.sandbox.linkedin_posts import seen
from include.sandbox.linkedin_text import rendered
from include.sandbox.linkedin_things import LinkedInPost, LinkedInVideo
from include.sandbox.linkedin_uploads import thumbnail_of
from include.sandbox.published import entry
from include.sandbox.world import World, iso

Json = dict[str, Any]


def published(world: World, address: str) -> list[tuple[float, Json]]:
    """Return every post with a video, with its time."""
    videos = {video.id: video for video in world.shelf(LinkedInVideo)}
    found = [(post, videos.get(post.video or "")) for post in seen(world)]
    return [(post.created_at, post_entry(world, post, video, address)) for post, video in found if video]


def post_entry(world: World, post: LinkedInPost, video: LinkedInVideo, address: str) -> Json:
    """Describe a post; `description` is what people see of its text, `options.commentary` what was sent."""
    account = world.accounts.get(post.account)
    body = post.body
    return entry(
        address, "linkedin", video.key, video.facts,
        account=account.name if account else None,
        account_id=post.account,
        id=post.id,
        publish_id=video.id,
        kind="post",
        title=body["content"]["media"].get("title", ""),
        description=rendered(body["commentary"]),
        privacy=body["visibility"],
        options={
            "author": post.author,
            "commentary": body["commentary"],
            "feed": body["distribution"]["feedDistribution"],
            "reshare": not body.get("isReshareDisabledByAuthor", False),
        },
        sha256=video.sha256,
        size=video.size,
        state=post.state,
        created_at=iso(post.created_at),
        thumbnail=video.thumbnail is not None,
    )  # fmt: skip


def own_picture(world: World, video: LinkedInVideo) -> tuple[Path, str] | None:
    """Return the picture that was uploaded for a video."""
    return (thumbnail_of(world, video), video.thumbnail) if video.thumbnail else None
