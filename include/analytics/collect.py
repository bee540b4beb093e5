"""Reads one dataset of one account and keeps it: who is due → the platform → rows, history, next time.

Everything a reading keeps, it keeps in one transaction at its end: the rows, whose turn is next when, the days the
warehouse has to build again and the line in the history. A process that is killed leaves nothing but that line. A limit
or a lost connection half-way keeps what is whole (`Done`), and the rest is read later.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from include import settings
from include.accounts import accounts
from include.accounts.accounts import Account
from include.analytics import cadence, store
from include.analytics.spool import Spool
from include.database import engine, queries
from include.platforms.errors import PlatformError, QuotaExhausted, TryAgain
from include.platforms.http import CallRecord, Calls
from include.platforms.reading import (
    Asked,
    Dataset,
    Done,
    Metric,
    Missing,
    Refused,
    Remember,
    Rows,
    Subject,
    Whole,
)
from include.publishing import clients
from include.releases.publication import Placement

log = logging.getLogger("release_desk.analytics")
SQL = queries.load("collecting")
TRY_AGAIN_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Window:
    """Days of a dataset's zone, both included."""

    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a reading came to; `state` as in `desk.sync`, or ``idle`` (nothing due) or ``busy`` (another is at it)."""

    account_id: str
    dataset: str
    state: str
    rows_read: int = 0
    rows_changed: int = 0
    calls: int = 0
    resumes_at: datetime | None = None
    error: str | None = None
    refused: tuple[str, ...] = ()
    misfits: tuple[str, ...] = ()


@dataclass(kw_only=True)
class _Count:
    """Calls and quota of a reading, as the call log tells them."""

    calls: int = 0
    quota: int = 0

    def watching(self, calls: Calls) -> None:
        """Count every call from now on."""
        before = calls.record

        def record(call: CallRecord) -> None:
            self.calls += 1
            self.quota += call.quota_cost
            before(call)

        calls.record = record


@dataclass(kw_only=True)
class _Read:
    """What a reader has said so far; `done` and `kept` go up to the last `Done`."""

    spool: Spool = field(default_factory=Spool)
    done: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    remembered: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    whole: bool = False
    _coming: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def take(self, answer: object) -> None:
        """Sort one answer."""
        match answer:
            case Rows() | Whole():
                self.spool.put(answer)
            case Missing(video_ids=ids):
                self.missing.extend(ids)
            case Refused(field=name, why=why):
                self.refused[name] = why
            case Remember(state=state, video_id=video_id):
                self._coming[video_id or ""] = state
            case Done(video_ids=ids):
                self.done.extend(ids)
                self.safe()
            case _:
                raise TypeError(f"a reader said {answer!r:.80}")

    def safe(self) -> None:
        """Everything so far is whole."""
        self.spool.safe()
        self.remembered.update(self._coming)
        self._coming.clear()


def collect(
    owner: str,
    account_id: str,
    dataset: Dataset,
    *,
    now: datetime | None = None,
    window: Window | None = None,
    run_id: str | None = None,
    everything: bool = False,
) -> Outcome:
    """Read what is due of a dataset; with a `window` those days again, with `everything` all videos, due or not.

    Never raises for what a platform answers: the outcome says it. `now` is the moment to act at (tests, a simulated
    month); each number of a day still says when it was really read.
    """
    now = now or datetime.now(UTC)
    with _alone(owner, account_id, dataset.name) as free:
        if not free:
            return Outcome(account_id=account_id, dataset=dataset.name, state="busy")
        account = accounts.read(owner, account_id)
        asked = _asked(account, dataset, now, window, everything)
        if asked is None:
            return Outcome(account_id=account_id, dataset=dataset.name, state="idle")
        return _read(account, dataset, asked, run_id)


@contextmanager
def _alone(owner: str, account_id: str, dataset: str) -> Iterator[bool]:
    """Hold the reading of this dataset of this account; the lock dies with the process."""
    name = f"reading {owner} {account_id} {dataset}"
    with engine.session() as connection:
        yield bool(connection.exec_driver_sql(SQL["hold_reading"], {"name": name}).scalar())


def _asked(account: Account, dataset: Dataset, now: datetime, window: Window | None, everything: bool) -> Asked | None:
    """Return what to ask, or None when nothing is due or allowed."""
    known = {"owner": account.owner, "account_id": account.account_id, "dataset": dataset.name, "now": now}
    if not dataset.is_allowed(frozenset(account.scopes)):
        return None
    forced = everything or window is not None
    with engine.transaction(account.owner) as connection:
        row = connection.exec_driver_sql(SQL["reading_of_account"], known).one_or_none()
        if row is not None and row.next_at > now and not forced:
            return None
        subjects = _subjects(connection, dataset, known, forced) if dataset.of == "video" else ()
        if dataset.of == "video" and not subjects:
            return None
        refused = set(connection.exec_driver_sql(SQL["metrics_refused"], known).scalars())
    days = window or window_of(dataset, now, row.last_day if row is not None else None)
    steps = settings.analytics().cadences[dataset.cadence]
    return Asked(
        now=now,
        first=days.first,
        last=days.last,
        subjects=subjects,
        slots={one.video_id: cadence.slot(steps, one.published_at, now) for one in subjects},
        account=clients.account_facts(account),
        state=dict(row.state) if row is not None else {},
        metrics=metrics_of(account.platform, dataset.name, now.date(), refused),
        settings=settings.analytics().platforms.get(account.platform, {}),
        scopes=frozenset(account.scopes),
        final_after_days=dataset.final_after_days,
    )


def _subjects(connection: Connection, dataset: Dataset, known: Mapping[str, Any], forced: bool) -> tuple[Subject, ...]:
    given = dict(known) | {"forced": forced, "placements": [str(one) for one in dataset.placements]}
    return tuple(
        Subject(
            video_id=row.video_id,
            published_at=row.published_at,
            placement=Placement(row.placement),
            state=dict(row.state or {}),
        )
        for row in connection.exec_driver_sql(SQL["subjects_due"], given)
    )


def window_of(dataset: Dataset, now: datetime, last_day: date | None) -> Window:
    """Return the days to read: back as far as the platform still changes them, and every day that was missed.

    The last one is yesterday in the dataset's zone.
    """
    yesterday = now.astimezone(ZoneInfo(dataset.zone)).date() - timedelta(days=1)
    first = yesterday - timedelta(days=dataset.looks_back_days)
    if last_day is not None:
        first = min(first, last_day - timedelta(days=dataset.looks_back_days))
    return Window(first=max(first, yesterday - timedelta(days=dataset.reaches_days)), last=yesterday)


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


def _read(account: Account, dataset: Dataset, asked: Asked, run_id: str | None) -> Outcome:
    known = {"owner": account.owner, "account_id": account.account_id, "dataset": dataset.name}
    begun = known | {
        "platform": account.platform, "run_id": run_id, "first_day": asked.first if dataset.daily else None,
        "last_day": asked.last if dataset.daily else None, "videos": len(asked.subjects),
    }  # fmt: skip
    with engine.transaction(account.owner) as connection:
        connection.exec_driver_sql(SQL["give_up_left"], known)
        sync_id = connection.exec_driver_sql(SQL["begin_sync"], begun).scalar_one()
    read, count, error = _Read(), _Count(), None
    try:
        with clients.open_calls(account) as calls:
            count.watching(calls)
            for answer in dataset.read(calls, asked):
                read.take(answer)
        read.whole = True
        read.safe()
    except PlatformError as trouble:
        error = trouble
        log.info("reading %s of %s ended early: %s", dataset.name, account.account_id, trouble)
    try:
        return _keep(account, dataset, asked, read, _Ended(sync_id=sync_id, count=count, error=error))
    except Exception as failure:
        _note_failure(account.owner, sync_id, count, failure)
        raise
    finally:
        read.spool.close()


@dataclass(frozen=True, kw_only=True)
class _Ended:
    """How a reading ended."""

    sync_id: int
    count: _Count
    error: PlatformError | None

    def resumes_at(self, now: datetime) -> datetime | None:
        """Return when the rest is read; None when there is none."""
        if isinstance(self.error, QuotaExhausted):
            return self.error.resets_at
        if isinstance(self.error, TryAgain):
            return now + max(TRY_AGAIN_AFTER, timedelta(seconds=self.error.after or 0))
        return None


def _keep(account: Account, dataset: Dataset, asked: Asked, read: _Read, ended: _Ended) -> Outcome:
    known = {"owner": account.owner, "account_id": account.account_id, "dataset": dataset.name, "now": asked.now}
    again_at = asked.now + timedelta(days=settings.analytics().ask_refused_again_days)
    resumes_at = ended.resumes_at(asked.now)
    with engine.transaction(account.owner) as connection:
        saved = store.save(connection, account.owner, account.account_id, datetime.now(UTC), read.spool)
        refused = [
            name
            for name, why in read.refused.items()
            if connection.exec_driver_sql(
                SQL["refuse_metric"], known | {"field": name, "why": why, "again_at": again_at}
            ).scalar()
        ]
        for video_id, told in read.remembered.items():
            connection.exec_driver_sql(SQL["remember"], known | {"video_id": video_id, "state": json.dumps(told)})
        _note_readings(connection, dataset, asked, read, known)
        if resumes_at is not None:
            connection.exec_driver_sql(SQL["put_off"], known | {"next_at": resumes_at})
        if saved.rows_changed:
            days = sorted(saved.days) or [asked.now.astimezone(ZoneInfo(dataset.zone)).date()]
            connection.exec_driver_sql(SQL["touch_days"], known | {"platform": account.platform, "days": days})
        state = "done" if read.whole else "partial" if saved.rows_read or read.done else "failed"
        ends = {
            "sync_id": ended.sync_id, "state": state, "rows_read": saved.rows_read, "rows_changed": saved.rows_changed,
            "calls": ended.count.calls, "quota": ended.count.quota, "resumes_at": resumes_at,
            "error": _told(ended.error),
        }  # fmt: skip
        connection.exec_driver_sql(SQL["end_sync"], ends)
    return Outcome(
        account_id=account.account_id,
        dataset=dataset.name,
        state=state,
        rows_read=saved.rows_read,
        rows_changed=saved.rows_changed,
        calls=ended.count.calls,
        resumes_at=resumes_at,
        error=ended.error.message if ended.error else None,
        refused=tuple(refused),
        misfits=tuple(sorted(saved.misfits)),
    )


def _note_readings(
    connection: Connection, dataset: Dataset, asked: Asked, read: _Read, known: Mapping[str, Any]
) -> None:
    """Write down whose turn is next when: of the videos that are read, and of the dataset when all of it is."""
    steps = settings.analytics().cadences[dataset.cadence]
    ended = {one.video_id for one in asked.subjects} if read.whole else set(read.done) | set(read.missing)
    next_ats = {
        one.video_id: cadence.next_after(steps, one.published_at, asked.now)
        for one in asked.subjects
        if one.video_id in ended
    }
    if read.whole and dataset.of == "account":
        next_ats[""] = cadence.next_after(steps, asked.now, asked.now)
    ids = sorted(next_ats)
    connection.exec_driver_sql(
        SQL["note_readings"],
        dict(known)
        | {
            "video_ids": ids,
            "next_ats": [next_ats[one] for one in ids],
            "missing": [one in set(read.missing) for one in ids],
            "last_day": asked.last if dataset.daily else None,
        },
    )
    if read.whole and dataset.of == "video" and dataset.daily:
        connection.exec_driver_sql(SQL["note_day"], dict(known) | {"last_day": asked.last})


def _note_failure(owner: str, sync_id: int, count: _Count, failure: Exception) -> None:
    ends = {
        "sync_id": sync_id, "state": "failed", "rows_read": 0, "rows_changed": 0, "calls": count.calls,
        "quota": count.quota, "resumes_at": None,
        "error": json.dumps({"kind": type(failure).__name__, "message": str(failure)[:500]}),
    }  # fmt: skip
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["end_sync"], ends)


def _told(error: PlatformError | None) -> str | None:
    if error is None:
        return None
    return json.dumps({"kind": type(error).__name__, "message": error.message, "code": error.code})
