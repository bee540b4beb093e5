"""How an account is doing, in one word and one sentence: the same for the command line, REST, the pages and notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from include import settings
from include.accounts.accounts import Account


@dataclass(frozen=True, kw_only=True)
class Health:
    """An account's state now; `why` is a sentence when it is not well, `until` when the access ends for good."""

    state: Literal["connected", "expires_soon", "expired", "disconnected"]
    why: str | None
    until: datetime | None


def health(account: Account, now: datetime) -> Health:
    """Return how an account is doing at `now` (aware).

    `until` is when access ends that is not renewed by itself; what is renewed silently all along never "expires soon".
    """
    until = account.access_ends_at
    if account.state == "disconnected":
        return Health(state="disconnected", why=account.trouble, until=None)
    if account.state == "expired" or (until is not None and until <= now):
        return Health(state="expired", why=account.trouble or "Its access has ended. Connect it again.", until=until)
    if until is not None and until - now <= soon():
        why = f"Its access ends on {until:%Y-%m-%d}, and only you can renew it: connect it again before."
        return Health(state="expires_soon", why=why, until=until)
    return Health(state="connected", why=None, until=until)


def soon() -> timedelta:
    """Return how long before an end that cannot be put off silently a person is told."""
    return timedelta(days=settings.distribution().notices.warn_days)
