"""What people wrote below a post: the crowd's remarks, and what was posted, hidden or deleted by the API."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from weakref import WeakKeyDictionary

from include.sandbox.audience import Crowd, Remark, remarks
from include.sandbox.meta_crowds import of_media
from include.sandbox.meta_things import IgComment, IgMedia
from include.sandbox.world import World

MOST_LISTED = 1_000
"""Comments of one post that can be listed; `comments_count` counts all (meta.md 4.1)."""
MAX_TEXT = 2_200
"""Characters of a comment people can write."""
_KNOWN: WeakKeyDictionary[World, dict[str, str]] = WeakKeyDictionary()
"""Ids of comments that were listed → their post."""


def remark_id(media: str, number: int) -> str:
    """Return the id of a remark: 17 digits, always the same."""
    digest = hashlib.blake2b(f"{media} {number}".encode(), digest_size=8).digest()
    return f"180{int.from_bytes(digest, 'big') % 10**14:014d}"


def comments_of(world: World, media: IgMedia) -> list[IgComment]:
    """Return a post's comments and replies as they stand now, the oldest first."""
    kept = [one for one in world.shelf(IgComment) if one.media == media.id]
    found = {one.id: one for one in spoken(world, media)} | {one.id: one for one in kept}
    there = [one for one in found.values() if not one.deleted]
    return sorted(there, key=lambda one: (one.created_at, one.id))


def spoken(world: World, media: IgMedia) -> list[IgComment]:
    """Return the crowd's remarks as comments; an answer to an answer hangs on the top-level comment."""
    if media.product == "STORY":
        return []  # answers to stories are messages
    found = _spoken(media.id, of_media(media), int(world.now()))
    _KNOWN.setdefault(world, {}).update((one.id, media.id) for one in found)
    return list(found)


@lru_cache(maxsize=4_000)
def _spoken(media: str, crowd: Crowd, second: int) -> tuple[IgComment, ...]:
    said = remarks(crowd, second, MOST_LISTED)
    parents: dict[int, int] = {}
    for one in said:
        if one.parent is not None:
            parents[one.number] = parents.get(one.parent, one.parent)
    return tuple(comment_from(media, one, parents.get(one.number)) for one in said)


def comment_from(media: str, remark: Remark, parent: int | None) -> IgComment:
    """Return a remark in Instagram's shape."""
    digest = hashlib.blake2b(remark.author.encode(), digest_size=7).digest()
    return IgComment(
        id=remark_id(media, remark.number), media=media, author=f"64{int.from_bytes(digest, 'big')}",
        username=remark.author, text=remark.text[:MAX_TEXT], created_at=remark.at, likes=remark.likes,
        by_crowd=True,
        parent=None if parent is None else remark_id(media, parent),
    )  # fmt: skip


def find(world: World, key: str) -> IgComment | None:
    """Return a comment by its id; one that was never listed is looked for everywhere."""
    kept = world.shelf(IgComment).get(key)
    if kept is not None:
        return None if kept.deleted else kept
    if key not in _KNOWN.get(world, {}):
        for media in world.shelf(IgMedia):
            spoken(world, media)
    media_id = _KNOWN.get(world, {}).get(key)
    post = world.shelf(IgMedia).get(media_id)
    return next((replace(one) for one in spoken(world, post) if one.id == key), None) if post else None


def counted(world: World, media: IgMedia, moment: float) -> int:
    """Return `comments_count`: the crowd's and ours, without the deleted ones."""
    kept = [one for one in world.shelf(IgComment) if one.media == media.id]
    ours = sum(not one.by_crowd and not one.deleted for one in kept)
    gone = sum(one.by_crowd and one.deleted for one in kept)
    return of_media(media).until(moment)["comments"] + ours - gone
