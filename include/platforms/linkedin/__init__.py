"""LinkedIn, direct: videos as posts of a member or a page, and the sign-in that goes with it.

The names below are imported when first asked for, so that naming the platform costs nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from include.platforms import lazy

if TYPE_CHECKING:
    from include.platforms.linkedin.account import choices, whoami
    from include.platforms.linkedin.auth import (
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
    from include.platforms.linkedin.limits import check_file, file_rules, picture_rule, placement_for
    from include.platforms.linkedin.payloads import LinkedInOptions
    from include.platforms.linkedin.publish import Publisher

    options_schema = LinkedInOptions

TITLE = "LinkedIn"
RENEW_BEFORE = timedelta(days=7)
"""How long before its end `refresh_tokens` renews an access token, which lasts 60 days."""
WATCH_ADDRESS = "https://www.linkedin.com/feed/update/{video_id}"
"""Where people watch a video that is known by its id alone."""

__all__ = [
    "LOGINS",
    "NEEDED_SCOPES",
    "PURPOSES",
    "RENEW_BEFORE",
    "SCOPES",
    "TITLE",
    "LinkedInOptions",
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
        "LOGINS": "auth",
        "LinkedInOptions": "payloads",
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
        "options_schema": "payloads.LinkedInOptions",
        "picture_rule": "limits",
        "placement_for": "limits",
        "refresh_tokens": "auth",
        "revoke": "auth",
        "whoami": "account",
    },
)


def calls_of_a_post(placement: str) -> tuple[str, ...]:
    """Return the endpoints a publication is sure to call, once each: what `check_upcoming` counts against limits."""
    return ("videos.initializeUpload", "videos.finalizeUpload", "posts.create")
