"""What was published, in one shape for both platforms: for tests, the demo and the page to watch it."""

from __future__ import annotations

from typing import Any

from include.sandbox.things import Post, Video
from include.sandbox.tiktok_state import is_public, settle_all, status_of
from include.sandbox.world import World, iso
from include.sandbox.youtube_life import is_short, outcome_of, settle

Json = dict[str, Any]


def everything(world: World, address: str) -> list[Json]:
    """Return every video and post whose bytes arrived completely, the oldest first."""
    settle_all(world)
    videos = [(one.created_at, video_entry(world, settle(world, one), address)) for one in world.videos]
    posts = [(one.uploaded_at, post_entry(world, one, address)) for one in world.posts if one.uploaded_at]
    return [entry for _, entry in sorted([*videos, *posts], key=lambda pair: (pair[0] or 0, pair[1]["id"]))]


def measures(facts: Json | None) -> Json:
    """Return what is known about the picture."""
    facts = facts or {}
    return {
        "duration": facts.get("duration"),
        "width": facts.get("display_width"),
        "height": facts.get("display_height"),
        "fps": facts.get("fps"),
    }


def video_entry(world: World, video: Video, address: str) -> Json:
    """Describe a YouTube video."""
    account, outcome = world.accounts.get(video.channel), outcome_of(world, video)
    snippet, status = video.resource["snippet"], video.resource["status"]
    titles = {one.id: one.resource["snippet"]["title"] for one in world.playlists}
    return {
        "platform": "youtube",
        "account": account.name if account else None,
        "account_id": video.channel,
        "id": video.id,
        "publish_id": None,
        "kind": "short" if is_short(world, video) else "video",
        "title": snippet["title"],
        "description": snippet["description"],
        "tags": snippet.get("tags", []),
        "category": snippet["categoryId"],
        "privacy": status["privacyStatus"],
        "publish_at": status.get("publishAt"),
        "made_for_kids": status["selfDeclaredMadeForKids"],
        "synthetic_media": status.get("containsSyntheticMedia"),
        "options": {"license": status["license"], "embeddable": status["embeddable"],
                    "language": snippet.get("defaultLanguage")},
        "sha256": video.sha256,
        "size": video.size,
        "state": outcome.state,
        "reason": outcome.reason,
        "created_at": iso(video.created_at),
        "file_name": video.file_name,
        "thumbnail": video.thumbnail is not None,
        "thumbnails_tried": video.tried_thumbnails,
        "playlists": [titles.get(one.playlist) for one in world.entries if one.video == video.id],
        "url_to_watch": f"{address}/watch/youtube/{video.id}",
        "url_of_file": f"{address}/files/youtube/{video.id}",
        "url_of_picture": f"{address}/pictures/youtube/{video.id}/high.jpg",
        **measures(video.facts),
    }  # fmt: skip


def post_entry(world: World, post: Post, address: str) -> Json:
    """Describe a TikTok post or draft; `id` is the public one as soon as moderation is over."""
    account = world.accounts.get(post.account)
    info = post.info
    return {
        "platform": "tiktok",
        "account": account.name if account else None,
        "account_id": post.account,
        "id": str(post.post) if is_public(world, post) else post.id,
        "publish_id": post.id,
        "kind": post.kind,
        "title": info.get("title", ""),
        "description": "",
        "tags": [],
        "category": None,
        "privacy": info.get("privacy_level"),
        "publish_at": None,
        "made_for_kids": None,
        "synthetic_media": info.get("is_aigc"),
        "options": {name: value for name, value in info.items() if name not in {"title", "privacy_level", "is_aigc"}},
        "sha256": post.sha256,
        "size": post.total,
        "state": status_of(post),
        "reason": post.failed,
        "created_at": iso(post.uploaded_at or post.created_at),
        "file_name": None,
        "thumbnail": False,
        "thumbnails_tried": 0,
        "playlists": [],
        "url_to_watch": f"{address}/watch/tiktok/{post.upload}",
        "url_of_file": f"{address}/files/tiktok/{post.upload}",
        "url_of_picture": f"{address}/pictures/tiktok/{post.upload}",
        **measures(post.facts),
    }
