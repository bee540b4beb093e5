"""Proposes when to publish on an account: the hours it usually publishes at, or stated ones when it has no history.

The method, in full: each of an account's last 200 publications votes for the hour of the week it came out at, by the
clocks of the account's usual zone, with a weight that halves every 60 days. A vote counts half for the hour before and
the hour after. The usual hours (`DEFAULT_HOURS`) have 3 votes together, so that one or two publications decide nothing.
An hour's score is its share of the best hour's votes. Of each day the two best hours are proposed, three hours apart,
never in the past, never where the clock skips or repeats, and never within an hour of what is planned there already.

It knows when an account published, and nothing else: views, watch time and when followers are online have no say. So it
proposes the hours an account is used to, not those that brought the most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from include.accounts import accounts
from include.database import engine, queries
from include.releases.local_time import utc_instant

SQL = queries.load("queue")
HISTORY = 200
HALF_LIFE = timedelta(days=60)
DEFAULT_HOURS = {False: (12, 18), True: (11, 19)}
"""Local hours on weekdays, and at weekends: when people eat and have come home. A convention of ours, not a finding."""
DEFAULT_VOTES = 3.0
A_DAY = 2
APART = timedelta(hours=3)
TAKEN = timedelta(hours=1)
Hour = tuple[int, int]
"""A day of the week (0 is Monday) and an hour of the day."""


@dataclass(frozen=True, kw_only=True)
class SuggestedTime:
    """A time to publish at: `local` by the clocks of `timezone`, and the instant `at` it is.

    `score` is 1 for the best hour of the week. `because` says whether the account's history decided (`publications` of
    it), or the default.
    """

    at: datetime
    local: datetime
    timezone: str
    score: float
    because: Literal["history", "default"]
    publications: int


def suggested_times(owner: str, account_id: str, *, days: int = 7) -> tuple[SuggestedTime, ...]:
    """Return the best times of the next `days` days (1 to 60) for an account, the soonest first.

    Raises `UnknownAccount` when the owner has none of this name.
    """
    accounts.read(owner, account_id)
    now = datetime.now(UTC)
    with engine.transaction(owner) as connection:
        fields = {"account_id": account_id, "at_most": HISTORY, "at": now - TAKEN}
        history = connection.exec_driver_sql(SQL["times_of_account"], fields).all()
        taken = connection.exec_driver_sql(SQL["times_taken"], fields).scalars().all()
    zone = next((name for name, _ in Counter(row.timezone for row in history).most_common(1)), "UTC")
    votes = count_votes([row.published_at for row in history], zone, now)
    return tuple(propose(votes, zone, now, min(max(days, 1), 60), taken, len(history)))


def count_votes(published: Sequence[datetime], zone: str, now: datetime) -> dict[Hour, float]:
    """Return how many votes each hour of the week has."""
    votes: dict[Hour, float] = {}
    for day in range(7):
        hours = DEFAULT_HOURS[day >= 5]
        for hour in hours:
            votes[day, hour] = DEFAULT_VOTES / 7 / len(hours)
    for instant in published:
        weight = 0.5 ** (max(now - instant, timedelta()) / HALF_LIFE)
        for shift, share in ((0, 1.0), (-1, 0.5), (1, 0.5)):
            local = (instant + timedelta(hours=shift)).astimezone(ZoneInfo(zone))
            key = (local.weekday(), local.hour)
            votes[key] = votes.get(key, 0.0) + weight * share
    return votes


def propose(
    votes: dict[Hour, float], zone: str, now: datetime, days: int, taken: Sequence[datetime], publications: int
) -> Iterator[SuggestedTime]:
    """Yield the two best free hours of each day, in order."""
    best = max(votes.values())
    today = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    for ahead in range(days + 1):
        day = today + timedelta(days=ahead)
        free = [
            SuggestedTime(
                at=at, local=local, timezone=zone, score=round(votes.get((local.weekday(), local.hour), 0.0) / best, 3),
                because="history" if publications else "default", publications=publications,
            )
            for local, at in _hours_of(day, zone)
            if now < at <= now + timedelta(days=days) and all(abs(at - other) >= TAKEN for other in taken)
        ]  # fmt: skip
        chosen: list[SuggestedTime] = []
        for each in sorted(free, key=lambda one: (-one.score, one.at)):
            if each.score > 0 and len(chosen) < A_DAY and all(abs(each.at - other.at) >= APART for other in chosen):
                chosen.append(each)
        yield from sorted(chosen, key=lambda one: one.at)


def _hours_of(day: datetime, zone: str) -> Iterator[tuple[datetime, datetime]]:
    for hour in range(24):
        local = day + timedelta(hours=hour)
        try:
            yield local, utc_instant(local, zone)
        except ValueError:  # the clock skips or repeats it
            continue
