"""YouTube, direct: the Data API v3 with resumable uploads.

The names below are imported when first asked for, so that naming the platform costs nothing.
"""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

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

_WHERE = {
    "NEEDED_SCOPES": ("auth", "NEEDED_SCOPES"),
    "PURPOSES": ("auth", "PURPOSES"),
    "Publisher": ("publish", "Publisher"),
    "SCOPES": ("auth", "SCOPES"),
    "YouTubeOptions": ("payloads", "YouTubeOptions"),
    "authorize_address": ("auth", "authorize_address"),
    "check_file": ("limits", "check_file"),
    "exchange_code": ("auth", "exchange_code"),
    "file_rules": ("limits", "file_rules"),
    "needed_scopes": ("auth", "needed_scopes"),
    "options_schema": ("payloads", "YouTubeOptions"),
    "picture_rule": ("limits", "picture_rule"),
    "placement_for": ("checks", "placement_for"),
    "refresh_tokens": ("auth", "refresh_tokens"),
    "revoke": ("auth", "revoke"),
    "whoami": ("client", "whoami"),
}
"""Name → (module of this package, its name there)."""


def calls_of_a_post(placement: str) -> tuple[str, ...]:
    """Return the endpoints a publication is sure to call, once each: what `check_upcoming` counts against limits."""
    return ("videos.insert",)


def __getattr__(name: str) -> Any:
    """Import the module that holds `name`; raise `AttributeError` for a name this package does not have."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, there = _WHERE[name]
    return getattr(import_module(f"{__name__}.{module}"), there)
