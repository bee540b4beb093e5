"""vidIQ's MCP server in the sandbox: JSON-RPC over HTTP with SSE-framed answers, for who has a key (reference E.2)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from include.sandbox.keyed import KeyHolder, holder_of, make_holder, names
from include.sandbox.market_figures import figures_of
from include.sandbox.platforms import Platform
from include.sandbox.world import World

BASE = "/vidiq"
CREDITS = 500
COST = 5
"""What a call takes, about (reference E.2)."""


async def mcp(request: Request) -> Response:
    """`POST /mcp`: `tools/list` and `tools/call`."""
    key = request.headers.get("authorization", "").removeprefix("Bearer ")
    holder = holder_of(request, "vidiq", key)
    if holder is None:
        return JSONResponse({"error": "invalid_token"}, 401)
    accept = request.headers.get("accept", "")
    if "application/json" not in accept or "text/event-stream" not in accept:
        return JSONResponse({"error": "Not Acceptable"}, 406)
    try:
        asked: Any = await request.json()
        number, method, params = asked["id"], asked["method"], asked.get("params") or {}
    except (ValueError, KeyError, TypeError):
        return JSONResponse({"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "Parse error"}}, 400)
    if method == "tools/list":
        tools = [{"name": name, "inputSchema": {"type": "object"}} for name in TOOLS]
        return framed({"jsonrpc": "2.0", "id": number, "result": {"tools": tools}})
    if method != "tools/call":
        return framed({"jsonrpc": "2.0", "id": number, "error": {"code": -32601, "message": "Method not found"}})
    tool = TOOLS.get(str(params.get("name")))
    if tool is None:
        return framed({"jsonrpc": "2.0", "id": number, "error": {"code": -32602, "message": "Unknown tool"}})
    told, failed = tool(request.app.state.world, holder, params.get("arguments") or {})
    content = [{"type": "text", "text": told if isinstance(told, str) else json.dumps(told)}]
    return framed({"jsonrpc": "2.0", "id": number, "result": {"content": content, "isError": failed}})


def framed(message: dict[str, Any]) -> Response:
    """Answer as a server-sent event."""
    return Response(f"event: message\ndata: {json.dumps(message)}\n\n", media_type="text/event-stream")


def left(holder: KeyHolder) -> int:
    """Return a holder's credits."""
    return int(holder.ids.get("credits", CREDITS))


def balance(world: World, holder: KeyHolder, arguments: dict[str, Any]) -> tuple[Any, bool]:
    """`vidiq_balance`."""
    return {"totalCredits": left(holder), "renewableCredits": 0}, False


def channel_stats(world: World, holder: KeyHolder, arguments: dict[str, Any]) -> tuple[Any, bool]:
    """`vidiq_channel_stats`."""
    channel = str(arguments.get("channelId") or "")
    if not channel.startswith("UC"):
        return "Channel not found", True
    if left(holder) < COST:
        return "Not enough credits", True
    holder.ids["credits"] = str(left(holder) - COST)
    world.shelf(KeyHolder).keep(holder)
    today = datetime.fromtimestamp(world.now(), UTC).date()
    first = date.fromisoformat(str(arguments.get("from") or today - timedelta(days=30)))
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    now, then = figures_of(channel, today), figures_of(channel, first)
    return {
        "channelId": channel, "title": channel, "thumbnail": None, "country": "US",
        "currentStats": {"subscribers": now.followers, "views": now.views, "videos": now.uploads},
        "growth": {"subscribersGained": now.followers - then.followers, "viewsGained": now.views - then.views,
                   "videosPublished": now.uploads - then.uploads},
        "dailyStats": [{"date": each.isoformat(), "subscribers": figures_of(channel, each).followers,
                        "views": figures_of(channel, each).views, "videos": figures_of(channel, each).uploads}
                       for each in days],
    }, False  # fmt: skip


TOOLS = {"vidiq_balance": balance, "vidiq_channel_stats": channel_stats}

PLATFORM = Platform(
    name="vidiq",
    place="vidIQ",
    routes=lambda: [Route(f"{BASE}/mcp", mcp, methods=["POST"])],
    bases={"mcp": f"{BASE}/mcp"},
    endpoint_name=names(BASE, {"/mcp": "mcp"}),
    make_account=make_holder("vidiq", "vq_"),
)
