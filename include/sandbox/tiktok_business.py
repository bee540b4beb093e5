"""TikTok's Business "Accounts" API: envelope, errors (HTTP 200 with a code), sign-in and business/get (A.12)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from include.sandbox.accounts import live_grant, trait
from include.sandbox.audience import divided
from include.sandbox.endpoints import header
from include.sandbox.things import Account
from include.sandbox.tiktok_answers import Json, new_log_id
from include.sandbox.tiktok_crowds import end_of, followers, of_day, public_posts_of, totals
from include.sandbox.tiktok_things import Post
from include.sandbox.world import World

MAX_DAYS = 60
MIN_FOLLOWERS = 100
"""For demographics."""
CURRENT = {"username", "display_name", "profile_image", "followers_count", "following_count", "total_likes",
           "videos_count"}  # fmt: skip
RANGE = {
    "video_views": "views", "profile_views": "profile_visits", "likes": "likes", "comments": "comments",
    "shares": "shares", "unique_video_views": "reach",
}  # fmt: skip
BY_DAY = RANGE | {
    "daily_new_followers": "followers_gained", "daily_lost_followers": "followers_lost",
    "engaged_audience": "engaged_views", "bio_link_clicks": "clicks",
}  # fmt: skip
BY_DAY_FIELDS = {
    *BY_DAY, "followers_count", "daily_total_followers", "audience_activity", "phone_number_clicks",
    "lead_submissions", "app_download_clicks", "email_clicks", "address_clicks",
}  # fmt: skip
AUDIENCE = {
    "audience_countries": ("country", {"US": 40, "MX": 18, "DE": 12, "BR": 10, "JP": 7, "EG": 5, "Others": 8}),
    "audience_cities": ("city", {"Los Angeles": 30, "Mexico City": 25, "Berlin": 20, "Others": 25}),
    "audience_genders": ("gender", {"Female": 54, "Male": 41, "Other": 5}),
    "audience_ages": ("age", {"18-24": 44, "25-34": 33, "35-44": 14, "45-54": 6, "55+": 3}),
}
HOURS = {str(hour): 4 + (hour * 7) % 24 for hour in range(24)}
FIELDS = CURRENT | BY_DAY_FIELDS | set(AUDIENCE)


class BusinessError(Exception):
    """An answer whose `code` is not 0; its HTTP status is 200 all the same."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose business account was asked about, and with its public posts."""

    account: Account
    world: World
    posts: list[Post]


def envelope(world: World, data: Json, code: int = 0, message: str = "OK") -> Response:
    """Answer in the envelope of the Business API."""
    return JSONResponse({"code": code, "message": message, "request_id": new_log_id(world), "data": data})


async def answer_business_error(request: Request, error: Exception) -> Response:
    """Turn a raised `BusinessError` into its answer."""
    if not isinstance(error, BusinessError):
        raise error
    return envelope(request.app.state.world, {}, error.code, error.message)


def token_of(scope: Scope) -> str | None:
    """Return the token of a call: `Access-Token` below the Business API, else the bearer."""
    return header(scope, "access-token")


def enter_business(request: Request, scope: str) -> Owner:
    """Sign in, want a scope and an account with business insights, count the call; raises `BusinessError`."""
    world: World = request.app.state.world
    token = token_of(request.scope)
    if not token:
        raise BusinessError(40104, "Access token is empty.")
    grant = live_grant(world, token)
    if grant is None:
        known = world.tokens.get(token)
        raise BusinessError(*((40102, "Access token is expired.") if known else (40105, "Access token is invalid.")))
    account = world.accounts.get(grant.account)
    if account is None or grant.platform != "tiktok":
        raise BusinessError(40105, "Access token is invalid.")
    if scope not in grant.scopes:
        raise BusinessError(40130, f"Scope {scope} is not authorized.")
    if request.query_params.get("business_id") != account.id or not trait(account, "business_insights"):
        raise BusinessError(40001, "No permission to operate on this business account.")
    limit = world.switches.tiktok_business_per_minute
    if not world.windows.take(f"tiktok business {grant.app} {account.id}", limit, 60, world.now()):
        raise BusinessError(40100, "Requests made too frequently. Please retry later.")
    return Owner(account=account, world=world, posts=public_posts_of(world, account))


