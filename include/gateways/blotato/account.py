"""Whose a Blotato key is, and which of its accounts is meant (help.blotato.com, reference C.1 and C.2)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

from include.gateways.answers import read
from include.platforms.errors import AccountTrouble
from include.platforms.http import Calls

TITLE = "Blotato"


class Keys(BaseModel):
    """The API key as Blotato shows it (a trailing `=` belongs to it), and the id of the account at Blotato."""

    model_config = ConfigDict(extra="ignore")

    api_key: SecretStr
    user: str | None = None


def whoami(calls: Calls, keys: Keys, platform: str) -> dict[str, Any]:
    """Return the account at Blotato that publishes on `platform`; raise `AccountTrouble` when none or several are."""
    headers = {"blotato-api-key": keys.api_key.get_secret_value()}
    read(calls, "v2/users/me", title=TITLE, endpoint="users.me", headers=headers)
    body = read(
        calls, "v2/users/me/accounts", title=TITLE, endpoint="users.accounts", headers=headers,
        params={"platform": platform},
    )  # fmt: skip
    found = [each for each in body.get("items") or () if isinstance(each, dict) and each.get("platform") == platform]
    names = ", ".join(f"{each.get('username')} ({each.get('id')})" for each in found) or "none"
    mine = [each for each in found if keys.user in (None, str(each.get("id")), each.get("username"))]
    if len(mine) != 1:
        raise AccountTrouble(f"Say with 'user' which {platform} account at {TITLE} is meant; it has: {names}.")
    return {
        "platform_user_id": str(mine[0]["id"]),
        "username": mine[0].get("username"),
        "display_name": mine[0].get("fullname") or mine[0].get("username"),
        "user": str(mine[0]["id"]),
    }
