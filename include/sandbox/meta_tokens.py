"""Meta's tokens: made, found, judged, ended (meta.md 1.2 to 1.9)."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from starlette.types import Scope

from include.sandbox.endpoints import header, query
from include.sandbox.meta_errors import GraphError, invalid
from include.sandbox.meta_things import IgProfile, MetaPage, MetaToken
from include.sandbox.things import App
from include.sandbox.world import World, new_id

if TYPE_CHECKING:
    from include.sandbox.meta_asking import Ask

IN_BODY = re.compile(rb'access_token(?:"\r\n(?:[^\r\n]+\r\n)*\r\n|=|"\s*:\s*")(\w+)')
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
DATA_ACCESS_SECONDS = 90 * 86400.0
EXEMPT = ("pages_", "read_insights", "business_management", "ads_", "publish_video")
"""Permissions that go on when the data access has expired (meta.md 1.9)."""
ENDINGS = {
    458: "The user has not authorized application {app}.",
    459: "You cannot access the app till you log in to www.facebook.com and follow the instructions given.",
    460: "The session has been invalidated because the user changed their password or Facebook has changed the "
    "session for security reasons.",
    464: "Sessions for the user are not allowed because the user is not a confirmed user.",
    467: "The session has been invalidated because the user logged out.",
    492: "The user must be an administrator, editor, or moderator of the page in order to impersonate it.",
}
PACIFIC = timedelta(hours=-8)
"""Meta writes these times in Pacific standard time."""


def app_of(world: World, key: str | None) -> App | None:
    """Return one of Meta's apps."""
    app = world.apps.get(key)
    return app if app and app.platform in ("facebook", "instagram") else None


def new_token(
    world: World, *, kind: str, app: str, person: str, subject: str, scopes: list[str], long_lived: bool, life: float
) -> MetaToken:
    """Make and keep a token; `life` 0 is for ever."""
    now = world.now()
    return world.shelf(MetaToken).keep(
        MetaToken(
            id=("IGAA" if kind == "instagram" else "EAA") + new_id(150, LETTERS), kind=kind, app=app, person=person,
            subject=subject, scopes=scopes, created_at=now, expires_at=now + life if life else 0.0,
            data_access_expires_at=now + DATA_ACCESS_SECONDS, long_lived=long_lived,
        )
    )  # fmt: skip


def user_token(world: World, app: str, person: str, scopes: list[str], *, long_lived: bool) -> MetaToken:
    """Make a user token, for one to two hours or about 60 days."""
    switches = world.switches
    life = switches.meta_long_token_seconds if long_lived else switches.meta_short_token_seconds
    return new_token(
        world, kind="user", app=app, person=person, subject=person, scopes=scopes, long_lived=long_lived, life=life
    )


def page_token(world: World, user: MetaToken, page: MetaPage) -> MetaToken:
    """Return the Page's token for a user token: the same one every time; without an end when the user's is long."""
    for one in world.shelf(MetaToken):
        same = (one.kind, one.subject, one.app, one.person) == ("page", page.id, user.app, user.person)
        lives = one.ended is None and not (one.expires_at and one.expires_at <= world.now())
        if same and lives and one.long_lived == user.long_lived and one.scopes == user.scopes:
            return one
    life = 0.0 if user.long_lived else max(1.0, user.expires_at - world.now())
    return new_token(
        world, kind="page", app=user.app, person=user.person, subject=page.id, scopes=user.scopes,
        long_lived=user.long_lived, life=life,
    )  # fmt: skip


def instagram_token(world: World, app: str, profile: IgProfile, scopes: list[str], *, long_lived: bool) -> MetaToken:
    """Make a token of Instagram Login, for an hour or 60 days."""
    life = world.switches.meta_long_token_seconds if long_lived else 3600.0
    return new_token(
        world, kind="instagram", app=app, person=profile.person, subject=profile.id, scopes=scopes,
        long_lived=long_lived, life=life,
    )  # fmt: skip


