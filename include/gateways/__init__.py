"""Services that are reached with a key instead of a sign-in: gateways that publish for us, and Social Blade.

Each package has a `TITLE`, a pydantic model `Keys`, and `whoami(calls, keys, platform)`, which asks the service whether
the keys are good and whose they are. Publishing through a gateway is not here yet.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

NAMES = ("blotato", "upload_post", "social_blade")


def get(name: str) -> ModuleType:
    """Return the account module of a service; raise `LookupError` with the known names for an unknown one."""
    if name not in NAMES:
        raise LookupError(f"'{name}' is no route we know; known: direct, {', '.join(NAMES)}")
    return import_module(f"include.gateways.{name}.account")
