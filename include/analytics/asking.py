"""What a dataset is asked now: whose turn it is, which days, which metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from include import settings
from include.accounts.accounts import Account
from include.analytics import cadence
from include.database import engine, queries
from include.platforms.reading import Asked, Dataset, Metric, Subject
from include.publishing import clients
from include.releases.publication import Placement

SQL = queries.load("collecting")


@dataclass(frozen=True, kw_only=True)
class Window:
    """Days of a dataset's zone, both included."""

    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a reading is to read: what is due at `now`, everything, or the days of `window` again."""

    now: datetime
    window: Window | None = None
    everything: bool = False

    @property
    def is_forced(self) -> bool:
        """Say whether it reads also what is not due."""
        return self.everything or self.window is not None

    def noted_as(self, dataset: Dataset) -> str:
        """Return the name under which it is noted who was read: days asked for leave whose turn is next as it is.

        So a reading of past days that a limit ended goes on where it stopped, and the same days asked for later are
        read in full.
        """
        return dataset.name if self.window is None else f"{dataset.name}@{self.window.first}..{self.window.last}"


def names_due(account: Account, of: Sequence[Dataset], now: datetime) -> frozenset[str]:
    """Return which datasets of an account `what_to_ask` would ask something for now, by one look for all of them.

    A hint: whoever reads asks again while nobody else can read the same.
    """
    allowed = [one for one in of if one.is_allowed(frozenset(account.scopes))]
    known = {
        "owner": account.owner, "account_id": account.account_id, "now": now,
        "datasets": [one.name for one in allowed], "are_of_videos": [one.of == "video" for one in allowed],
        "placements": [",".join(map(str, one.placements)) for one in allowed],
    }  # fmt: skip
    with engine.transaction(account.owner) as connection:
        return frozenset(connection.exec_driver_sql(SQL["datasets_due"], known).scalars())


def what_to_ask(account: Account, dataset: Dataset, wish: Wish) -> Asked | None:
    """Return what to ask, or None when nothing is due or the account's permissions do not allow it."""
    if not dataset.is_allowed(frozenset(account.scopes)) or (wish.window is not None and not dataset.daily):
        return None
    known = {"owner": account.owner, "account_id": account.account_id, "dataset": dataset.name, "now": wish.now}
    with engine.transaction(account.owner) as connection:
        row = connection.exec_driver_sql(SQL["reading_of_account"], known).one_or_none()
        if row is not None and row.next_at > wish.now and not wish.is_forced:
            return None
        subjects, unread = _subjects(connection, dataset, wish, known) if dataset.of == "video" else ((), ())
        if dataset.of == "video" and not subjects:
            return None
        refused = set(connection.exec_driver_sql(SQL["metrics_refused"], known).scalars())
    oldest = min((one.published_at for one in unread), default=None)
    days = wish.window or window_of(dataset, wish.now, row.last_day if row is not None else None, oldest)
    steps = settings.analytics().cadences[dataset.cadence]
    return Asked(
        now=wish.now,
        first=days.first,
        last=days.last,
        subjects=subjects,
        slots={one.video_id: cadence.slot(steps, one.published_at, wish.now, dataset.zone) for one in subjects},
        account=clients.account_facts(account),
        state=dict(row.state) if row is not None else {},
        metrics=metrics_of(account.platform, dataset.name, wish.now.date(), refused),
        settings=settings.analytics().platforms.get(account.platform, {}),
        scopes=frozenset(account.scopes),
        final_after_days=dataset.final_after_days,
    )


def _subjects(
    connection: Connection, dataset: Dataset, wish: Wish, known: Mapping[str, Any]
) -> tuple[tuple[Subject, ...], tuple[Subject, ...]]:
    """Return the videos to ask for, and those of them that were never read before."""
    given = dict(known) | {
        "dataset": wish.noted_as(dataset),
        "forced": wish.everything,
        "placements": [str(one) for one in dataset.placements],
    }
    rows = connection.exec_driver_sql(SQL["subjects_due"], given).all()
    found = tuple(
        Subject(
            video_id=row.video_id,
            published_at=row.published_at,
            placement=Placement(row.placement),
            state=dict(row.state or {}),
        )
        for row in rows
    )
    return found, tuple(one for one, row in zip(found, rows, strict=True) if not row.was_read)


def window_of(dataset: Dataset, now: datetime, last_day: date | None, oldest_unread: datetime | None = None) -> Window:
    """Return the days to read: as far back as the platform still changes them, and every day that was missed.

    The last one is yesterday in the dataset's zone. `last_day` is the last day that was read whole; `oldest_unread` is
    when the oldest video came out that was never read.
    """
    zone = ZoneInfo(dataset.zone)
    yesterday = now.astimezone(zone).date() - timedelta(days=1)
    first = yesterday - timedelta(days=dataset.looks_back_days)
    if last_day is not None:
        first = min(first, last_day - timedelta(days=dataset.looks_back_days))
    if oldest_unread is not None:
        first = min(first, oldest_unread.astimezone(zone).date())
    return Window(first=max(first, yesterday - timedelta(days=dataset.reaches_days)), last=yesterday)


def days_completed(dataset: Dataset, begins: datetime, ends: datetime) -> Window | None:
    """Return the days of the dataset's zone that ended after `begins` and not after `ends`; None when none did.

    Of intervals that follow each other each day ends in exactly one, also when it has 23 or 25 hours.
    """
    zone = ZoneInfo(dataset.zone)
    first, last = begins.astimezone(zone).date(), ends.astimezone(zone).date() - timedelta(days=1)
    return Window(first=first, last=last) if first <= last else None


def metrics_of(platform: str, dataset: str, day: date, refused: set[str]) -> tuple[Metric, ...]:
    """Return the metrics of a dataset that exist on a day and were not refused."""
    return tuple(
        Metric(**line.model_dump())
        for line in settings.metrics(platform)
        if line.dataset == dataset
        and line.field not in refused
        and (line.since is None or line.since <= day)
        and (line.until is None or day <= line.until)
    )
