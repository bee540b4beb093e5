"""Whose an upload-post.com key is, and which profile is meant (docs.upload-post.com, reference D.1 and D.5)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

from include.gateways.answers import read
from include.platforms.errors import AccountTrouble
from include.platforms.http import Calls

TITLE = "upload-post.com"


class Keys(BaseModel):
    """The API key, and the name of the profile ("user") that holds one account per network."""

    model_config = ConfigDict(extra="ignore")

    api_key: SecretStr
    user: str


def whoami(calls: Calls, keys: Keys, platform: str) -> dict[str, Any]:
    """Return the profile's account on `platform`; raise `AccountTrouble` when the profile or the account is missing."""
    headers = {"Authorization": f"Apikey {keys.api_key.get_secret_value()}"}
    read(calls, "api/uploadposts/me", title=TITLE, endpoint="me.read", headers=headers)
    body = read(calls, "api/uploadposts/users", title=TITLE, endpoint="users.list", headers=headers)
    profiles = {each.get("username"): each for each in body.get("profiles") or () if isinstance(each, dict)}
    if keys.user not in profiles:
        raise AccountTrouble(
            f"{TITLE} has no profile '{keys.user}'; it has: {', '.join(map(str, profiles)) or 'none'}."
        )
    account = (profiles[keys.user].get("social_accounts") or {}).get(platform)
    if not account:  # an empty text: not connected there
        raise AccountTrouble(f"The profile '{keys.user}' has no {platform} account at {TITLE}. Connect it there first.")
    shown = account if isinstance(account, dict) else {}
    return {
        "platform_user_id": f"{keys.user}/{platform}",
        "username": shown.get("username") or keys.user,
        "display_name": shown.get("display_name") or shown.get("username") or keys.user,
        "user": keys.user,
    }
