"""What went through a gateway, as it stands at the platform: ids, addresses, states, and the common shape."""

from __future__ import annotations

from typing import Any

from include.sandbox.published import entry
from include.sandbox.world import ID_LETTERS, iso, new_id

Json = dict[str, Any]
DIGITS = "0123456789"
STATES = {
    "tiktok": ("PROCESSING_DOWNLOAD", "PUBLISH_COMPLETE", "FAILED"),
    "youtube": ("uploaded", "processed", "failed"),
    "instagram": ("IN_PROGRESS", "PUBLISHED", "ERROR"),
    "facebook": ("processing", "published", "error"),
    "linkedin": ("PROCESSING", "PUBLISHED", "PUBLISH_FAILED"),
}
"""Platform → its own words for "being worked on", "out" and "will never be"."""
INBOX = "SEND_TO_USER_INBOX"


def new_post(platform: str, username: str, kind: str) -> tuple[str, str]:
    """Return the id and the address a platform gives a new post."""
    number = "7" + new_id(18, DIGITS)
    if platform == "tiktok":
        return number, f"https://www.tiktok.com/@{username}/video/{number}"
    if platform == "youtube":
        key = new_id(11)
        return key, f"https://www.youtube.com/{f'shorts/{key}' if kind == 'short' else f'watch?v={key}'}"
    if platform == "instagram":
        return "18" + new_id(15, DIGITS), f"https://www.instagram.com/reel/{new_id(11, ID_LETTERS)}/"
    if platform == "facebook":
        key = "1" + new_id(14, DIGITS)
        return key, f"https://www.facebook.com/{'reel' if kind == 'reel' else 'watch/?v='}{'/' * (kind == 'reel')}{key}"
    urn = f"urn:li:ugcPost:{number}"
    return urn, f"https://www.linkedin.com/feed/update/{urn}/"


def state_of(platform: str, *, done: bool, failed: bool, draft: bool) -> str:
    """Return the platform's own word for how far a post is."""
    working, out, never = STATES[platform]
    if failed:
        return never
    if not done:
        return working
    return INBOX if draft else out


def gateway_entry(address: str, route: str, thing: Any, platform: str, **known: Any) -> Json:
    """Describe a post that came through `route` as the platform's own, with the gateway among its options."""
    key = thing.id
    known["options"] = {"route": route, **known.get("options", {})}
    return entry(
        address, platform, key, thing.facts,
        sha256=thing.sha256,
        size=thing.size,
        created_at=iso(thing.uploaded_at or thing.created_at),
        url_to_watch=f"{address}/watch/{route}/{platform}-{key}",
        url_of_file=f"{address}/files/{route}/{key}",
        url_of_picture=f"{address}/pictures/{route}/{key}",
        **known,
    )  # fmt: skip
