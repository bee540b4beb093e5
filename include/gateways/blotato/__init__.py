"""Blotato: publishes to several platforms with one API key.

The names below are imported when first asked for, so that naming the gateway costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from include.platforms import lazy

if TYPE_CHECKING:
    from include.gateways.blotato.account import Keys, whoami
    from include.gateways.blotato.payloads import PLACEMENTS, Settings
    from include.gateways.blotato.publish import Publisher

TITLE = "Blotato"
__all__ = ["PLACEMENTS", "TITLE", "Keys", "Publisher", "Settings", "calls_of_a_post", "whoami"]

__getattr__ = lazy.names_of(
    __name__,
    {
        "Keys": "account",
        "PLACEMENTS": "payloads",
        "Publisher": "publish",
        "Settings": "payloads",
        "whoami": "account",
    },
)


def calls_of_a_post(placement: str) -> tuple[str, ...]:
    """Return the endpoints a publication is sure to call, once each: what `check_upcoming` counts against limits."""
    return ("posts.create",)
