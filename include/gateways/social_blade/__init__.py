"""Social Blade: public figures of channels, paid by credits. It publishes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from include.platforms import lazy

if TYPE_CHECKING:
    from include.gateways.social_blade.account import Keys, whoami

TITLE = "Social Blade"
__all__ = ["TITLE", "Keys", "whoami"]

__getattr__ = lazy.names_of(
    __name__,
    {
        "Keys": "account",
        "whoami": "account",
    },
)
