"""Parrot in the sandbox: a made-up platform that is naive on purpose.

Each `say` makes one more post of the draft, also when its caller only repeats it after a lost answer. That nothing
comes out twice has to be the house's doing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from include.sandbox.accounts import live_grant
from include.sandbox.endpoints import bearer
from include.sandbox.platforms import Kept, Platform
from include.sandbox.published import entry
from include.sandbox.receiving import Intake, take_in, truncate
from include.sandbox.signing_in import SignIn
from include.sandbox.things import Account
from include.sandbox.workshop import Workshop, file_of
from include.sandbox.world import World, iso, new_id

Json = dict[str, Any]
SCOPES = ("me.read", "drafts.write")
ENDPOINTS = {
    ("POST", "drafts"): "drafts.create",
    ("GET", "drafts"): "drafts.read",
    ("POST", "say"): "drafts.say",
    ("PUT", "upload"): "drafts.put",
    ("GET", "me"): "me.read",
    ("POST", "token"): "oauth.token",
    ("POST", "revoke"): "oauth.revoke",
}


@dataclass(kw_only=True)
class ParrotDraft:
    """A draft, and the posts it was made into; `secret` opens its upload address."""

    id: str
    account: str
    text: str
    size: int
    secret: str
    created_at: float
    arrived_at: float | None = None
    fail: str | None = None
    sha256: str | None = None
    facts: Json | None = None
    posts: list[str] = field(default_factory=list)


class ParrotSignIn(SignIn):
    """The usual code flow."""

    authorize_path = "/parrot/www/oauth/authorize"
    token_path = "/parrot/oauth/token"  # noqa: S105  (an address)
    revoke_path = "/parrot/oauth/revoke"


class ParrotError(Exception):
    """An answer with an error code."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


async def answer_error(request: Request, error: Exception) -> Response:
    """Turn a raised `ParrotError` into its answer."""
    if not isinstance(error, ParrotError):
        raise error
    return JSONResponse({"error": {"code": error.code}}, error.status)


def caller(request: Request, scope: str) -> Account:
    """Return the signed-in account; raises `ParrotError`."""
    world: World = request.app.state.world
    grant = live_grant(world, bearer(request.scope))
    account = world.accounts.get(grant.account) if grant and grant.platform == "parrot" else None
    if grant is None or account is None:
        raise ParrotError("bad_token", 401)
    if scope not in grant.scopes:
        raise ParrotError("missing_scope", 403)
    return account


def draft_of(request: Request) -> ParrotDraft:
    """Return the caller's draft; raises `ParrotError`."""
    account = caller(request, "drafts.write")
    draft = request.app.state.world.shelf(ParrotDraft).get(request.path_params["draft"])
    if draft is None or draft.account != account.id:
        raise ParrotError("unknown_draft", 404)
    found: ParrotDraft = draft
    return found


async def create(request: Request) -> Response:
    """`POST /v1/drafts`."""
    world: World = request.app.state.world
    account = caller(request, "drafts.write")
    body = json.loads(await request.body())
    if not isinstance(body.get("text"), str) or len(body["text"]) > 280 or not isinstance(body.get("size"), int):
        raise ParrotError("bad_text", 400)
    draft = ParrotDraft(
        id=new_id(16), account=account.id, text=body["text"], size=body["size"], secret=new_id(32),
        created_at=world.now(),
    )  # fmt: skip
    world.shelf(ParrotDraft).keep(draft)
    address = f"{str(request.base_url).rstrip('/')}/parrot/upload/{draft.secret}"
    return JSONResponse({"draft_id": draft.id, "upload_url": address}, 201)


async def put(request: Request) -> Response:
    """`PUT` the whole file; a second time replaces it, a body that breaks off counts as nothing."""
    world: World = request.app.state.world
    draft = next((one for one in world.shelf(ParrotDraft) if one.secret == request.path_params["secret"]), None)
    if draft is None:
        raise ParrotError("unknown_draft", 404)
    path, intake = file_of(world, draft), Intake()
    truncate(path, 0)
    await take_in(request, path, 0, draft.size, intake)
    if not intake.whole or intake.offered != draft.size:
        raise ParrotError("bad_size", 400)
    draft.arrived_at, draft.fail = world.now(), request.scope.get("sandbox.fail")
    world.shelf(ParrotDraft).keep(draft)
    workshop: Workshop = request.app.state.workshop
    workshop.take(draft)
    return Response(status_code=204)


