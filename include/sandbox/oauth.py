"""The token and revoke endpoints of every platform with a `SignIn`: codes, PKCE, refresh, revoke."""

from __future__ import annotations

import base64
import hmac
import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from include.sandbox.accounts import allow, default_app, issue, live_grant
from include.sandbox.consent import authorize, form_of, place_of
from include.sandbox.platforms import all_platforms
from include.sandbox.signing_in import OAuthError, SignIn
from include.sandbox.things import App, Code, Grant, Token
from include.sandbox.world import World

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
Form = dict[str, str]


async def answer_error(request: Request, error: Exception) -> Response:
    """Turn a raised `OAuthError` into the platform's error object."""
    if not isinstance(error, OAuthError):
        raise error
    return place_of(request)[1].error_answer(request.app.state.world, error)


async def read_form(request: Request) -> Form:
    """Return the first value of each field of a form."""
    return {name: values[0] for name, values in (await form_of(request)).items()}


async def token(request: Request) -> Response:
    """`POST …/token`: a code or a refresh token becomes an access token."""
    world: World = request.app.state.world
    place, sign_in = place_of(request)
    form = await read_form(request)
    kind = form.get("grant_type")
    if not kind:
        raise sign_in.malformed()
    if kind not in ("authorization_code", "refresh_token"):
        raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {kind}")
    app = client_of(world, place.name, sign_in, form, request)
    redeemed = (redeem if kind == "authorization_code" else renew)(world, sign_in, app, form)
    return JSONResponse(sign_in.answer_token(world, *redeemed), headers={"Cache-Control": "no-store"})


def client_of(world: World, platform: str, sign_in: SignIn, form: Form, request: Request) -> App:
    """Return the app that proves itself by its secret; raises 401 `invalid_client`."""
    default_app(world, platform)
    key, secret = form.get(sign_in.client_parameter), form.get("client_secret", "")
    basic = request.headers.get("authorization", "")
    if sign_in.basic and basic.startswith("Basic "):
        key, _, secret = base64.b64decode(basic[6:]).decode("utf-8", "replace").partition(":")
    app = world.apps.get(key)
    if app is None or app.platform != platform:
        raise OAuthError("invalid_client", "The OAuth client was not found.", 401)
    if not hmac.compare_digest(app.secret.encode(), secret.encode()):
        raise OAuthError("invalid_client", "Unauthorized", 401)
    return app


def redeem(world: World, sign_in: SignIn, app: App, form: Form) -> tuple[Grant, Token, Token | None]:
    """Turn a code into tokens, once."""
    code = world.codes.get(form.get("code"))
    if code is None or code.app != app.id:
        raise OAuthError("invalid_grant", "Malformed auth code.")
    if code.used_by or code.expires_at <= world.now():
        raise sign_in.over()
    if form.get("redirect_uri") != code.redirect_uri:
        raise sign_in.wrong_redirect()
    check_verifier(sign_in, code, form.get("code_verifier"))
    account = world.accounts.get(code.account)
    if account is None:
        raise OAuthError("invalid_grant", "Bad Request")
    grant = allow(world, app, account, code.scopes)
    code.used_by = grant.id
    world.codes.keep(code)
    access, refresh = issue(world, grant, refresh=code.offline)
    return grant, access, refresh if code.offline else None


def check_verifier(sign_in: SignIn, code: Code, verifier: str | None) -> None:
    """Compare PKCE."""
    if code.challenge is None:
        return
    expected = sign_in.challenge_of(code, verifier or "")
    fits = VERIFIER.fullmatch(verifier or "") and hmac.compare_digest(expected.encode(), code.challenge.encode())
    if not fits:
        raise sign_in.wrong_verifier(verifier)


def renew(world: World, sign_in: SignIn, app: App, form: Form) -> tuple[Grant, Token, Token | None]:
    """Turn a refresh token into a new access token; a rotated one ends the old one."""
    given = form.get("refresh_token")
    grant = live_grant(world, given, "refresh")
    if grant is None or grant.app != app.id:
        raise sign_in.dead_refresh()
    if not sign_in.rotates(world):
        access, _ = issue(world, grant, refresh=False)
        return grant, access, world.tokens.get(given) if sign_in.repeats_refresh() else None
    access, refresh = issue(world, grant)
    world.tokens.drop(given or "")
    return grant, access, refresh


async def revoke(request: Request) -> Response:
    """`POST …/revoke`: everything this person allowed this app ends."""
    world: World = request.app.state.world
    place, sign_in = place_of(request)
    form = await read_form(request)
    if sign_in.revoke_needs_app:
        client_of(world, place.name, sign_in, form, request)
    found = world.tokens.get(form.get("token") or request.query_params.get("token"))
    grant = world.grants.get(found.grant) if found else None
    if grant is None or grant.revoked or grant.platform != place.name:
        raise sign_in.unknown_token()
    revoke_all(world, grant)
    return sign_in.revoked()


def revoke_all(world: World, grant: Grant) -> None:
    """End everything the grant's person allowed its app."""
    for one in world.grants:
        if (one.app, one.account) == (grant.app, grant.account):
            one.revoked = True
            world.grants.keep(one)


def oauth_routes() -> list[BaseRoute]:
    """Return every route of signing in."""
    routes: list[BaseRoute] = []
    for sign_in in (one.sign_in for one in all_platforms()):
        if sign_in.authorize_path:
            routes.append(Route(sign_in.authorize_path, authorize, methods=["GET", "POST"]))
        if sign_in.token_path:
            routes.append(Route(sign_in.token_path, token, methods=["POST"]))
        if sign_in.revoke_path:
            routes.append(Route(sign_in.revoke_path, revoke, methods=["POST"]))
    return routes
