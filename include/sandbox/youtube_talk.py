"""What is said below YouTube videos: the crowd's remarks and what was written by API, as one list (youtube.md 9.3)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from weakref import WeakKeyDictionary

from include.sandbox.audience import Crowd, remarks
from include.sandbox.things import Account
from include.sandbox.world import World, iso
from include.sandbox.youtube_answers import Json, with_etag
from include.sandbox.youtube_numbers import crowd_of
from include.sandbox.youtube_things import Video, YouTubeComment, YouTubeCommentState

MAX_CHARACTERS = 10_000
SHOWN_REPLIES = 5
AS_NEW = YouTubeCommentState(id="")
PREFIX = 12
"""Characters at the beginning of a comment's id that tell the video, for the crowd's."""
_PREFIXES: WeakKeyDictionary[World, tuple[int, dict[str, list[str]]]] = WeakKeyDictionary()
"""What `_by_prefix` found, and how often videos had changed by then."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One comment as it stands; `parent` is a top-level id, `channel` whose the video is."""

    id: str
    video: str
    channel: str
    parent: str | None
    author: str
    author_name: str
    text: str
    at: float
    edited_at: float
    likes: int
    moderation: str


def talk(world: World, video: Video, until: float | None = None) -> list[Said]:
    """Return everything below a video that was not deleted, the newest first.

    With `until` (Unix time, at most the end of the day) also what the crowd is going to say by then.
    """
    crowd = crowd_of(world, video)
    found = list(_of_crowd(world, video, crowd, world.now() if until is None else until)) if crowd else []
    found += [_of_thing(world, video, one) for one in world.shelf(YouTubeComment) if one.video == video.id]
    kept = [one for one in found if not state_of(world, one.id).deleted]
    there = {one.id for one in kept}
    return sorted((one for one in kept if one.parent is None or one.parent in there), key=by_time)


def by_time(said: Said) -> tuple[float, str]:
    """Return what puts the newest first."""
    return -said.at, said.id


def find(world: World, key: str) -> Said | None:
    """Return a comment by id, whatever video it is below; one that answers nothing any more is gone, too."""
    found = _written(world, key)
    if found is None or found.parent is None:
        return found
    return found if _written(world, found.parent) else None


def _written(world: World, key: str) -> Said | None:
    """Return a comment that was written by now and not deleted."""
    state, now, shelf = state_of(world, key), world.now(), world.shelf(Video)
    if state.deleted:
        return None
    if thing := world.shelf(YouTubeComment).get(key):
        video = shelf.get(thing.video)
        return _of_thing(world, video, thing) if video else None
    for name in _by_prefix(world).get(key[:PREFIX], ()):
        video = shelf.get(name)
        crowd = crowd_of(world, video) if video else None
        said = _crowd_talk(crowd, video.channel, end_of_day(now)).get(key) if video and crowd else None
        if said and said.at <= now:
            return said if state is AS_NEW else as_changed(said, state)
    return None


def _by_prefix(world: World) -> dict[str, list[str]]:
    """Return which videos a comment of the crowd may be below, by how its id begins."""
    changes = world.shelf(Video).changes
    known = _PREFIXES.get(world)
    if known is None or known[0] != changes:
        found: dict[str, list[str]] = {}
        for video in world.shelf(Video):
            found.setdefault(prefix_of(video.id), []).append(video.id)
        known = _PREFIXES[world] = (changes, found)
    return known[1]


def state_of(world: World, key: str) -> YouTubeCommentState:
    """Return what became of a comment."""
    return world.shelf(YouTubeCommentState).get(key) or AS_NEW


def prefix_of(video: str) -> str:
    """Return how the ids of the crowd's comments below a video begin."""
    return "Ugx" + _letters(video, "talk")[: PREFIX - 3]


def channel_of(author: str) -> str:
    """Return the channel of somebody in the crowd."""
    return "UC" + _letters(author, "channel")[:22]


@lru_cache(maxsize=50_000)
def _letters(*parts: str) -> str:
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=18).digest()
    return base64.urlsafe_b64encode(digest).decode()


