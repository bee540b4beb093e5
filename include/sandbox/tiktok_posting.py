"""creator_info/query, video/init and inbox/video/init (A.3, A.4, A.5)."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.accounts import trait
from include.sandbox.things import Account, Count
from include.sandbox.tiktok_answers import MESSAGES, Caller, Json, TikTokError, body_of, enter, envelope
from include.sandbox.tiktok_pull import pull
from include.sandbox.tiktok_rules import check_info, only_known, read_source
from include.sandbox.tiktok_state import delivered_today, settle, settle_all
from include.sandbox.tiktok_things import Post
from include.sandbox.world import World, new_id

DAY = 86_400


def options_of(world: World, account: Account) -> list[str]:
    """Return the privacy levels an account may choose from just now."""
    switches = world.switches
    if switches.unaudited and switches.tiktok_unaudited_hides_options:
        return ["SELF_ONLY"]
    wanted: list[str] | None = trait(account, "privacy_options") or switches.tiktok_privacy_options
    if wanted:
        return wanted
    if trait(account, "private"):
        return ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
    return ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]


def longest(world: World, account: Account) -> int:
    """Return how many seconds a video of the account may last."""
    return int(trait(account, "max_duration_seconds") or world.switches.tiktok_max_duration_seconds)


async def trouble_of(caller: Caller) -> str | None:
    """Return the code that forbids this creator to post now, or None."""
    await caller.workshop.looked_at(one for one in caller.world.shelf(Post) if one.account == caller.account.id)
    settle_all(caller.world)
    if code := trait(caller.account, "trouble"):
        return str(code)
    limit = caller.world.switches.tiktok_posts_per_day
    if limit and delivered_today(caller.world, caller.account.id) >= limit:
        return "spam_risk_too_many_posts"
    users = caller.world.switches.tiktok_unaudited_users_per_day
    if caller.world.switches.unaudited and users:
        since = caller.world.now() - DAY
        active = {one.account for one in caller.world.shelf(Post) if one.app == caller.app and one.created_at > since}
        if caller.account.id not in active and len(active) >= users:
            return "reached_active_user_cap"
    return None


def asked_key(caller: Caller) -> str:
    """Return the name under which it is remembered when creator_info was asked last."""
    return f"creator_info {caller.app} {caller.account.id}"


async def creator_info(request: Request) -> Response:
    """`POST /v2/post/publish/creator_info/query/`: "cannot post now" comes with HTTP 200."""
    world: World = request.app.state.world
    limit = world.switches.tiktok_creator_info_per_minute
    caller = enter(request, "video.publish", limit=limit, window="creator_info")
    world.counts.keep(Count(id=asked_key(caller), value=int(world.now())))
    account = caller.account
    data = {
        "creator_avatar_url": f"{str(request.base_url).rstrip('/')}/pictures/account/{account.id}.svg",
        "creator_username": account.handle,
        "creator_nickname": account.name,
        "privacy_level_options": options_of(world, account),
        "comment_disabled": trait(account, "comment_disabled"),
        "duet_disabled": trait(account, "duet_disabled"),
        "stitch_disabled": trait(account, "stitch_disabled"),
        "max_video_post_duration_sec": longest(world, account),
    }
    if code := await trouble_of(caller):
        return envelope(world, data, code, MESSAGES[code], 200)
    return envelope(world, data)


async def direct_init(request: Request) -> Response:
    """`POST /v2/post/publish/video/init/`."""
    world: World = request.app.state.world
    caller = enter(request, "video.publish", limit=world.switches.tiktok_init_per_minute, window="init")
    body = await body_of(request)
    only_known(body, {"post_info", "source_info"}, "the request")
    info, source = body.get("post_info"), body.get("source_info")
    if not isinstance(info, dict) or not isinstance(source, dict):
        raise TikTokError("invalid_param", "post_info and source_info are required.")
    check_info(info)
    plan = read_source(world, source)
    if code := await trouble_of(caller):
        raise TikTokError(code)
    check_creator(caller, info)
    return open_post(request, caller, "direct", info, plan)


async def inbox_init(request: Request) -> Response:
    """`POST /v2/post/publish/inbox/video/init/`: a draft, without texts."""
    world: World = request.app.state.world
    caller = enter(request, "video.upload", limit=world.switches.tiktok_init_per_minute, window="init")
    body = await body_of(request)
    only_known(body, {"source_info"}, "the request")
    if not isinstance(body.get("source_info"), dict):
        raise TikTokError("invalid_param", "source_info is required.")
    plan = read_source(world, body["source_info"])
    pending = [one for one in caller.world.shelf(Post) if is_pending_share(world, one, caller.account.id)]
    if world.switches.tiktok_pending_shares and len(pending) >= world.switches.tiktok_pending_shares:
        raise TikTokError("spam_risk_too_many_pending_share")
    return open_post(request, caller, "inbox", {}, plan)


def is_pending_share(world: World, post: Post, account: str) -> bool:
    """Tell whether a post is a draft of the last 24 hours that may still be finished."""
    if post.kind != "inbox" or post.account != account or post.created_at <= world.now() - DAY:
        return False
    dead = post.uploaded_at is None and world.now() > post.created_at + world.switches.tiktok_upload_url_seconds
    return settle(world, post).failed is None and not dead and not post.forgotten


def check_creator(caller: Caller, info: Json) -> None:
    """Check what depends on the creator as asked just before: options, audit, freshness."""
    world = caller.world
    if world.switches.require_fresh_creator_info:
        asked = world.counts.get(asked_key(caller))
        if asked is None or world.now() - asked.value > world.switches.tiktok_creator_info_seconds:
            raise TikTokError("invalid_param", "Query creator_info before every post.")
    private = trait(caller.account, "private") and info["privacy_level"] == "SELF_ONLY"
    if world.switches.unaudited and not private:
        raise TikTokError("unaudited_client_can_only_post_to_private_accounts")
    if info["privacy_level"] not in options_of(world, caller.account):
        raise TikTokError("privacy_level_option_mismatch")


def open_post(request: Request, caller: Caller, kind: str, info: Json, plan: Json) -> Response:
    """Make the post and say where its bytes go."""
    world = caller.world
    url: str | None = plan.get("video_url")
    prefix = {
        ("direct", False): "v_pub_file~v2-1.", ("direct", True): "v_pub_url~v2.", ("inbox", False): "v_inbox_file~v2.",
        ("inbox", True): "v_inbox_url~v2.",
    }[kind, url is not None]  # fmt: skip
    effective = dict(info)
    for name in ("comment", "duet", "stitch"):
        if trait(caller.account, f"{name}_disabled"):
            effective[f"disable_{name}"] = True
    post = Post(
        id=prefix + new_number(), account=caller.account.id, app=caller.app, kind=kind, info=effective,
        total=plan["video_size"], chunk=plan["chunk_size"], count=plan["total_chunk_count"], upload=new_number(),
        secret=new_id(32), created_at=world.now(), fail=request.scope.get("sandbox.fail"), pulled_from=url,
    )  # fmt: skip
    world.shelf(Post).keep(post)
    data: dict[str, Any] = {"publish_id": post.id}
    if url is None:
        query = f"upload_id={post.upload}&upload_token={post.secret}"
        data["upload_url"] = f"{str(request.base_url).rstrip('/')}/tiktok/upload/video/?{query}"
    else:
        caller.workshop.run(pull(caller, post, url))
    return envelope(world, data)


def new_number() -> str:
    """Return a 19-digit number as TikTok's ids are."""
    return str(7 * 10**18 + secrets.randbelow(5 * 10**17))
