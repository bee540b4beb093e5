"""Both ways to sign in: Facebook Login (with a Page) and Instagram Login (without one).

Which of them an account uses stands in its profile as `login`; an Instagram Login has an app id of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlencode

from include.platforms.errors import AccountTrouble, TryAgain
from include.platforms.http import Calls
from include.platforms.meta_graph import auth as facebook_login
from include.platforms.meta_graph.graph import VERSION
from include.platforms.tokens import Tokens

Login = Literal["facebook", "instagram"]

LOGINS: tuple[Login, ...] = ("facebook", "instagram")
"""The ways to sign in, the usual one first."""
PURPOSES = {
    "instagram_basic": "see your account",
    "instagram_content_publish": "publish",
    "instagram_manage_comments": "read and answer comments",
    "instagram_manage_insights": "read figures",
    "pages_show_list": "see your Pages",
    "pages_read_engagement": "read your Pages",
    "business_management": "see Pages of a business",  # or those of a portfolio are not shown (meta.md 1.4)
    "instagram_business_basic": "see your account",
    "instagram_business_content_publish": "publish",
    "instagram_business_manage_comments": "read and answer comments",
    "instagram_business_manage_insights": "read figures",
}
SCOPES_OF: Mapping[Login, tuple[str, ...]] = {
    "facebook": tuple(scope for scope in PURPOSES if not scope.startswith("instagram_business_")),
    "instagram": tuple(scope for scope in PURPOSES if scope.startswith("instagram_business_")),
}
"""What an account is connected with (meta.md 1.6, checked 2026-11-21)."""
NEEDED: Mapping[Login, tuple[str, ...]] = {
    "facebook": ("instagram_basic", "instagram_content_publish", "pages_show_list"),
    "instagram": ("instagram_business_basic", "instagram_business_content_publish"),
}
"""Without these nothing can be published; without the Pages Facebook Login does not find the account."""
SCOPES, NEEDED_SCOPES = SCOPES_OF["facebook"], NEEDED["facebook"]

CANNOT_REVOKE = (
    "Instagram Login has no call to give access back. Remove our app on Instagram: Settings, Website permissions, Apps "
    "and websites."
)
YOUNGEST_RENEWAL_HOURS = 24
"""A token of Instagram Login can only be renewed when it is a day old (meta.md 1.7)."""


def needed_scopes(account: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Return what an account must allow, by its login."""
    return NEEDED[login_of(account)]


def asked_scopes(account: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Return what is asked for at consent, by the login."""
    return SCOPES_OF[login_of(account)]


def login_of(account: Mapping[str, Any] | None, token: str = "") -> Login:
    """Return which login an account uses: what it says, else what its token looks like (IGAA…: Instagram Login)."""
    said = (account or {}).get("login")
    if said in ("facebook", "instagram"):
        return "instagram" if said == "instagram" else "facebook"
    return "instagram" if token.startswith("IG") else "facebook"


def authorize_address(
    calls: Calls,
    app_id: str,
    *,
    redirect_uri: str,
    state: str,
    verifier: str | None = None,
    scopes: Sequence[str] | None = None,
    login: str | None = None,
) -> str:
    """Return the consent page's address; Meta knows no PKCE, so `verifier` is not used."""
    asked = tuple(scopes or asked_scopes({"login": login}))
    if login_of({"login": login}) == "facebook":
        return facebook_login.authorize_address(calls, app_id, redirect_uri=redirect_uri, state=state, scopes=asked)
    query = {
        "client_id": app_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": ",".join(asked),
        "state": state,
    }
    return f"{calls.address('instagram_authorize', 'oauth/authorize')}?{urlencode(query)}"


def exchange_code(
    calls: Calls,
    app_id: str,
    app_secret: str,
    *,
    code: str,
    redirect_uri: str,
    verifier: str | None = None,
    login: str | None = None,
) -> Tokens:
    """Return the long-lived token for a consent's `code` (once, within the hour), as access and refresh token.

    Raises `AccountTrouble` when Meta refuses, `TryAgain` for its own faults, `OutcomeUnknown` for a lost answer.
    """
    code = code.removesuffix("#_")  # Meta hangs it on the address
    if login_of({"login": login}) == "facebook":
        return facebook_login.exchange_code(calls, app_id, app_secret, code=code, redirect_uri=redirect_uri)
    form = {
        "client_id": app_id,
        "client_secret": app_secret,
        "grant_type": "authorization_code",
        "redirect_uri": redirect_uri,
        "code": code,
    }
    short = facebook_login.ask_token(calls, "instagram_token", "oauth/access_token", form, changes=True, method="POST")
    asked_at = datetime.now(UTC)
    form = {
        "grant_type": "ig_exchange_token",
        "client_secret": app_secret,
        "access_token": str(short["access_token"]),
    }
    body = facebook_login.ask_token(calls, "instagram_graph", "access_token", form, changes=False)
    return facebook_login.tokens_of(body, asked_at, facebook_login.scopes_of(short))


def refresh_tokens(
    calls: Calls,
    app_id: str,
    app_secret: str,
    refresh_token: str,
    account: Mapping[str, Any] | None = None,
    *,
    version: str = VERSION,
) -> Tokens:
    """Return a new long-lived token; with a Page (`page_id`) the access token is the Page's.

    Asking twice does no harm. Raises `AccountTrouble` when the grant is over, `TryAgain` for passing faults and for a
    token of Instagram Login that is too young to be renewed.
    """
    if login_of(account, refresh_token) == "facebook":
        page_id = (account or {}).get("page_id")
        return facebook_login.page_tokens(calls, app_id, app_secret, refresh_token, page_id, version=version)
    asked_at = datetime.now(UTC)
    form = {"grant_type": "ig_refresh_token", "access_token": refresh_token}
    try:
        body = facebook_login.ask_token(calls, "instagram_graph", "refresh_access_token", form, changes=False)
    except AccountTrouble as trouble:
        if "24 hour" not in trouble.message:
            raise
        raise TryAgain(
            "Instagram renews a token only when it is a day old.", after=3600, code=trouble.code, status=trouble.status
        ) from None
    return facebook_login.tokens_of(body, asked_at)


def revoke(
    calls: Calls,
    app_id: str,
    app_secret: str,
    access_token: str,
    refresh_token: str | None = None,
    account: Mapping[str, Any] | None = None,
) -> None:
    """Give our access back: for all accounts of the person (Facebook Login).

    Raises `AccountTrouble` for Instagram Login, which has no call for it: the person removes our app themselves.
    """
    if login_of(account, refresh_token or access_token) != "facebook":
        raise AccountTrouble(CANNOT_REVOKE)
    facebook_login.revoke(calls, app_id, app_secret, refresh_token or access_token)
