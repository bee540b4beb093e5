"""Social Blade in the sandbox: a channel's statistics, for who has client id and token (reference E.1).

A profile costs a credit, and is free for 30 days afterwards.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from include.sandbox.keyed import KeyHolder, holder_of, make_holder, names
from include.sandbox.market_figures import figures_of
from include.sandbox.platforms import Platform
from include.sandbox.world import World

BASE = "/social_blade"
PLATFORMS = ("youtube", "tiktok", "instagram", "facebook", "twitter", "twitch")
CREDITS = 412
ACCESS_SECONDS = 2_592_000
"""30 days."""
NAMES_OF = {"youtube": ("subscribers", "subs"), "tiktok": ("followers", "followers"),
            "instagram": ("followers", "followers"), "facebook": ("likes", "likes")}  # fmt: skip
"""What followers are called in the totals and in the days."""


def make(world: World, wanted: dict[str, Any]) -> dict[str, Any]:
    """Make a subscription; its client id is made of the name, `credits` are what it has."""
    given = make_holder("social_blade", "sb_")(world, wanted)
    holder = world.shelf(KeyHolder).get(given["api_key"])
    if holder is not None and "credits" in wanted:
        holder.ids["credits"] = str(int(wanted["credits"]))
        world.shelf(KeyHolder).keep(holder)
    return {"platform": "social_blade", "name": given["name"], "client_id": f"cli_{given['user']}",
            "token": given["api_key"]}  # fmt: skip


def refused(status: int, error: str) -> Response:
    """Answer a failure: it may come with any HTTP status, and `status` tells."""
    return JSONResponse({"status": {"success": False, "status": status, "error": error}}, 200)


async def statistics(request: Request) -> Response:
    """`GET /b/{platform}/statistics`."""
    world: World = request.app.state.world
    holder = holder_of(request, "social_blade", request.headers.get("token"))
    if holder is None or request.headers.get("clientid") != f"cli_{holder.user}":
        return refused(401, "Invalid credentials")
    platform, query = request.path_params["platform"], request.query_params.get("query", "")
    history = request.query_params.get("history", "default")
    if platform not in PLATFORMS or not query or history not in ("default", "extended", "archive", "vault"):
        return refused(400, "Invalid request")
    if platform == "youtube" and history == "vault":
        return refused(400, "vault is not available for youtube")
    if query.startswith("nobody"):
        return refused(404, "Not found")
    access = paid(world, holder, f"{platform} {query}")
    if access is None:
        return refused(402, "Not enough credits")
    info = {"access": {"seconds_to_expire": access}, "credits": {"available": int(holder.ids["credits"])}}
    today = datetime.fromtimestamp(world.now(), UTC).date()
    data = told(platform, query, today)
    return JSONResponse({"status": {"success": True, "status": 200}, "info": info, "data": data})


def paid(world: World, holder: KeyHolder, profile: str) -> int | None:
    """Take a credit for a profile that is not free; return for how many seconds it is free, None without credits."""
    now = world.now()
    until = float(holder.ids.get(f"until {profile}", 0))
    credits = int(holder.ids.setdefault("credits", str(CREDITS)))
    if until <= now:
        if credits < 1:
            return None
        until = now + ACCESS_SECONDS
        holder.ids |= {"credits": str(credits - 1), f"until {profile}": str(until)}
    world.shelf(KeyHolder).keep(holder)
    return int(until - now)


def told(platform: str, query: str, today: date) -> dict[str, Any]:
    """Return what is said of a channel."""
    total_name, daily_name = NAMES_OF.get(platform, ("followers", "followers"))
    now = figures_of(query, today)
    grown = {str(days): figures_of(query, today - timedelta(days=days)) for days in (1, 3, 7, 14, 30)}
    days = [today - timedelta(days=n) for n in range(30)]
    return {
        "id": {"id": query, "username": query, "cusername": query, "handle": query, "display_name": query},
        "general": {"created_at": "2020-01-01T00:00:00.000Z", "channel_type": None,
                    "geo": {"country_code": "US", "country": "United States"}},
        "statistics": {
            "total": {"uploads": now.uploads, total_name: now.followers, "views": now.views},
            "growth": {"subs": {key: now.followers - then.followers for key, then in grown.items()},
                       "vidviews": {key: now.views - then.views for key, then in grown.items()}},
        },
        "misc": {"grade": {"color": "#0f0", "grade": "B+"}, "sb_verified": False, "tags": []},
        "ranks": {"sbrank": 1234, "subscribers": 5678, "views": 9, "country": None, "channel_type": None},
        "daily": [{"date": each.isoformat(), daily_name: figures_of(query, each).followers,
                   "views": figures_of(query, each).views} for each in days],
    }  # fmt: skip


PLATFORM = Platform(
    name="social_blade",
    place="Social Blade",
    routes=lambda: [Route(f"{BASE}/b/{{platform}}/statistics", statistics)],
    bases={"api": BASE},
    endpoint_name=names(BASE, {f"/b/{platform}/statistics": "statistics" for platform in PLATFORMS}),
    make_account=make,
    traits={"credits": CREDITS},
)
