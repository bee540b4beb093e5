"""Comments on posts: read, write, answer, hide, delete (meta.md 4.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from include.sandbox.instagram_remarks import comments_of
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_errors import GraphError, invalid, missing
from include.sandbox.meta_fields import Field, View, attribute, flag, read_fields, show
from include.sandbox.meta_paging import listing, nested
from include.sandbox.meta_people import account
from include.sandbox.meta_things import IgComment, IgMedia, IgProfile, new_comment_id, stamp
from include.sandbox.meta_tokens import need
from include.sandbox.world import World

MANAGE = ("instagram_manage_comments", "instagram_business_manage_comments")
MOST = 50
MAX_TEXT = 300


def top_level(world: World, media: IgMedia) -> list[IgComment]:
    """Return a post's comments without replies, the newest first."""
    return [one for one in reversed(comments_of(world, media)) if one.parent is None]


def replies_of(world: World, comment: IgComment) -> list[IgComment]:
    """Return the replies to a comment, the oldest first."""
    media = world.shelf(IgMedia).get(comment.media)
    return [one for one in comments_of(world, media) if one.parent == comment.id] if media else []


def own_user(ask: Ask, comment: IgComment, field: Field) -> dict[str, str] | None:
    """Return the author, when it is the account itself."""
    media = ask.world.shelf(IgMedia).get(comment.media)
    return {"id": comment.author} if media is not None and media.profile == comment.author else None


async def replies(ask: Ask, comment: IgComment, field: Field) -> Any:
    """Return `replies{…}` inside a comment."""
    return await nested(ask, COMMENT, replies_of(ask.world, comment), field)


COMMENT = View(
    node="IGComment",
    fields={
        "id": attribute("id"),
        "text": attribute("text"),
        "timestamp": lambda ask, comment, field: stamp(comment.created_at),
        "username": attribute("username"),
        "from": lambda ask, comment, field: {"id": comment.author, "username": comment.username},
        "like_count": lambda ask, comment, field: comment.likes,
        "hidden": lambda ask, comment, field: comment.hidden,
        "parent_id": attribute("parent"),
        "media": lambda ask, comment, field: {"id": comment.media},
        "user": own_user,
        "replies": replies,
    },
    usual=("id", "text", "timestamp"),
)


async def list_comments(ask: Ask, media: IgMedia) -> Any:
    """`GET /{media-id}/comments`."""
    need(ask, *MANAGE)
    return await listing(ask, COMMENT, top_level(ask.world, media), most=MOST)


async def list_replies(ask: Ask, comment: IgComment) -> Any:
    """`GET /{comment-id}/replies`."""
    need(ask, *MANAGE)
    return await listing(ask, COMMENT, replies_of(ask.world, comment), most=MOST)


async def comment_on(ask: Ask, media: IgMedia) -> Any:
    """`POST /{media-id}/comments`."""
    if not media.comments_on:
        raise GraphError(10, "(#10) Comments are turned off for this media.")
    return write(ask, media, None)


async def reply_to(ask: Ask, comment: IgComment) -> Any:
    """`POST /{comment-id}/replies`: an answer to an answer hangs on the top-level comment."""
    media = ask.world.shelf(IgMedia).get(comment.media)
    if media is None:
        raise invalid("The media of the comment is gone.")
    return write(ask, media, comment.parent or comment.id)


def write(ask: Ask, media: IgMedia, parent: str | None) -> Any:
    """Keep a comment of the account's own."""
    need(ask, *MANAGE)
    text = ask.text("message")
    if text is None:
        raise missing("message")
    if len(text) > MAX_TEXT:
        raise invalid("The comment is longer than 300 characters.")
    profile = ask.world.shelf(IgProfile).get(media.profile)
    comment = IgComment(
        id=new_comment_id(), media=media.id, author=media.profile, username=account(ask, profile).handle, text=text,
        created_at=ask.world.now(), parent=parent,
    )  # fmt: skip
    ask.world.shelf(IgComment).keep(comment)
    return {"id": comment.id}


async def read(ask: Ask, comment: IgComment) -> Any:
    """`GET /{comment-id}`."""
    need(ask, *MANAGE)
    return await show(ask, COMMENT, comment, read_fields(ask.text("fields")))


async def hide(ask: Ask, comment: IgComment) -> Any:
    """`POST /{comment-id}` with `hide`; the account's own comments stay visible."""
    need(ask, *MANAGE)
    wanted = flag(ask.params, "hide")
    if wanted is None:
        raise missing("hide")
    media = ask.world.shelf(IgMedia).get(comment.media)
    comment.hidden = wanted and media is not None and comment.author != media.profile
    ask.world.shelf(IgComment).keep(comment)
    return {"success": True}


async def delete(ask: Ask, comment: IgComment) -> Any:
    """`DELETE /{comment-id}`, with its replies."""
    need(ask, *MANAGE)
    for one in [comment, *replies_of(ask.world, comment)]:
        if one.by_crowd:
            ask.world.shelf(IgComment).keep(replace(one, deleted=True))
        else:
            ask.world.shelf(IgComment).drop(one.id)
    return {"success": True}
