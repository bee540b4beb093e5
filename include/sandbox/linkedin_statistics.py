"""A page's numbers: share statistics, follower statistics and videoAnalytics (B.5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.audience import divided
from include.sandbox.linkedin_answers import Caller, Json, LinkedInError, answer, enter, invalid, pages_of
from include.sandbox.linkedin_crowds import crowd_of, followers, midnight, of_day, posts_by, totals
from include.sandbox.linkedin_query import days_between, days_of_intervals, paged, raw_query, urn_of, urns_of
from include.sandbox.linkedin_things import LinkedInPost

ADMIN = ("rw_organization_admin", "r_organization_admin")
KEPT_DAYS, VIDEO_DAYS = 365, 183
COUNTS = {
    "uniqueImpressionsCount": "reach", "clickCount": "clicks", "likeCount": "likes", "commentCount": "comments",
    "shareCount": "shares", "impressionCount": "impressions",
}  # fmt: skip
VIDEO_TYPES = {
    "VIDEO_VIEW": ("views", 1), "VIEWER": ("reach", 1), "TIME_WATCHED": ("watch_seconds", 1000),
    "TIME_WATCHED_FOR_VIDEO_VIEWS": ("watch_seconds", 900),
}  # fmt: skip
"""What each counts, and how many of it (milliseconds) one of the crowd's makes."""
DEMOGRAPHICS = {
    "followerCountsByFunction": ("function", "urn:li:function:", {"8": 30, "15": 25, "25": 45}),
    "followerCountsBySeniority": ("seniority", "urn:li:seniority:", {"3": 35, "4": 40, "6": 25}),
    "followerCountsByIndustry": ("industry", "urn:li:industry:", {"96": 50, "80": 30, "4": 20}),
    "followerCountsByGeoCountry": ("geo", "urn:li:geo:", {"103644278": 50, "101282230": 20, "102713980": 30}),
    "followerCountsByGeo": ("geo", "urn:li:geo:", {"90000049": 60, "106967730": 40}),
    "followerCountsByStaffCountRange": ("staffCountRange", "", {"SIZE_2_TO_10": 40, "SIZE_1001_TO_5000": 60}),
    "followerCountsByAssociationType": ("associationType", "", {"EMPLOYEE": 100}),
}


def page_in(caller: Caller, raw: dict[str, str]) -> str:
    """Return the organisation a statistic is asked of; the member has to administer it."""
    if raw.get("q") != "organizationalEntity":
        raise LinkedInError(400, "ILLEGAL_ARGUMENT", "The finder must be named: q=organizationalEntity")
    urn = urn_of(raw, "organizationalEntity")
    if urn not in pages_of(caller.account):
        raise caller.denied()
    return urn


def statistics_of(sums: dict[str, int]) -> Json:
    """Return what happened in LinkedIn's words."""
    said: Json = {name: sums[metric] for name, metric in COUNTS.items()}
    acts = said["clickCount"] + said["likeCount"] + said["commentCount"] + said["shareCount"]
    return said | {"engagement": acts / said["impressionCount"] if said["impressionCount"] else 0.0}


def known_days(caller: Caller, days: list[date], kept: int) -> list[date]:
    """Return the days that are still kept and have begun."""
    today = datetime.fromtimestamp(caller.world.now(), UTC).date()
    return [day for day in days if today - timedelta(days=kept) <= day <= today]


def range_of(day: date) -> Json:
    """Return a day as a range of milliseconds."""
    return {"start": int(midnight(day) * 1000), "end": int(midnight(day + timedelta(days=1)) * 1000)}


async def share_statistics(request: Request) -> Response:
    """`GET /rest/organizationalEntityShareStatistics`: a page's lifetime, its days, or some of its posts."""
    caller, raw = enter(request, "organizationalEntityShareStatistics.FINDER", *ADMIN), raw_query(request)
    world, page = caller.world, page_in(caller, raw)
    asked, intervals = {name: urns_of(raw, name) for name in ("shares", "ugcPosts")}, raw.get("timeIntervals")
    posts = posts_by(world, page)
    elements: list[Json] = []
    if any(asked.values()):
        if intervals:
            raise LinkedInError(400, "ILLEGAL_ARGUMENT", "timeIntervals cannot be combined with posts")
        wanted = {urn for urns in asked.values() for urn in urns or ()}
        elements = [
            {"organizationalEntity": page, kind_of(post.id): post.id, "totalShareStatistics": said}
            for post in posts
            if post.id in wanted and any((said := statistics_of(crowd_of(world, post).until(world.now()))).values())
        ]
    elif intervals:
        elements = [
            {"organizationalEntity": page, "totalShareStatistics": statistics_of(of_day(world, posts, day)),
             "timeRange": range_of(day)}
            for day in known_days(caller, days_of_intervals(intervals), KEPT_DAYS)
        ]  # fmt: skip
    else:
        sums = totals(world, posts, world.now())
        elements = [{"organizationalEntity": page, "totalShareStatistics": statistics_of(sums)}]
    return answer(world, paged(elements, raw, "/rest/organizationalEntityShareStatistics"))


