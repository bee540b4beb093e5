"""Connects an account that is reached with an API key: through a gateway, or at Social Blade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from include import gateways, settings
from include.accounts import accounts
from include.accounts.accounts import Account
from include.platforms import NAMES
from include.platforms.http import Calls


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
