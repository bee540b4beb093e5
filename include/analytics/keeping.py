"""Keeps what a reading brought: rows, whose turn is next when, refused metrics, changed days and the history's line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from include import settings
from include.accounts.accounts import Account
from include.analytics import cadence, store
from include.analytics.asking import Wish
from include.analytics.heard import Count, Heard
from include.analytics.outcomes import Outcome, State
from include.analytics.store import Saved
from include.database import engine, queries
from include.platforms import title
from include.platforms.errors import PlatformError, QuotaExhausted, TryAgain
from include.platforms.reading import Asked, Dataset
from include.publishing import notices

SQL = queries.load("collecting")
TRY_AGAIN_AFTER = timedelta(minutes=15)
LOOK_FOR_MISSING_AFTER = timedelta(days=7)
NEVER = timedelta(days=36_500)
REFUSED = "metric_refused"


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a reading ended: its line in the history, what it cost, and what stopped it early."""

    sync_id: int
    calls: int
    quota: int
    error: Exception | None

    def resumes_at(self, now: datetime) -> datetime | None:
        """Return when the rest is read; None when there is none, or nobody knows."""
        if isinstance(self.error, QuotaExhausted):
            return max(self.error.resets_at, now)
        if isinstance(self.error, TryAgain):
            return now + max(TRY_AGAIN_AFTER, timedelta(seconds=self.error.after or 0))
        return None

    @property
    def sentence(self) -> str | None:
        """Tell what stopped it; None when nothing did."""
        if self.error is None:
            return None
        if isinstance(self.error, PlatformError):
            return self.error.message
        return f"The answer could not be understood ({type(self.error).__name__}: {self.error!s:.200})."

    def as_record(self) -> str | None:
        """Return the JSON the history keeps of it."""
        if self.error is None:
            return None
        code = self.error.code if isinstance(self.error, PlatformError) else None
        return json.dumps({"kind": type(self.error).__name__, "message": self.sentence, "code": code})


def begin(account: Account, dataset: Dataset, asked: Asked, run_id: str | None) -> int:
    """Write the history's line, after marking what a killed process left; return its id."""
    known = {"owner": account.owner, "account_id": account.account_id, "dataset": dataset.name}
    begun = known | {
        "platform": account.platform, "run_id": run_id, "first_day": asked.first if dataset.daily else None,
        "last_day": asked.last if dataset.daily else None, "videos": len(asked.subjects),
    }  # fmt: skip
    with engine.transaction(account.owner) as connection:
        connection.exec_driver_sql(SQL["give_up_left"], known)
        return int(connection.exec_driver_sql(SQL["begin_sync"], begun).scalar_one())


def keep(account: Account, dataset: Dataset, asked: Asked, wish: Wish, heard: Heard, ended: Ended) -> Outcome:
    """Keep everything in one transaction; raises what Postgres raises, and nothing is kept then."""
    _tell_of_refused(account, dataset, heard.refused)  # before: it is told once, and a kill must not swallow it
    known = {"owner": account.owner, "account_id": account.account_id, "dataset": dataset.name, "now": asked.now}
    resumes_at = ended.resumes_at(asked.now)
    with engine.transaction(account.owner) as connection:
        saved = store.save(connection, account.owner, account.account_id, datetime.now(UTC), heard.spool)
        refused, accepted = _note_metrics(connection, heard, known)
        for video_id, told in heard.remembered.items():
            connection.exec_driver_sql(SQL["remember"], known | {"video_id": video_id, "state": json.dumps(told)})
        _note_readings(connection, dataset, asked, heard, known | {"dataset": wish.noted_as(dataset)})
        if wish.window is None:
            _note_dataset(connection, dataset, asked, heard, known, resumes_at)
        elif heard.is_whole:
            connection.exec_driver_sql(SQL["forget_window"], known | {"dataset": wish.noted_as(dataset)})
        if saved.rows_changed:
            days = sorted(saved.days) or [asked.now.astimezone(ZoneInfo(dataset.zone)).date()]
            connection.exec_driver_sql(SQL["touch_days"], known | {"platform": account.platform, "days": days})
        state: State = "done" if heard.is_whole else "partial" if saved.rows_read or heard.done else "failed"
        ends = {
            "sync_id": ended.sync_id, "state": state, "rows_read": saved.rows_read, "rows_changed": saved.rows_changed,
            "calls": ended.calls, "quota": ended.quota, "resumes_at": resumes_at, "error": ended.as_record(),
        }  # fmt: skip
        connection.exec_driver_sql(SQL["end_sync"], ends)
    for name in accepted:
        notices.is_over(account.owner, REFUSED, _about(account, dataset, name))
    return _outcome(account, dataset, state, saved, heard, ended, tuple(refused), resumes_at)


