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
DIGITS = "123456789"


@dataclass(kw_only=True)
class KeyHolder:
    """Somebody with a key; `id` is the key, `accounts` are user names by platform, `ids` what the service calls them.

    `pages` are what people choose from there: a Facebook account's Pages, LinkedIn's, YouTube's playlists.
    """

    id: str
    service: str
    user: str
    accounts: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    pages: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def platform_of(self, account: str) -> str | None:
        """Return the platform of an account's id, or None."""
        return next((name for name, known in self.ids.items() if known == account), None)


def holder_of(request: Request, service: str, key: str | None) -> KeyHolder | None:
    """Return whose key it is, or None."""
    world: World = request.app.state.world
    found = world.shelf(KeyHolder).get(key)
    return found if found and found.service == service else None


def make_holder(service: str, prefix: str) -> Callable[[World, Json], Json]:
    """Return how somebody with a key of `service` is made: `accounts` are their user names by platform.

    `pages` are names by platform; a Facebook account has one of its own name when nothing is said.
    """

    def make(world: World, wanted: Json) -> Json:
        accounts = wanted.get("accounts") or {"tiktok": wanted["name"]}
        if not isinstance(accounts, dict):
            raise BadAccount("accounts are user names by platform.")
        pages = {"facebook": [accounts["facebook"]]} if "facebook" in accounts else {}
        pages |= wanted.get("pages") or {}
        key = prefix + new_id(40, "abcdefghijklmnopqrstuvwxyz0123456789") + "=="
        kept = world.shelf(KeyHolder).keep(
            KeyHolder(
                id=key,
                service=service,
                user=wanted["name"],
                accounts=dict(accounts),
                ids={name: new_id(6, DIGITS) for name in accounts},
                pages={
                    name: [{"id": new_id(15, DIGITS), "name": each} for each in given] for name, given in pages.items()
                },
            )
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