async def read(request: Request) -> Response:
    """`GET /v1/drafts/{draft}`."""
    draft = draft_of(request)
    await request.app.state.workshop.looked_at([draft])
    state = state_of(request.app.state.world, draft)
    return JSONResponse({"state": state, "reason": reason_of(draft), "posts": draft.posts})


async def say(request: Request) -> Response:
    """`POST /v1/drafts/{draft}/say`: one more post, every time."""
    world: World = request.app.state.world
    draft = draft_of(request)
    if state_of(world, draft) != "ready":
        raise ParrotError("not_ready", 409)
    draft.posts.append(new_id(12))
    world.shelf(ParrotDraft).keep(draft)
    return JSONResponse({"post_id": draft.posts[-1]}, 201)


async def me(request: Request) -> Response:
    """`GET /v1/me`."""
    account = caller(request, "me.read")
    return JSONResponse({"id": account.id, "handle": account.handle, "name": account.name, "followers": 3})


def reason_of(draft: ParrotDraft) -> str | None:
    """Return why a draft will never be ready."""
    return draft.fail or (draft.facts or {}).get("problem")


def state_of(world: World, draft: ParrotDraft) -> str:
    """Return empty, processing, ready or failed."""
    if draft.arrived_at is None:
        return "empty"
    if draft.facts is None or world.now() < draft.arrived_at + world.switches.processing_seconds:
        return "processing"
    return "failed" if reason_of(draft) else "ready"


def published(world: World, address: str) -> list[tuple[float, Json]]:
    """Return every post, and every draft that has its bytes and no post yet, with its time."""
    found = []
    for draft in world.shelf(ParrotDraft):
        posts: list[str | None] = [*draft.posts] or [None]
        found += [(draft.arrived_at, shown(world, draft, post, address)) for post in posts if draft.arrived_at]
    return found


def shown(world: World, draft: ParrotDraft, post: str | None, address: str) -> Json:
    """Describe one post, or a draft nobody has let it say."""
    account = world.accounts.get(draft.account)
    return entry(
        address, "parrot", draft.id, draft.facts,
        account=account.name if account else None, account_id=draft.account, id=post or draft.id, publish_id=draft.id,
        title=draft.text, privacy="public" if post else None, sha256=draft.sha256, size=draft.size,
        state="said" if post else state_of(world, draft), reason=reason_of(draft), created_at=iso(draft.created_at),
    )  # fmt: skip


def endpoint_name(scope: Scope) -> str | None:
    """Name a request to Parrot by its method and the word its address ends or begins with."""
    parts = scope["path"].removeprefix("/parrot/").removeprefix("v1/").split("/")
    if not scope["path"].startswith("/parrot/"):
        return None
    method: str = scope["method"]
    return ENDPOINTS.get((method, parts[-1])) or ENDPOINTS.get((method, parts[0])) or "unknown"


def routes() -> list[BaseRoute]:
    """Return every route except sign-in."""
    return [
        Route("/parrot/v1/drafts", create, methods=["POST"]),
        Route("/parrot/v1/drafts/{draft}", read, methods=["GET"]),
        Route("/parrot/v1/drafts/{draft}/say", say, methods=["POST"]),
        Route("/parrot/upload/{secret}", put, methods=["PUT"]),
        Route("/parrot/v1/me", me, methods=["GET"]),
    ]


PLATFORM = Platform(
    name="parrot",
    place="Parrot",
    routes=routes,
    bases={"api": "/parrot", "authorize": "/parrot/www"},
    endpoint_name=endpoint_name,
    error_handlers={ParrotError: answer_error},
    kept=(
        Kept(kind=ParrotDraft, file=lambda draft: f"parrot-{draft.id}", arrived=lambda draft: draft.arrived_at),
    ),
    scopes=SCOPES,
    usual_scopes=SCOPES,
    app=("sandbox-parrot-app", "sandbox-parrot-secret"),
    sign_in=ParrotSignIn(),
    published=published,
    good=frozenset({"said"}),
    bad=frozenset({"failed"}),
)  # fmt: skip
