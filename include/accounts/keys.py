"""Connects an account that is reached with an API key: through a gateway, or at Social Blade."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from include import gateways, settings
from include.accounts import accounts
from include.accounts.accounts import Account
from include.database import engine
from include.gateways.answers import WRONG_KEY
from include.platforms import NAMES
from include.platforms.errors import AccountTrouble
from include.platforms.http import Calls


def key_of(account: Account) -> SecretStr:
    """Return a gateway account's API key; raise `AccountTrouble` when it has none (any more)."""
    key = accounts.read_secret(account.owner, account.account_id, "api_key")
    if key is None:
        raise AccountTrouble(f"The account '{account.account_id}' is not connected. Connect it again.")
    return key


def fingerprint(key: SecretStr) -> str:
    """Return what a key is counted under: limits belong to the key, whoever's accounts go by it."""
    return hashlib.sha256(key.get_secret_value().encode()).hexdigest()[:16]


def note_refusal(account: Account, trouble: AccountTrouble) -> None:
    """Mark an account whose key is not accepted any more as expired; other trouble changes nothing."""
    if trouble.code != WRONG_KEY:
        return
    with engine.transaction(account.owner) as connection:
        fields = {"account_id": account.account_id, "trouble": trouble.message}
        connection.exec_driver_sql(accounts.SQL["expire_account"], fields)


def check(account: Account) -> dict[str, Any]:
    """Ask a gateway whether the key still works and still has the account; return what it says of it.

    Raises `AccountTrouble` and `TryAgain`.
    """
    module, said = gateways.get(account.route), dict(account.profile)
    given = {name: said[name] for name in ("user", "page_id", "upload") if said.get(name)}
    keys = module.Keys.model_validate({**given, "api_key": key_of(account).get_secret_value()})
    with Calls(platform=account.route, bases=settings.endpoints()[account.route]) as calls:
        profile: dict[str, Any] = module.whoami(calls, keys, account.platform)
    return profile


def connect(owner: str, account_id: str, platform: str, service: str, given: Mapping[str, Any]) -> Account:
    """Check keys with their service and keep them sealed; the account's route is the service's name.

    `platform` is where the gateway publishes; Social Blade is its own. Such an account is never a default one.
    Raises `pydantic.ValidationError` for keys of the wrong shape, `AccountTrouble` when they are refused, `ValueError`
    for an unusable or taken name, `LookupError` for an unknown service or platform.
    """
    accounts.check_name(account_id)
    module = gateways.get(service)
    if platform != service and platform not in NAMES:
        raise LookupError(f"'{platform}' is not a platform we know; known: {', '.join(NAMES)}")
    if service in gateways.ROUTES and platform in NAMES and platform not in module.PLACEMENTS:
        raise LookupError(f"{module.TITLE} does not publish on {platform}.")
    if (platform == service) != (service == "social_blade"):
        raise LookupError(
            f"{module.TITLE} publishes for a platform: name one of {', '.join(NAMES)}, and the route {service}."
            if platform == service
            else f"{module.TITLE} publishes nothing: add it as '{service}'."
        )
    keys = module.Keys.model_validate(given)
    with Calls(platform=service, bases=settings.endpoints()[service]) as calls:
        profile = module.whoami(calls, keys, platform)
    secrets = {name: (value, None) for name, value in keys if isinstance(value, SecretStr)}
    row = {"platform": platform, "route": service, "is_default": False, "scopes": []}
    return accounts.keep(owner, account_id, row, profile, secrets)
