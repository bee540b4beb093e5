"""Posts: creating with the check for duplicates, reading, listing, changing and deleting them (B.4)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.linkedin_answers import (
    Caller,
    Json,
    LinkedInError,
    answer,
    body_of,
    enter,
    invalid,
    known_only,
    missing,
    urn_in_path,
    urn_in_query,
)
from include.sandbox.linkedin_state import status_of
from include.sandbox.linkedin_things import LinkedInPost, LinkedInVideo
from include.sandbox.world import World, new_id

WRITE = ("w_member_social", "w_organization_social")
READ = ("r_member_social", "r_organization_social")
NEEDED = ("author", "commentary", "visibility", "distribution", "lifecycleState")
KNOWN = {*NEEDED, "content", "isReshareDisabledByAuthor"}
VISIBILITIES = {"PUBLIC", "CONNECTIONS", "LOGGED_IN"}
MAX_COMMENTARY_UNITS = 3000
MAX_PAGE = 100


async def create_post(request: Request) -> Response:
    """`POST /rest/posts`: 201 without a body, the URN in a header."""
    caller = enter(request, "posts.CREATE", *WRITE)
    body = await body_of(request)
    check_body(body)
    author = caller.want_author(body["author"])
    video = await check_video(caller, body, author)
    if double := duplicate_of(caller.world, body, video):
        code = caller.world.switches.linkedin_duplicate_code
        raise LinkedInError(422, code, f"Content is a duplicate of {double.id}")
    now = caller.world.now()
    post = LinkedInPost(
        id=f"urn:li:ugcPost:7{new_id(18, '0123456789')}", account=caller.account.id, app=caller.grant.app,
        author=author, video=video.id if video else None, body=body, created_at=now, modified_at=now,
    )  # fmt: skip
    caller.world.shelf(LinkedInPost).keep(post)
    return answer(caller.world, None, 201, x_restli_id=post.id, x_linkedin_id=post.id)


def check_body(body: Json) -> None:
    """Check a new post's fields."""
    known_only(body, KNOWN, "REQUEST_BODY")
    for name in NEEDED:
        if body.get(name) is None:
            raise missing(f"/{name}")
    if not isinstance(body["commentary"], str):
        raise invalid("/commentary", body["commentary"])
    if len(body["commentary"].encode("utf-16-le", "surrogatepass")) // 2 > MAX_COMMENTARY_UNITS:
        raise LinkedInError(400, "FIELD_LENGTH_TOO_LONG", "commentary exceeds the maximum length of 3000")
    if body["visibility"] not in VISIBILITIES:
        raise invalid("/visibility", body["visibility"])
    if body["lifecycleState"] != "PUBLISHED":
        raise invalid("/lifecycleState", body["lifecycleState"])
    spread = body["distribution"]
    if not isinstance(spread, dict) or spread.get("feedDistribution") not in {"MAIN_FEED", "NONE"}:
        raise invalid("/distribution/feedDistribution", spread)
    if not isinstance(body.get("isReshareDisabledByAuthor", False), bool):
        raise invalid("/isReshareDisabledByAuthor", body["isReshareDisabledByAuthor"])


async def check_video(caller: Caller, body: Json, author: str) -> LinkedInVideo | None:
    """Return the video in a new post, which has to be the author's and ready; None for a post of text alone."""
    content = body.get("content")
    if content is None:
        return None
    media = content.get("media") if isinstance(content, dict) else None
    if not isinstance(media, dict) or not isinstance(media.get("id"), str):
        raise invalid("/content/media", content)
    video = caller.world.shelf(LinkedInVideo).get(media["id"])
    if video is None:
        raise LinkedInError(400, "INVALID_VIDEO_ID", f"Invalid video id: {media['id'][:60]}")
    if video.owner != author:
        raise LinkedInError(403, "ACCESS_DENIED", "The owner of the video is not the author of the post", service=100)
    await caller.workshop.looked_at([video])
    status = status_of(caller.world, video)
    if status == "PROCESSING_FAILED":
        raise LinkedInError(400, "MEDIA_ASSET_PROCESSING_FAILED", "The video could not be processed")
    if status != "AVAILABLE":
        raise LinkedInError(400, "MEDIA_ASSET_WAITING_UPLOAD", f"The video is not ready: {status}")
    return video


