"""Who is signed in, and for whom they act: the one place of the desk that knows Airflow.

Airflow's own sign-in decides (its cookie, or a bearer token), whatever auth manager runs: nothing but the user's name
is asked of it. That name is the owner of everything.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from dataclasses import dataclass
from typing import Annotated, Any

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import bearer_scheme, get_user, requires_access_dag
from fastapi import Depends, Header, HTTPException, Request

from include import settings
from include.accounts import acting
from include.database import engine

PREFIX = "/api/publishing"
NOT_SIGNED_IN = "Sign in first: open Airflow's page, or send a bearer token from POST /auth/token."
ACT_FOR = "X-Act-For"
MAY_NOT_RUN = "Your role may not start runs of {dag}; that is for those who may trigger it in Airflow."
SCRAPER = "the scraper of metrics"
log = logging.getLogger("release_desk.desk")
_KEPT, _USER, _ACTING = "release_desk.signed_in", "release_desk.user", "release_desk.acting"


@dataclass(frozen=True, kw_only=True)
class Acting:
    """The signed-in user, and the owner whose things this request is about: the same one but for admins."""

    who: str
    owner: str


async def identify(request: Request) -> str:
    """Return the signed-in user's name; raise `HTTPException` 401 for anybody else. Airflow is asked once a request."""
    known: str | None = request.scope.get(_KEPT)
    if known is None and is_scraper(request):
        known = request.scope[_KEPT] = SCRAPER
    if known is None:
        try:
            user = await get_user(request, None, await bearer_scheme(request))
        except HTTPException:  # Airflow says 403 for a forged token; which of the reasons it was is nobody's business
            raise HTTPException(401, NOT_SIGNED_IN, headers={"WWW-Authenticate": "Bearer"}) from None
        known = user.get_name()
        if not acting.is_name(known):
            raise HTTPException(403, "Your user name cannot own anything: it must be printable and not '*'.")
        request.scope[_KEPT], request.scope[_USER] = known, user
    return known


async def signed_in(
    request: Request,
    x_act_for: Annotated[
        str | None,
        Header(
            alias=ACT_FOR,
            description="Admins only: act for this user instead of yourself. Each such request is written down.",
        ),
    ] = None,
) -> Acting:
    """Return who asks and for whom; every route depends on it. Raises 401, and 403 for `X-Act-For` from no admin."""
    kept: Acting | None = request.scope.get(_ACTING)
    if kept is not None:  # it was asked for an Idempotency-Key before; one act is written down once
        engine.act_as(kept.who, _door(request))
        return kept
    who = await identify(request)
    engine.act_as(who, _door(request))
    owner = _as_text(x_act_for) if x_act_for is not None else who
    try:
        await asyncio.to_thread(acting.act, who, owner, _what(request), _about(request))
    except acting.NotAllowed as refused:
        raise HTTPException(403, str(refused)) from None
    request.scope[_ACTING] = Acting(who=who, owner=owner)
    return Acting(who=who, owner=owner)


SignedIn = Annotated[Acting, Depends(signed_in)]


def is_scraper(request: Request) -> bool:
    """Say whether this reads the metrics with RELEASE_DESK_METRICS_TOKEN; that token opens nothing else."""
    if request.method != "GET" or request.scope["path"].removeprefix(request.scope.get("root_path", "")) != "/metrics":
        return False
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        token = settings.metrics_token()
    except settings.SettingsError as error:
        log.error("%s", error)
        return False
    if token is None or kind.lower() != "bearer":
        return False
    return hmac.compare_digest(given.strip().encode(), token.get_secret_value().encode())


def _door(request: Request) -> str:
    """Return through which door somebody acts: our Python client says so itself, and nothing hangs on it."""
    return "python" if request.headers.get("user-agent", "").startswith("release-desk-client") else "rest"


def may_run(request: Request, dag_id: str) -> None:
    """Raise `HTTPException` 403 unless Airflow lets the signed-in user start runs of a DAG.

    Asked before anything is written: what is registered would be published by the queue, whoever asked for it.
    """
    check = requires_access_dag("POST", DagAccessEntity.RUN, dag_id)
    try:
        check(request, request.scope[_USER])
    except HTTPException:
        raise HTTPException(403, MAY_NOT_RUN.format(dag=dag_id)) from None


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
