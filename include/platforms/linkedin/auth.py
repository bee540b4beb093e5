"""LinkedIn's OAuth: consent address, code for tokens, new tokens for old ones, and giving access back.

Only apps of approved partners get refresh tokens; with any other a person connects again every 60 days.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from include.platforms.errors import AccountTrouble, OutcomeUnknown, TryAgain
from include.platforms.http import Calls, body_of, seconds_to_wait
from include.platforms.linkedin.payloads import ORGANIZATION
from include.platforms.tokens import Tokens

NEEDED_SCOPES = ("openid", "profile", "w_member_social")
"""What posting as oneself takes; every app may ask for it (Share on LinkedIn, Sign In with LinkedIn)."""
PAGE_SCOPES = ("openid", "profile", "w_organization_social", "r_organization_social", "rw_organization_admin")
"""What posting as a page takes; only apps with LinkedIn's Community Management API may ask for it."""

PURPOSES = {
    "openid": "sign you in",
    "profile": "see your name and picture",
    "w_member_social": "post as you",
    "w_organization_social": "post as your page",
    "r_organization_social": "read your page's posts",
    "rw_organization_admin": "see which pages you administer, and their figures",
    "r_member_postAnalytics": "read the figures of your posts",
    "r_member_profileAnalytics": "read how many follow you",
}
LOGINS = ("member", "organization", "member_analytics")
"""The ways to sign in, the usual one first: an app without that API is refused when it asks for more than posting."""
ANALYTICS_SCOPES = ("r_member_postAnalytics", "r_member_profileAnalytics")
"""What a member's own figures take; only apps with the Community Management API may ask for it (reference B.1)."""
SCOPES = NEEDED_SCOPES
"""What is asked for at consent when a member signs in for themselves."""

PASSING = frozenset({"server_error", "temporarily_unavailable"})
SENTENCES = {
    "invalid_grant": "LinkedIn no longer accepts this account's refresh token or code. Connect the account again.",
    "invalid_client": "LinkedIn does not know our app. Check LINKEDIN_CLIENT_ID and LINKEDIN_CLIENT_SECRET.",
    "unauthorized_client": "Our LinkedIn app may not do this. Check its products in LinkedIn's developer portal.",
    "unauthorized_scope_error": "Our LinkedIn app may not ask for these scopes. Check its products in LinkedIn's "
    "developer portal.",
    "user_cancelled_login": "The sign-in was cancelled. Connect the account again.",
    "user_cancelled_authorize": "The member refused access. Connect the account again and allow it.",
}
CANNOT_RENEW = (
    "LinkedIn gives refresh tokens to approved partners' apps only, and there is none for this account. "
    "Connect the account again (its access lasts 60 days)."
)


def needed_scopes(account: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Return what an account must allow, by its `login` or `author_urn`: less for a member than for a page."""
    said = account or {}
    as_page = said.get("login") == "organization" or str(said.get("author_urn") or "").startswith(ORGANIZATION)
    return PAGE_SCOPES if as_page else NEEDED_SCOPES


def asked_scopes(account: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Return what is asked for at consent: what is needed, and with "member_analytics" a member's own figures."""
    more = ANALYTICS_SCOPES if (account or {}).get("login") == "member_analytics" else ()
    return needed_scopes(account) + more


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
    """Return the consent page's address; LinkedIn has no PKCE for web apps, so `verifier` is not used."""
    query = {
        "response_type": "code",
        "client_id": app_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "scope": " ".join(scopes or asked_scopes({"login": login})),
    }
    return f"{calls.address('authorize', 'oauth/v2/authorization')}?{urlencode(query, quote_via=quote)}"


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
    """Return the tokens for a consent's `code` (valid once, 30 minutes); usually without a refresh token.

    Raises `AccountTrouble` when LinkedIn refuses, `TryAgain` for its own faults, `OutcomeUnknown` for a lost answer.
    """
    return _ask_tokens(
        calls,
        {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": app_id,
            "client_secret": app_secret,
            "redirect_uri": redirect_uri,
        },
    )


def refresh_tokens(
    calls: Calls, app_id: str, app_secret: str, refresh_token: str, account: Mapping[str, Any] | None = None
) -> Tokens:
    """Return new tokens; the refresh token's own life goes on counting down from the first consent.

    Raises `AccountTrouble` when the grant is over or there never was a refresh token, `TryAgain` for LinkedIn's own
    faults, `OutcomeUnknown` when the answer was lost.
    """
    if not refresh_token:
        raise AccountTrouble(CANNOT_RENEW)
    return _ask_tokens(
        calls,
        {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": app_id,
            "client_secret": app_secret,
        },
    )


def revoke(
    calls: Calls,
    app_id: str,
    app_secret: str,
    access_token: str,
    refresh_token: str | None = None,
    account: Mapping[str, Any] | None = None,
) -> None:
    """Give our access to the account back; it may be over already, so a lost answer is `TryAgain`.

    The address is not in LinkedIn's documents (reference B.1): where it does not exist, nothing happens.
    """
    response = calls.send(
        "POST",
        calls.address("authorize", "oauth/v2/revoke"),
        endpoint="oauth.revoke",
        changes=False,
        signed=False,
        form={"client_id": app_id, "client_secret": app_secret, "token": access_token},
    )
    if response.status_code >= 500 or response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise TryAgain("LinkedIn could not take our access back just now.", status=response.status_code)


def _ask_tokens(calls: Calls, form: dict[str, str]) -> Tokens:
    asked_at = datetime.now(UTC)
    response = calls.send(
        "POST",
        calls.address("authorize", "oauth/v2/accessToken"),
        endpoint="oauth.token",
        changes=True,
        signed=False,
        form=form,
    )
    body = body_of(response)
    _raise_for(calls, response, body)
    try:
        lasts = body.get("refresh_token_expires_in")
        return Tokens(
            access_token=str(body["access_token"]),
            refresh_token=body.get("refresh_token") or form.get("refresh_token"),
            expires_at=asked_at + timedelta(seconds=int(body["expires_in"])),
            refresh_expires_at=asked_at + timedelta(seconds=int(lasts)) if lasts else None,
            scopes=tuple(scope for scope in re.split(r"[,\s]+", str(body.get("scope") or "")) if scope),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise OutcomeUnknown(
            "LinkedIn's answer with the new tokens could not be read.",
            status=response.status_code,
            request_id=calls.request_id(response),
        ) from None


def _raise_for(calls: Calls, response: httpx.Response, body: Any) -> None:
    fields = body if isinstance(body, dict) else {}
    code = fields.get("error")
    if response.is_success and not code:
        return
    status = response.status_code
    facts: dict[str, Any] = {
        "code": str(code) if code else None,
        "status": status,
        "request_id": calls.request_id(response),
    }
    if status >= 500 or status in (408, 429) or 300 <= status < 400 or code in PASSING:
        raise TryAgain("LinkedIn could not hand out tokens just now.", after=seconds_to_wait(response), **facts)
    detail = fields.get("error_description") or "no reason given"
    unknown = f"LinkedIn refused our access to this account ({detail}). Connect it again."
    raise AccountTrouble(SENTENCES.get(str(code), unknown), **facts)
