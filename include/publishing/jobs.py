"""Jobs, as people and programs ask for them: one release sent to some accounts, with one result per publication."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from include.database import engine, queries
from include.publishing import decisions, verdicts
from include.publishing.ledger import Busy

SQL = queries.load("jobs")
Status = Literal[
    "pending", "scheduled", "processing", "completed", "partially_completed", "failed", "cancelled", "retrying",
    "waiting",
]  # fmt: skip
"""What CONTRACT.md promises; sql/queries/jobs.sql says which is which."""


class UnknownJob(LookupError):
    """No job of this id belongs to this owner."""


class BadCursor(ValueError):
    """This is no cursor that a page of ours has ended with."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job, and what became of each of its publications so far."""

    job_id: str
    status: Status
    conf: Mapping[str, Any]
    problems: tuple[str, ...]
    summary: str | None
    created_at: datetime
    ended_at: datetime | None
    results: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some jobs, the newest first; `cursor` leads to those before, None at the end."""

    jobs: tuple[Job, ...]
    cursor: str | None


def list_page(
    owner: str,
    *,
    status: str | None = None,
    platform: str | None = None,
    at_most: int = 50,
    cursor: str | None = None,
) -> Page:
    """Return a page of an owner's jobs; raise `BadCursor` for one that is not ours."""
    before_time, before_id = _position(cursor) if cursor else (None, None)
    wanted = {
        "job_id": None, "status": status, "platform": platform, "before_time": before_time, "before_id": before_id,
        "at_most": at_most + 1,
    }  # fmt: skip
    found = _read(owner, wanted)
    shown = found[:at_most]
    return Page(jobs=tuple(shown), cursor=_cursor(shown[-1]) if len(found) > at_most else None)


def read(owner: str, job_id: str) -> Job:
    """Return one job; raise `UnknownJob` when this owner has none of that id."""
    wanted = {"job_id": job_id, "status": None, "platform": None, "before_time": None, "before_id": None, "at_most": 1}
    found = _read(owner, wanted)
    if not found:
        raise UnknownJob("You have no job of this id.")
    return found[0]


def cancel(owner: str, job_id: str) -> Job:
    """Cancel everything of a job of which nothing was sent yet; return the job as it stands then.

    Raises `UnknownJob`, and `decisions.NotPossible` when nothing of it could be stopped any more. A second call finds
    everything cancelled and changes nothing.
    """
    before = read(owner, job_id)
    stopped = before.status == "cancelled"
    for publication in verdicts.publications_of(owner, job_id):
        with suppress(decisions.NotPossible, Busy):
            decisions.cancel(owner, publication.publication_id)
            stopped = True
    if not stopped:
        raise decisions.NotPossible(f"Nothing of this job can be stopped any more: it is {before.status}.")
    return read(owner, job_id)


def _read(owner: str, wanted: Mapping[str, Any]) -> list[Job]:
    with engine.transaction(owner) as connection:
        rows = [dict(row) for row in connection.exec_driver_sql(SQL["list_jobs"], dict(wanted)).mappings()]
        ids = [row["job_id"] for row in rows]
        parts = [
            dict(row)
            for row in connection.exec_driver_sql(SQL["publications_of_jobs"], {"job_ids": ids}).mappings()
        ]  # fmt: skip
    return [
        Job(
            **{name: row[name] for name in ("job_id", "status", "conf", "summary", "created_at", "ended_at")},
            problems=tuple(row["problems"]),
            results=tuple(part for part in parts if part["job_id"] == row["job_id"]),
        )
        for row in rows
    ]


def _cursor(last: Job) -> str:
    return base64.urlsafe_b64encode(json.dumps([last.created_at.isoformat(), last.job_id]).encode()).decode()


def _position(cursor: str) -> tuple[datetime, str]:
    try:
        at, job_id = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        return datetime.fromisoformat(at), str(job_id)
    except (ValueError, TypeError, binascii.Error):
        raise BadCursor("This cursor is not one of ours; begin without it.") from None
