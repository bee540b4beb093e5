"""Facebook Pages, direct: videos and reels through the Graph API, and the sign-in that goes with it.

The names below are imported when first asked for, so that naming the platform costs nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from include.platforms import lazy

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

__getattr__ = lazy.names_of(
    __name__,
    {
        "FacebookOptions": "payloads",
        "NEEDED_SCOPES": "auth",
        "PURPOSES": "auth",
        "Publisher": "publish",
        "SCOPES": "auth",
        "authorize_address": "auth",
        "check_file": "limits",
        "choices": "account",
        "exchange_code": "auth",
        "file_rules": "limits",
        "keeps_time": "limits",
        "needed_scopes": "auth",
        "options_schema": "payloads.FacebookOptions",
        "picture_rule": "limits",
        "placement_for": "limits",
        "refresh_tokens": "auth",
        "revoke": "auth",
        "waits_until": "limits",
        "whoami": "account",
    },
)


def calls_of_a_post(placement: str) -> tuple[str, ...]:
    """Return the endpoints a publication is sure to call, once each: what `check_upcoming` counts against limits."""
    return ("video_reels.finish",) if placement == "reel" else ()
