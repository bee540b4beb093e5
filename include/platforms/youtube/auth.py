"""Google's OAuth: consent address, code for tokens, a new access token for a channel, and giving access back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from include.platforms.errors import AccountTrouble, OutcomeUnknown, PlatformError, TryAgain
from include.platforms.http import Calls, body_of, seconds_to_wait
from include.platforms.signing_in import challenge_of
from include.platforms.tokens import Tokens

SCOPE = "https://www.googleapis.com/auth/"
PURPOSES = {
    SCOPE + "youtube.force-ssl": "manage videos, playlists and comments",
    SCOPE + "youtube.upload": "upload videos",
    SCOPE + "youtube.readonly": "see your channel and videos",
    SCOPE + "yt-analytics.readonly": "read your channel's figures",
    SCOPE + "yt-analytics-monetary.readonly": "read your channel's revenue",
}
SCOPES = tuple(PURPOSES)
"""What an account is connected with (youtube.md 1.7, checked 2026-11-21)."""
NEEDED_SCOPES = (SCOPE + "youtube.upload", SCOPE + "youtube.readonly")
"""Without these nothing can be published, or nobody can tell whether it was."""

DEFAULT_LIFETIME_SECONDS = 3599
"""What Google's tokens live; used only when an answer does not say (youtube.md 1.3)."""

APP_ERRORS = frozenset({"invalid_client", "deleted_client", "disabled_client", "unauthorized_client"})
"""Our app, not the account, is at fault (youtube.md 1.5)."""


def needed_scopes(account: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Return what an account must allow."""
    return NEEDED_SCOPES


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
    """Return the consent page's address, on which the person also picks the channel and may untick scopes.

    The consent is asked for each time, because Google gives a refresh token with a fresh one only (youtube.md 1.3).
    """
    query = {
        "client_id": app_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": " ".join(scopes or SCOPES),
        "state": state,
        "access_type": "offline",
        "prompt": "select_account consent",
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    return f"{calls.address('authorize', 'o/oauth2/v2/auth')}?{urlencode(query)}"


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
    """Return the tokens for a consent's `code` (once, about 10 minutes).

    Raises `AccountTrouble` when Google refuses, `TryAgain` for its own faults, `OutcomeUnknown` for a lost answer (the
    code may be used up).
    """
    response = calls.send(
        "POST",
        calls.address("token", "/token"),
        endpoint="oauth.token",
        changes=True,
        signed=False,
        form={
            "client_id": app_id,
            "client_secret": app_secret,
            "code": code,
            "code_verifier": verifier,
            "grant_type": "authorization_code",
            "redirect_uri": redirect_uri,
        },
    )
    body = body_of(response)
    if response.status_code != httpx.codes.OK:
        raise token_error(response, body)
    if not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
        raise OutcomeUnknown("Google's answer with the tokens could not be read.", status=response.status_code)
    return tokens_of(body, datetime.now(UTC))


def revoke(
    calls: Calls,
    app_id: str,
    app_secret: str,
    access_token: str,
    refresh_token: str | None = None,
    account: Mapping[str, Any] | None = None,
) -> None:
    """Give our access to the channel back, all of it; it may be over already, so a lost answer is `TryAgain`."""
    response = calls.send(
        "POST",
        calls.address("token", "/revoke"),
        endpoint="oauth.revoke",
        changes=False,
        signed=False,
        form={"token": refresh_token or access_token},
    )
    body = body_of(response)
    over = isinstance(body, dict) and body.get("error") == "invalid_token"
    if response.status_code != httpx.codes.OK and not over:
        raise token_error(response, body)


def refresh_tokens(
    calls: Calls, app_id: str, app_secret: str, refresh_token: str, account: Mapping[str, Any] | None = None
) -> Tokens:
    """Ask Google for a new access token.

    Google keeps the refresh token, so asking twice does no harm, and `Tokens.refresh_token` is None unless a
    new one came. Raises `AccountTrouble` when the grant is dead (a person must reconnect; asking again never
    helps) or our app's id or secret is wrong, `TryAgain` for a passing fault.
    """
    response = calls.send(
        "POST",
        calls.address("token", "/token"),
        endpoint="oauth.token",
        changes=False,
        signed=False,
        form={
            "client_id": app_id,
            "client_secret": app_secret,
            "refresh_token": refresh_token,
            "grant_type": "refresh_token",
        },
    )
    body = body_of(response)
    if response.status_code != httpx.codes.OK:
        raise token_error(response, body)
    if not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
        raise TryAgain("Google's token endpoint answered without a token.", status=response.status_code)
    return tokens_of(body, datetime.now(UTC))


def tokens_of(body: dict[str, Any], now: datetime) -> Tokens:
    """Read a token answer that came at `now`; lifetimes are counted from there, in seconds."""
    refresh_lifetime = body.get("refresh_token_expires_in")  # only for time-limited grants
    return Tokens(
        access_token=body["access_token"],
        refresh_token=body.get("refresh_token"),
        expires_at=now + timedelta(seconds=int(body.get("expires_in") or DEFAULT_LIFETIME_SECONDS)),
        refresh_expires_at=now + timedelta(seconds=int(refresh_lifetime)) if refresh_lifetime else None,
        scopes=tuple(str(body.get("scope") or "").split()),
    )


def token_error(response: httpx.Response, body: Any) -> PlatformError:
    """Return (not raise) what a refusal of the token endpoint means; its errors have a shape of their own."""
    code = body.get("error") if isinstance(body, dict) else None
    code = code if isinstance(code, str) else None
    status = response.status_code
    if code in APP_ERRORS:
        return AccountTrouble(
            "Google does not accept our app's id or secret: compare them with the Google Cloud console.",
            code=code,
            status=status,
        )
    if code is not None and status < httpx.codes.INTERNAL_SERVER_ERROR and status != httpx.codes.TOO_MANY_REQUESTS:
        return AccountTrouble(
            "Google no longer accepts the permission given to us: reconnect the YouTube account.",
            code=code,
            status=status,
        )
    return TryAgain(
        f"Google's token endpoint answered with status {status}.",
        after=seconds_to_wait(response),
        code=code,
        status=status,
    )
