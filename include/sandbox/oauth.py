"""The token and revoke endpoints of both platforms: codes, PKCE, refresh, revoke (youtube.md 1, TikTok A.1)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from include.sandbox.accounts import allow, default_app, issue, live_grant
from include.sandbox.consent import authorize, form_of, platform_of
from include.sandbox.things import App, Code, Grant, Token
from include.sandbox.tiktok_answers import new_log_id
from include.sandbox.world import World

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
Form = dict[str, str]


class OAuthError(Exception):
    """An answer of the token endpoint: `error` and a description."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status


async def answer_error(request: Request, error: Exception) -> Response:
    """Turn a raised `OAuthError` into the platform's flat error object."""
    if not isinstance(error, OAuthError):
        raise error
    world: World = request.app.state.world
    body: dict[str, Any] = {"error": error.error, "error_description": error.description}
    if platform_of(request) == "youtube":
        return JSONResponse(body, error.status)
    body["log_id"] = new_log_id(world)
    status = error.status if error.status != 400 else world.switches.tiktok_oauth_error_status
    return JSONResponse(body, status)


async def token(request: Request) -> Response:
    """`POST …/token`: a code or a refresh token becomes an access token."""
    world: World = request.app.state.world
    platform = platform_of(request)
    form = {name: values[0] for name, values in (await form_of(request)).items()}
    kind = form.get("grant_type")
    if not kind:
        raise malformed(platform)
    if kind not in ("authorization_code", "refresh_token"):
        raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {kind}")
    app = client_of(world, platform, form, request)
    if kind == "authorization_code":
        return answer_token(world, *redeem(world, app, form))
    return answer_token(world, *renew(world, app, form))


def malformed(platform: str) -> OAuthError:
    """Make the error for a body that is no form, or lacks what everybody has to say."""
    if platform == "tiktok":
        return OAuthError("invalid_request", "The request parameters are malformed.")
    return OAuthError("invalid_request", "Missing required parameter: grant_type")


def client_of(world: World, platform: str, form: Form, request: Request) -> App:
    """Return the app that proves itself by its secret; raises 401 `invalid_client`."""
    default_app(world, platform)
    name = "client_key" if platform == "tiktok" else "client_id"
    key, secret = form.get(name), form.get("client_secret", "")
    basic = request.headers.get("authorization", "")
    if platform == "youtube" and basic.startswith("Basic "):
        key, _, secret = base64.b64decode(basic[6:]).decode("utf-8", "replace").partition(":")
    app = world.apps.get(key)
    if app is None or app.platform != platform:
        raise OAuthError("invalid_client", "The OAuth client was not found.", 401)
    if not hmac.compare_digest(app.secret.encode(), secret.encode()):
        raise OAuthError("invalid_client", "Unauthorized", 401)
    return app


def redeem(world: World, app: App, form: Form) -> tuple[Grant, Token, Token | None]:
    """Turn a code into tokens, once."""
    code = world.codes.get(form.get("code"))
    if code is None or code.app != app.id:
        raise OAuthError("invalid_grant", "Malformed auth code.")
    if code.used_by or code.expires_at <= world.now():
        raise OAuthError("invalid_grant", "Bad Request" if app.platform == "youtube" else
                         "Authorization code is expired.")  # fmt: skip
    if form.get("redirect_uri") != code.redirect_uri:
        if app.platform == "youtube":
            raise OAuthError("redirect_uri_mismatch", "Bad Request")
        raise OAuthError("invalid_grant", "Redirect_uri is not matched with the uri when requesting code.")
    check_verifier(code, form.get("code_verifier"))
    account = world.accounts.get(code.account)
    if account is None:
        raise OAuthError("invalid_grant", "Bad Request")
    grant = allow(world, app, account, code.scopes)
    code.used_by = grant.id
    world.codes.keep(code)
    access, refresh = issue(world, grant, refresh=code.offline)
    return grant, access, refresh if code.offline else None


