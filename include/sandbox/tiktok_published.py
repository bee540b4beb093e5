"""TikTok's posts and drafts in the shape of `published.py`."""

from __future__ import annotations

from typing import Any

from include.sandbox.published import entry
from include.sandbox.tiktok_state import is_public, settle_all, status_of
from include.sandbox.tiktok_things import Post
from include.sandbox.world import World, iso

Json = dict[str, Any]


def published(world: World, address: str) -> list[tuple[float, Json]]:
    """Return every post whose bytes arrived, with its time."""
    settle_all(world)
    return [(one.uploaded_at, post_entry(world, one, address)) for one in world.shelf(Post) if one.uploaded_at]


def post_entry(world: World, post: Post, address: str) -> Json:
    """Describe a TikTok post or draft; `id` is the public one as soon as moderation is over."""
    account = world.accounts.get(post.account)
    info = post.info
    return entry(
        address, "tiktok", post.upload, post.facts,
        account=account.name if account else None,
        account_id=post.account,
        id=str(post.post) if is_public(world, post) else post.id,
        publish_id=post.id,
        kind=post.kind,
        title=info.get("title", ""),
        privacy=info.get("privacy_level"),
        synthetic_media=info.get("is_aigc"),
        options={name: value for name, value in info.items() if name not in {"title", "privacy_level", "is_aigc"}},
        sha256=post.sha256,
        size=post.total,
        state=status_of(post),
        reason=post.failed,
        created_at=iso(post.uploaded_at or post.created_at),
    )  # fmt: skip
