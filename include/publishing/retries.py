"""What follows an error: again at a time, wait for a limit or a person, or give up. No I/O."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from include.platforms.errors import (
    AccountTrouble,
    OutcomeUnknown,
    PlatformError,
    QuotaExhausted,
    Rejected,
    TryAgain,
)
from include.settings import Publishing

LOOK_FOR_LOST_ANSWER = timedelta(seconds=2)
"""A lost answer is looked for almost at once: most of them were acted on."""
ACCOUNT_LOOK = timedelta(minutes=5)
"""How often a publication that waits for its account looks whether it was reconnected."""


@dataclass(frozen=True, kw_only=True)
class TryAt:
    """Try the step again at `at`; `counts` says whether this used up a try."""

    at: datetime
    counts: bool = True


@dataclass(frozen=True, kw_only=True)
class WaitForQuota:
    """The limit resets at `until`."""

    until: datetime


@dataclass(frozen=True, kw_only=True)
class WaitForAccount:
    """A person has to reconnect the account; look again at `look_at`."""

    look_at: datetime


@dataclass(frozen=True, kw_only=True)
class Refuse:
    """It will never work like this: the release or its options must change."""


@dataclass(frozen=True, kw_only=True)
class GiveUp:
    """The tries are used up."""


Decision = TryAt | WaitForQuota | WaitForAccount | Refuse | GiveUp


def decide(
    error: PlatformError,
    *,
    attempts: int,
    max_retries: int,
    policy: Publishing,
    now: datetime,
    draw: random.Random,
) -> Decision:
    """Decide on the error's class alone; `attempts` counts the failed tries so far, this one included.

    The waits are the policy's minutes plus a random share (`jitter`), or the platform's own wish when that is longer.
    """
    match error:
        case Rejected():
            return Refuse()
        case AccountTrouble():
            return WaitForAccount(look_at=now + ACCOUNT_LOOK)
        case QuotaExhausted():
            return WaitForQuota(until=max(error.resets_at, now + timedelta(seconds=1)))
    if attempts > max_retries:
        return GiveUp()
    if isinstance(error, OutcomeUnknown):
        return TryAt(at=now + LOOK_FOR_LOST_ANSWER * 2 ** (attempts - 1))
    minutes = policy.retry_minutes[min(attempts, len(policy.retry_minutes)) - 1]
    seconds = minutes * 60 * (1 + policy.jitter * draw.random())
    wished = error.after if isinstance(error, TryAgain) and error.after is not None else 0.0
    return TryAt(at=now + timedelta(seconds=max(seconds, wished)))
