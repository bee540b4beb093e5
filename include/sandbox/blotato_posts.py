"""Posts at Blotato: made, looked at, listed (reference C.4, C.5). There is no idempotency key: two calls, two posts."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.asking import object_of
from include.sandbox.blotato_media import bring, refusal
from include.sandbox.blotato_rules import Invalid, check, time_of
from include.sandbox.gateway_published import gateway_entry, new_post, state_of
from include.sandbox.gateway_things import BlotatoPost
from include.sandbox.keyed import DIGITS, KeyHolder
from include.sandbox.meta_fetch import CannotFetch
from include.sandbox.workshop import Workshop, file_of
from include.sandbox.world import World, iso, new_id

Json = dict[str, Any]
WEEK_SECONDS = 7 * 86_400
SECOND = 1.0


async def create(request: Request, holder: KeyHolder) -> Response:
    """`POST /v2/posts`: `scheduledTime` counts beside `post` only; inside it is ignored and the post goes out."""
    world: World = request.app.state.world
    body = await object_of(request)
    try:
        item = check(body)
        later = time_of(body["scheduledTime"]) if body.get("scheduledTime") else None
    except Invalid as error:
        return refusal(str(error))
    platform = item["content"]["platform"]
    if holder.platform_of(item["accountId"]) != platform:
        return refusal("Wrong Account ID")
    page = item["target"].get("pageId")
    if page is not None and page not in {each["id"] for each in holder.pages.get(platform, [])}:
        return refusal("Wrong Page ID")
    post = world.shelf(BlotatoPost).keep(
        BlotatoPost(
            id=str(uuid.uuid4()), listed=new_id(9, DIGITS), user=holder.id, account=item["accountId"],
            platform=platform, username=holder.accounts[platform], item=item, created_at=world.now(),
            scheduled_for=later, fail=request.scope.get("sandbox.fail"),
        )
    )  # fmt: skip
    request.app.state.workshop.run(get_media(world, request.app.state.workshop, post))
    answer: Json = {"postSubmissionId": post.id}
    return JSONResponse(answer | ({"scheduledTime": iso(later)} if later else {}), 201)


async def get_media(world: World, workshop: Workshop, post: BlotatoPost) -> None:
    """Bring the post's first media; what cannot be fetched lets it fail."""
    shelf = world.shelf(BlotatoPost)
    try:
        post.size = await bring(world, post.item["content"]["mediaUrls"][0], file_of(world, post))
    except (CannotFetch, IndexError) as error:
        post.failed = f"Failed to fetch the media: {error}"
    else:
        post.uploaded_at = world.now()
    if shelf.get(post.id) is post:
        shelf.keep(post)
        if post.uploaded_at:
            workshop.take(post)


def resume(world: World, workshop: Workshop) -> None:
    """After a restart, fetch what was not there yet."""
    for post in world.shelf(BlotatoPost):
        if post.uploaded_at is None and post.failed is None:
            workshop.run(get_media(world, workshop, post))


def is_draft(post: BlotatoPost) -> bool:
    """Tell whether it is a TikTok draft, which the creator posts in the app."""
    return bool(post.item["target"].get("isDraft"))


def settle(world: World, post: BlotatoPost) -> BlotatoPost:
    """Let time pass for a post."""
    due = max(post.uploaded_at or 0, post.scheduled_for or 0) + world.switches.processing_seconds
    if post.done_at or post.failed or not post.uploaded_at or post.facts is None or world.now() < due:
        return post
    reason = post.fail or ("Unsupported media type" if post.facts.get("problem") else None)
    if reason:
        post.failed = reason
    else:
        kind = post.item["target"].get("mediaType") or "video"
        post.post, post.url = new_post(post.platform, post.username, kind)
        post.done_at = world.now()
    return world.shelf(BlotatoPost).keep(post)


def settle_all(world: World) -> None:
    """Let time pass for every post."""
    for post in world.shelf(BlotatoPost):
        settle(world, post)


def shown_address(post: BlotatoPost) -> str | None:
    """Return the address Blotato tells: none for drafts and for private TikTok posts."""
    hidden = is_draft(post) or post.item["target"].get("privacyLevel") == "SELF_ONLY"
    return None if hidden else post.url


