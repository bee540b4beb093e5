"""upload-post.com in the sandbox: its description, keys and profiles (reference D)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from include.sandbox import upload_post_status, upload_post_uploads
from include.sandbox.gateway_things import UploadJob
from include.sandbox.keyed import KeyHolder, holder_of, make_holder, refused
from include.sandbox.platforms import Kept, Platform
from include.sandbox.upload_post_uploads import no
from include.sandbox.world import World

BASE = "/upload_post"
WRONG = "Invalid or expired token"
MINUTE = 60.0
LEVELS = ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
Handler = Callable[[Request, KeyHolder], Awaitable[Response]]


def signed_in(request: Request) -> KeyHolder | None:
    """Return whose key the request carries: the scheme is Apikey, and nothing else."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return holder_of(request, "upload_post", key) if scheme == "Apikey" else None


def keyed(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return a route's handler that wants a key and counts the call against the limit a minute."""

    async def handle(request: Request) -> Response:
        holder = signed_in(request)
        if holder is None:
            return refused(WRONG)
        world: World = request.app.state.world
        most = world.switches.upload_post_calls_per_minute
        if not world.windows.take(f"upload_post:{holder.id}", most, MINUTE, world.now()):
            reset = {"X-RateLimit-Limit": str(most), "X-RateLimit-Remaining": "0",
                     "X-RateLimit-Reset": str(int(world.now() + MINUTE))}  # fmt: skip
            return JSONResponse({"success": False, "message": "Too many requests"}, 429, reset)
        return await handler(request, holder)

    return handle


async def read_me(request: Request, holder: KeyHolder) -> Response:
    """`GET /api/uploadposts/me`."""
    return JSONResponse({"success": True, "email": f"{holder.user}@example.com"})


async def list_profiles(request: Request, holder: KeyHolder) -> Response:
    """`GET /api/uploadposts/users`: an empty text stands for a network that is not connected."""
    accounts = {
        name: {"display_name": holder.accounts[name], "username": holder.accounts[name]}
        if name in holder.accounts else ""
        for name in ("youtube", "tiktok", "instagram", "facebook", "linkedin")
    }  # fmt: skip
    return JSONResponse({"success": True, "profiles": [{"username": holder.user, "social_accounts": accounts}]})


async def list_pages(request: Request, holder: KeyHolder) -> Response:
    """`GET /api/uploadposts/{facebook,linkedin}/pages[?profile=…]`."""
    if request.query_params.get("profile") not in (None, holder.user):
        return no("Profile not found", 404)
    return JSONResponse({"success": True, "pages": holder.pages.get(request.path_params["platform"], [])})


async def tiktok_settings(request: Request, holder: KeyHolder) -> Response:
    """`GET /api/uploadposts/tiktok/settings?profile=…`: what the account may post now."""
    if request.query_params.get("profile") != holder.user or "tiktok" not in holder.accounts:
        return no("Profile not found", 404)
    switches = request.app.state.world.switches
    return JSONResponse(
        {"success": True, "privacy_level_options": switches.tiktok_privacy_options or LEVELS,
         "max_video_post_duration_sec": switches.tiktok_max_duration_seconds, "comment_disabled": False,
         "duet_disabled": False, "stitch_disabled": False}
    )  # fmt: skip


def endpoint_name(scope: Scope) -> str | None:
    """Name a request below upload-post.com's addresses."""
    path = scope["path"]
    if not path.startswith(f"{BASE}/"):
        return None
    rest = path.removeprefix(f"{BASE}/api/").removeprefix("uploadposts/")
    known = {
        "upload": "upload", "status": "status", "history": "history", "me": "me.read", "users": "users.list",
        "posts/retry": "posts.retry", "schedule": "schedule.list", "tiktok/settings": "tiktok.settings",
        "facebook/pages": "pages.list", "linkedin/pages": "pages.list",
    }  # fmt: skip
    return known.get(rest) or ("schedule.delete" if rest.startswith("schedule/") else "unknown")


def routes() -> list[BaseRoute]:
    """Return every address."""
    api = f"{BASE}/api"
    return [
        Route(f"{api}/upload", keyed(upload_post_uploads.upload), methods=["POST"]),
        Route(f"{api}/uploadposts/me", keyed(read_me)),
        Route(f"{api}/uploadposts/users", keyed(list_profiles)),
        Route(f"{api}/uploadposts/tiktok/settings", keyed(tiktok_settings)),
        Route(f"{api}/uploadposts/{{platform}}/pages", keyed(list_pages)),
        Route(f"{api}/uploadposts/status", keyed(upload_post_status.status)),
        Route(f"{api}/uploadposts/history", keyed(upload_post_status.history)),
        Route(f"{api}/uploadposts/posts/retry", keyed(upload_post_status.retry), methods=["POST"]),
        Route(f"{api}/uploadposts/schedule", keyed(upload_post_status.scheduled)),
        Route(f"{api}/uploadposts/schedule/{{job_id}}", keyed(upload_post_status.cancel), methods=["DELETE"]),
    ]


PLATFORM = Platform(
    name="upload_post",
    place="upload-post.com",
    routes=routes,
    bases={"api": BASE},
    endpoint_name=endpoint_name,
    kept=(Kept(kind=UploadJob, file=lambda one: f"upload-post-{one.id}", arrived=lambda one: one.uploaded_at),),
    traits={"accounts": None, "pages": None},
    make_account=make_holder("upload_post", "up_"),
    resume=upload_post_uploads.resume,
    settle=upload_post_uploads.settle_all,
    published=upload_post_status.published,
)
