"""The id a post's address tells: gateways often know the address only."""

from __future__ import annotations

import re

_IDS = {
    "youtube": re.compile(r"(?:[?&]v=|youtu\.be/|/shorts/)([A-Za-z0-9_-]{11})"),
    "tiktok": re.compile(r"/(?:video|photo)/(\d+)"),
    "facebook": re.compile(r"(?:/(?:reel|videos|posts)/|[?&]v=)(\d+)"),
    "linkedin": re.compile(r"(urn:li:(?:share|ugcPost|activity):\d+)"),
}
"""Platform → where its addresses hold the id its own API uses. Instagram's hold a short code instead."""


def video_id_in(platform: str, url: str | None) -> str | None:
    """Return the id in a post's address, or None."""
    pattern = _IDS.get(platform)
    found = pattern.search(url) if pattern and url else None
    return found[1] if found else None
