"""Comments below a Page's videos: read, write, answer, edit, hide, delete (meta.md 4.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from include.sandbox.facebook_life import settle
from include.sandbox.facebook_remarks import comments_of, new_id
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_errors import invalid, missing
from include.sandbox.meta_fields import Field, View, attribute, constant, flag, read_fields, show
from include.sandbox.meta_paging import listing
from include.sandbox.meta_people import account
from include.sandbox.meta_things import FbComment, FbVideo, MetaPage, stamp
from include.sandbox.meta_tokens import has, need

ORDERS = ("chronological", "reverse_chronological", "ranked")
FILTERS = ("stream", "toplevel")


def author(ask: Ask, comment: FbComment, field: Field) -> dict[str, str] | None:
    """Return who wrote it, to those who may know (meta.md 4.3)."""
    if not has(ask.world, ask.caller, "pages_read_user_content"):
        return None
    return {"id": comment.author, "name": comment.name}


def replies_count(ask: Ask, comment: FbComment, field: Field) -> int:
    """Count the replies."""
    video = ask.world.shelf(FbVideo).get(comment.video)
    return sum(one.parent == comment.id for one in comments_of(ask.world, video)) if video else 0


COMMENT = View(
    node="Comment",
    fields={
        "id": attribute("id"),
        "message": attribute("text"),
        "created_time": lambda ask, comment, field: stamp(comment.created_at),
        "from": author,
        "like_count": lambda ask, comment, field: comment.likes,
        "comment_count": replies_count,
        "parent": lambda ask, comment, field: {"id": comment.parent} if comment.parent else None,
        "is_hidden": lambda ask, comment, field: comment.hidden,
        "can_hide": lambda ask, comment, field: comment.by_crowd,
        "can_remove": constant(True),
        "permalink_url": lambda ask, comment, field: f"https://www.facebook.com/{comment.id}",
        "attachment": lambda ask, comment, field: None,
    },
    usual=("created_time", "message", "id"),
)


async def list_comments(ask: Ask, video: FbVideo) -> Any:
    """`GET /{post-or-video-id}/comments`."""
    need(ask, "pages_read_engagement")
    await ask.workshop.looked_at([video])
    settle(ask.world, video)
    found = [one for one in comments_of(ask.world, video) if ask.text("filter") == "stream" or one.parent is None]
    return await listed(ask, found)


async def list_replies(ask: Ask, comment: FbComment) -> Any:
    """`GET /{comment-id}/comments`."""
    need(ask, "pages_read_engagement")
    video = ask.world.shelf(FbVideo).get(comment.video)
    there = comments_of(ask.world, video) if video else []
    return await listed(ask, [one for one in there if one.parent == comment.id])


async def listed(ask: Ask, found: list[FbComment]) -> Any:
    """Return a page of comments in the asked order, with a summary if wanted."""
    if ask.text("filter") not in (None, *FILTERS):
        raise invalid(f"Param filter must be one of {{{', '.join(FILTERS)}}}")
    order = ask.text("order") or "chronological"
    if order not in ORDERS:
        raise invalid(f"Param order must be one of {{{', '.join(ORDERS)}}}")
    told = await listing(ask, COMMENT, found[::-1] if order == "reverse_chronological" else found)
    if flag(ask.params, "summary"):
        told["summary"] = {"order": order, "total_count": len(found), "can_comment": True}
    return told


async def comment_on(ask: Ask, video: FbVideo) -> Any:
    """`POST /{post-or-video-id}/comments`."""
    return write(ask, video, None)


async def reply_to(ask: Ask, comment: FbComment) -> Any:
    """`POST /{comment-id}/comments`: an answer to an answer hangs on the top-level comment."""
    video = ask.world.shelf(FbVideo).get(comment.video)
    if video is None:
        raise invalid("The post of the comment is gone.")
    return write(ask, video, comment.parent or comment.id)


def write(ask: Ask, video: FbVideo, parent: str | None) -> Any:
    """Keep a comment of the Page's own."""
    need(ask, "pages_manage_engagement")
    text = ask.text("message")
    if text is None and ask.text("attachment_url") is None:
        raise missing("message")
    page = ask.world.shelf(MetaPage).get(video.page)
    comment = FbComment(
        id=new_id(video), video=video.id, author=video.page, name=account(ask, page).name, text=text or "",
        created_at=ask.world.now(), parent=parent,
    )  # fmt: skip
    ask.world.shelf(FbComment).keep(comment)
    return {"id": comment.id}


async def read(ask: Ask, comment: FbComment) -> Any:
    """`GET /{comment-id}`."""
    need(ask, "pages_read_engagement")
    return await show(ask, COMMENT, comment, read_fields(ask.text("fields")))


async def update(ask: Ask, comment: FbComment) -> Any:
    """`POST /{comment-id}`: a new text for the Page's own comment, or hidden or not."""
    need(ask, "pages_manage_engagement")
    text, hidden = ask.text("message"), flag(ask.params, "is_hidden")
    if text is None and hidden is None:
        raise missing("message")
    if text is not None:
        if comment.by_crowd:
            raise invalid("Only the author can edit a comment.")
        comment.text, comment.edited_at = text, ask.world.now()
    if hidden is not None:
        comment.hidden = hidden and comment.by_crowd
    ask.world.shelf(FbComment).keep(comment)
    return {"success": True}


async def delete(ask: Ask, comment: FbComment) -> Any:
    """`DELETE /{comment-id}`, with its replies."""
    need(ask, "pages_manage_engagement")
    video = ask.world.shelf(FbVideo).get(comment.video)
    replies = [one for one in comments_of(ask.world, video) if one.parent == comment.id] if video else []
    for one in [comment, *replies]:
        if one.by_crowd:
            ask.world.shelf(FbComment).keep(replace(one, deleted=True))
        else:
            ask.world.shelf(FbComment).drop(one.id)
    return {"success": True}
