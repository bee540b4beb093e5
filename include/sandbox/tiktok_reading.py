"""status/fetch, cancel, user/info, video/list and video/query (A.8, A.11)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.tiktok_answers import Caller, Json, TikTokError, body_of, enter, envelope
from include.sandbox.tiktok_crowds import crowd_of, public_posts_of, totals
from include.sandbox.tiktok_state import is_public, settle, status_of
from include.sandbox.tiktok_things import Post
from include.sandbox.world import World

USER_FIELDS = {
    "open_id": "user.info.basic", "union_id": "user.info.basic", "avatar_url": "user.info.basic",
    "avatar_url_100": "user.info.basic", "avatar_large_url": "user.info.basic", "display_name": "user.info.basic",
    "bio_description": "user.info.profile", "profile_deep_link": "user.info.profile",
    "is_verified": "user.info.profile", "username": "user.info.profile", "follower_count": "user.info.stats",
    "following_count": "user.info.stats", "likes_count": "user.info.stats", "video_count": "user.info.stats",
}  # fmt: skip
"""Every field of a user with the scope it needs."""
VIDEO_FIELDS = {
    "id", "create_time", "cover_image_url", "share_url", "video_description", "duration", "height", "width", "title",
    "embed_html", "embed_link", "like_count", "comment_count", "share_count", "view_count",
}  # fmt: skip
MAX_VIDEOS = 20
MAX_TEXT = 150


def own_post(caller: Caller, body: Json) -> Post:
    """Return the post a body names; raises for none and for somebody else's."""
    key = body.get("publish_id")
    post = caller.world.shelf(Post).get(key) if isinstance(key, str) else None
    if post is None:
        raise TikTokError("invalid_publish_id")
    if post.account != caller.account.id or post.app != caller.app:
        raise TikTokError("token_not_authorized_for_specified_publish_id")
    return settle(caller.world, post)


async def fetch_status(request: Request) -> Response:
    """`POST /v2/post/publish/status/fetch/`."""
    world: World = request.app.state.world
    limit = world.switches.tiktok_status_per_minute
    caller = enter(request, "video.upload", "video.publish", limit=limit, window="status")
    post = own_post(caller, await body_of(request))
    await caller.workshop.looked_at([post])
    data: Json = {"status": status_of(settle(world, post)), "fail_reason": post.failed or ""}
    data["downloaded_bytes" if post.pulled_from else "uploaded_bytes"] = post.received
    if post.done_at:
        post.polls += 1
        world.shelf(Post).keep(post)
    if is_public(world, post):
        data["publicaly_available_post_id"] = [post.post]
    return envelope(world, data)


async def cancel(request: Request) -> Response:
    """`POST /v2/post/publish/cancel/`: only what is still on its way can be cancelled."""
    world: World = request.app.state.world
    limit = world.switches.tiktok_status_per_minute
    caller = enter(request, "video.upload", "video.publish", limit=limit, window="cancel")
    post = own_post(caller, await body_of(request))
    if post.uploaded_at or post.failed:
        raise TikTokError("publish_not_cancellable")
    post.failed = "publish_cancelled"
    world.shelf(Post).keep(post)
    return envelope(world, {})


def fields_of(request: Request, known: set[str]) -> list[str]:
    """Read `fields`, which is a query parameter; raises for none and for unknown ones."""
    fields = [name for name in request.query_params.get("fields", "").split(",") if name]
    if not fields or set(fields) - known:
        raise TikTokError("invalid_params", "Fields is required and must name known fields.")
    return fields


