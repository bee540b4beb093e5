"""Whether Social Blade's keys are good (matrix.sbapis.com, reference E.1)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

from include.gateways.answers import read
from include.gateways.social_blade import TITLE
from include.platforms.errors import AccountTrouble
from include.platforms.http import Calls

ASKED_FOR = "socialblade"
"""Their own channel: there is no call that only checks keys; a profile asked for again within 30 days costs nothing."""


class Keys(BaseModel):
    """The client id (`cli_…`) and the token of a Social Blade API subscription."""

    model_config = ConfigDict(extra="ignore")

    client_id: str
    token: SecretStr


def whoami(calls: Calls, keys: Keys, platform: str) -> dict[str, Any]:
    """Return the subscription behind the keys; raise `AccountTrouble` when they are refused. May cost one credit."""
    body = read(
        calls, "b/youtube/statistics", title=TITLE, endpoint="statistics",
        headers={"clientid": keys.client_id, "token": keys.token.get_secret_value()},
        params={"query": ASKED_FOR, "history": "default"},
    )  # fmt: skip
    status = body.get("status") or {}
    if status.get("success") is not True:  # the HTTP status may be 200 all the same
        raise AccountTrouble(f"{TITLE} refused: {status.get('error') or 'no reason given'}.")
    credits_left = ((body.get("info") or {}).get("credits") or {}).get("available")
    return {
        "platform_user_id": keys.client_id,
        "username": keys.client_id,
        "display_name": TITLE,
        "client_id": keys.client_id,
        "credits_available": credits_left,
    }