def kind_of(urn: str) -> str:
    """Return the field that names a post: `share` or `ugcPost`."""
    return urn.split(":")[2]


async def follower_statistics(request: Request) -> Response:
    """`GET /rest/organizationalEntityFollowerStatistics`: who follows a page, or how many more each day."""
    caller, raw = enter(request, "organizationalEntityFollowerStatistics.FINDER", *ADMIN), raw_query(request)
    world, page = caller.world, page_in(caller, raw)
    path = "/rest/organizationalEntityFollowerStatistics"
    if intervals := raw.get("timeIntervals"):
        posts = posts_by(world, page)
        gains = [
            {"organizationalEntity": page, "timeRange": range_of(day), "followerGains": {
                "organicFollowerGain": of_day(world, posts, day)["followers_gained"], "paidFollowerGain": 0}}
            for day in known_days(caller, days_of_intervals(intervals), KEPT_DAYS)
        ]  # fmt: skip
        return answer(world, paged(gains, raw, path))
    people = followers(world, page, world.now())
    element: Json = {"organizationalEntity": page}
    for name, (key, prefix, among) in DEMOGRAPHICS.items():
        element[name] = [
            {key: prefix + one, "followerCounts": {"organicFollowerCount": count, "paidFollowerCount": 0}}
            for one, count in divided(people, among, page, name).items()
            if count
        ]
    return answer(world, paged([element], raw, path))


async def video_analytics(request: Request) -> Response:
    """`GET /rest/videoAnalytics`: one kind of number of one of a page's posts; no element where there is nothing."""
    caller, raw = enter(request, "videoAnalytics.FINDER-entity", "r_organization_social"), raw_query(request)
    if raw.get("q") != "entity":
        raise LinkedInError(400, "ILLEGAL_ARGUMENT", "The finder must be named: q=entity")
    if raw.get("type") not in VIDEO_TYPES:
        raise invalid("type", raw.get("type"))
    if raw.get("aggregation") not in ("ALL", "DAY"):
        raise invalid("aggregation", raw.get("aggregation"))
    post = post_of_page(caller, urn_of(raw, "entity"))
    metric, times = VIDEO_TYPES[raw["type"]]
    world, crowd = caller.world, crowd_of(caller.world, post)
    days = known_days(caller, asked_days(raw, post.created_at, world.now()), VIDEO_DAYS)
    counts = {day: crowd.on_day_until(day, world.now())[metric] * times for day in days}
    common: Json = {"entity": post.id, "statisticsType": raw["type"]}
    if raw["aggregation"] == "ALL":
        elements = [common | {"value": sum(counts.values())}]
    else:
        elements = [common | {"value": count, "timeRange": range_of(day)} for day, count in counts.items() if count]
    return answer(world, paged(elements, raw, "/rest/videoAnalytics") if raw["aggregation"] == "ALL" else
                  {"elements": elements, "paging": {"start": 0, "count": len(elements), "links": []}})  # fmt: skip


def asked_days(raw: dict[str, str], created_at: float, now: float) -> list[date]:
    """Return the days of `timeRange.start` and `timeRange.end`; without them the whole life of a post."""
    start, end = raw.get("timeRange.start"), raw.get("timeRange.end")
    if start is None and end is None:
        return days_between(int(created_at * 1000), int(now * 1000) + 1)
    if not (start or "").isdecimal() or not (end or "").isdecimal():
        raise invalid("timeRange", f"{start}, {end}")
    return days_between(int(start or 0), int(end or 0))


def post_of_page(caller: Caller, urn: str) -> LinkedInPost:
    """Return a post of a page the member administers; raises 404 and 403."""
    post = caller.world.shelf(LinkedInPost).get(urn)
    if post is None or post.deleted:
        raise LinkedInError(404, "NOT_FOUND", f"Could not find entity {urn[:60]}")
    if post.author not in pages_of(caller.account):
        raise caller.denied()
    return post
