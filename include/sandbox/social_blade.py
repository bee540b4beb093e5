"""Social Blade in the sandbox: a channel's statistics, for who has client id and token (reference E.1)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from include.sandbox.keyed import holder_of, make_holder, names
from include.sandbox.platforms import Platform
from include.sandbox.world import World

BASE = "/social_blade"


def make(world: World, wanted: dict[str, Any]) -> dict[str, Any]:
    """Make a subscription; its client id is made of the name."""
    given = make_holder("social_blade", "sb_")(world, wanted)
    return {"platform": "social_blade", "name": given["name"], "client_id": f"cli_{given['user']}",
            "token": given["api_key"]}  # fmt: skip


async def statistics(request: Request) -> Response:
    """`GET /b/{platform}/statistics`: wrong keys may come with any HTTP status, and `status` tells."""
    holder = holder_of(request, "social_blade", request.headers.get("token"))
    if holder is None or request.headers.get("clientid") != f"cli_{holder.user}":
        return JSONResponse({"status": {"success": False, "status": 401, "error": "Invalid credentials"}}, 200)
    query = request.query_params.get("query", "")
    data = {
        "id": {"id": query, "username": query},
        "statistics": {"total": {"uploads": 1, "subscribers": 2, "views": 3}},
    }
    info = {"access": {"seconds_to_expire": 2_591_999}, "credits": {"available": 412}}
    return JSONResponse({"status": {"success": True, "status": 200}, "info": info, "data": data})


PLATFORM = Platform(
    name="social_blade",
    place="Social Blade",
    routes=lambda: [Route(f"{BASE}/b/{{platform}}/statistics", statistics)],
    bases={"api": BASE},
    endpoint_name=names(BASE, {"/b/youtube/statistics": "statistics", "/b/tiktok/statistics": "statistics"}),
    make_account=make,
)
