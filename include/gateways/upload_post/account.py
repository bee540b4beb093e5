"""Whose an upload-post.com key is, and which profile is meant (docs.upload-post.com, reference D.1 and D.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

from include.gateways.answers import read
from include.gateways.pages import one_of
from include.gateways.upload_post import TITLE
from include.gateways.wishes import Upload
from include.platforms.errors import AccountTrouble
from include.platforms.http import Calls


class Keys(BaseModel):
    """The API key, and the name of the profile ("user") that holds one account per network.

    `page_id` names a Facebook Page (needed when there are several) or a LinkedIn page (without it the person posts). A
    page that was pinned to the profile at upload-post.com wins over it.
    """

    model_config = ConfigDict(extra="ignore")

    api_key: SecretStr
    user: str
    page_id: str | None = None
    upload: Upload | None = None


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
    page = _page(calls, headers, keys, platform)
    return {
        "platform_user_id": f"{keys.user}/{platform}" + (f"/{page[0]}" if page else ""),
        "username": shown.get("username") or keys.user,
        "display_name": (page and page[1]) or shown.get("display_name") or shown.get("username") or keys.user,
        "user": keys.user,
        "page_id": page[0] if page else None,
        "upload": keys.upload,
    }


def _page(calls: Calls, headers: Mapping[str, str], keys: Keys, platform: str) -> tuple[str, str] | None:
    if platform not in ("facebook", "linkedin") or (platform == "linkedin" and keys.page_id is None):
        return None
    body = read(
        calls, f"api/uploadposts/{platform}/pages", title=TITLE, endpoint="pages.list", headers=headers,
        params={"profile": keys.user},
    )  # fmt: skip
    return one_of(body.get("pages"), keys.page_id, title=TITLE, platform=platform)
