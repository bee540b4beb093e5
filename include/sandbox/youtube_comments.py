"""commentThreads and comments: lists, replies, holding back, deleting (youtube.md 9.3, 9.4)."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.asking import BadControl, object_of
from include.sandbox.world import World, new_id
from include.sandbox.youtube_answers import (
    GoogleError,
    Json,
    answer,
    bad_parameter,
    body_of,
    exactly_one,
    ids_of,
    listing,
    page_of,
    parts_of,
)
from include.sandbox.youtube_boards import Board, board_of, closed
from include.sandbox.youtube_gate import Caller, enter
from include.sandbox.youtube_life import can_see, settle
from include.sandbox.youtube_talk import MAX_CHARACTERS, Said, comment_of, find, state_of, talk, thread_of
from include.sandbox.youtube_things import Video, YouTubeComment, YouTubeCommentState

MODERATION = ("published", "heldForReview", "likelySpam")
MAX_IDS = 50


def problem(status: int, reason: str, message: str = "") -> GoogleError:
    """Make an error of comments."""
    return GoogleError(status, reason, message or reason, domain="youtube.comment")


def checked_page(request: Request, caller: Caller, found: Sequence[Said]) -> tuple[Sequence[Said], Json]:
    """Cut a page out; raises the 400 for a token that is foreign or has expired."""
    if request.query_params.get("pageToken") and not caller.world.switches.youtube_comments_page_tokens_live:
        raise bad_parameter("invalidPageToken", "The request specifies an invalid page token.", "pageToken")
    page, extra = page_of(request, found, default=20, most=100)
    extra.pop("prevPageToken", None)  # lists of comments go forward only
    return page, extra


async def list_threads(request: Request) -> Response:
    """`GET /youtube/v3/commentThreads`."""
    caller = enter(request, "commentThreads.list")
    parts = parts_of(request, {"id", "snippet", "replies"})
    chosen = exactly_one(request, "videoId", "allThreadsRelatedToChannelId", "id")
    status = request.query_params.get("moderationStatus", "published")
    if status not in MODERATION or request.query_params.get("order", "time") not in ("time", "relevance"):
        raise bad_parameter("invalidParameter", "Invalid value.", "moderationStatus")
    plain = request.query_params.get("textFormat", "html") == "plainText"
    board, channels = below(caller, chosen, request)
    if status != "published" and board and channels - {caller.account.id}:
        raise problem(403, "forbidden", "Forbidden")
    if chosen == "id":
        page: Sequence[Said] = [one for one in named(caller, ids_of(request, "id")) if one.parent is None]
        extra = page_info(len(page))
    else:
        page, extra = checked_page(request, caller, board.tops(status))
    items = [thread_of(top, board.answers(top.id), caller.account, plain, parts) for top in page]
    return listing(request, "youtube#commentThreadListResponse", items, extra)


def page_info(count: int) -> Json:
    """Return what a list by ids tells of its length."""
    return {"pageInfo": {"totalResults": count, "resultsPerPage": count}}


def named(caller: Caller, keys: list[str]) -> list[Said]:
    """Return the comments with these ids that there are."""
    return [found for key in keys if (found := find(caller.world, key))]


def below(caller: Caller, chosen: str, request: Request) -> tuple[Board, set[str]]:
    """Return what is said where the request looks, and below whose videos; raises 403 and 404."""
    key = request.query_params[chosen]
    if chosen == "videoId":
        video = talked_about(caller, key)
        return Board(talk(caller.world, video)), {video.channel}
    if chosen == "id":
        said = named(caller, ids_of(request, "id"))
        return Board(said), {one.channel for one in said}
    if caller.world.accounts.get(key) is None:
        raise problem(404, "channelNotFound")
    return board_of(caller.world, key), {key}


def talked_about(caller: Caller, key: str) -> Video:
    """Return a video whose comments are open; raises 404 and 403."""
    video = caller.world.shelf(Video).get(key)
    if video is None or not can_see(caller.account, settle(caller.world, video)):
        raise problem(404, "videoNotFound", "The video identified by the videoId parameter could not be found.")
    if closed(video):
        raise problem(
            403, "commentsDisabled",
            "The video identified by the <code>videoId</code> parameter has disabled comments.",
        )  # fmt: skip
    return video


async def list_comments(request: Request) -> Response:
    """`GET /youtube/v3/comments`: the replies to one, or some by id."""
    caller = enter(request, "comments.list")
    parts_of(request, {"id", "snippet"})
    plain = request.query_params.get("textFormat", "html") == "plainText"
    if exactly_one(request, "parentId", "id") == "id":
        found: Sequence[Said] = named(caller, ids_of(request, "id")[:MAX_IDS])
        extra = page_info(len(found))
    else:
        top = find(caller.world, request.query_params["parentId"])
        video = caller.world.shelf(Video).get(top.video) if top else None
        if top is None or video is None:
            raise problem(404, "commentNotFound")
        replies = [one for one in talk(caller.world, video) if one.parent == top.id and one.moderation == "published"]
        found, extra = checked_page(request, caller, replies)
    items = [comment_of(one, caller.account, plain) for one in found]
    return listing(request, "youtube#commentListResponse", items, extra)


def text_of(snippet: Json) -> str:
    """Return what is to be written; raises the 400s."""
    text = snippet.get("textOriginal")
    if not isinstance(text, str) or not text.strip():
        raise problem(400, "commentTextRequired")
    if len(text) > MAX_CHARACTERS:
        raise problem(400, "commentTextTooLong")
    return text


async def insert_reply(request: Request) -> Response:
    """`POST /youtube/v3/comments`: a reply to a top-level comment."""
    caller = enter(request, "comments.insert")
    parts_of(request, {"id", "snippet"})
    snippet = (await body_of(request)).get("snippet") or {}
    if not snippet.get("parentId"):
        raise problem(400, "parentIdMissing")
    text, parent = text_of(snippet), find(caller.world, str(snippet["parentId"]))
    if parent is None or parent.parent is not None:
        raise problem(404, "parentCommentNotFound")
    if parent.moderation != "published":
        raise problem(400, "parentCommentIsPrivate")
    made = YouTubeComment(
        id=f"{parent.id}.{new_id(22)}", video=parent.video, author=caller.account.id, text=text,
        at=caller.world.now(), parent=parent.id,
    )  # fmt: skip
    return written(request, caller, made)


async def insert_thread(request: Request) -> Response:
    """`POST /youtube/v3/commentThreads`: a comment of one's own."""
    caller = enter(request, "commentThreads.insert")
    parts = parts_of(request, {"id", "snippet", "replies"})
    snippet = (await body_of(request)).get("snippet") or {}
    if not snippet.get("videoId"):
        raise problem(400, "channelOrVideoIdMissing")
    text = text_of((snippet.get("topLevelComment") or {}).get("snippet") or {})
    video = talked_about(caller, str(snippet["videoId"]))
    made = YouTubeComment(
        id="Ugx" + new_id(23), video=video.id, author=caller.account.id, text=text, at=caller.world.now()
    )  # fmt: skip
    caller.world.shelf(YouTubeComment).keep(made)
    said = find(caller.world, made.id)
    assert said is not None  # noqa: S101 - it was kept just now
    return answer(request, thread_of(said, [], caller.account, False, parts))


