"""Making accounts and handing out ready credentials, so that tests and the demo need no browser."""

from __future__ import annotations

import uuid
from typing import Any

from include.sandbox.things import Account, App, Grant, Token
from include.sandbox.world import World, iso, new_id

PLATFORMS = ("youtube", "tiktok")
GOOGLE = "https://www.googleapis.com/auth/"
SCOPES = {
    "youtube": [
        GOOGLE + name
        for name in (
            "youtube", "youtube.force-ssl", "youtube.upload", "youtube.readonly", "yt-analytics.readonly",
            "yt-analytics-monetary.readonly", "youtubepartner", "youtubepartner-channel-audit",
        )
    ],
    "tiktok": [
        "user.info.basic", "user.info.profile", "user.info.stats", "video.list", "video.upload", "video.publish",
    ],
}  # fmt: skip
"""Every scope a platform knows."""
USUAL_SCOPES = {
    "youtube": [
        GOOGLE + name
        for name in (
            "youtube.force-ssl", "youtube.upload", "youtube.readonly", "yt-analytics.readonly",
            "yt-analytics-monetary.readonly",
        )
    ],
    "tiktok": SCOPES["tiktok"],
}  # fmt: skip
TRAITS: dict[str, dict[str, Any]] = {
    "youtube": {
        "has_channel": True, "verified": True, "custom_thumbnails": True, "monetized": False,
        "subscribers": 1234, "uploads_per_day": None, "forced_privacy": None,
    },
    "tiktok": {
        "private": False, "privacy_options": None, "comment_disabled": False, "duet_disabled": False,
        "stitch_disabled": False, "max_duration_seconds": None, "trouble": None,
    },
}  # fmt: skip
"""Switches of one account with their defaults. `verified`: videos over 15 minutes; `forced_privacy`: whatever was
asked, it becomes this; `trouble`: one of TikTok's "cannot post now" codes."""
DEFAULT_APPS = {
    "youtube": ("407408718192-sandbox.apps.googleusercontent.com", "GOCSPX-sandbox-secret"),
    "tiktok": ("sandboxclientkey", "sandbox-client-secret"),
}


class BadAccount(ValueError):
    """An account that cannot be made, with the reason."""


def default_app(world: World, platform: str) -> App:
    """Return the platform's ready-made app, registering it when it is not there."""
    key, secret = DEFAULT_APPS[platform]
    return world.apps.get(key) or world.apps.keep(App(id=key, platform=platform, secret=secret))


def account_named(world: World, platform: str, name: str) -> Account:
    """Return the platform's account of that name, making it when it is new."""
    for account in world.accounts:
        if account.platform == platform and account.name == name:
            return account
    handle = "".join(letter for letter in name.lower() if letter.isalnum() or letter in "._") or "someone"
    key = "UC" + new_id(22) if platform == "youtube" else str(uuid.uuid4())
    return world.accounts.keep(Account(id=key, platform=platform, name=name, handle=handle, created_at=world.now()))


def make_account(world: World, wanted: dict[str, Any]) -> dict[str, Any]:
    """Make (or change) an account and return credentials for it; raises `BadAccount`.

    `wanted`: platform, name, optionally scopes, client_id and any of the platform's `TRAITS`.
    """
    platform, name = wanted.get("platform"), wanted.get("name")
    if platform not in PLATFORMS or not isinstance(name, str) or not name:
        raise BadAccount(f"An account needs a platform, one of {', '.join(PLATFORMS)}, and a name.")
    traits = {key: value for key, value in wanted.items() if key in TRAITS[platform]}
    if unknown := set(wanted) - set(traits) - {"platform", "name", "scopes", "client_id"}:
        raise BadAccount(f"A {platform} account has {sorted(TRAITS[platform])}, not {sorted(unknown)}.")
    scopes = wanted.get("scopes") or USUAL_SCOPES[platform]
    if odd := set(scopes) - set(SCOPES[platform]):
        raise BadAccount(f"{platform} has no scopes {sorted(odd)}.")
    app = world.apps.get(wanted.get("client_id")) or default_app(world, platform)
    account = account_named(world, platform, name)
    account.traits.update(traits)
    world.accounts.keep(account)
    access, refresh = issue(world, allow(world, app, account, list(scopes)))
    return {
        "platform": platform,
        "name": name,
        "client_id": app.id,
        "client_secret": app.secret,
        "access_token": access.id,
        "refresh_token": refresh.id,
        "expires_at": iso(access.expires_at),
        "scopes": scopes,
        "platform_user_id": account.id,
        "username": account.handle,
    }


def trait(account: Account, name: str) -> Any:
    """Return one of the account's switches."""
    return account.traits.get(name, TRAITS[account.platform][name])


def allow(world: World, app: App, account: Account, scopes: list[str]) -> Grant:
    """Write down that the account's owner allowed the app these scopes."""
    return world.grants.keep(
        Grant(
            id=new_id(24), platform=app.platform, app=app.id, account=account.id, scopes=scopes,
            created_at=world.now(),
        )
    )  # fmt: skip


def issue(world: World, grant: Grant, *, refresh: bool = True) -> tuple[Token, Token]:
    """Make a new access token for a grant, and a refresh token (or, without `refresh`, the access token twice)."""
    switches, now = world.switches, world.now()
    youtube = grant.platform == "youtube"
    life = switches.youtube_token_seconds if youtube else switches.tiktok_token_seconds
    prefix = ("ya29.a0", "1//0e") if youtube else ("act.", "rft.")
    access = Token(id=prefix[0] + new_id(120), use="access", grant=grant.id, created_at=now, expires_at=now + life)
    world.tokens.keep(access)
    if not refresh:
        return access, access
    lasting = 7 * 86400.0 if switches.youtube_testing_mode else 182 * 86400.0
    until = now + (lasting if youtube else switches.tiktok_refresh_seconds)
    again = Token(id=prefix[1] + new_id(64), use="refresh", grant=grant.id, created_at=now, expires_at=until)
    world.tokens.keep(again)
    if youtube:
        drop_surplus(world, grant)
    return access, again


def drop_surplus(world: World, grant: Grant) -> None:
    """Let the oldest refresh tokens of one user and app die silently beyond the limit (youtube.md 1.5: 100)."""
    mine = {one.id for one in world.grants if (one.app, one.account) == (grant.app, grant.account)}
    tokens = [token for token in world.tokens if token.use == "refresh" and token.grant in mine]
    for token in sorted(tokens, key=lambda one: one.created_at)[: -world.switches.youtube_max_refresh_tokens]:
        world.tokens.drop(token.id)


def live_grant(world: World, token: str | None, use: str = "access") -> Grant | None:
    """Return what a token stands for, or None when it is unknown, expired or revoked."""
    found = world.tokens.get(token)
    if found is None or found.use != use or found.expires_at <= world.now():
        return None
    grant = world.grants.get(found.grant)
    return grant if grant and not grant.revoked else None
