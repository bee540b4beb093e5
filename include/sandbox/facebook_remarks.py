"""What people wrote below a Page's video: the crowd's remarks, and what was posted, hidden or deleted by the API."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache

from include.sandbox.audience import Crowd, Remark, remarks
from include.sandbox.meta_crowds import of_video
from include.sandbox.meta_things import FbComment, FbVideo, digits
from include.sandbox.world import World

MOST_LISTED = 1_000
"""Comments of one video that can be listed."""
MAX_TEXT = 8_000
"""Characters of a comment."""


def place_of(video: FbVideo) -> str:
    """Return the first half of a comment's id: the post's own digits, or the video's id where there is no post."""
    return video.post.partition("_")[2] if video.post else video.id


def new_id(video: FbVideo) -> str:
    """Make a comment's id: `{post}_{comment}` (meta.md 0.4)."""
    return f"{place_of(video)}_{digits(15)}"


def remark_id(video: str, place: str, number: int) -> str:
    """Return the id of a remark, always the same."""
    digest = hashlib.blake2b(f"{video} {number}".encode(), digest_size=8).digest()
    return f"{place}_{int.from_bytes(digest, 'big') % 10**15:015d}"


def comments_of(world: World, video: FbVideo) -> list[FbComment]:
    """Return a video's comments and replies as they stand now, the oldest first."""
    kept = {one.id: one for one in world.shelf(FbComment) if one.video == video.id}
    found = {one.id: one for one in spoken(world, video)} | kept
    return sorted((one for one in found.values() if not one.deleted), key=lambda one: (one.created_at, one.id))


def spoken(world: World, video: FbVideo) -> list[FbComment]:
    """Return the crowd's remarks as comments; an answer to an answer hangs on the top-level comment."""
    if video.published_at is None or video.kind == "story":
        return []
    return list(_spoken(video.id, place_of(video), of_video(video), int(world.now())))


@lru_cache(maxsize=4_000)
def _spoken(video: str, place: str, crowd: Crowd, second: int) -> tuple[FbComment, ...]:
    said = remarks(crowd, second, MOST_LISTED)
    parents: dict[int, int] = {}
    for one in said:
        if one.parent is not None:
            parents[one.number] = parents.get(one.parent, one.parent)
    return tuple(comment_from(video, place, one, parents.get(one.number)) for one in said)


def comment_from(video: str, place: str, remark: Remark, parent: int | None) -> FbComment:
    """Return a remark in Facebook's shape."""
    digest = hashlib.blake2b(remark.author.encode(), digest_size=7).digest()
    return FbComment(
        id=remark_id(video, place, remark.number), video=video, author=f"7{int.from_bytes(digest, 'big')}",
        name=remark.author, text=remark.text[:MAX_TEXT], created_at=remark.at, likes=remark.likes, by_crowd=True,
        parent=None if parent is None else remark_id(video, place, parent),
    )  # fmt: skip


def find(world: World, key: str) -> FbComment | None:
    """Return a comment by its id."""
    kept = world.shelf(FbComment).get(key)
    if kept is not None:
        return None if kept.deleted else kept
    place = key.partition("_")[0]
    video = next((one for one in world.shelf(FbVideo) if place_of(one) == place), None)
    return next((replace(one) for one in spoken(world, video) if one.id == key), None) if video else None


def counted(world: World, video: FbVideo, moment: float) -> int:
    """Return how many comments a video has: the crowd's and ours, without the deleted ones."""
    kept = [one for one in world.shelf(FbComment) if one.video == video.id]
    ours = sum(not one.by_crowd and not one.deleted for one in kept)
    gone = sum(one.by_crowd and one.deleted for one in kept)
    return of_video(video).until(moment)["comments"] + ours - gone