def written(request: Request, caller: Caller, made: YouTubeComment) -> Response:
    """Keep a comment and answer it."""
    caller.world.shelf(YouTubeComment).keep(made)
    said = find(caller.world, made.id)
    assert said is not None  # noqa: S101 - it was kept just now
    return answer(request, comment_of(said, caller.account, False))


async def delete_comment(request: Request) -> Response:
    """`DELETE /youtube/v3/comments`: its author only."""
    caller = enter(request, "comments.delete")
    said = find(caller.world, request.query_params.get("id", ""))
    if said is None:
        raise problem(404, "commentNotFound")
    if said.author != caller.account.id:
        raise problem(403, "forbidden", "Forbidden")
    change(caller.world, said.id, deleted=True)
    return Response(status_code=204)


async def moderate(request: Request) -> Response:
    """`POST /youtube/v3/comments/setModerationStatus`: the owner of the video only; a rejection is for good."""
    caller = enter(request, "comments.setModerationStatus")
    ids, status = ids_of(request, "id"), request.query_params.get("moderationStatus")
    if not ids or len(ids) > MAX_IDS or status not in ("published", "heldForReview", "rejected"):
        raise problem(400, "operationNotSupported")
    if request.query_params.get("banAuthor") == "true" and status != "rejected":
        raise problem(400, "banWithoutReject")
    found = [find(caller.world, key) for key in ids]
    if not any(found):
        raise problem(404, "commentNotFound")
    if any(one is None or one.channel != caller.account.id for one in found):
        raise problem(403, "forbidden", "Forbidden")
    if status != "rejected" and any(one and one.moderation == "rejected" for one in found):
        raise problem(400, "processingFailure")
    for key in ids:
        change(caller.world, key, moderation=status)
    return Response(status_code=204)


def change(world: World, key: str, **what: object) -> None:
    """Write down what became of a comment."""
    before = state_of(world, key)
    known = {name: getattr(before, name) for name in ("text", "edited_at", "deleted", "moderation")}
    world.shelf(YouTubeCommentState).keep(YouTubeCommentState(**{"id": key, **known, **what}))


async def rewrite(request: Request) -> Response:
    """`POST /sandbox/youtube/comment`: as its author would, edit (`text`) or delete (`deleted`) a comment by `id`."""
    world: World = request.app.state.world
    wanted = await object_of(request)
    if not isinstance(wanted.get("id"), str) or set(wanted) - {"id", "text", "deleted"} or len(wanted) != 2:
        raise BadControl("Wanted: `id`, and `text` or `deleted`.")
    if find(world, wanted["id"]) is None:
        raise BadControl("There is no such comment.")
    if "text" in wanted:
        change(world, wanted["id"], text=str(wanted["text"]), edited_at=world.now())
    else:
        change(world, wanted["id"], deleted=bool(wanted["deleted"]))
    return JSONResponse({"id": wanted["id"]})
