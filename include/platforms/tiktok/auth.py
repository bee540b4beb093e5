"""TikTok's OAuth: consent address, code for tokens, new tokens for old ones, and giving access back.

Answers are flat here, without the envelope of the other calls, and an error may come with any HTTP status.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from include.platforms.errors import AccountTrouble, OutcomeUnknown, PlatformError, TryAgain
from include.platforms.http import Calls, body_of, seconds_to_wait
from include.platforms.tokens import Tokens

PURPOSES = {
    "user.info.basic": "see who you are",
    "user.info.profile": "see your profile and user name",
    "user.info.stats": "read your follower and like counts",
    "video.list": "read your videos and their figures",
    "video.upload": "send drafts to your inbox",
    "video.publish": "publish videos",
    "user.insights": "read your account's business insights",
    "video.insights": "read your videos' business insights",
}
LOGINS = ("creator", "business")
"""The ways to sign in, the usual one first: an app that may not ask for business insights is refused when it does."""
INSIGHT_SCOPES = ("user.insights", "video.insights")
"""Of the Business API, for accounts that have business insights; the names are not confirmed (reference A.12)."""
SCOPES = tuple(name for name in PURPOSES if name not in INSIGHT_SCOPES)
"""What is asked for at consent (reference A.1); the creator may untick each."""
NEEDED_SCOPES = ("user.info.basic", "video.publish")
"""Without these nothing can be published."""

PASSING = frozenset({"server_error", "temporarily_unavailable", "internal_error", "rate_limit_exceeded"})
"""Generic OAuth errors that go away by themselves; every other one needs a person."""

SENTENCES = {
    "invalid_grant": "TikTok no longer accepts this account's refresh token. Connect the account again.",
    "access_denied": "The creator refused access. Connect the account again and allow it.",
    "invalid_client": "TikTok does not know our app. Check TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET.",
    "unauthorized_client": "Our TikTok app may not do this. Check its products in TikTok's portal.",
    "invalid_scope": "Our TikTok app may not ask for these scopes. Check them in TikTok's portal.",
}


def needed_scopes(account: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Return what an account must allow."""
    return NEEDED_SCOPES


def asked_scopes(account: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Return what is asked for at consent: with the login "business" the business insights, too."""
    return SCOPES + INSIGHT_SCOPES if (account or {}).get("login") == "business" else SCOPES


def challenge_of(verifier: str) -> str:
    """Return TikTok's PKCE challenge: the SHA-256 in lower-case hex, not in base64url as everywhere else."""
    return hashlib.sha256(verifier.encode("ascii")).hexdigest()


def authorize_address(
    calls: Calls,
    app_id: str,
    *,
    redirect_uri: str,
    state: str,
    verifier: str,
    scopes: Sequence[str] | None = None,
    login: str | None = None,
) -> str:
    """Return the consent page's address; the creator may grant fewer scopes than asked."""
    query = {
        "client_key": app_id,
        "response_type": "code",
        "scope": ",".join(scopes or asked_scopes({"login": login})),
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    return f"{calls.address('authorize', 'v2/auth/authorize/')}?{urlencode(query)}"


def exchange_code(
    calls: Calls,
    app_id: str,
    app_secret: str,
    *,
    code: str,
    redirect_uri: str,
    verifier: str,
    login: str | None = None,
) -> Tokens:
    """Return the tokens for a consent's `code` (URL-decoded, valid once, about 5 minutes).

    Raises `AccountTrouble` when TikTok refuses, `TryAgain` for its own faults, `OutcomeUnknown` for a lost
    answer.
    """
    return _ask_tokens(
        calls,
        {
            "client_key": app_id,
            "client_secret": app_secret,
            "code": code,
            "grant_type": "authorization_code",
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        },
    )


def refresh_tokens(
    calls: Calls, app_id: str, app_secret: str, refresh_token: str, account: Mapping[str, Any] | None = None
) -> Tokens:
    """Return new tokens; the refresh token may be a new one and then the old one is dead: store both at once.

    Raises `AccountTrouble` when the grant is over, `TryAgain` for TikTok's own faults, `OutcomeUnknown` when
    the answer was lost (the refresh token may have been replaced).
    """
    return _ask_tokens(
        calls,
        {
            "client_key": app_id,
            "client_secret": app_secret,
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
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
    """Give our access to the account back; it may be over already, so a lost answer is `TryAgain`."""
    form = {"client_key": app_id, "client_secret": app_secret, "token": access_token}
    response = calls.send(
        "POST",
        calls.address("api", "v2/oauth/revoke/"),
        endpoint="oauth.revoke",
        changes=False,
        signed=False,
        form=form,
    )
    try:
        _raise_for(calls, response, body_of(response))
    except AccountTrouble as trouble:
        if trouble.code != "invalid_grant":
            raise


def _ask_tokens(calls: Calls, form: dict[str, str]) -> Tokens:
    asked_at = datetime.now(UTC)
    response = calls.send(
        "POST",
        calls.address("api", "v2/oauth/token/"),
        endpoint="oauth.token",
        changes=True,
        signed=False,
        form=form,
    )
    body = body_of(response)
    _raise_for(calls, response, body)
    try:
        lasts = body.get("refresh_expires_in")
        scopes = str(body.get("scope") or "").replace(" ", ",").split(",")
        return Tokens(
            access_token=str(body["access_token"]),
            refresh_token=body.get("refresh_token") or form.get("refresh_token"),
            expires_at=asked_at + timedelta(seconds=int(body["expires_in"])),
            refresh_expires_at=asked_at + timedelta(seconds=int(lasts)) if lasts else None,
            scopes=tuple(scope for scope in scopes if scope),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise OutcomeUnknown(
            "TikTok's answer with the new tokens could not be read.",
            status=response.status_code,
            request_id=calls.request_id(response),
        ) from None


def _raise_for(calls: Calls, response: httpx.Response, body: Any) -> None:
    """Raise for an `error` key whatever the status, and for any other status than success."""
    fields = body if isinstance(body, dict) else {}
    error = fields.get("error")
    code = error.get("code") if isinstance(error, dict) else error
    if response.is_success and code in (None, "", "ok"):
        return
    status = response.status_code
    facts: dict[str, Any] = {
        "code": str(code) if code else None,
        "status": status,
        "request_id": fields.get("log_id") or fields.get("logid") or calls.request_id(response),
    }
    trouble: PlatformError
    if status >= 500 or status in (408, 429) or code in PASSING or 300 <= status < 400:
        after = seconds_to_wait(response)
        trouble = TryAgain("TikTok could not hand out tokens just now.", after=after, **facts)
    else:
        detail = fields.get("error_description") or "no reason given"
        unknown = f"TikTok refused our access to this account ({detail}). Connect it again."
        trouble = AccountTrouble(SENTENCES.get(str(code), unknown), **facts)
    raise trouble