def fields_of(request: Request, known: set[str]) -> list[str]:
    """Read `fields`, a JSON array as a text; one unknown field fails the whole request."""
    try:
        fields: Any = json.loads(request.query_params.get("fields", "[]"))
    except ValueError:
        fields = None
    if not isinstance(fields, list) or not all(isinstance(one, str) for one in fields):
        raise BusinessError(40002, "fields: Not a valid list.")
    if odd := [one for one in fields if one not in known]:
        raise BusinessError(40002, f"fields: Invalid value of '{odd[0]}'.")
    return fields


def days_of(request: Request, world: World) -> list[date]:
    """Read the range of days, at most 60; what is not counted yet is left out (the data lags)."""
    today = datetime.fromtimestamp(world.now(), UTC).date()
    last_known = today - timedelta(days=1 + world.switches.tiktok_business_lag_days)
    try:
        first = date.fromisoformat(request.query_params.get("start_date") or str(last_known))
        last = date.fromisoformat(request.query_params.get("end_date") or str(last_known))
    except ValueError:
        raise BusinessError(40002, "start_date and end_date: YYYY-MM-DD.") from None
    if not 0 <= (last - first).days < MAX_DAYS:
        raise BusinessError(40002, "The range between start_date and end_date cannot exceed 60 days.")
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in every if day <= last_known]


def shares(total: int, among: dict[str, int], *salt: object) -> dict[str, float]:
    """Divide a count among names; return each one's share, from 0 to 1."""
    parts = divided(total, among, *salt)
    return {name: round(count / total, 4) for name, count in parts.items()} if total else {}


async def business_get(request: Request) -> Response:
    """`GET /business/get/`: the account, its days and who follows it."""
    owner = enter_business(request, "user.insights")
    fields, world = fields_of(request, FIELDS), owner.world
    days = days_of(request, world)
    data: Json = {}
    if CURRENT & set(fields):
        data |= current_of(owner, str(request.base_url).rstrip("/"))
    if set(fields) & set(RANGE) and days:
        sums = [of_day(owner.posts, day) for day in days]
        data |= {name: sum(one[metric] for one in sums) for name, metric in RANGE.items()}
    people = followers(owner.posts, world.now())
    for name, (key, among) in AUDIENCE.items():
        found = shares(people, among, owner.account.id, name) if people >= MIN_FOLLOWERS else {}
        data[name] = [{key: one, "percentage": share} for one, share in found.items()]
    answered = {name: data[name] for name in fields if name in data}
    if by_day := [name for name in fields if name in BY_DAY_FIELDS]:
        answered["metrics"] = [row_of(owner, day, by_day) for day in days]
    return envelope(world, answered)


def current_of(owner: Owner, base: str) -> Json:
    """Return what is known of the account now."""
    account, sums = owner.account, totals(owner.posts, owner.world.now())
    return {
        "username": account.handle, "display_name": account.name,
        "profile_image": f"{base}/pictures/account/{account.id}.svg",
        "followers_count": sums["followers_gained"] - sums["followers_lost"], "following_count": 0,
        "total_likes": sums["likes"], "videos_count": len(owner.posts),
    }  # fmt: skip


def row_of(owner: Owner, day: date, fields: list[str]) -> Json:
    """Return one day of the account."""
    counts = of_day(owner.posts, day)
    there = followers(owner.posts, end_of(day))
    row: Json = {name: counts[metric] for name, metric in BY_DAY.items()}
    row |= {"followers_count": there, "daily_total_followers": there}
    row["audience_activity"] = [
        {"hour": hour, "count": count}
        for hour, count in divided(counts["engaged_views"], HOURS, owner.account.id, day).items()
    ]
    return {"date": day.isoformat()} | {name: row.get(name, 0) for name in fields}
