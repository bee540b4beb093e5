"""Connects an account with credentials at hand: they are checked with the platform before they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from include import settings
from include.accounts import accounts, keys
from include.accounts.accounts import Account, Credentials
from include.accounts.advice import advice_for, kind_of
from include.platforms import NAMES, get
from include.platforms.errors import AccountTrouble
from include.platforms.http import Calls


class Given:
    """The `TokenSource` of credentials that are not stored yet; a renewed token goes back into them."""

    def __init__(self, platform: str, credentials: Credentials, *, login: str | None = None) -> None:
        self.credentials = credentials
        self._platform = platform
        self._login = login or credentials.login

    def token(self) -> str:
        """Return the access token as given, renewed first when it has already expired."""
        expires_at = self.credentials.expires_at
        if expires_at is not None and expires_at <= datetime.now(UTC):
            return self.refresh(self.credentials.access_token.get_secret_value())
        return self.credentials.access_token.get_secret_value()

    def refresh(self, refused: str) -> str:
        """Ask the platform for a new token; raise `AccountTrouble` when there is nothing to ask with."""
        if self.credentials.refresh_token is None:
            raise AccountTrouble("The access token is not accepted, and there is no refresh token to renew it with.")
        app = settings.app(self._platform, self._login)
        with Calls(platform=self._platform, bases=settings.endpoints()[self._platform]) as plain:
            fresh = get(self._platform).refresh_tokens(
                plain,
                app.client_id,
                app.client_secret.get_secret_value(),
                self.credentials.refresh_token.get_secret_value(),
                self.credentials.given,
            )
        kept = self.credentials.refresh_token.get_secret_value()
        self.credentials = self.credentials.model_copy(
            update={
                "access_token": SecretStr(fresh.access_token),
                "refresh_token": SecretStr(fresh.refresh_token or kept),
                "expires_at": fresh.expires_at,
                "refresh_expires_at": fresh.refresh_expires_at or self.credentials.refresh_expires_at,
                "scopes": list(fresh.scopes) or self.credentials.scopes,
            }
        )
        return str(fresh.access_token)


def connect_given(
    owner: str,
    account_id: str,
    platform: str,
    given: Mapping[str, Any],
    *,
    route: str = "direct",
    is_default: bool = True,
) -> Account:
    """Connect with whatever credentials are at hand: tokens for the direct route, keys for a gateway.

    Raises `pydantic.ValidationError` for credentials of the wrong shape, and what `connect` and `keys.connect` raise.
    """
    if route == "direct" and platform in NAMES:
        return connect(owner, account_id, platform, Credentials.model_validate(given), is_default=is_default)
    service = platform if route == "direct" else route
    return keys.connect(owner, account_id, platform, service, given)


def connect(
    owner: str, account_id: str, platform: str, credentials: Credentials, *, is_default: bool = True
) -> Account:
    """Check the credentials with the platform and keep the account; connecting again keeps its history.

    Raises `AccountTrouble` when the platform does not accept them, `ValueError` for an unusable or taken name, and
    `LookupError` for an unknown platform. Nothing is kept then.
    """
    accounts.check_name(account_id)
    profile = described(platform, whoami(platform, given := Given(platform, credentials), credentials.given), given)
    return accounts.add(owner, account_id, platform, given.credentials, profile, is_default=is_default)


def described(platform: str, profile: dict[str, Any], given: Given) -> dict[str, Any]:
    """Return a profile with the account's kind (personal, creator, business) and what its owner should know."""
    kind = kind_of(profile.get("account_type"))
    return profile | {"kind": kind, "advice": advice_for(platform, profile, given.credentials)}


def whoami(platform: str, tokens: Any, said: Mapping[str, str]) -> dict[str, Any]:
    """Return what the platform says of the account behind `tokens`; `said` picks one of several (a Page, an author)."""
    module = get(platform)
    with Calls(platform=platform, bases=settings.endpoints()[platform], tokens=tokens) as calls:
        profile: dict[str, Any] = module.whoami(calls, said)
    return profile
