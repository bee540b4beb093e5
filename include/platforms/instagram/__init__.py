"""Instagram, direct: reels, stories and feed videos by container, and both ways to sign in.

The names below are imported when first asked for, so that naming the platform costs nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from include.platforms import lazy

if TYPE_CHECKING:
    from include.platforms.instagram.account import choices, whoami
    from include.platforms.instagram.auth import (
        LOGINS,
        NEEDED_SCOPES,
        PURPOSES,
        SCOPES,
        asked_scopes,
        authorize_address,
        exchange_code,
        needed_scopes,
        refresh_tokens,
        revoke,
    )
    from include.platforms.instagram.limits import check_file, file_rules, picture_rule, placement_for
    from include.platforms.instagram.payloads import InstagramOptions
    from include.platforms.instagram.publish import Publisher

    options_schema = InstagramOptions

TITLE = "Instagram"
RENEW_BEFORE = timedelta(days=1)
"""How long before its end `refresh_tokens` renews an access token; `meta_graph/auth.py` calls ten days before Meta's
own end the end."""
TELLS_USAGE = True
"""Its answers say how much of a limit is used; see meta_graph/usage.py."""

__all__ = [
    "LOGINS",
    "NEEDED_SCOPES",
    "PURPOSES",
    "RENEW_BEFORE",
    "SCOPES",
    "TITLE",
    "InstagramOptions",
    "Publisher",
    "asked_scopes",
    "authorize_address",
    "calls_of_a_post",
    "check_file",
    "choices",
    "exchange_code",
    "file_rules",
    "needed_scopes",
    "options_schema",
    "picture_rule",
    "placement_for",
    "refresh_tokens",
    "revoke",
    "whoami",
]

__getattr__ = lazy.names_of(
    __name__,
    {
        "InstagramOptions": "payloads",
        "LOGINS": "auth",
        "NEEDED_SCOPES": "auth",
        "PURPOSES": "auth",
        "Publisher": "publish",
        "SCOPES": "auth",
        "asked_scopes": "auth",
        "authorize_address": "auth",
        "check_file": "limits",
        "choices": "account",
        "exchange_code": "auth",
        "file_rules": "limits",
        "needed_scopes": "auth",
        "options_schema": "payloads.InstagramOptions",
        "picture_rule": "limits",
        "placement_for": "limits",
        "refresh_tokens": "auth",
        "revoke": "auth",
        "whoami": "account",
    },
)


def calls_of_a_post(placement: str) -> tuple[str, ...]:
    """Return the endpoints a publication is sure to call, once each: what `check_upcoming` counts against limits."""
    return ("media.create", "media.publish")
