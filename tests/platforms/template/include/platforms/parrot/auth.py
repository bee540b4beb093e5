"""Parrot's OAuth: consent address, code for tokens, new tokens for old ones, and giving access back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from include.platforms.errors import AccountTrouble, OutcomeUnknown, TryAgain
from include.platforms.http import Calls, body_of, seconds_to_wait
from include.platforms.signing_in import challenge_of
from include.platforms.tokens import Tokens

PURPOSES = {"me.read": "see who you are", "drafts.write": "publish"}
SCOPES = tuple(PURPOSES)
NEEDED_SCOPES = SCOPES
"""Without these nothing can be published."""


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
    """Return the consent page's address."""
    query = {
        "client_id": app_id,
        "response_type": "code",
        "scope": " ".join(scopes or SCOPES),
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    return f"{calls.address('authorize', 'oauth/authorize')}?{urlencode(query)}"


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
    """Return the tokens for a consent's `code`; raise `AccountTrouble` when Parrot refuses."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    return _ask(calls, form | {"client_id": app_id, "client_secret": app_secret})


def refresh_tokens(
    calls: Calls, app_id: str, app_secret: str, refresh_token: str, account: Mapping[str, Any] | None = None
) -> Tokens:
    """Return new tokens; raise `AccountTrouble` when the grant is over, `TryAgain` for Parrot's own faults."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return _ask(calls, form | {"client_id": app_id, "client_secret": app_secret})


def revoke(
    calls: Calls,
    app_id: str,
    app_secret: str,
    access_token: str,
    refresh_token: str | None = None,
    account: Mapping[str, Any] | None = None,
) -> None:
    """Give our access to the account back; one that is over already is fine."""
    form = {"token": access_token, "client_id": app_id, "client_secret": app_secret}
    url = calls.address("api", "oauth/revoke")
    calls.send("POST", url, endpoint="oauth.revoke", changes=False, signed=False, form=form)


def _ask(calls: Calls, form: dict[str, str]) -> Tokens:
    asked_at, url = datetime.now(UTC), calls.address("api", "oauth/token")
    response = calls.send("POST", url, endpoint="oauth.token", changes=True, signed=False, form=form)
    status = response.status_code
    if status >= 500 or status == 429:
        raise TryAgain("Parrot could not hand out tokens.", after=seconds_to_wait(response), status=status)
    if not response.is_success:
        raise AccountTrouble("Parrot refused our access to this account. Connect it again.", status=status)
    body = body_of(response)
    try:
        return Tokens(
            access_token=str(body["access_token"]),
            refresh_token=body.get("refresh_token"),
            expires_at=asked_at + timedelta(seconds=int(body["expires_in"])),
            refresh_expires_at=None,
            scopes=tuple(str(body.get("scope") or "").split()),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise OutcomeUnknown("Parrot's answer with the new tokens could not be read.") from None
