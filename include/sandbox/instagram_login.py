"""Instagram Login's token calls on api.instagram.com and graph.instagram.com (meta.md 1.7)."""

from __future__ import annotations

import hmac
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.consent import form_of
from include.sandbox.meta_accounts import meta_app
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_errors import GraphError, invalid
from include.sandbox.meta_sign_in import bearer_answer, check_secret, redeem
from include.sandbox.meta_things import IgProfile, MetaToken
from include.sandbox.meta_tokens import app_of, bad_token, has, instagram_token
from include.sandbox.world import World

DAY = 86400.0


async def instagram_code(request: Request) -> Response:
    """`POST api.instagram.com/oauth/access_token`: errors there have an older shape (meta.md 1.7)."""
    world: World = request.app.state.world
    kind = request.headers.get("content-type", "")
    form: dict[str, Any] = (
        dict(await request.form()) if kind.startswith("multipart/")
        else {name: values[0] for name, values in (await form_of(request)).items()}
    )  # fmt: skip
    meta_app(world)
    app = app_of(world, form.get("client_id"))
    if app is None or not hmac.compare_digest(app.secret.encode(), str(form.get("client_secret", "")).encode()):
        return old_error("Invalid platform app")
    if form.get("grant_type") != "authorization_code":
        return old_error("Invalid grant_type")
    try:
        code = redeem(world, app, "instagram", form.get("code"), form.get("redirect_uri"))
    except GraphError as error:
        same = error.subcode == 36008
        return old_error("Invalid redirect_uri" if same else "Matching code was not found or was already used.")
    profile = world.shelf(IgProfile).get(code.account)
    if profile is None:
        return old_error("Matching code was not found or was already used.")
    token = instagram_token(world, app.id, profile, code.scopes, long_lived=False)
    if world.switches.meta_instagram_login_answers == "list":
        told = {"access_token": token.id, "user_id": profile.id, "permissions": ",".join(token.scopes)}
        return JSONResponse({"data": [told]})
    return JSONResponse({"access_token": token.id, "user_id": int(profile.id), "permissions": token.scopes})


def old_error(message: str) -> Response:
    """Answer an error of api.instagram.com."""
    return JSONResponse({"error_type": "OAuthException", "code": 400, "error_message": message}, 400)


async def instagram_exchange(ask: Ask) -> Any:
    """`GET graph.instagram.com/access_token`: a short token becomes one for 60 days."""
    token, profile = own_instagram(ask, "ig_exchange_token")
    app = app_of(ask.world, token.app)
    if app is None:
        raise GraphError(101, "Error validating application.")
    check_secret(ask, app)
    longer = instagram_token(ask.world, token.app, profile, token.scopes, long_lived=True)
    return bearer_answer(ask.world, longer)


async def instagram_refresh(ask: Ask) -> Any:
    """`GET graph.instagram.com/refresh_access_token`: for a token at least a day old."""
    token, profile = own_instagram(ask, "ig_refresh_token")
    if not token.long_lived:
        raise GraphError(190, "Session key invalid. This could be because the token is a short-lived one.", 467)
    if not has(ask.world, token, "instagram_business_basic"):
        raise GraphError(10, "(#10) Application does not have permission for this action")
    if ask.world.now() - token.created_at < DAY:
        raise invalid("The access token must be at least 24 hours old to be refreshed.")
    longer = instagram_token(ask.world, token.app, profile, token.scopes, long_lived=True)
    return {**bearer_answer(ask.world, longer), "permissions": ",".join(token.scopes)}


def own_instagram(ask: Ask, grant: str) -> tuple[MetaToken, IgProfile]:
    """Return the living token of Instagram Login a call carries, for the right host and grant."""
    if ask.host != "instagram_graph" or ask.text("grant_type") != grant:
        raise invalid("Unsupported grant_type")
    token = ask.world.shelf(MetaToken).get(ask.given_token)
    if error := bad_token(ask.world, token):
        raise error
    profile = ask.world.shelf(IgProfile).get(token.subject) if token else None
    if token is None or token.kind != "instagram" or profile is None:
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
    return token, profile
