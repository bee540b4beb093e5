"""Parrot, direct: a made-up platform that says what it is told, as often as it is told.

The names below are imported when first asked for, so that naming the platform costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from include.platforms import lazy

if TYPE_CHECKING:
    from include.platforms.parrot.auth import (
        NEEDED_SCOPES,
        PURPOSES,
        SCOPES,
        authorize_address,
        exchange_code,
        needed_scopes,
        refresh_tokens,
        revoke,
    )
    from include.platforms.parrot.client import whoami
    from include.platforms.parrot.limits import check_file, file_rules, picture_rule, placement_for
    from include.platforms.parrot.payloads import ParrotOptions
    from include.platforms.parrot.publish import Publisher

    options_schema = ParrotOptions

TITLE = "Parrot"
WATCH_ADDRESS = "https://parrot.example/@{username}/{video_id}"
"""Where people watch a video that is known by its id alone."""

__all__ = [
    "NEEDED_SCOPES",
    "PURPOSES",
    "SCOPES",
    "TITLE",
    "WATCH_ADDRESS",
    "ParrotOptions",
    "Publisher",
    "authorize_address",
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
        "ParrotOptions": "payloads",
        "Publisher": "publish",
        "SCOPES": "auth",
        "authorize_address": "auth",
        "check_file": "limits",
        "exchange_code": "auth",
        "file_rules": "limits",
        "needed_scopes": "auth",
        "options_schema": "payloads.ParrotOptions",
        "picture_rule": "limits",
        "placement_for": "limits",
        "refresh_tokens": "auth",
        "revoke": "auth",
        "whoami": "client",
    },
)
