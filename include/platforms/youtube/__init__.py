"""YouTube, direct: the Data API v3 with resumable uploads.

The names below are imported when first asked for, so that naming the platform costs nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from include.platforms import lazy

if TYPE_CHECKING:
    from include.platforms.youtube.auth import (
        NEEDED_SCOPES,
        PURPOSES,
        SCOPES,
        authorize_address,
        exchange_code,
        needed_scopes,
        refresh_tokens,
        revoke,
    )
    from include.platforms.youtube.checks import placement_for
    from include.platforms.youtube.client import whoami
    from include.platforms.youtube.limits import check_file, file_rules, picture_rule
    from include.platforms.youtube.payloads import YouTubeOptions
    from include.platforms.youtube.publish import Publisher

    options_schema = YouTubeOptions

TITLE = "YouTube"
RENEW_BEFORE = timedelta(minutes=65)
"""How long before its end `refresh_tokens` renews an access token. It lasts an hour: no task between two hourly rounds
waits for a new one."""
WATCH_ADDRESS = "https://www.youtube.com/watch?v={video_id}"
"""Where people watch a video that is known by its id alone."""
SCHEDULES = True
"""It can be given a video early and a time to show it."""

__all__ = [
    "NEEDED_SCOPES",
    "PURPOSES",
    "RENEW_BEFORE",
    "SCHEDULES",
    "SCOPES",
    "TITLE",
    "Publisher",
    "YouTubeOptions",
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
        "NEEDED_SCOPES": "auth",
        "PURPOSES": "auth",
        "Publisher": "publish",
        "SCOPES": "auth",
        "YouTubeOptions": "payloads",
        "authorize_address": "auth",
        "check_file": "limits",
        "exchange_code": "auth",
        "file_rules": "limits",
        "needed_scopes": "auth",
        "options_schema": "payloads.YouTubeOptions",
        "picture_rule": "limits",
        "placement_for": "checks",
        "refresh_tokens": "auth",
        "revoke": "auth",
        "whoami": "client",
    },
)


def calls_of_a_post(placement: str) -> tuple[str, ...]:
    """Return the endpoints a publication is sure to call, once each: what `check_upcoming` counts against limits."""
    return ("videos.insert",)
