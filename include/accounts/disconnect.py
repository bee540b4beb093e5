"""Disconnects an account: access is given back at the platform, tokens and what the platform told us are deleted."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from include import settings
from include.accounts import accounts
from include.accounts.accounts import Account, Credentials
from include.accounts.connect import Given
from include.database import engine
from include.measurement import Policy
from include.platforms import NAMES, get, title
from include.platforms.errors import PlatformError
from include.platforms.http import Calls

log = logging.getLogger("release_desk.accounts")

FORGET_ALWAYS = ("forget_profile", "forget_collected", "forget_readings", "forget_refused_metrics")
"""Statements of sql/queries/accounts.sql; the second empties the schemas of `all.delete_on_disconnect`."""
FORGET: dict[str, tuple[str, ...]] = {}
"""Platform → statements of sql/queries/accounts.sql for what its policy wants deleted with the grant, besides those."""

NOT_OURS = "Its keys were made at {service}: delete them there if nothing else uses them."
WOULD_CUT_OFF = (
    "Meta takes our app away from a whole person only, and that would cut off {others}. Disconnect those too, or "
    "remove the Page in Facebook's settings (Business integrations)."
)
NO_TOKEN = "There was no token left to give back."  # noqa: S105  (a sentence)


@dataclass(frozen=True, kw_only=True)
class Disconnected:
    """What became of a disconnected account; `why_not` is a sentence when the platform did not take our access back."""

    revoked: bool
    why_not: str | None


def disconnect(owner: str, account_id: str) -> Disconnected:
    """Give an account's access back and delete its tokens, profile and what was collected of it.

    What we published ourselves stays in the ledger.

    The platform is asked once, and what it says never keeps the tokens here. Raises `UnknownAccount`.
    """
    account = accounts.read(owner, account_id)
    why_not = _give_back(account)
    forget = (*FORGET_ALWAYS, *FORGET.get(account.platform, ()))
    accounts.remove(owner, account_id, forget=forget, schemas=_schemas())
    log.info("disconnected account %s (%s)", account_id, why_not or "given back at the platform")
    return Disconnected(revoked=why_not is None, why_not=why_not)


def _schemas() -> list[str]:
    """Return the schemas that lose everything about a disconnected account."""
    policy: Policy = settings.configured(Policy, "policy.yaml")
    named = policy.rules["all"]["delete_on_disconnect"].value
    return named if isinstance(named, list) else []


def _give_back(account: Account) -> str | None:
    """Revoke at the platform; return why that was not possible, or None."""
    if account.route != "direct" or account.platform not in NAMES:
        return NOT_OURS.format(service=account.route)
    with engine.transaction(account.owner) as connection:
        stored = accounts.read_tokens(connection, account.owner, account.account_id)
    if stored.access_token is None:
        return NO_TOKEN
    if others := _cut_off_too(account):
        return WOULD_CUT_OFF.format(others=", ".join(others))
    said = dict(account.profile)
    credentials = Credentials(
        access_token=SecretStr(stored.access_token),
        refresh_token=SecretStr(stored.refresh_token) if stored.refresh_token else None,
        expires_at=stored.expires_at,
        **{name: said[name] for name in ("page_id", "login") if said.get(name)},
    )
    try:
        _revoke(account, credentials)
    except (PlatformError, settings.SettingsError) as error:
        return f"{title(account.platform)} did not take our access back: {error}"
    return None


def _revoke(account: Account, credentials: Credentials) -> None:
    login = account.profile.get("login")
    tokens = Given(account.platform, credentials, login=login)
    if credentials.refresh_token and credentials.expires_at and credentials.expires_at <= datetime.now(UTC):
        tokens.token()  # some platforms revoke by a living access token only
    now = tokens.credentials
    app = settings.app(account.platform, login)
    with Calls(platform=account.platform, bases=settings.endpoints()[account.platform]) as calls:
        get(account.platform).revoke(
            calls,
            app.client_id,
            app.client_secret.get_secret_value(),
            now.access_token.get_secret_value(),
            now.refresh_token.get_secret_value() if now.refresh_token else None,
            account.profile,
        )


def _cut_off_too(account: Account) -> list[str]:
    """Return the owner's other accounts that share the grant: those of the same app, where it goes by persons."""
    if not _goes_by_person(account):
        return []
    app = settings.app_variables(account.platform)
    return [
        other.account_id
        for other in accounts.list_all(account.owner)
        if other.account_id != account.account_id
        and other.state != "disconnected"
        and other.route == "direct"
        and settings.app_variables(other.platform) == app
        and _goes_by_person(other)
    ]


def _goes_by_person(account: Account) -> bool:
    """Tell whether revoking ends every account its person connected: Facebook Login says so in the profile."""
    profile: dict[str, Any] = dict(account.profile)
    return profile.get("login") == "facebook"