def end_of_day(now: float) -> float:
    """Return when the Pacific day of a moment ends: until then a crowd's talk is made up in one go."""
    clock = Crowd("", now)
    return clock.midnight(clock.day_at(now) + timedelta(days=1))


def _of_crowd(world: World, video: Video, crowd: Crowd, until: float) -> Iterator[Said]:
    for said in _crowd_talk(crowd, video.channel, end_of_day(world.now())).values():
        if said.at > until:
            return
        state = state_of(world, said.id)
        yield said if state is AS_NEW else as_changed(said, state)


def as_changed(said: Said, state: YouTubeCommentState) -> Said:
    """Return a comment as it stands after it was edited or held back."""
    text = said.text if state.text is None else state.text[:MAX_CHARACTERS]
    return replace(said, text=text, edited_at=state.edited_at or said.at, moderation=state.moderation)


@lru_cache(maxsize=50_000)
def _crowd_talk(crowd: Crowd, channel: str, until: float) -> Mapping[str, Said]:
    """Return what a crowd says up to a moment by id, the oldest first; the same for a whole day, as it takes long."""
    found: dict[str, Said] = {}
    roots: list[int] = []
    for remark in remarks(crowd, until):
        roots.append(remark.number if remark.parent is None else roots[remark.parent])
        top = prefix_of(crowd.key) + _letters(crowd.key, str(roots[-1]))[:14]
        parent = None if remark.parent is None else top
        key = top if parent is None else f"{top}.{_letters(crowd.key, str(remark.number))[:22]}"
        found[key] = Said(
            id=key, video=crowd.key, channel=channel, parent=parent, author=channel_of(remark.author),
            author_name=f"@{remark.author}", text=remark.text[:MAX_CHARACTERS], at=remark.at, edited_at=remark.at,
            likes=remark.likes, moderation="published",
        )  # fmt: skip
    return found


def _of_thing(world: World, video: Video, one: YouTubeComment) -> Said:
    author, state = world.accounts.get(one.author), state_of(world, one.id)
    said = Said(
        id=one.id, video=video.id, channel=video.channel, parent=one.parent, author=one.author,
        author_name=f"@{author.handle}" if author else "", text=one.text, at=one.at, edited_at=one.at, likes=0,
        moderation="published",
    )  # fmt: skip
    return said if state is AS_NEW else as_changed(said, state)


def comment_of(said: Said, account: Account, plain: bool) -> Json:
    """Return the comment resource as an account sees it."""
    shown = said.text if plain else said.text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
    snippet: Json = {
        "channelId": said.channel, "videoId": said.video, "textDisplay": shown, "authorDisplayName": said.author_name,
        "authorProfileImageUrl": "", "authorChannelUrl": f"http://www.youtube.com/{said.author_name}",
        "authorChannelId": {"value": said.author}, "canRate": True, "viewerRating": "none", "likeCount": said.likes,
        "publishedAt": iso(said.at), "updatedAt": iso(said.edited_at),
    }  # fmt: skip
    if account.id in (said.channel, said.author):
        snippet["textOriginal"] = said.text
    if account.id == said.channel:
        snippet["moderationStatus"] = said.moderation
    if said.parent:
        snippet["parentId"] = said.parent
    return with_etag({"kind": "youtube#comment", "id": said.id, "snippet": snippet})


def thread_of(top: Said, replies: list[Said], account: Account, plain: bool, parts: list[str]) -> Json:
    """Return the thread resource: the newest replies only, and how many there are."""
    shown: Json = {"kind": "youtube#commentThread", "id": top.id}
    if "snippet" in parts:
        shown["snippet"] = {
            "channelId": top.channel, "videoId": top.video, "topLevelComment": comment_of(top, account, plain),
            "canReply": True, "totalReplyCount": len(replies), "isPublic": top.moderation == "published",
        }  # fmt: skip
    if "replies" in parts and replies:
        shown["replies"] = {"comments": [comment_of(one, account, plain) for one in replies[:SHOWN_REPLIES]]}
    return with_etag(shown)
