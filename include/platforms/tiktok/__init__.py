"""TikTok, direct: the Content Posting API by file upload, and the sign-in that goes with it.

The names below are imported when first asked for, so that naming the platform costs nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from include.platforms import lazy

if TYPE_CHECKING:
    from include.platforms.tiktok.auth import (
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
    from include.platforms.tiktok.client import whoami
    from include.platforms.tiktok.limits import check_file, file_rules, picture_rule, placement_for
    from include.platforms.tiktok.payloads import TikTokOptions
    from include.platforms.tiktok.publish import Publisher

    options_schema = TikTokOptions

TITLE = "TikTok"
RENEW_BEFORE = timedelta(hours=3)
"""How long before its end `refresh_tokens` renews an access token, which lasts a day."""
WATCH_ADDRESS = "https://www.tiktok.com/@{username}/video/{video_id}"
"""Where people watch a video that is known by its id alone."""

__all__ = [
    "LOGINS",
    "NEEDED_SCOPES",
    "PURPOSES",
    "RENEW_BEFORE",
    "SCOPES",
    "TITLE",
    "Publisher",
    "TikTokOptions",
    "asked_scopes",
    "authorize_address",
    "calls_of_a_post",
    "check_file",
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
        "LOGINS": "auth",
        "NEEDED_SCOPES": "auth",
        "PURPOSES": "auth",
        "Publisher": "publish",
        "SCOPES": "auth",
        "TikTokOptions": "payloads",
        "asked_scopes": "auth",
        "authorize_address": "auth",
        "check_file": "limits",
        "exchange_code": "auth",
        "file_rules": "limits",
        "needed_scopes": "auth",
        "options_schema": "payloads.TikTokOptions",
        "picture_rule": "limits",
        "placement_for": "limits",
        "refresh_tokens": "auth",
        "revoke": "auth",
        "whoami": "client",
    },
)


def calls_of_a_post(placement: str) -> tuple[str, ...]:
    """Return the endpoints a publication is sure to call, once each: what `check_upcoming` counts against limits."""
    return ("inbox.init",) if placement == "inbox" else ("video.init",)
