"""Counts every call against the platform's limits before it is made, shared by all workers through Postgres.

A call that was reserved and never sent is given back. A process that dies in between leaves its reservation counted:
too careful for one call, never too bold. The decision itself is `limits.take`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from include import gateways, settings
from include.database import engine, queries
from include.platforms.errors import QuotaExhausted
from include.publishing import limits
from include.publishing.limits import EVERYBODY, Asker, BucketKey, Granted, Until, Want

SQL = queries.load("quotas")
SPANS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "rolling_day": timedelta(days=1)}
SPAN_NAMES = {
    "day": "daily", "rolling_day": "daily", "hour": "hourly", "minute": "per-minute",
}  # fmt: skip


@dataclass(kw_only=True)
class Turn:
    """For which publication calls are made; `reads` while they only look (polls), and so yield to sending."""

    publication_id: str
    priority: int = 5
    reads: bool = False


@dataclass(frozen=True, kw_only=True)
class Reservation:
    """What one call took from its buckets; None where it has none."""

    endpoint: str
    granted: Granted | None


def day_began(now: datetime, zone: str) -> datetime:
    """Return the last midnight in `zone` as a UTC instant; days around a clock change have 23 or 25 hours.

    Where the clocks are changed at midnight, a day has one beginning all the same: the first of two midnights, or the
    moment the missing one would have been.
    """
    return _midnight(now.astimezone(ZoneInfo(zone)).date(), zone)


def day_ends(now: datetime, zone: str) -> datetime:
    """Return the next midnight in `zone` as a UTC instant."""
    return _midnight(now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1), zone)


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


class PostgresMeter:
    """The `Meter` of one account; `app_id` names our app at the platform, whose limits all accounts share.

    `pauses`: the platform tells in its answers how much of a limit is used, so every call looks whether to wait.
    Without a `turn` all calls are reads (analytics, looks at an account), which leave the kept share to publishing.
    """

    def __init__(
        self,
        owner: str,
        platform: str,
        account_id: str,
        app_id: str,
        quotas: Mapping[str, settings.Quota],
        *,
        pauses: bool = False,
        turn: Turn | None = None,
    ) -> None:
        self._asker = Asker(
            owner=owner,
            platform=platform,
            account_id=account_id,
            app_id=app_id,
            publication_id=turn.publication_id if turn else None,
            priority=turn.priority if turn else 5,
        )
        self._turn = turn
        self._quotas = quotas
        self._pauses = pauses

    def reserve(self, endpoint: str) -> Reservation:
        """Take what `endpoint` costs from each of its buckets, all or nothing.

        Raises `QuotaExhausted` naming the bucket and when it has room again, also while the account has to `pause`.
        """
        wants = self._wants(endpoint)
        if not wants and not self._pauses:
            return Reservation(endpoint=endpoint, granted=None)
        answer = limits.take(self._asker, wants, share=self._share(), now=self._now())
        if isinstance(answer, Until):
            raise exhausted(answer, self._asker.platform)
        return Reservation(endpoint=endpoint, granted=answer)

    def _share(self) -> limits.Share:
        if self._turn is None:
            return "read"
        return "look" if self._turn.reads else "publish"

    def settle(self, reservation: object, *, sent: bool) -> int:
        """Keep what a sent call took, give back what an unsent one took; return the cost that stays."""
        assert isinstance(reservation, Reservation)  # noqa: S101  the meter only ever hands these out
        if reservation.granted is None:
            return 0
        limits.settle(self._asker.owner, reservation.granted, sent=sent, now=self._now())
        return reservation.granted.cost if sent else 0

    def pause(
        self, until: datetime, why: str, *, shared_by: Literal["app", "account"], reads_only: bool = False
    ) -> None:
        """Refuse every call of this account, or of all accounts of the app, until then; for all workers."""
        key = self._key("", shared_by)
        row = {"owner": key.owner, "platform": key.platform, "scope": key.scope, "until": until, "why": why}
        with engine.transaction(self._asker.owner) as connection:
            connection.exec_driver_sql(SQL["pause_reads" if reads_only else "pause"], row)

    def limited(self, endpoint: str, until: datetime, why: str, *, code: str | None, passing: bool) -> None:
        """Close the buckets of `endpoint` whose `codes` name what the platform said, for all workers.

        Where none does, a `passing` limit (a 429, a Retry-After) pauses the account; a lasting one is the
        publication's own, for nobody knows what else it covers.
        """
        said = f"{code} {why}"
        closed = [
            self._key(name, quota.shared_by)
            for name, quota in self._quotas.items()
            if quota.costs.get(endpoint) and any(each in said for each in quota.codes)
        ]
        for key in closed:
            limits.shut(self._asker.owner, key, until, why)
        if passing and not closed:
            self.pause(until, why, shared_by="account")

    def tell(
        self,
        bucket: str,
        *,
        used: int,
        limit: int | None,
        seconds_ago: float = 0.0,
        shared_by: Literal["app", "account"] = "account",
    ) -> None:
        """Keep what the platform itself says of a bucket: it counts from the time it was asked."""
        key = self._key(bucket, shared_by)
        limits.tell(self._asker.owner, key, used=used, limit=limit, seconds_ago=seconds_ago)

    def _now(self) -> datetime | None:
        """Return None: the database's own clock decides, and all workers agree."""
        return None

    def _wants(self, endpoint: str) -> list[Want]:
        now = self._now() or datetime.now(UTC)
        return [
            Want(
                key=self._key(name, quota.shared_by),
                quota=quota,
                cost=quota.costs[endpoint],
                began=day_began(now, quota.resets) if quota.per == "day" else None,
                ends=day_ends(now, quota.resets) if quota.per == "day" else None,
            )
            for name, quota in self._quotas.items()
            if quota.costs.get(endpoint)
        ]

    def _key(self, bucket: str, shared_by: Literal["app", "account"]) -> BucketKey:
        shared, asker = shared_by == "app", self._asker
        return BucketKey(
            owner=EVERYBODY if shared else asker.owner,
            platform=asker.platform,
            bucket=bucket,
            scope=asker.app_id if shared else asker.account_id,
        )


def exhausted(refused: Until, platform: str) -> QuotaExhausted:
    """Return the error for a call that may not go out: which limit, until when it waits, and why."""
    if refused.want is None:
        return QuotaExhausted(refused.told or "The platform wants a pause.", resets_at=refused.at, code="our_pause")
    name, quota = refused.want.key.bucket, refused.want.quota
    what, title = name.replace("_", " "), gateways.title(platform)
    code = f"our_count:{name}"
    if refused.reason == "shut":
        return QuotaExhausted(refused.told or "The platform refused such calls.", resets_at=refused.at, code=code)
    limit = quota.limit if limits.is_rate(quota) else refused.at_most
    sentence = f"{title}'s {SPAN_NAMES[quota.per]} limit of {limit} {what} is reached."
    if refused.reason == "kept":
        sentence = f"The rest of {title}'s {SPAN_NAMES[quota.per]} limit of {limit} {what} is kept for publishing."
    before = f" {refused.ahead} of others go first." if refused.ahead else ""
    return QuotaExhausted(
        f"{sentence}{before} It has room again at {refused.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC.",
        resets_at=refused.at,
        code=code,
    )
