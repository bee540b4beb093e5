"""Making accounts and handing out ready credentials, so that tests and the demo need no browser."""

from __future__ import annotations

from typing import Any

from include.sandbox.platforms import NAMES, BadAccount, Platform, platform
from include.sandbox.things import Account, App, Grant, Token
from include.sandbox.world import World, iso, new_id


def with_accounts() -> list[str]:
    """Return the names of the platforms one can have an account at."""
    return [name for name in NAMES if platform(name).app or platform(name).make_account]


def with_apps() -> list[str]:
    """Return the names of the platforms at which an app is registered; others go by keys."""
    return [name for name in NAMES if platform(name).app]


def default_app(world: World, name: str) -> App:
    """Return the platform's ready-made app, registering it when it is not there."""
    ready = platform(name).app
    if ready is None:
        raise BadAccount(f"{name} has no accounts.")
    return world.apps.get(ready[0]) or world.apps.keep(App(id=ready[0], platform=name, secret=ready[1]))


def account_named(world: World, name: str, person: str) -> Account:
    """Return the platform's account of that name, making it when it is new."""
    for account in world.accounts:
        if account.platform == name and account.name == person:
            return account
    return world.accounts.keep(
        Account(
            id=platform(name).new_account_id(), platform=name, name=person, handle=handle_of(person),
            created_at=world.now(),
        )
    )  # fmt: skip


def handle_of(name: str) -> str:
    """Return a user name made of a name."""
    return "".join(letter for letter in name.lower() if letter.isalnum() or letter in "._") or "someone"


def make_account(world: World, wanted: dict[str, Any]) -> dict[str, Any]:
    """Make (or change) an account and return credentials for it; raises `BadAccount`.

    `wanted`: platform, name, optionally scopes, client_id and any of the platform's `traits`.
    """
    known, name = with_accounts(), wanted.get("name")
    if wanted.get("platform") not in known or not isinstance(name, str) or not name:
        raise BadAccount(f"An account needs a platform, one of {', '.join(known)}, and a name.")
    place = platform(wanted["platform"])
    if unknown := set(wanted) - set(place.traits) - {"platform", "name", "scopes", "client_id"}:
        raise BadAccount(f"A {place.name} account has {sorted(place.traits)}, not {sorted(unknown)}.")
    if odd := set(wanted.get("scopes") or ()) - set(place.scopes):
        raise BadAccount(f"{place.name} has no scopes {sorted(odd)}.")
    return place.make_account(world, wanted) if place.make_account else make_usual_account(world, wanted)


def make_usual_account(world: World, wanted: dict[str, Any]) -> dict[str, Any]:
    """Make an account whose credentials are an access and a refresh token of its own."""
    place = platform(wanted["platform"])
    scopes = list(wanted.get("scopes") or place.usual_scopes)
    app = world.apps.get(wanted.get("client_id")) or default_app(world, place.name)
    account = account_named(world, place.name, wanted["name"])
    give_traits(world, place, account, wanted)
    access, refresh = issue(world, allow(world, app, account, scopes))
    return {
        "platform": place.name,
        "name": account.name,
        "client_id": app.id,
        "client_secret": app.secret,
        "access_token": access.id,
        "refresh_token": refresh.id,
        "expires_at": iso(access.expires_at),
        "scopes": scopes,
        "platform_user_id": account.id,
        "username": account.handle,
    }


def give_traits(world: World, place: Platform, account: Account, wanted: dict[str, Any]) -> None:
    """Set the account's own switches that were given."""
    account.traits.update({key: value for key, value in wanted.items() if key in place.traits})
    world.accounts.keep(account)


def trait(account: Account, name: str) -> Any:
    """Return one of the account's switches."""
    return account.traits.get(name, platform(account.platform).traits[name])


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
    sign_in, now = platform(grant.platform).sign_in, world.now()
    lives, prefixes = sign_in.lives(world), sign_in.token_prefixes
    access = Token(
        id=prefixes[0] + new_id(120), use="access", grant=grant.id, created_at=now, expires_at=now + lives.access
    )
    world.tokens.keep(access)
    if not refresh:
        return access, access
    again = Token(
        id=prefixes[1] + new_id(64), use="refresh", grant=grant.id, created_at=now, expires_at=now + lives.refresh
    )
    world.tokens.keep(again)
    if limit := sign_in.max_refresh_tokens(world):
        drop_surplus(world, grant, limit)
    return access, again


def drop_surplus(world: World, grant: Grant, limit: int) -> None:
    """Let the oldest refresh tokens of one person and app die silently beyond the limit."""
    mine = {one.id for one in world.grants if (one.app, one.account) == (grant.app, grant.account)}
    tokens = [token for token in world.tokens if token.use == "refresh" and token.grant in mine]
    for token in sorted(tokens, key=lambda one: one.created_at)[:-limit]:
        world.tokens.drop(token.id)


def live_grant(world: World, token: str | None, use: str = "access") -> Grant | None:
    """Return what a token stands for, or None when it is unknown, expired or revoked."""
    found = world.tokens.get(token)
    if found is None or found.use != use or found.expires_at <= world.now():
        return None
    grant = world.grants.get(found.grant)
    return grant if grant and not grant.revoked else None
