"""upload-post.com: publishes to several platforms with one API key.

The names below are imported when first asked for, so that naming the gateway costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from include.gateways.upload_post.account import Keys, whoami
    from include.gateways.upload_post.payloads import PLACEMENTS, Settings
    from include.gateways.upload_post.publish import Publisher

TITLE = "upload-post.com"
__all__ = ["PLACEMENTS", "TITLE", "Keys", "Publisher", "Settings", "whoami"]

_WHERE = {
    "Keys": "account",
    "PLACEMENTS": "payloads",
    "Publisher": "publish",
    "Settings": "payloads",
    "whoami": "account",
}
"""Name → module of this package."""


def __getattr__(name: str) -> Any:
    """Import the module that holds `name`; raise `AttributeError` for a name this package does not have."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
