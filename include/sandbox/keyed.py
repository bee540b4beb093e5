"""Services that are reached with a key: Blotato, upload-post.com and Social Blade, as far as a key is checked there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from include.sandbox.platforms import BadAccount
from include.sandbox.world import World, new_id

Json = dict[str, Any]


@dataclass(kw_only=True)
class KeyHolder:
    """Somebody with a key; `id` is the key, `accounts` are user names by platform."""

    id: str
    service: str
    user: str
    accounts: dict[str, str] = field(default_factory=dict)


def holder_of(request: Request, service: str, key: str | None) -> KeyHolder | None:
    """Return whose key it is, or None."""
    world: World = request.app.state.world
    found = world.shelf(KeyHolder).get(key)
    return found if found and found.service == service else None


def make_holder(service: str, prefix: str) -> Callable[[World, Json], Json]:
    """Return how somebody with a key of `service` is made: `accounts` are their user names by platform."""

    def make(world: World, wanted: Json) -> Json:
        accounts = wanted.get("accounts") or {"tiktok": wanted["name"]}
        if not isinstance(accounts, dict):
            raise BadAccount("accounts are user names by platform.")
        key = prefix + new_id(40, "abcdefghijklmnopqrstuvwxyz0123456789") + "=="
        kept = world.shelf(KeyHolder).keep(
            KeyHolder(id=key, service=service, user=wanted["name"], accounts=dict(accounts))
        )
        return {"platform": service, "name": kept.user, "api_key": key, "user": kept.user}

    return make


def names(base: str, known: dict[str, str]) -> Callable[[Scope], str | None]:
    """Return how requests below `base` are named."""

    def endpoint_name(scope: Scope) -> str | None:
        path = scope["path"]
        return known.get(path.removeprefix(base), "unknown") if path.startswith(f"{base}/") else None

    return endpoint_name


def refused(message: str, status: int = 401) -> Response:
    """Answer that the key is wrong."""
    return JSONResponse({"success": False, "message": message}, status)
