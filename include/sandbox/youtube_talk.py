"""What is said below YouTube videos: the crowd's remarks and what was written by API, as one list (youtube.md 9.3)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from include.sandbox.audience import Crowd, remarks
from include.sandbox.things import Account
from include.sandbox.world import World, iso
from include.sandbox.youtube_answers import Json, with_etag
from include.sandbox.youtube_numbers import crowd_of
from include.sandbox.youtube_things import Video, YouTubeComment, YouTubeCommentState

MAX_CHARACTERS = 10_000
SHOWN_REPLIES = 5
AS_NEW = YouTubeCommentState(id="")


@dataclass(frozen=True, kw_only=True)
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


def talk(world: World, video: Video) -> list[Said]:
    """Return everything below a video that was not deleted, the newest first."""
    crowd = crowd_of(world, video)
    found = list(_of_crowd(world, video, crowd)) if crowd else []
    found += [_of_thing(world, video, one) for one in world.shelf(YouTubeComment) if one.video == video.id]
    kept = [one for one in found if not state_of(world, one.id).deleted]
    there = {one.id for one in kept}
    return sorted((one for one in kept if one.parent is None or one.parent in there), key=lambda one: (-one.at, one.id))


def find(world: World, key: str) -> Said | None:
    """Return a comment by id, whatever video it is below."""
    thing = world.shelf(YouTubeComment).get(key)
    for video in world.shelf(Video):
        if thing is not None and thing.video != video.id:
            continue
        if thing is None and not key.split(".")[0].startswith(prefix_of(video.id)):
            continue
        if found := next((one for one in talk(world, video) if one.id == key), None):
            return found
    return None


def state_of(world: World, key: str) -> YouTubeCommentState:
    """Return what became of a comment."""
    return world.shelf(YouTubeCommentState).get(key) or AS_NEW


def prefix_of(video: str) -> str:
    """Return how the ids of the crowd's comments below a video begin."""
    return "Ugx" + _letters(video, "talk")[:9]


def channel_of(author: str) -> str:
    """Return the channel of somebody in the crowd."""
    return "UC" + _letters(author, "channel")[:22]


@lru_cache(maxsize=50_000)
def _letters(*parts: str) -> str:
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=18).digest()
    return base64.urlsafe_b64encode(digest).decode()


def _of_crowd(world: World, video: Video, crowd: Crowd) -> Iterator[Said]:
    now = world.now()
    for said in _crowd_talk(crowd, video.channel, crowd.midnight(crowd.day_at(now) + timedelta(days=1))):
        if said.at > now:
            return
        state = state_of(world, said.id)
        yield said if state is AS_NEW else as_changed(said, state)


def as_changed(said: Said, state: YouTubeCommentState) -> Said:
    """Return a comment as it stands after it was edited or held back."""
    text = said.text if state.text is None else state.text[:MAX_CHARACTERS]
    return replace(said, text=text, edited_at=state.edited_at or said.at, moderation=state.moderation)


@lru_cache(maxsize=2000)
def _crowd_talk(crowd: Crowd, channel: str, until: float) -> tuple[Said, ...]:
    """Return what a crowd says up to a moment, the oldest first; the same for a whole day, as it takes long."""
    found: list[Said] = []
    roots: list[int] = []
    for remark in remarks(crowd, until):
        roots.append(remark.number if remark.parent is None else roots[remark.parent])
        top = prefix_of(crowd.key) + _letters(crowd.key, str(roots[-1]))[:14]
        parent = None if remark.parent is None else top
        key = top if parent is None else f"{top}.{_letters(crowd.key, str(remark.number))[:22]}"
        found.append(
            Said(
                id=key, video=crowd.key, channel=channel, parent=parent, author=channel_of(remark.author),
                author_name=f"@{remark.author}", text=remark.text[:MAX_CHARACTERS], at=remark.at, edited_at=remark.at,
                likes=remark.likes, moderation="published",
            )
        )  # fmt: skip
    return tuple(found)


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
