"""Blotato in the sandbox: its description, keys, accounts, and its limits a minute (reference C)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from include.sandbox import blotato_media, blotato_posts
from include.sandbox.blotato_media import refusal
from include.sandbox.gateway_things import BlotatoMedia, BlotatoPost
from include.sandbox.keyed import KeyHolder, holder_of, make_holder
from include.sandbox.platforms import Kept, Platform
from include.sandbox.world import World

BASE = "/blotato"
WRONG = "Wrong Blotato API Key"
MINUTE = 60.0
Handler = Callable[[Request, KeyHolder], Awaitable[Response]]


def keyed(handler: Handler, limit: str | None = None) -> Callable[[Request], Awaitable[Response]]:
    """Return a route's handler that wants a key, and counts the call against the switch `limit` a minute."""

    async def handle(request: Request) -> Response:
        holder = holder_of(request, "blotato", request.headers.get("blotato-api-key"))
        if holder is None:
            return refusal(WRONG, 401)
        world: World = request.app.state.world
        if limit:
            most = getattr(world.switches, limit)
            if not world.windows.take(f"{limit}:{holder.id}", most, MINUTE, world.now()):
                return refusal("Too many requests, try again in 60 seconds", 429)
        return await handler(request, holder)

    return handle


async def read_me(request: Request, holder: KeyHolder) -> Response:
    """`GET /v2/users/me`."""
    return JSONResponse({"id": holder.user, "subscriptionStatus": "active"})


async def list_accounts(request: Request, holder: KeyHolder) -> Response:
    """`GET /v2/users/me/accounts[?platform=…]`."""
    wanted = request.query_params.get("platform")
    items = [
        {"id": holder.ids[platform], "platform": platform, "fullname": name, "username": name}
        for platform, name in holder.accounts.items()
    ]
    return JSONResponse({"items": [each for each in items if wanted in (None, each["platform"])]})


async def list_subaccounts(request: Request, holder: KeyHolder) -> Response:
    """`GET /v2/users/me/accounts/{id}/subaccounts`: Pages, or a channel's playlists."""
    account = request.path_params["account"]
    platform = holder.platform_of(account)
    if platform is None:
        return refusal("Account not found", 404)
    items = [{"id": each["id"], "accountId": account, "name": each["name"]} for each in holder.pages.get(platform, [])]
    return JSONResponse({"items": items})


def endpoint_name(scope: Scope) -> str | None:
    """Name a request below Blotato's addresses."""
    path = scope["path"]
    if not path.startswith(f"{BASE}/"):
        return None
    rest = path.removeprefix(BASE)
    known = {
        "/v2/users/me": "users.me", "/v2/users/me/accounts": "users.accounts", "/v2/media": "media.copy",
        "/v2/media/uploads": "media.uploads",
        "/v2/posts": "posts.create" if scope["method"] == "POST" else "posts.list",
    }  # fmt: skip
    beginnings = {"/storage/": "media.put", "/database/": "media.get", "/v2/posts/": "posts.get",
                  "/v2/users/me/accounts/": "users.subaccounts"}  # fmt: skip
    return known.get(rest) or next((name for start, name in beginnings.items() if rest.startswith(start)), "unknown")


def routes() -> list[BaseRoute]:
    """Return every address."""
    api = f"{BASE}/v2"
    reads, media = "blotato_reads_per_minute", "blotato_media_per_minute"
    return [
        Route(f"{api}/users/me", keyed(read_me)),
        Route(f"{api}/users/me/accounts", keyed(list_accounts)),
        Route(f"{api}/users/me/accounts/{{account}}/subaccounts", keyed(list_subaccounts)),
        Route(f"{api}/media", keyed(blotato_media.copy_from, media), methods=["POST"]),
        Route(f"{api}/media/uploads", keyed(blotato_media.begin, "blotato_uploads_per_minute"), methods=["POST"]),
        Route(f"{BASE}/storage/{{key}}", blotato_media.put, methods=["PUT"]),
        Route(f"{BASE}/database/{{key}}", blotato_media.give, methods=["GET"]),
        Route(f"{api}/posts", keyed(blotato_posts.create, "blotato_posts_per_minute"), methods=["POST"]),
        Route(f"{api}/posts", keyed(blotato_posts.list_posts, reads), methods=["GET"]),
        Route(f"{api}/posts/{{key}}", keyed(blotato_posts.read, reads), methods=["GET"]),
    ]


PLATFORM = Platform(
    name="blotato",
    place="Blotato",
    routes=routes,
    bases={"api": BASE},
    endpoint_name=endpoint_name,
    kept=(
        Kept(kind=KeyHolder),
        Kept(kind=BlotatoMedia),
        Kept(kind=BlotatoPost, file=lambda one: f"blotato-{one.id}", arrived=lambda one: one.uploaded_at),
    ),
    traits={"accounts": None, "pages": None},
    make_account=make_holder("blotato", "blt_"),
    resume=blotato_posts.resume,
    settle=blotato_posts.settle_all,
    published=blotato_posts.published,
)
