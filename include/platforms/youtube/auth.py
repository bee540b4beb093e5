"""Google's token endpoint: a new access token for a channel that was connected before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from include.platforms.errors import AccountTrouble, PlatformError, TryAgain
from include.platforms.http import Calls, body_of, seconds_to_wait
from include.platforms.tokens import Tokens

SCOPE = "https://www.googleapis.com/auth/"
SCOPES = tuple(
    SCOPE + name
    for name in (
        "youtube.force-ssl",  # playlists, reads, comments
        "youtube.upload",
        "youtube.readonly",
        "yt-analytics.readonly",
        "yt-analytics-monetary.readonly",
    )
)
"""What an account is connected with (youtube.md 1.7, checked 2026-11-21)."""

DEFAULT_LIFETIME_SECONDS = 3599
"""What Google's tokens live; used only when an answer does not say (youtube.md 1.3)."""

APP_ERRORS = frozenset({"invalid_client", "deleted_client", "disabled_client", "unauthorized_client"})
"""Our app, not the account, is at fault (youtube.md 1.5)."""


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
