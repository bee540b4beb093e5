"""The Graph API's door: one call in, its JSON and Meta's headers out (meta.md 0.4, 9.4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from include.sandbox import instagram_login, meta_batch, meta_sign_in, meta_usage
from include.sandbox.accounts import trait
from include.sandbox.facebook_calls import FACEBOOK
from include.sandbox.instagram_calls import INSTAGRAM
from include.sandbox.meta_asking import HOST_PATHS, Ask, read_ask
from include.sandbox.meta_errors import GraphError, invalid, new_trace, no_field, no_object
from include.sandbox.meta_fields import Handler, read_fields
from include.sandbox.meta_gate import node_of, pass_gate
from include.sandbox.meta_people import PEOPLE
from include.sandbox.meta_uploads import UPLOADS, app_node

Headers = dict[str, str]
EDGES: Mapping[tuple[str, str, str], Handler] = {**PEOPLE, **INSTAGRAM, **FACEBOOK, **UPLOADS}
"""(method, kind of node, edge) → who answers; the edge of the node itself is empty."""
FREE: Mapping[str, Any] = {
    "oauth/access_token": meta_sign_in.access_token, "debug_token": meta_sign_in.debug_token,
    "oauth/revoke": meta_sign_in.revoke_token, "access_token": instagram_login.instagram_exchange,
    "refresh_access_token": instagram_login.instagram_refresh,
}  # fmt: skip
"""Calls that bring their own proof instead of passing the gate."""
NODES = {
    "person": "User", "page": "Page", "profile": "IGUser", "container": "ShadowIGMediaBuilder", "media": "IGMedia",
    "comment": "IGComment", "fb_comment": "Comment", "video": "Video",
    "business": "Business", "app": "Application", "upload": "Upload",
}  # fmt: skip
"""Kind of node → its name in errors."""
NOT_BUSINESS = "(#100) The user is not an Instagram Business"


async def graph(request: Request) -> Response:
    """Answer one call, or a batch when it is posted to the root."""
    product, host = request.path_params["product"], request.path_params["host"]
    try:
        ask = await read_ask(request, product, {path: name for name, path in HOST_PATHS.items()}[host])
    except GraphError as error:
        return Response(json.dumps(error.envelope(new_trace())), error.status, media_type="application/json")
    status, body, headers = await serve(ask)
    if ask.note and "sandbox.call" in request.scope:
        request.scope["sandbox.call"].note = "; ".join(ask.note)
    return Response(json.dumps(body), status, headers, media_type="application/json; charset=UTF-8")


async def serve(ask: Ask) -> tuple[int, Any, Headers]:
    """Return status, body and headers of a call; errors of the Graph API are answers, too."""
    trace = new_trace()
    status, body = 200, None
    try:
        body = await answer(ask)
    except GraphError as error:
        status, body = error.status, error.envelope(trace)
    headers = {
        "facebook-api-version": ask.version, "x-fb-trace-id": trace, "x-fb-request-id": trace, "x-fb-rev": "1029384756",
        "Cache-Control": "private, no-store", **meta_usage.headers(ask),
    }  # fmt: skip
    if status != 200 and body["error"]["code"] == 190:
        told = json.dumps(body["error"]["message"])
        headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "invalid_token" {told}'
    return status, body, headers


async def answer(ask: Ask) -> Any:
    """Return what a call is answered; raises `GraphError`."""
    if (free := FREE.get("/".join(ask.path))) and ask.method in ("GET", "POST"):
        return await free(ask)
    if not ask.path and ask.method == "POST" and "batch" in ask.params:
        return await meta_batch.answer(ask, serve)
    pass_gate(ask)
    if not ask.path:
        raise GraphError(2500, "Unknown path components: /")
    kind, node = app_node(ask) or node_of(ask)
    if kind == "profile" and ask.host != "instagram_graph":
        check_professional(ask, node.id)
    edge = "/".join(ask.path[1:])
    handler = EDGES.get((ask.method, kind, edge))
    if handler is None:
        raise no_edge(ask, kind, edge)
    body = await handler(ask, node)
    return await with_fields(ask, body) if ask.method == "POST" else body


def no_edge(ask: Ask, kind: str, edge: str) -> GraphError:
    """Make the error for an edge this kind of node does not have: read like a field, it is one that does not exist.

    So `/me/accounts` with a Page's token is code 100 (meta.md 0.3); a path of more parts cannot be parsed: 2500.
    """
    if "/" in edge:
        return GraphError(2500, f"Unknown path components: /{edge}")
    if edge and ask.method == "GET":
        return no_field(edge, NODES[kind])
    return no_object(ask.path[0], ask.method)


def check_professional(ask: Ask, key: str) -> None:
    """Refuse a personal account, which has no API at all."""
    account = ask.world.accounts.get(key)
    if account and str(trait(account, "account_type")).upper() == "PERSONAL":
        raise GraphError(100, NOT_BUSINESS)


async def with_fields(ask: Ask, body: Any) -> Any:
    """Add the fields a creating call asked for: read after write (meta.md 0.3)."""
    fields = read_fields(ask.text("fields"))
    if not fields or not isinstance(body, dict) or "id" not in body:
        return body
    ask.path, ask.params = [body["id"]], {"fields": ask.text("fields")}
    kind, node = node_of(ask)
    handler = EDGES.get(("GET", kind, ""))
    if handler is None:
        raise invalid("The created object cannot be read.")
    return {**body, **await handler(ask, node)}


def graph_routes(product: str) -> list[BaseRoute]:
    """Return the routes of the graph hosts of one product."""
    return [
        Route(f"/{product}/{path}/{{path:path}}", bound(product, path), methods=["GET", "POST", "DELETE"])
        for path in HOST_PATHS.values()
    ]


def bound(product: str, host: str) -> Any:
    """Return `graph` for one product and host."""

    async def endpoint(request: Request) -> Response:
        request.path_params.update(product=product, host=host)
        return await graph(request)

    return endpoint
