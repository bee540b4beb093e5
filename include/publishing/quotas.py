"""Counts every call against the platform's limits before it is made, shared by all workers through Postgres.

A call that was reserved and never sent is given back. A process that dies in between leaves its reservation counted:
too careful for one call, never too bold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from include import platforms, settings
from include.database import engine, queries
from include.platforms.errors import QuotaExhausted

SQL = queries.load("quotas")
SPANS = {"minute": timedelta(minutes=1), "rolling_day": timedelta(days=1)}
EVERYBODY = "*"
"""The owner of rows that all users of the installation share."""

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Reservation:
    """What one call took from its buckets."""

    endpoint: str
    taken: tuple[tuple[settings.Quota, Row], ...]


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
    ) -> None:
        self._owner = owner
        self._platform = platform
        self._account_id = account_id
        self._app_id = app_id
        self._quotas = quotas
        self._pauses = pauses

    def reserve(self, endpoint: str) -> Reservation:
        """Take what `endpoint` costs from each of its buckets, all or nothing.

        Raises `QuotaExhausted` naming the bucket and when it has room again, also while the account has to `pause`.
        """
        now = datetime.now(UTC)
        taken: list[tuple[settings.Quota, Row]] = []
        buckets = [(name, quota) for name, quota in self._quotas.items() if quota.costs.get(endpoint)]
        if buckets or self._pauses:
            with engine.transaction(self._owner) as connection:  # rolled back as a whole when one bucket is full
                self._refuse_while_paused(connection, now)
                for name, quota in buckets:
                    row = self._row(name, quota, endpoint, now)
                    statement = SQL["reserve_day" if quota.per == "day" else "reserve_sliding"]
                    if connection.exec_driver_sql(statement, row).first() is None:
                        raise self._exhausted(connection, name, quota, row, now)
                    taken.append((quota, row))
        return Reservation(endpoint=endpoint, taken=tuple(taken))

    def settle(self, reservation: object, *, sent: bool) -> int:
        """Keep what a sent call took, give back what an unsent one took; return the cost that stays."""
        assert isinstance(reservation, Reservation)  # noqa: S101  the meter only ever hands these out
        if sent or not reservation.taken:
            return sum(row["cost"] for _, row in reservation.taken) if sent else 0
        with engine.transaction(self._owner) as connection:
            for quota, row in reservation.taken:
                statement = SQL["give_back_day" if quota.per == "day" else "give_back_sliding"]
                connection.exec_driver_sql(statement, row)
        return 0

    def pause(self, until: datetime, why: str, *, shared_by: Literal["app", "account"]) -> None:
        """Refuse every call of this account, or of all accounts of the app, until then; for all workers."""
        shared = shared_by == "app"
        row = {
            "owner": EVERYBODY if shared else self._owner,
            "platform": self._platform,
            "scope": self._app_id if shared else self._account_id,
            "until": until,
            "why": why,
        }
        with engine.transaction(self._owner) as connection:
            connection.exec_driver_sql(SQL["pause"], row)

    def _refuse_while_paused(self, connection: Any, now: datetime) -> None:
        if not self._pauses:
            return
        row = {"owner": self._owner, "platform": self._platform, "now": now}
        row |= {"account_id": self._account_id, "app_id": self._app_id}
        found = connection.exec_driver_sql(SQL["read_pause"], row).first()
        if found is not None:
            raise QuotaExhausted(found.why, resets_at=found.until, code="our_pause")

    def _row(self, name: str, quota: settings.Quota, endpoint: str, now: datetime) -> Row:
        shared = quota.shared_by == "app"
        row: Row = {
            "owner": EVERYBODY if shared else self._owner,
            "platform": self._platform,
            "bucket": name,
            "scope": self._app_id if shared else self._account_id,
            "cost": quota.costs[endpoint],
            "at_most": quota.limit,
        }
        if quota.per == "day":
            return row | {"window_start": day_began(now, quota.resets)}
        return row | {"now": now, "since": now - SPANS[quota.per]}

    def _exhausted(self, connection: Any, name: str, quota: settings.Quota, row: Row, now: datetime) -> QuotaExhausted:
        if quota.per == "day":
            resets_at = day_ends(now, quota.resets)
        else:
            oldest = connection.exec_driver_sql(SQL["oldest_mark"], row).scalar() or now
            resets_at = oldest + SPANS[quota.per]
        span = {"day": "daily", "rolling_day": "daily", "minute": "per-minute"}[quota.per]
        what = name.replace("_", " ")
        return QuotaExhausted(
            f"{platforms.title(self._platform)}'s {span} limit of {quota.limit} {what} is reached. "
            f"It has room again at {resets_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC.",
            resets_at=resets_at,
            code=f"our_count:{name}",
        )
