"""Facebook Pages, direct: videos and reels through the Graph API, and the sign-in that goes with it.

The names below are imported when first asked for, so that naming the platform costs nothing.
"""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from include.platforms.facebook.account import choices, whoami
    from include.platforms.facebook.auth import (
        NEEDED_SCOPES,
        PURPOSES,
        SCOPES,
        authorize_address,
        exchange_code,
        needed_scopes,
        refresh_tokens,
        revoke,
    )
    from include.platforms.facebook.limits import (
        check_file,
        file_rules,
        keeps_time,
        picture_rule,
        placement_for,
        waits_until,
    )
    from include.platforms.facebook.payloads import FacebookOptions
    from include.platforms.facebook.publish import Publisher

    options_schema = FacebookOptions

TITLE = "Facebook"
RENEW_BEFORE = timedelta(days=1)
"""How long before its end `refresh_tokens` renews an access token; `meta_graph/auth.py` calls ten days before Meta's
own end the end."""

WATCH_ADDRESS = "https://www.facebook.com/watch/?v={video_id}"
"""Where people watch a video that is known by its id alone."""
SCHEDULES = True
"""It can be given a video early and a time to show it, within its windows."""
TELLS_USAGE = True
"""Its answers say how much of a limit is used; see meta_graph/usage.py."""

__all__ = [
    "NEEDED_SCOPES",
    "PURPOSES",
    "RENEW_BEFORE",
    "SCHEDULES",
    "SCOPES",
    "TITLE",
    "FacebookOptions",
    "Publisher",
    "authorize_address",
    "calls_of_a_post",
    "check_file",
    "choices",
    "exchange_code",
    "file_rules",
    "keeps_time",
    "needed_scopes",
    "options_schema",
    "picture_rule",
    "placement_for",
    "refresh_tokens",
    "revoke",
    "waits_until",
    "whoami",
]

_WHERE = {
    "FacebookOptions": ("payloads", "FacebookOptions"),
    "NEEDED_SCOPES": ("auth", "NEEDED_SCOPES"),
    "PURPOSES": ("auth", "PURPOSES"),
    "Publisher": ("publish", "Publisher"),
    "SCOPES": ("auth", "SCOPES"),
    "authorize_address": ("auth", "authorize_address"),
    "check_file": ("limits", "check_file"),
    "choices": ("account", "choices"),
    "exchange_code": ("auth", "exchange_code"),
    "file_rules": ("limits", "file_rules"),
    "keeps_time": ("limits", "keeps_time"),
    "needed_scopes": ("auth", "needed_scopes"),
    "options_schema": ("payloads", "FacebookOptions"),
    "picture_rule": ("limits", "picture_rule"),
    "placement_for": ("limits", "placement_for"),
    "refresh_tokens": ("auth", "refresh_tokens"),
    "revoke": ("auth", "revoke"),
    "waits_until": ("limits", "waits_until"),
    "whoami": ("account", "whoami"),
}
"""Name → (module of this package, its name there)."""


def calls_of_a_post(placement: str) -> tuple[str, ...]:
    """Return the endpoints a publication is sure to call, once each: what `check_upcoming` counts against limits."""
    return ("video_reels.finish",) if placement == "reel" else ()


def __getattr__(name: str) -> Any:
    """Import the module that holds `name`; raise `AttributeError` for a name this package does not have."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, there = _WHERE[name]
    return getattr(import_module(f"{__name__}.{module}"), there)
