"""Facebook's sign-in for Pages: consent, and the Page's token, derived anew from the person's long-lived one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from include.platforms.facebook.account import choose_page
from include.platforms.http import Calls
from include.platforms.meta_graph import auth as facebook_login
from include.platforms.meta_graph.graph import VERSION, Graph
from include.platforms.tokens import Tokens

PURPOSES = {
    "pages_show_list": "see your Pages",
    "pages_read_engagement": "read your Pages",
    "pages_manage_posts": "publish on your Pages",
    "business_management": "see Pages of a business",  # not shown without it (reference 1.4)
    "pages_read_user_content": "read comments",
    "pages_manage_engagement": "answer comments",
    "read_insights": "read figures",
}
SCOPES = tuple(PURPOSES)
"""What is asked for at consent: publishing, comments, figures."""
NEEDED_SCOPES = ("pages_show_list", "pages_read_engagement", "pages_manage_posts")
"""Without these nothing can be published (reference 5)."""


def needed_scopes(account: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Return what an account must allow."""
    return NEEDED_SCOPES


def authorize_address(
    calls: Calls,
    app_id: str,
    *,
    redirect_uri: str,
    state: str,
    verifier: str | None = None,
    scopes: Sequence[str] | None = None,
    login: str | None = None,
    version: str = VERSION,
    config_id: str | None = None,
) -> str:
    """Return the consent page's address; the person chooses there which Pages our app may act for."""
    return facebook_login.authorize_address(
        calls, app_id, redirect_uri=redirect_uri, state=state, scopes=scopes or SCOPES, verifier=verifier,
        version=version, config_id=config_id,
    )  # fmt: skip


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
    """Return the person's long-lived token as both tokens, for a consent's `code`; see `meta_graph/auth.py`."""
    return facebook_login.exchange_code(calls, app_id, app_secret, code=code, redirect_uri=redirect_uri)


def revoke(
    calls: Calls,
    app_id: str,
    app_secret: str,
    access_token: str,
    refresh_token: str | None = None,
    account: Mapping[str, Any] | None = None,
) -> None:
    """Take our app away from the person: every Page and Instagram account they connected is cut off."""
    facebook_login.revoke(calls, app_id, app_secret, refresh_token or access_token)


def refresh_tokens(
    calls: Calls, app_id: str, app_secret: str, refresh_token: str, account: Mapping[str, Any] | None = None
) -> Tokens:
    """Return the Page's token, and the person's long-lived token renewed as the refresh token.

    `refresh_token` is the person's token, and `account` says for which Page; without one the person must have one Page
    only. Asking twice does no harm. Raises `AccountTrouble` when the grant is over, the role on the Page is lost or the
    Page is not clear, `TryAgain` for Meta's own faults.
    """
    said = account or {}
    page_id = said.get("page_id")
    renewed = facebook_login.user_tokens(calls, app_id, app_secret, refresh_token)
    if not page_id:
        person = Graph(calls=calls, token=renewed.access_token, app_secret=app_secret)
        page_id = choose_page(person, said).id
    return facebook_login.page_tokens(calls, app_id, app_secret, str(renewed.refresh_token), str(page_id))