def check_verifier(code: Code, verifier: str | None) -> None:
    """Compare PKCE: Google wants base64url without padding, TikTok lower-case hex, under the same name S256."""
    if code.challenge is None:
        return
    digest = hashlib.sha256((verifier or "").encode()).digest()
    if code.platform == "tiktok":
        expected = digest.hex()
    elif code.challenge_method == "S256":
        expected = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    else:
        expected = verifier or ""
    fits = VERIFIER.fullmatch(verifier or "") and hmac.compare_digest(expected.encode(), code.challenge.encode())
    if fits:
        return
    if code.platform == "tiktok":
        raise OAuthError("invalid_request", "Code verifier or code challenge is invalid.")
    raise OAuthError("invalid_grant", "Invalid code verifier." if verifier else "Missing code verifier.")


def renew(world: World, app: App, form: Form) -> tuple[Grant, Token, Token | None]:
    """Turn a refresh token into a new access token; a rotated one ends the old one."""
    given = form.get("refresh_token")
    grant = live_grant(world, given, "refresh")
    if grant is None or grant.app != app.id:
        text = "Token has been expired or revoked."
        raise OAuthError("invalid_grant", text if app.platform == "youtube" else "Refresh token is invalid or expired.")
    rotate = (
        world.switches.youtube_rotate_refresh_tokens
        if app.platform == "youtube"
        else world.switches.tiktok_rotate_refresh_tokens
    )
    if not rotate:
        access, _ = issue(world, grant, refresh=False)
        return grant, access, world.tokens.get(given) if app.platform == "tiktok" else None
    access, refresh = issue(world, grant)
    world.tokens.drop(given or "")
    return grant, access, refresh


def answer_token(world: World, grant: Grant, access: Token, refresh: Token | None) -> Response:
    """Answer a token in the platform's shape."""
    now = world.now()
    body: dict[str, Any] = {"access_token": access.id, "expires_in": round(access.expires_at - now)}
    if grant.platform == "tiktok":
        body = {"open_id": grant.account, "scope": ",".join(grant.scopes), **body}
    if refresh:
        body["refresh_token"] = refresh.id
        left = round(refresh.expires_at - now)
        if grant.platform == "tiktok":
            body["refresh_expires_in"] = left
        elif world.switches.youtube_testing_mode:
            body["refresh_token_expires_in"] = left
    if grant.platform == "youtube":
        body["scope"] = " ".join(grant.scopes)
    body["token_type"] = "Bearer"  # noqa: S105  (the kind of token, not one)
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


async def revoke(request: Request) -> Response:
    """`POST …/revoke`: everything this person allowed this app ends."""
    world: World = request.app.state.world
    platform = platform_of(request)
    form = {name: values[0] for name, values in (await form_of(request)).items()}
    if platform == "tiktok":
        client_of(world, platform, form, request)
    found = world.tokens.get(form.get("token") or request.query_params.get("token"))
    grant = world.grants.get(found.grant) if found else None
    if grant is None or grant.revoked or grant.platform != platform:
        if platform == "tiktok":
            raise OAuthError("invalid_grant", "The access token is invalid.")
        raise OAuthError("invalid_token", "Token expired or revoked")
    for one in world.grants:
        if (one.app, one.account) == (grant.app, grant.account):
            one.revoked = True
            world.grants.keep(one)
    return Response(status_code=200) if platform == "tiktok" else JSONResponse({})


def oauth_routes() -> list[BaseRoute]:
    """Return every route of signing in."""
    return [
        Route("/youtube/accounts/o/oauth2/v2/auth", authorize, methods=["GET", "POST"]),
        Route("/youtube/oauth/token", token, methods=["POST"]),
        Route("/youtube/oauth/revoke", revoke, methods=["POST"]),
        Route("/tiktok/www/v2/auth/authorize/", authorize, methods=["GET", "POST"]),
        Route("/tiktok/v2/oauth/token/", token, methods=["POST"]),
        Route("/tiktok/v2/oauth/revoke/", revoke, methods=["POST"]),
    ]