async def user_info(request: Request) -> Response:
    """`GET /v2/user/info/`."""
    world: World = request.app.state.world
    caller = enter(
        request, "user.info.basic", "user.info.profile", "user.info.stats",
        limit=world.switches.tiktok_display_per_minute, window="user.info",
    )  # fmt: skip
    fields = fields_of(request, set(USER_FIELDS))
    if {USER_FIELDS[name] for name in fields} - set(caller.grant.scopes):
        raise TikTokError("scope_not_authorized")
    account, base = caller.account, str(request.base_url).rstrip("/")
    avatar = f"{base}/pictures/account/{account.id}.svg"
    posts = public_posts_of(world, account)
    sums = totals(posts, world.now()) if {"follower_count", "likes_count"} & set(fields) else {}
    user: Json = {
        "open_id": account.id, "union_id": "union" + account.id, "avatar_url": avatar, "avatar_url_100": avatar,
        "avatar_large_url": avatar, "display_name": account.name, "bio_description": "",
        "profile_deep_link": f"https://vm.tiktok.com/{account.handle}", "is_verified": False,
        "username": account.handle, "following_count": 0, "likes_count": sums.get("likes", 0),
        "follower_count": sums.get("followers_gained", 0) - sums.get("followers_lost", 0), "video_count": len(posts),
    }  # fmt: skip
    return envelope(world, {"user": {name: user[name] for name in fields}})


def video_of(caller: Caller, post: Post, fields: list[str], base: str) -> Json:
    """Return a video object with the asked fields."""
    facts, text = post.facts or {}, post.info.get("title", "")[:MAX_TEXT]
    link = f"https://www.tiktok.com/@{caller.account.handle}/video/{post.post}"
    counts = crowd_of(post).until(caller.world.now())
    video: Json = {
        "id": str(post.post), "create_time": int(post.done_at or 0),
        "cover_image_url": f"{base}/pictures/tiktok/{post.upload}", "share_url": link, "video_description": text,
        "duration": int(facts["duration"]), "height": facts["display_height"], "width": facts["display_width"],
        "title": text, "embed_html": f'<blockquote class="tiktok-embed" cite="{link}"></blockquote>',
        "embed_link": f"https://www.tiktok.com/player/v1/{post.post}",
        "like_count": counts["likes"], "comment_count": counts["comments"], "share_count": counts["shares"],
        "view_count": counts["views"],
    }  # fmt: skip
    return {name: video[name] for name in fields}


async def list_videos(request: Request) -> Response:
    """`POST /v2/video/list/`: the creator's own public videos, the newest first."""
    world: World = request.app.state.world
    limit = world.switches.tiktok_display_per_minute
    caller = enter(request, "video.list", limit=limit, window="video.list")
    fields = fields_of(request, VIDEO_FIELDS)
    body = await body_of(request, "invalid_params", may_be_empty=True)
    count, cursor = body.get("max_count", 10), body.get("cursor", 0)
    if not whole(count) or not 1 <= count <= MAX_VIDEOS or not whole(cursor):
        raise TikTokError("invalid_params", "max_count is 1 to 20 and cursor a time in milliseconds.")
    posts = [one for one in public_posts_of(world, caller.account) if not cursor or (one.done_at or 0) * 1000 < cursor]
    page, base = posts[:count], str(request.base_url).rstrip("/")
    data = {
        "videos": [video_of(caller, post, fields, base) for post in page],
        "cursor": int((page[-1].done_at or 0) * 1000) if page else cursor,
        "has_more": len(posts) > count,
    }
    return envelope(world, data)


def whole(value: object) -> bool:
    """Tell whether a JSON value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


async def query_videos(request: Request) -> Response:
    """`POST /v2/video/query/`: some of the creator's own public videos by id."""
    world: World = request.app.state.world
    limit = world.switches.tiktok_display_per_minute
    caller = enter(request, "video.list", limit=limit, window="video.query")
    fields = fields_of(request, VIDEO_FIELDS)
    filters = (await body_of(request, "invalid_params")).get("filters")
    ids = filters.get("video_ids") if isinstance(filters, dict) else None
    if not isinstance(ids, list) or len(ids) > MAX_VIDEOS or not all(isinstance(one, str) for one in ids):
        raise TikTokError("invalid_params", "filters.video_ids is a list of at most 20 ids.")
    base = str(request.base_url).rstrip("/")
    found = [post for post in public_posts_of(world, caller.account) if str(post.post) in ids]
    return envelope(world, {"videos": [video_of(caller, post, fields, base) for post in found]})
