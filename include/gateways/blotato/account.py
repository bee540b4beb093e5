"""Whose a Blotato key is, and which of its accounts is meant (help.blotato.com, reference C.1 and C.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

from include.gateways.answers import read
from include.gateways.blotato import TITLE
from include.gateways.pages import one_of
from include.gateways.wishes import Upload
from include.platforms.errors import AccountTrouble
from include.platforms.http import Calls


class Keys(BaseModel):
    """The API key as Blotato shows it (a trailing `=` belongs to it), and the id of the account at Blotato.

    `page_id` names a Facebook Page (needed when there are several) or a LinkedIn page (without it the person posts).
    """

    model_config = ConfigDict(extra="ignore")

    api_key: SecretStr
    user: str | None = None
    page_id: str | None = None
    upload: Upload | None = None


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
    user = str(mine[0]["id"])
    page = _page(calls, headers, keys, platform, user)
    return {
        "platform_user_id": f"{user}/{page[0]}" if page else user,
        "username": mine[0].get("username"),
        "display_name": (page and page[1]) or mine[0].get("fullname") or mine[0].get("username"),
        "user": user,
        "page_id": page[0] if page else None,
        "upload": keys.upload,
    }


def _page(calls: Calls, headers: Mapping[str, str], keys: Keys, platform: str, user: str) -> tuple[str, str] | None:
    if platform not in ("facebook", "linkedin") or (platform == "linkedin" and keys.page_id is None):
        return None
    body = read(
        calls, f"v2/users/me/accounts/{user}/subaccounts", title=TITLE, endpoint="users.subaccounts", headers=headers
    )
    return one_of(body.get("items"), keys.page_id, title=TITLE, platform=platform)
