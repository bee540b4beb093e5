"""Names for what is called ("videos.insert.put"), found from method and address: faults and tests go by them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.types import Scope

from include.sandbox.platforms import all_platforms


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Whose address was called (None: the sandbox's own pages) and what it is called."""

    platform: str | None
    name: str


def header(scope: Scope, name: str) -> str | None:
    """Return the first header of that (lower-case) name, or None."""
    wanted = name.encode()
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == wanted), None)


def query(scope: Scope, name: str) -> str | None:
    """Return the first query parameter of that name, or None."""
    values = parse_qs(scope["query_string"].decode("latin-1")).get(name)
    return values[0] if values else None


def bearer(scope: Scope) -> str | None:
    """Return the token of the `Authorization: Bearer` header, or None."""
    kind, _, token = (header(scope, "authorization") or "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token else None


def endpoint_of(scope: Scope) -> Endpoint:
    """Name the endpoint a request is for; unknown addresses below a platform are called "unknown"."""
    for platform in all_platforms():
        if (name := platform.endpoint_name(scope)) is not None:
            return Endpoint(platform=platform.name, name=name)
    return Endpoint(platform=None, name="sandbox")
