"""Social Blade: public figures of channels, paid by credits. It publishes nothing."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from include.gateways.social_blade.account import Keys, whoami

TITLE = "Social Blade"
__all__ = ["TITLE", "Keys", "whoami"]

_WHERE = {"Keys": "account", "whoami": "account"}
"""Name → module of this package."""


def __getattr__(name: str) -> Any:
    """Import the module that holds `name`; raise `AttributeError` for a name this package does not have."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