async def read(request: Request, holder: KeyHolder) -> Response:
    """`GET /v2/posts/{id}`: an id nobody knows reads as in progress, or (by switch) as not found."""
    world: World = request.app.state.world
    post = world.shelf(BlotatoPost).get(request.path_params["key"])
    if post is None or post.user != holder.id:
        if world.switches.blotato_unknown_id == "not_found":
            return refusal("Post not found", 404)
        return JSONResponse({"postSubmissionId": request.path_params["key"], "status": "in-progress"})
    await request.app.state.workshop.looked_at([post] if post.uploaded_at else [])
    settle(world, post)
    answer: Json = {"postSubmissionId": post.id, "status": "in-progress"}
    if post.failed:
        answer |= {"status": "failed", "errorMessage": post.failed}
    elif post.done_at:
        answer |= {"status": "published", "publicUrl": shown_address(post)}
    elif post.scheduled_for and post.scheduled_for > world.now():
        answer |= {"status": "scheduled", "scheduledTime": iso(post.scheduled_for)}
    return JSONResponse(answer)


async def list_posts(request: Request, holder: KeyHolder) -> Response:
    """`GET /v2/posts`: what is scheduled, out or failed, the newest first; what is in progress is not in it."""
    world: World = request.app.state.world
    await request.app.state.workshop.looked_at(one for one in world.shelf(BlotatoPost) if one.uploaded_at)
    settle_all(world)
    query = request.query_params
    limit, start = query.get("limit", "50"), query.get("cursor", "0")
    if not limit.isdigit() or not 1 <= int(limit) <= 250 or not start.isdigit():
        return refusal("querystring/limit must be <= 250")
    now, lag = world.now(), world.switches.blotato_list_lag_seconds
    try:
        since = time_of(query["since"]) if "since" in query else now - WEEK_SECONDS
        until = time_of(query["until"]) if "until" in query else now + WEEK_SECONDS
    except Invalid as error:
        return refusal(str(error))
    wanted, states = query.getlist("platform"), query.getlist("status")
    found = [
        listed(world, one)
        for one in world.shelf(BlotatoPost)
        if one.user == holder.id and since <= moment_of(one) <= until and (not wanted or one.platform in wanted)
        if one.failed or one.scheduled_for or (one.done_at and one.done_at + lag <= now)
    ]
    found = [one for one in found if not states or one["state"]["type"] in states]
    found.sort(key=lambda one: one["postTime"], reverse=True)
    stop = int(start) + int(limit)
    more = {"cursor": str(stop)} if stop < len(found) else {}
    return JSONResponse({"items": found[int(start) : stop], **more})


def moment_of(post: BlotatoPost) -> float:
    """Return when it went, or is to go, out."""
    return post.done_at or post.scheduled_for or post.created_at


def listed(world: World, post: BlotatoPost) -> Json:
    """Return an item of the list; what it tells of the content beyond the papers, a switch decides."""
    state: Json = {"type": "scheduled"}
    if post.failed:
        state = {"type": "failed", "errorMessage": post.failed}
    elif post.done_at:
        state = {"type": "published", "publicUrl": shown_address(post)}
    item: Json = {"id": post.listed, "postTime": iso(moment_of(post)), "platform": post.platform, "state": state}
    shows, content = world.switches.blotato_list_shows, post.item["content"]
    if shows in ("text", "media"):
        item |= {"accountId": post.account, "content": {"text": content["text"]}}
    if shows == "media":
        item["content"]["mediaUrls"] = content["mediaUrls"]
    return item


def published(world: World, address: str) -> list[tuple[float, Json]]:
    """Return every post whose media arrived, as the platform's."""
    settle_all(world)
    return [(one.uploaded_at, described(one, address)) for one in world.shelf(BlotatoPost) if one.uploaded_at]


def described(post: BlotatoPost, address: str) -> Json:
    """Describe a post in the common shape."""
    content, target = post.item["content"], post.item["target"]
    youtube = post.platform == "youtube"
    return gateway_entry(
        address, "blotato", post, post.platform,
        account=post.username,
        account_id=post.account,
        id=post.post or post.id,
        publish_id=post.id,
        kind="inbox" if is_draft(post) else target.get("mediaType") or "video",
        title=target["title"] if youtube else content["text"],
        description=content["text"] if youtube else "",
        privacy=target.get("privacyStatus") or target.get("privacyLevel") or "public",
        made_for_kids=target.get("isMadeForKids"),
        synthetic_media=target.get("isAiGenerated", target.get("containsSyntheticMedia")),
        playlists=target.get("playlistIds") or [],
        options={name: value for name, value in target.items() if name not in ("targetType", "title")},
        state=state_of(post.platform, done=bool(post.done_at), failed=bool(post.failed), draft=is_draft(post)),
        reason=post.failed,
    )  # fmt: skip