def duplicate_of(world: World, body: Json, video: LinkedInVideo | None) -> LinkedInPost | None:
    """Return the author's recent post of the same text; a post without a text is never one."""
    since = world.now() - world.switches.linkedin_duplicate_seconds
    if not body["commentary"]:
        return None
    for post in seen(world):
        same = post.author == body["author"] and post.body["commentary"] == body["commentary"]
        media = not world.switches.linkedin_duplicates_look_at_media or post.video == (video.id if video else None)
        if same and media and post.created_at > since:
            return post
    return None


def seen(world: World) -> list[LinkedInPost]:
    """Return every post that was not deleted."""
    return [post for post in world.shelf(LinkedInPost) if not post.deleted]


async def read_post(request: Request) -> Response:
    """`GET /rest/posts/{urn}`."""
    caller = enter(request, "posts.GET", *READ)
    post = find_post(caller, urn_in_path(request))
    caller.want_author(post.author, read=True)
    return answer(caller.world, post_body(post))


async def list_posts(request: Request) -> Response:
    """`GET /rest/posts?q=author&author=…`: the author's posts, those that changed last first."""
    caller = enter(request, "posts.FINDER-author", *READ)
    if request.query_params.get("q") != "author":
        raise LinkedInError(400, "ILLEGAL_ARGUMENT", "The finder must be named: q=author")
    author = urn_in_query(request, "author")
    if not author:
        raise missing("author")
    caller.want_author(author, read=True)
    order = request.query_params.get("sortBy", "LAST_MODIFIED")
    if order not in {"LAST_MODIFIED", "CREATED"}:
        raise invalid("sortBy", order)
    start, size = number_of(request, "start", 0), number_of(request, "count", 10)
    if not 1 <= size <= MAX_PAGE:
        raise invalid("count", size)
    world = caller.world
    until = world.now() - world.switches.linkedin_posts_lag_seconds
    mine = [post for post in seen(world) if post.author == author and post.created_at <= until]
    mine.sort(key=lambda post: post.created_at if order == "CREATED" else post.modified_at, reverse=True)
    page = {"start": start, "count": size, "links": [], "total": len(mine)}
    return answer(world, {"paging": page, "elements": [post_body(post) for post in mine[start : start + size]]})


def number_of(request: Request, name: str, default: int) -> int:
    """Read a whole number of the query."""
    value = request.query_params.get(name, str(default))
    if not value.isdecimal():
        raise invalid(name, value)
    return int(value)


async def change_post(request: Request) -> Response:
    """`POST /rest/posts/{urn}` with `X-RestLi-Method: PARTIAL_UPDATE`: the text only."""
    caller = enter(request, "posts.PARTIAL_UPDATE", *WRITE)
    if request.headers.get("x-restli-method") != "PARTIAL_UPDATE":
        raise LinkedInError(400, "ILLEGAL_ARGUMENT", "X-RestLi-Method must be PARTIAL_UPDATE")
    post = find_post(caller, urn_in_path(request))
    caller.want_author(post.author)
    changes: Any = ((await body_of(request)).get("patch") or {}).get("$set")
    if not isinstance(changes, dict) or set(changes) != {"commentary"} or not isinstance(changes["commentary"], str):
        raise invalid("/patch", changes)
    post.body = {**post.body, **changes}
    post.modified_at = caller.world.now()
    caller.world.shelf(LinkedInPost).keep(post)
    return answer(caller.world, None, 204)


async def delete_post(request: Request) -> Response:
    """`DELETE /rest/posts/{urn}`: also when it is deleted already."""
    caller = enter(request, "posts.DELETE", *WRITE)
    post = caller.world.shelf(LinkedInPost).get(urn_in_path(request))
    if post is not None:
        caller.want_author(post.author)
        post.deleted = True
        caller.world.shelf(LinkedInPost).keep(post)
    return answer(caller.world, None, 204)


def find_post(caller: Caller, urn: str) -> LinkedInPost:
    """Return a post; raises 404 for one that is not there (any more)."""
    post = caller.world.shelf(LinkedInPost).get(urn)
    if post is None or post.deleted:
        raise LinkedInError(404, "NOT_FOUND", f"Could not find entity {urn[:60]}")
    return post


def post_body(post: LinkedInPost) -> Json:
    """Return a post as LinkedIn shows it."""
    return {
        **post.body, "id": post.id, "lifecycleState": post.state, "createdAt": int(post.created_at * 1000),
        "publishedAt": int(post.created_at * 1000), "lastModifiedAt": int(post.modified_at * 1000),
        "lifecycleStateInfo": {"isEditedByAuthor": post.modified_at > post.created_at},
    }  # fmt: skip