def in_scope(scope: Scope) -> str | None:
    """Return the token in a request's header (Bearer or OAuth), query, or the beginning of its body."""
    scheme, _, token = (header(scope, "authorization") or "").partition(" ")
    if scheme.lower() in ("bearer", "oauth") and token:
        return token.strip()
    found = IN_BODY.search(scope.get("sandbox.peek", b""))
    return query(scope, "access_token") or (found.group(1).decode() if found else None)


def account_of(world: World, scope: Scope) -> str | None:
    """Return the account a request's token stands for: the Page's or Instagram account's, or the person's first."""
    token = world.shelf(MetaToken).get(in_scope(scope))
    if token is None or token.kind != "user":
        return token.subject if token else None
    return next((one.id for one in world.shelf(MetaPage) if one.person == token.person), None)


def expire(world: World, scope: Scope) -> None:
    """Let the token a request carries be over (the fault `expire_token`)."""
    if token := world.shelf(MetaToken).get(in_scope(scope)):
        token.expires_at = world.now() - 1
        world.shelf(MetaToken).keep(token)


def end_all(world: World, person: str, subcode: int, app: str | None = None) -> None:
    """End every token of a person (for one app), as a changed password (460) or a removed app (458) does."""
    for one in world.shelf(MetaToken):
        if one.person == person and app in (None, one.app) and one.ended is None:
            one.ended = subcode
            world.shelf(MetaToken).keep(one)


def bad_token(world: World, token: MetaToken | None) -> GraphError | None:
    """Return the error 190 for a token that does not open anything (any more), or None."""
    status = world.switches.meta_token_error_status
    if token is None:
        return GraphError(190, "Invalid OAuth access token - Cannot parse access token", status=status)
    if token.ended:
        why = ENDINGS.get(token.ended, "The session has been invalidated.").format(app=token.app)
        return GraphError(190, f"Error validating access token: {why}", token.ended, status=status)
    if token.expires_at and token.expires_at <= world.now():
        ended, now = (spoken(moment) for moment in (token.expires_at, world.now()))
        text = f"Error validating access token: Session has expired on {ended}. The current time is {now}."
        return GraphError(190, text, 463, status=status)
    return None


def spoken(moment: float) -> str:
    """Write a time as Meta's error texts do: `Saturday, 21-Nov-26 01:00:00 PST`."""
    return (datetime.fromtimestamp(moment, UTC) + PACIFIC).strftime("%A, %d-%b-%y %H:%M:%S PST")


def check_proof(ask: Ask, token: str, app: App) -> None:
    """Check `appsecret_proof` when it is there or required; raises #100."""
    given = ask.text("appsecret_proof")
    if given is None:
        if ask.world.switches.meta_require_proof:
            message = "API calls from the server require an appsecret_proof argument"
            raise GraphError(100, message, kind="GraphMethodException")
        return
    expected = hmac.new(app.secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, given):
        message = "Invalid appsecret_proof provided in the API argument"
        raise GraphError(100, message, kind="GraphMethodException")


def has(world: World, token: MetaToken, scope: str) -> bool:
    """Tell whether a token has a permission that answers: instagram_* ends with the data access."""
    if scope not in token.scopes:
        return False
    return scope.startswith(EXEMPT) or token.kind == "instagram" or world.now() < token.data_access_expires_at


def scope_missing(scope: str) -> GraphError:
    """Make the error for a missing permission: 200 for Pages, 10 for Instagram (meta.md 7.4, 9.4)."""
    if scope.startswith("pages_"):
        return GraphError(200, f"(#200) Requires {scope} permission to manage the object")
    return GraphError(10, "(#10) Application does not have permission for this action")


def need(ask: Ask, facebook: str, instagram: str | None = None) -> None:
    """Want a permission of the caller's token, by its login; raises 10 or 200."""
    token = ask.caller
    wanted = instagram if token.kind == "instagram" else facebook
    if wanted is None:
        raise invalid("This method is not available for this login.")
    if not has(ask.world, token, wanted):
        raise scope_missing(wanted)
