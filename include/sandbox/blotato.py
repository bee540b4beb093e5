"""Blotato in the sandbox: whose a key is and which accounts are connected there (reference C.1, C.2)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from include.sandbox.keyed import KeyHolder, holder_of, make_holder, names, refused
from include.sandbox.platforms import Kept, Platform

BASE = "/blotato"
WRONG = "Wrong Blotato API Key"


async def read_me(request: Request) -> Response:
    """`GET /v2/users/me`."""
    holder = holder_of(request, "blotato", request.headers.get("blotato-api-key"))
    return JSONResponse({"id": holder.user, "subscriptionStatus": "active"}) if holder else refused(WRONG)


async def list_accounts(request: Request) -> Response:
    """`GET /v2/users/me/accounts[?platform=…]`."""
    holder = holder_of(request, "blotato", request.headers.get("blotato-api-key"))
    if holder is None:
        return refused(WRONG)
    wanted = request.query_params.get("platform")
    items = [
        {"id": str(98000 + number), "platform": platform, "fullname": name, "username": name}
        for number, (platform, name) in enumerate(holder.accounts.items())
    ]
    return JSONResponse({"items": [each for each in items if wanted in (None, each["platform"])]})


PLATFORM = Platform(
    name="blotato",
    place="Blotato",
    routes=lambda: [Route(f"{BASE}/v2/users/me", read_me), Route(f"{BASE}/v2/users/me/accounts", list_accounts)],
    bases={"api": BASE},
    endpoint_name=names(BASE, {"/v2/users/me": "users.me", "/v2/users/me/accounts": "users.accounts"}),
    kept=(Kept(kind=KeyHolder),),
    traits={"accounts": None},
    make_account=make_holder("blotato", "blt_"),
)
