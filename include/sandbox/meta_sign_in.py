"""Facebook's token calls: codes, long-lived tokens, debug_token, revoke (meta.md 1.2, 1.3, 1.8)."""

from __future__ import annotations

import hmac
from typing import Any

from include.sandbox.meta_accounts import meta_app
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_errors import GraphError, invalid, missing
from include.sandbox.meta_things import IgProfile, MetaPage, MetaToken
from include.sandbox.meta_tokens import app_of, bad_token, end_all, user_token
from include.sandbox.things import App, Code
from include.sandbox.world import World


async def access_token(ask: Ask) -> Any:
    """`/oauth/access_token`: a code or a living user token becomes a user token."""
    meta_app(ask.world)
    app = app_of(ask.world, ask.text("client_id"))
    if app is None:
        raise GraphError(101, "Error validating application. Cannot get application info due to a system error.")
    check_secret(ask, app)
    if ask.text("grant_type") == "fb_exchange_token":
        return exchange(ask, app)
    if ask.text("grant_type") == "client_credentials":
        return {"access_token": f"{app.id}|{app.secret}", "token_type": "bearer"}
    code = redeem(ask.world, app, "facebook", ask.text("code"), ask.text("redirect_uri"))
    token = user_token(ask.world, app.id, code.account, code.scopes, long_lived=False)
    return bearer_answer(ask.world, token)


def check_secret(ask: Ask, app: App) -> None:
    """Want the app's secret."""
    if not hmac.compare_digest(app.secret.encode(), (ask.text("client_secret") or "").encode()):
        raise GraphError(1, "Error validating client secret.")


def exchange(ask: Ask, app: App) -> Any:
    """Turn a short, or a long one that still lives, into a new long-lived user token."""
    given = ask.world.shelf(MetaToken).get(ask.text("fb_exchange_token"))
    if error := bad_token(ask.world, given):
        raise error
    if given is None or given.app != app.id or given.kind != "user":
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
    return bearer_answer(ask.world, user_token(ask.world, app.id, given.person, given.scopes, long_lived=True))


def redeem(world: World, app: App, platform: str, key: str | None, redirect: str | None) -> Code:
    """Return what a code stands for, once; raises 100 with 36007, 36008 or 36009."""
    code = world.codes.get(key)
    if code is None or code.app != app.id or code.platform != platform:
        raise GraphError(100, "Invalid verification code format.")
    if code.used_by:
        raise GraphError(100, "This authorization code has been used.", 36009)
    if code.expires_at <= world.now():
        raise GraphError(100, "This authorization code has expired.", 36007)
    if code.redirect_uri != redirect:
        message = (
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used "
            "in the OAuth dialog request"
        )
        raise GraphError(100, message, 36008)
    code.used_by = "once"
    world.codes.keep(code)
    return code


def bearer_answer(world: World, token: MetaToken) -> dict[str, Any]:
    """Return a token as the token endpoints do; one without an end has no `expires_in`."""
    told: dict[str, Any] = {"access_token": token.id, "token_type": "bearer"}
    return {**told, "expires_in": round(token.expires_at - world.now())} if token.expires_at else told


async def debug_token(ask: Ask) -> Any:
    """`GET /debug_token`: with the app's own token, or one of its people's."""
    world, given = ask.world, ask.given_token or ""
    key, _, secret = given.partition("|")
    app = app_of(world, key)
    asking = world.shelf(MetaToken).get(given)
    if not ((app and hmac.compare_digest(app.secret, secret)) or (asking and not bad_token(world, asking))):
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
    token = world.shelf(MetaToken).get(ask.text("input_token"))
    if ask.text("input_token") is None:
        raise missing("input_token")
    error = bad_token(world, token)
    told: dict[str, Any] = {"is_valid": error is None, "scopes": token.scopes if token and not error else []}
    if error:
        shown = error.envelope("")["error"]
        told["error"] = {"code": 190, "message": shown["message"], "subcode": shown.get("error_subcode", 0)}
    if token:
        told |= described(world, token)
    return {"data": told}


def described(world: World, token: MetaToken) -> dict[str, Any]:
    """Return what `debug_token` says of a known token."""
    kinds = {"user": "USER", "page": "PAGE", "instagram": "USER"}
    told: dict[str, Any] = {
        "app_id": token.app, "type": kinds[token.kind], "application": "Sandbox", "user_id": token.person,
        "data_access_expires_at": int(token.data_access_expires_at), "expires_at": int(token.expires_at),
        "issued_at": int(token.created_at), "granular_scopes": granular(world, token),
    }  # fmt: skip
    return {**told, "profile_id": token.subject} if token.kind == "page" else told


def granular(world: World, token: MetaToken) -> list[dict[str, Any]]:
    """Return which Pages and Instagram accounts each permission is for."""
    pages = [one.id for one in world.shelf(MetaPage) if one.person == token.person]
    profiles = [one.id for one in world.shelf(IgProfile) if one.person == token.person and one.page]
    targets = {"pages_": pages, "read_insights": pages, "instagram_": profiles}
    found = []
    for scope in token.scopes:
        mine = next((keys for start, keys in targets.items() if scope.startswith(start)), None)
        found.append({"scope": scope, "target_ids": mine} if mine else {"scope": scope})
    return found


async def revoke_token(ask: Ask) -> Any:
    """`GET /oauth/revoke`: everything the person allowed the app ends."""
    app = app_of(ask.world, ask.text("client_id"))
    token = ask.world.shelf(MetaToken).get(ask.text("revoke_token"))
    if app is None or token is None or token.app != app.id:
        raise invalid("Invalid token to revoke.")
    check_secret(ask, app)
    end_all(ask.world, token.person, 458, app.id)
    return {"success": True}
