"""Services that are reached with a key instead of a sign-in: gateways that publish for us, and Social Blade.

Each package has a `TITLE`, a pydantic model `Keys`, and `whoami(calls, keys, platform)`, which asks the service whether
the keys are good and whose they are. A gateway also has `Publisher`, which keeps `platforms/contract.py` for each
platform it serves, and `PLACEMENTS`, which says which ones these are.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from include import platforms

NAMES = ("blotato", "upload_post", "social_blade")
ROUTES = ("blotato", "upload_post")
"""Those that publish."""


def get(name: str) -> ModuleType:
    """Return the package of a service; raise `LookupError` with the known names for an unknown one."""
    if name not in NAMES:
        raise LookupError(f"'{name}' is no route we know; known: direct, {', '.join(NAMES)}")
    return import_module(f"include.gateways.{name}")


def title(name: str) -> str:
    """Return the name of a platform or of a service, as it writes it itself ("upload-post.com")."""
    return str(get(name).TITLE) if name in NAMES else platforms.title(name)
