"""A member's own numbers: one metric a call, its shape by the version of the API (B.5)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.linkedin_answers import Caller, Json, LinkedInError, answer, enter, invalid
from include.sandbox.linkedin_crowds import crowd_of, end_of, followers, of_day, posts_by
from include.sandbox.linkedin_query import days_of_dates, paged, raw_query, told
from include.sandbox.linkedin_things import LinkedInPost

POST_METRICS = {
    "IMPRESSION": "impressions", "MEMBERS_REACHED": "reach", "RESHARE": "shares", "REACTION": "likes",
    "COMMENT": "comments",
}  # fmt: skip
POST_METRICS_202604 = {
    "POST_SAVE": "saves", "POST_SEND": "engaged_views", "LINK_CLICKS": "clicks", "PREMIUM_CTA_CLICKS": "dislikes",
    "FOLLOWER_GAINED_FROM_CONTENT": "followers_gained", "PROFILE_VIEW_FROM_CONTENT": "profile_visits",
}  # fmt: skip
VIDEO_METRICS = {"VIDEO_PLAY": "views", "VIDEO_VIEWER": "reach", "VIDEO_WATCH_TIME": "watch_seconds"}
SINCE = {"post": "202506", "video": "202506", "followers": "202505"}
METRIC_CLASS = "com.linkedin.adsexternalapi.memberanalytics.v1.CreatorPostAnalyticsMetricTypeV1"
ENTITY = re.compile(r"\((share|ugc):(urn%3A[^:()]+)\)", re.IGNORECASE)


def version_of(request: Request, what: str) -> str:
    """Return the version asked for; raises the 404 of one that does not know the endpoint yet."""
    version = request.headers["linkedin-version"]
    if version < SINCE[what]:
        raise LinkedInError(404, "RESOURCE_NOT_FOUND", "No virtual resource found")
    return version


async def post_analytics(request: Request) -> Response:
    """`GET /rest/memberCreatorPostAnalytics`."""
    caller = enter(request, "memberCreatorPostAnalytics.FINDER", "r_member_postAnalytics")
    version = version_of(request, "post")
    known = POST_METRICS | (POST_METRICS_202604 if version >= "202604" else {})
    return analytics(request, caller, known, version)


async def video_analytics_of_member(request: Request) -> Response:
    """`GET /rest/memberCreatorVideoAnalytics`: watch time in milliseconds."""
    caller = enter(request, "memberCreatorVideoAnalytics.FINDER", "r_member_postAnalytics")
    return analytics(request, caller, VIDEO_METRICS, version_of(request, "video"))


def analytics(request: Request, caller: Caller, known: dict[str, str], version: str) -> Response:
    """Answer one metric, of one post or of all, in all or by day."""
    raw = raw_query(request)
    kind = raw.get("queryType", "")
    if kind not in known:
        raise invalid("queryType", kind)
    posts, entity = posts_asked(caller, raw)
    by_day = raw.get("aggregation", "TOTAL") == "DAILY"
    if by_day and (kind == "MEMBERS_REACHED" or (kind == "IMPRESSION" and entity)):
        raise LinkedInError(400, "INVALID_VALUE_FOR_FIELD", f"aggregation DAILY is not supported for {kind}")
    days, world = days_asked(caller, raw, posts), caller.world
    times = 1000 if kind == "VIDEO_WATCH_TIME" else 1
    counts = {day: of_day(world, posts, day)[known[kind]] * times for day in days}
    common: Json = {"metricType": kind if version >= "202605" else {METRIC_CLASS: kind}}
    common |= {"targetEntity": entity} if entity else {}
    if by_day:
        elements = [
            common | {"count": count, "dateRange": {"start": told(day), "end": told(day + timedelta(days=1))}}
            for day, count in counts.items()
        ]
        return answer(world, {"elements": elements, "paging": {"start": 0, "count": len(elements), "links": []}})
    if raw.get("dateRange") is None and len(posts) == 1:
        total = crowd_of(world, posts[0]).until(world.now())[known[kind]] * times
    else:
        total = sum(counts.values())
    return answer(world, paged([common | {"count": total}], raw, "/rest/memberCreatorPostAnalytics"))


def posts_asked(caller: Caller, raw: dict[str, str]) -> tuple[list[LinkedInPost], Json | None]:
    """Return the posts a number is asked of, and how the answer names them."""
    if raw.get("q") == "me":
        return posts_by(caller.world, caller.urn), None
    found = ENTITY.fullmatch(raw.get("entity", ""))
    if raw.get("q") != "entity" or found is None:
        raise invalid("entity", raw.get("entity"))
    post = caller.world.shelf(LinkedInPost).get(unquote(found[2]))
    if post is None or post.deleted or post.author != caller.urn:
        raise LinkedInError(404, "NOT_FOUND", f"Could not find entity {unquote(found[2])[:60]}")
    return [post], {found[1]: post.id}


def days_asked(caller: Caller, raw: dict[str, str], posts: list[LinkedInPost]) -> list[date]:
    """Return the days of `dateRange` (its end is not in it); without one all since the first post."""
    today = datetime.fromtimestamp(caller.world.now(), UTC).date()
    asked = days_of_dates(raw.get("dateRange"))
    first = min((datetime.fromtimestamp(one.created_at, UTC).date() for one in posts), default=today)
    start, end = asked or (first, today + timedelta(days=1))
    end = min(end, today + timedelta(days=1))
    return [start + timedelta(days=number) for number in range(max(0, (end - start).days))]


async def followers_count(request: Request) -> Response:
    """`GET /rest/memberFollowersCount`: now (`q=me`), or day by day (`q=dateRange`)."""
    caller = enter(request, "memberFollowersCount.FINDER", "r_member_profileAnalytics")
    version_of(request, "followers")
    raw, world = raw_query(request), caller.world
    if raw.get("q") == "me":
        elements: list[Json] = [{"memberFollowersCount": followers(world, caller.urn, world.now())}]
    elif raw.get("q") == "dateRange" and raw.get("dateRange"):
        elements = [
            {"memberFollowersCount": followers(world, caller.urn, min(end_of(day), world.now())),
             "dateRange": {"start": told(day), "end": told(day + timedelta(days=1))}}
            for day in days_asked(caller, raw, [])
        ]  # fmt: skip
    else:
        raise LinkedInError(400, "ILLEGAL_ARGUMENT", "The finder must be named: q=me or q=dateRange")
    return answer(world, {"elements": elements, "paging": {"start": 0, "count": len(elements), "links": []}})
