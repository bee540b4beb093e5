"""What became of a `media_publish` whose answer was lost: the container's word first, then the account's own list.

The container says PUBLISHED but never names the post, so that is looked for by time and caption (meta.md 2.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from include.platforms.contract import Note
from include.platforms.instagram.client import Client
from include.platforms.instagram.payloads import Media
from include.releases.publication import Placement

CLOCKS_DIFFER = timedelta(seconds=60)
"""How much older than our try a post may be by Meta's clock."""
STORY, REELS = frozenset({"STORY"}), frozenset({"REELS", "FEED"})


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Posts that may be ours; `sure` says whether their captions were compared."""

    posts: tuple[Media, ...]
    sure: bool

    @property
    def the_one(self) -> Media | None:
        """The post that must be ours, or None: there is none, or it cannot be told which."""
        return self.posts[0] if len(self.posts) == 1 and self.sure else None


def candidates(client: Client, note: Note) -> Candidates:
    """Return the posts since our try that have our caption and were not there before it."""
    stories = note.get("placement") == Placement.STORY.value
    posts, knows_captions = client.posted_since(_since(note) - CLOCKS_DIFFER, stories=stories)
    known = set(note.get("seen") or ())
    kinds = STORY if stories else REELS
    fitting = [
        post
        for post in posts
        if post.id not in known
        and (post.media_product_type is None or post.media_product_type in kinds)
        and post.media_type != "IMAGE"
        and (stories or not knows_captions or plain(post.caption) == plain(str(note.get("caption") or "")))
    ]
    return Candidates(posts=tuple(fitting), sure=knows_captions or stories)


def seen_now(client: Client, note: Note, now: datetime) -> list[str]:
    """Return the ids of the posts of the last minutes: none of them can be the one we are about to publish."""
    stories = note.get("placement") == Placement.STORY.value
    posts, _ = client.posted_since(now - 2 * CLOCKS_DIFFER, stories=stories)
    return [post.id for post in posts]


def plain(caption: str) -> str:
    """Return a caption with every run of white space as one blank: Instagram changes them."""
    return " ".join(caption.split())


def _since(note: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(str(note.get("attempted_at") or note["created_at"]))
