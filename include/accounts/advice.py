"""What a person should know about the account they connected: its kind, its limits, when it ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from include.accounts.accounts import Credentials
from include.platforms import title
from include.platforms.signing_in import named

KINDS = {
    "member": "personal",
    "personal": "personal",
    "channel": "creator",
    "creator": "creator",
    "media_creator": "creator",
    "business": "business",
    "page": "business",
    "organization": "business",
}
"""Platforms' words for an account → personal, creator, business."""


def kind_of(account_type: str | None) -> str | None:
    """Return whether an account is personal, a creator's or a business's; None when the platform does not tell."""
    return KINDS.get((account_type or "").lower())


def advice_for(platform: str, profile: Mapping[str, Any], credentials: Credentials) -> str | None:
    """Return what to tell about a connected account, in sentences; None when there is nothing."""
    told = [profile.get("cannot_post"), profile.get("advice")]
    if credentials.refresh_token is None and credentials.expires_at is not None:
        told.append(
            f"{title(platform)} gave no way to renew this access: connect the account again before "
            f"{credentials.expires_at:%Y-%m-%d}."
        )
    return " ".join(str(sentence) for sentence in told if sentence) or None


def not_allowed(platform: str, needed: Iterable[str], purposes: Mapping[str, str]) -> str:
    """Return the sentence for needed permissions that were not given."""
    return (
        f"{title(platform)} says that you did not allow: {named(needed, purposes)}. Without that nothing can be "
        "published, so nothing was connected. Start again and leave everything ticked."
    )


def will_not_work(platform: str, missing: Iterable[str], purposes: Mapping[str, str]) -> str | None:
    """Return the sentence for permissions that are only useful and were not given; None when all were."""
    names = named(missing, purposes)
    if not names:
        return None
    return f"You did not allow: {names}. Publishing works without; connect again and tick them to have them."
