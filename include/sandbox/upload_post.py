"""upload-post.com in the sandbox: whose a key is and what a profile holds (reference D.1, D.5)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from include.sandbox.keyed import KeyHolder, holder_of, make_holder, names, refused
from include.sandbox.platforms import Platform

BASE = "/upload_post"
WRONG = "Invalid or expired token"


def signed_in(request: Request) -> KeyHolder | None:
    """Return whose key the request carries: the scheme is Apikey, and nothing else."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return holder_of(request, "upload_post", key) if scheme == "Apikey" else None


async def read_me(request: Request) -> Response:
    """`GET /api/uploadposts/me`."""
    holder = signed_in(request)
    return JSONResponse({"success": True, "email": f"{holder.user}@example.com"}) if holder else refused(WRONG)


async def list_profiles(request: Request) -> Response:
    """`GET /api/uploadposts/users`: an empty text stands for a network that is not connected."""
    holder = signed_in(request)
    if holder is None:
        return refused(WRONG)
    accounts = {
        name: {"display_name": holder.accounts[name], "username": holder.accounts[name]}
        if name in holder.accounts else ""
        for name in ("youtube", "tiktok", "instagram", "facebook", "linkedin")
    }  # fmt: skip
    return JSONResponse({"success": True, "profiles": [{"username": holder.user, "social_accounts": accounts}]})


PLATFORM = Platform(
    name="upload_post",
    place="upload-post.com",
    routes=lambda: [
        Route(f"{BASE}/api/uploadposts/me", read_me),
        Route(f"{BASE}/api/uploadposts/users", list_profiles),
    ],
    bases={"api": BASE},
    endpoint_name=names(BASE, {"/api/uploadposts/me": "me.read", "/api/uploadposts/users": "users.list"}),
    traits={"accounts": None},
    make_account=make_holder("upload_post", "up_"),
)
