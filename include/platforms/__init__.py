"""The platforms we publish to; each is imported when first asked for."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

NAMES = ("youtube", "tiktok", "instagram", "facebook", "linkedin")


def get(name: str) -> ModuleType:
    """Return the package of platform `name`; raise `LookupError` with the known names for an unknown one."""
    if name not in NAMES:
        raise LookupError(f"'{name}' is not a platform we know; known: {', '.join(NAMES)}")
    return import_module(f"include.platforms.{name}")


def title(name: str) -> str:
    """Return the platform's name as it writes it itself ("TikTok")."""
    return str(get(name).TITLE)
