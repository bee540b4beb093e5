"""Parrot, direct: a made-up platform that says what it is told, as often as it is told.

The names below are imported when first asked for, so that naming the platform costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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

_WHERE = {
    "NEEDED_SCOPES": ("auth", "NEEDED_SCOPES"),
    "PURPOSES": ("auth", "PURPOSES"),
    "ParrotOptions": ("payloads", "ParrotOptions"),
    "Publisher": ("publish", "Publisher"),
    "SCOPES": ("auth", "SCOPES"),
    "authorize_address": ("auth", "authorize_address"),
    "check_file": ("limits", "check_file"),
    "exchange_code": ("auth", "exchange_code"),
    "file_rules": ("limits", "file_rules"),
    "needed_scopes": ("auth", "needed_scopes"),
    "options_schema": ("payloads", "ParrotOptions"),
    "picture_rule": ("limits", "picture_rule"),
    "placement_for": ("limits", "placement_for"),
    "refresh_tokens": ("auth", "refresh_tokens"),
    "revoke": ("auth", "revoke"),
    "whoami": ("client", "whoami"),
}
"""Name → (module of this package, its name there)."""


def __getattr__(name: str) -> Any:
    """Import the module that holds `name`; raise `AttributeError` for a name this package does not have."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, there = _WHERE[name]
    return getattr(import_module(f"{__name__}.{module}"), there)
