"""business/video/list: a creator's videos with watch time, sources and audience (A.12)."""

from __future__ import annotations

import json
import math
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.audience import dice
from include.sandbox.tiktok_answers import Json
from include.sandbox.tiktok_business import AUDIENCE, BusinessError, enter_business, envelope, fields_of, shares
from include.sandbox.tiktok_crowds import crowd_of
from include.sandbox.tiktok_things import Post

MAX_VIDEOS = 20
QUIET_SECONDS = 7 * 86_400
LIFE_SECONDS = 365 * 86_400
COUNTS = {
    "video_views": "views", "likes": "likes", "comments": "comments", "shares": "shares", "favorites": "saves",
    "new_followers": "followers_gained", "profile_views": "profile_visits", "website_clicks": "clicks",
}  # fmt: skip
NOTHING = ("phone_number_clicks", "lead_submissions", "app_download_clicks", "email_clicks", "address_clicks")
BLANK_WHEN_QUIET = {
    "reach", "full_video_watched_rate", "total_time_watched", "average_time_watched", "impression_sources",
    "audience_countries",
}  # fmt: skip
LISTS: dict[str, tuple[str, dict[str, int]]] = {
    "impression_sources": (
        "impression_source",
        {"For You": 70, "Follow": 12, "Personal Profile": 8, "Search": 6, "Sound": 3, "Hashtag": 1},
    ),
    "audience_types": ("type", {"Followers": 20, "Non Followers": 80}),
    "audience_genders": AUDIENCE["audience_genders"],
    "audience_countries": AUDIENCE["audience_countries"],
    "audience_cities": AUDIENCE["audience_cities"],
}
CURVES = ("video_view_retention", "engagement_likes")
FIELDS = {
    "item_id", "create_time", "thumbnail_url", "share_url", "embed_url", "caption", "media_type", "is_ad",
    "video_duration", "reach", "total_time_watched", "average_time_watched", "full_video_watched_rate", *COUNTS,
    *NOTHING, *LISTS, *CURVES,
}  # fmt: skip


async def business_videos(request: Request) -> Response:
    """`GET /business/video/list/`: at most 20 a page; `cursor` is a time in milliseconds, `filters` may name ids."""
    owner = enter_business(request, "video.insights")
    known = FIELDS if owner.world.switches.tiktok_business_curves else FIELDS - set(CURVES)
    fields = fields_of(request, known) or ["item_id"]
    wanted = ids_of(request)
    try:
        count, cursor = int(request.query_params.get("max_count", "20")), int(request.query_params.get("cursor", "0"))
    except ValueError:
        raise BusinessError(40002, "cursor and max_count are numbers.") from None
    if not 1 <= count <= MAX_VIDEOS:
        raise BusinessError(40002, "max_count: must be between 1 and 20.")
    posts = [one for one in owner.posts if wanted is None or str(one.post) in wanted]
    posts = [one for one in posts if not cursor or (one.done_at or 0) * 1000 < cursor]
    page = posts[:count]
    link = f"https://www.tiktok.com/@{owner.account.handle}/video/"
    base = str(request.base_url).rstrip("/")
    data = {
        "videos": [video_of(one, owner.world.now(), fields, link, base) for one in page],
        "has_more": len(posts) > count,
        "cursor": int((page[-1].done_at or 0) * 1000) if page else cursor,
    }
    return envelope(owner.world, data)


def ids_of(request: Request) -> set[str] | None:
    """Read the ids of `filters`, or None without it."""
    raw = request.query_params.get("filters")
    if raw is None:
        return None
    try:
        ids: Any = json.loads(raw).get("video_ids")
    except (ValueError, AttributeError):
        ids = None
    if not isinstance(ids, list) or len(ids) > MAX_VIDEOS or not all(isinstance(one, str) for one in ids):
        raise BusinessError(40002, "filters.video_ids: at most 20 ids as texts.")
    return set(ids)


def video_of(post: Post, now: float, fields: list[str], link: str, base: str) -> Json:
    """Return a video with the asked fields."""
    crowd, facts = crowd_of(post), post.facts or {}
    until = min(now, crowd.began_at + LIFE_SECONDS)  # its metrics stop a year after it came out
    sums = crowd.until(until)
    views, watched = sums["views"], sums["watch_seconds"]
    video: Json = {
        "item_id": str(post.post), "create_time": str(int(crowd.began_at)), "caption": post.info.get("title", ""),
        "thumbnail_url": f"{base}/pictures/tiktok/{post.upload}", "share_url": f"{link}{post.post}",
        "embed_url": f"https://www.tiktok.com/player/v1/{post.post}", "media_type": "VIDEO", "is_ad": False,
        "video_duration": float(facts.get("duration") or 0), "reach": sums["reach"], "total_time_watched": watched,
        "average_time_watched": round(watched / views, 2) if views else 0.0,
        "full_video_watched_rate": round(sums["completed"] / views, 4) if views else 0.0,
    }  # fmt: skip
    video |= {name: sums[metric] for name, metric in COUNTS.items()} | dict.fromkeys(NOTHING, 0)
    for name, (key, among) in LISTS.items():
        found = shares(views, among, post.post, name)
        video[name] = [{key: one, "percentage": share} for one, share in found.items()]
    video |= curves_of(post, crowd.seconds)
    if views == crowd.until(now - QUIET_SECONDS)["views"] or until < now - QUIET_SECONDS:
        video |= dict.fromkeys(BLANK_WHEN_QUIET, "")
    return {name: video[name] for name in fields}


def curves_of(post: Post, seconds: float) -> Json:
    """Return how many still watch, and how many like, second by second."""
    every = range(min(60, math.ceil(seconds)) + 1)
    leave = 0.02 + dice(post.post, "leave") * 0.06
    return {
        "video_view_retention": [
            {"second": str(second), "percentage": round(math.exp(-leave * second), 4)} for second in every
        ],
        "engagement_likes": [
            {"second": str(second), "percentage": round(dice(post.post, "likes", second) / 30, 4)} for second in every
        ],
    }
