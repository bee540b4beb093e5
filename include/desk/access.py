"""Who is signed in, and for whom they act: the one place of the desk that knows Airflow.

Airflow's own sign-in decides (its cookie, or a bearer token), whatever auth manager runs: nothing but the user's name
is asked of it. That name is the owner of everything.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

from airflow.api_fastapi.core_api.security import bearer_scheme, get_user
from fastapi import Depends, Header, HTTPException, Request

from include.accounts import acting

PREFIX = "/api/publishing"
NOT_SIGNED_IN = "Sign in first: open Airflow's page, or send a bearer token from POST /auth/token."
_KEPT = "release_desk.signed_in"


@dataclass(frozen=True, kw_only=True)
class Acting:
    """The signed-in user, and the owner whose things this request is about: the same one but for admins."""

    who: str
    owner: str


async def identify(request: Request) -> str:
    """Return the signed-in user's name; raise `HTTPException` 401 for anybody else. Airflow is asked once a request."""
    known: str | None = request.scope.get(_KEPT)
    if known is None:
        try:
            user = await get_user(request, None, await bearer_scheme(request))
        except HTTPException:  # Airflow says 403 for a forged token; which of the reasons it was is nobody's business
            raise HTTPException(401, NOT_SIGNED_IN, headers={"WWW-Authenticate": "Bearer"}) from None
        known = user.get_name()
        if not acting.is_name(known):
            raise HTTPException(403, "Your user name cannot own anything: it must be printable and not '*'.")
        request.scope[_KEPT] = known
    return known


async def signed_in(
    request: Request,
    x_act_for: Annotated[
        str | None,
        Header(
            alias="X-Act-For",
            description="Admins only: act for this user instead of yourself. Each such request is written down.",
        ),
    ] = None,
) -> Acting:
    """Return who asks and for whom; every route depends on it. Raises 401, and 403 for `X-Act-For` from no admin."""
    who = await identify(request)
    owner = _as_text(x_act_for) if x_act_for is not None else who
    try:
        await asyncio.to_thread(acting.act, who, owner, _what(request), _about(request))
    except acting.NotAllowed as refused:
        raise HTTPException(403, str(refused)) from None
    return Acting(who=who, owner=owner)


SignedIn = Annotated[Acting, Depends(signed_in)]


def _as_text(header: str) -> str:
    """Return a header as it was meant: servers read bytes as Latin-1, clients write UTF-8."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _what(request: Request) -> str:
    route: Any = request.scope.get("route")
    return f"{request.method} {PREFIX}{getattr(route, 'path', '')}"


def _about(request: Request) -> str | None:
    return ", ".join(map(str, request.path_params.values())) or None