def _outcome(
    account: Account,
    dataset: Dataset,
    state: State,
    saved: Saved,
    heard: Heard,
    ended: Ended,
    refused: tuple[str, ...],
    resumes_at: datetime | None,
) -> Outcome:
    return Outcome(
        account_id=account.account_id,
        dataset=dataset.name,
        state=state,
        rows_read=saved.rows_read,
        rows_changed=saved.rows_changed,
        calls=ended.calls,
        resumes_at=resumes_at,
        error=ended.sentence,
        error_kind=type(ended.error).__name__ if ended.error else None,
        refused=refused,
        misfits=tuple(sorted(saved.misfits)),
        missing=len(heard.missing),
    )


def _note_metrics(connection: Connection, heard: Heard, known: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Write down what was refused; return what is news of that, and what is given again after a month."""
    again_at = known["now"] + timedelta(days=settings.analytics().ask_refused_again_days)
    refused = [
        name
        for name, why in heard.refused.items()
        if connection.exec_driver_sql(
            SQL["refuse_metric"], dict(known) | {"field": name, "why": why, "again_at": again_at}
        ).scalar()
    ]
    if not heard.is_whole:
        return refused, []
    given = dict(known) | {"refused": list(heard.refused)}
    return refused, list(connection.exec_driver_sql(SQL["accept_metrics"], given).scalars())


def _note_readings(
    connection: Connection, dataset: Dataset, asked: Asked, heard: Heard, known: Mapping[str, Any]
) -> None:
    """Write down whose turn is next when; a video that is not shown any more is looked for once a week."""
    steps = settings.analytics().cadences[dataset.cadence]
    is_window = known["dataset"] != dataset.name
    next_ats: dict[str, datetime] = {}
    for one in asked.subjects:
        if not (heard.is_whole or one.video_id in heard.done or one.video_id in heard.missing):
            continue
        next_at = cadence.next_after(steps, one.published_at, asked.now)
        if one.video_id in heard.missing:
            next_at = max(next_at, asked.now + LOOK_FOR_MISSING_AFTER)
        next_ats[one.video_id] = asked.now + NEVER if is_window else next_at
    ids = sorted(next_ats)
    given = {
        "video_ids": ids,
        "next_ats": [next_ats[one] for one in ids],
        "missing": [one in heard.missing for one in ids],
        "last_day": asked.last if dataset.daily else None,
    }
    if ids:
        connection.exec_driver_sql(SQL["note_readings"], dict(known) | given)


def _note_dataset(
    connection: Connection,
    dataset: Dataset,
    asked: Asked,
    heard: Heard,
    known: Mapping[str, Any],
    resumes_at: datetime | None,
) -> None:
    """Write down when the dataset itself is read next, and up to which day all of it is."""
    last_day = asked.last if dataset.daily else None
    if resumes_at is not None:
        connection.exec_driver_sql(SQL["put_off"], dict(known) | {"next_at": resumes_at})
    elif heard.is_whole and dataset.of == "video":
        connection.exec_driver_sql(SQL["note_whole"], dict(known) | {"last_day": last_day})
    elif heard.is_whole:
        steps = settings.analytics().cadences[dataset.cadence]
        given = {
            "video_ids": [""], "next_ats": [cadence.next_after(steps, asked.now, asked.now)], "missing": [False],
            "last_day": last_day,
        }  # fmt: skip
        connection.exec_driver_sql(SQL["note_readings"], dict(known) | given)


def _tell_of_refused(account: Account, dataset: Dataset, refused: Mapping[str, str]) -> None:
    """Tell the owner, once for as long as it stays so."""
    for name, why in refused.items():
        where = f"{title(account.platform)} ({account.account_id})"
        notices.tell(
            account.owner,
            REFUSED,
            _about(account, dataset, name),
            "refused",
            f"{where} no longer gives {name}",
            f"{where} refuses the metric {name} of {dataset.name}: {why}\n\nIt is empty from now on, everything else "
            f"is read as before. It is asked again in {settings.analytics().ask_refused_again_days} days.",
        )


def _about(account: Account, dataset: Dataset, name: str) -> str:
    return f"{account.account_id}/{dataset.name}/{name}"


def note_failure(owner: str, sync_id: int, count: Count, failure: Exception) -> None:
    """Write down that nothing was kept, because something of ours failed."""
    ends = {
        "sync_id": sync_id, "state": "failed", "rows_read": 0, "rows_changed": 0, "calls": count.calls,
        "quota": count.quota, "resumes_at": None,
        "error": json.dumps({"kind": type(failure).__name__, "message": str(failure)[:500], "code": None}),
    }  # fmt: skip
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["end_sync"], ends)
