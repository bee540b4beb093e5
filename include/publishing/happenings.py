"""Makes known what happened: takes the outbox's rows and writes notices, activity and counters, each once.

Triggers of the database put a row into `desk.happening` in the transaction in which something happens. Taking it out
and writing what follows from it is one transaction, too, so that nothing is told twice and nothing is left out,
whoever dies when. Whoever sends notices takes first (include/triggers/notices.py, seconds later).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from include.database import engine, queries
from include.publishing import figures, jobs, wording
from include.publishing.recipients import Job, distinct, job_of, send_to_all
from include.publishing.wording import Told

log = logging.getLogger("release_desk.notices")
SQL, NOTICES = queries.load("happenings"), queries.load("notices")
NOBODY = "*"
AT_MOST = 200
"""Rows a transaction: some tenths of a second of work."""
MACHINE = "queue"
"""The door of runs that go on with what somebody asked for before; nobody did anything then."""
OVER = frozenset({"published", "failed", "rejected", "cancelled"})

Row = Mapping[str, Any]


def take_all() -> int:
    """Make known what happened to all owners; return how many rows that were. One owner's trouble stops no other."""
    with engine.transaction(NOBODY) as connection:
        owners = connection.exec_driver_sql(SQL["happenings_waiting"]).scalars().all()
    taken = 0
    for owner in owners:
        try:
            taken += take(owner)
        except Exception:
            log.exception("what happened to an owner's publications could not be made known")
    return taken


def take(owner: str) -> int:
    """Make known what happened to one owner; return how many rows that were: none when somebody else is at it."""
    taken = 0
    while True:
        with engine.transaction(owner) as connection:
            if not connection.exec_driver_sql(SQL["lock_happenings"], {"owner": owner}).scalar():
                return taken
            rows = connection.exec_driver_sql(SQL["take_happenings"], {"at_most": AT_MOST}).mappings().all()
            for row in sorted(rows, key=lambda each: each["happening_id"]):
                _tell(connection, dict(row))
        taken += len(rows)
        if len(rows) < AT_MOST:
            return taken


def _tell(connection: Any, row: Row) -> None:
    """Make one thing known; what cannot be is logged and left out, or everything behind it would never be told."""
    try:
        with connection.begin_nested():
            HANDLERS[row["what"]](connection, row)
    except Exception:
        log.exception("happening %s (%s) could not be made known", row["happening_id"], row["what"])


def _moved(connection: Any, row: Row) -> None:
    if row["was"] == row["became"] and not row["details"].get("error"):
        return
    about = connection.exec_driver_sql(SQL["publication_and_release"], {"publication_id": row["about"]}).mappings()
    publication = dict(about.one())
    for each in figures.of_move(row, publication):
        _count(connection, row["owner"], each)
    if row["was"] == row["became"]:
        return
    done = _what_a_person_did(row)
    if done and row["who"]:
        names = ("platform", "account_id", "title_id")
        _note(connection, row, done, {name: publication[name] for name in names} | {"from": row["was"]})
    told = wording.of_publication(publication, row["became"], row["details"].get("error"), row["happening_id"])
    if told is None:
        return
    known = _jobs_of(connection, row["about"])
    _keep(connection, row, told, known, {"publication": _plain(publication)})
    if row["became"] in OVER:
        for job in known:
            _partly(connection, row, job)


def _what_a_person_did(row: Row) -> str | None:
    if row["became"] == "cancelled":
        return "cancelled"
    if row["became"] == "planned":
        return "retried"
    return "confirmed" if row["was"] == "unconfirmed" and row["became"] in OVER else None


def _partly(connection: Any, row: Row, known: Job) -> None:
    job = _read(row["owner"], known.job_id)
    if job is not None and job.status == "partially_completed":
        told = wording.of_partly(job.job_id, job.conf, job.results)
        results = [_plain(each) for each in job.results]
        _keep(connection, row, told, [known], {"status": job.status, "results": results})


def _read(owner: str, job_id: str) -> jobs.Job | None:
    """Return a job; None for runs the queue started by itself, which are nobody's."""
    try:
        return jobs.read(owner, job_id)
    except jobs.UnknownJob:
        return None


def _changed(connection: Any, row: Row) -> None:
    if row["who"] and row["door"] != MACHINE:
        _note(connection, row, "changed", row["details"])


def _job(connection: Any, row: Row) -> None:
    job = connection.exec_driver_sql(SQL["job_and_earlier"], {"job_id": row["about"]}).mappings().one()
    mine, conf = job_of(job), job["conf"]
    if job["problems"]:
        _note(connection, row, "refused", {"title_id": conf.get("title_id")}, by_itself=True)
        told = wording.of_refused(mine.job_id, conf, job["problems"])
        _keep(connection, row, told, [mine], {"status": "failed", "results": [], "problems": job["problems"]})
        return
    found = None if row["details"].get("of_queue") else _read(row["owner"], mine.job_id)
    if found is None or not found.results or (job["is_known"] and _was_told(connection, mine, found)):
        return
    if not job["is_known"] and row["door"] != MACHINE:
        platforms = sorted({each["platform"] for each in found.results})
        done = "scheduled" if job["is_scheduled"] else "published"
        _note(connection, row, done, {"title_id": conf.get("title_id"), "platforms": platforms}, by_itself=True)
    results = [_plain(each) for each in found.results]
    told = wording.of_accepted(mine.job_id, conf, found.results)
    _keep(connection, row, told, [mine], {"status": found.status, "results": results})


def _was_told(connection: Any, mine: Job, found: jobs.Job) -> bool:
    """Say whether an earlier job for the same publications had the same address: then this one is no news."""
    earlier = [
        job for each in found.results for job in _jobs_of(connection, str(each["publication_id"]))
        if job.job_id != mine.job_id
    ]  # fmt: skip
    return len(distinct([*earlier, mine])) == len(distinct(earlier))


def _account(connection: Any, row: Row) -> None:
    if row["became"] == "disconnected":
        _note(connection, row, "disconnected", row["details"])
    elif row["became"] == "connected" and (row["was"] is None or row["who"]):
        _note(connection, row, "connected", row["details"], by_itself=row["was"] is None)


def _refreshed(connection: Any, row: Row) -> None:
    _count(connection, row["owner"], figures.Count(figure="refresh", platform=row["about"], label=row["became"]))


HANDLERS: dict[str, Callable[[Any, Row], None]] = {
    "move": _moved, "change": _changed, "job": _job, "account": _account, "refresh": _refreshed,
}  # fmt: skip


def _note(connection: Any, row: Row, what: str, details: Mapping[str, Any], *, by_itself: bool = False) -> None:
    """Write an activity down; `by_itself`: also without a person at a door, as its owner's through Airflow."""
    if not row["who"] and not by_itself:
        return
    fields = {"owner": row["owner"], "at": row["at"], "who": row["who"] or row["owner"], "what": what}
    fields |= {"door": row["door"] or "airflow", "about": row["about"], "details": Jsonb(dict(details))}
    connection.exec_driver_sql(SQL["write_activity"], fields)


def _count(connection: Any, owner: str, count: figures.Count) -> None:
    connection.exec_driver_sql(SQL["count"], {"owner": owner, **asdict(count)})


def _jobs_of(connection: Any, publication_id: str) -> list[Job]:
    rows = connection.exec_driver_sql(SQL["jobs_of_publication"], {"publication_id": publication_id}).mappings()
    return [job_of(row) for row in rows]


def _keep(connection: Any, row: Row, told: Told, known: list[Job], data: Mapping[str, Any]) -> None:
    fields = {"owner": row["owner"], "kind": told.kind, "about": told.about, "fingerprint": told.fingerprint}
    fields |= {"subject": told.subject[:200], "body": told.text, "data": Jsonb(dict(data)), "at": row["at"]}
    notice_id = connection.exec_driver_sql(NOTICES["keep_event"], fields).scalar()
    if notice_id is not None:
        send_to_all(connection, row["owner"], notice_id, told.kind, known)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as JSON can hold it."""
    return dict(_told(row))


def _told(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if name in {"owner", "job_id"}:
            continue
        if isinstance(value, datetime):
            yield name, value.isoformat()
        else:
            yield name, value if isinstance(value, (str, int, float, bool, list, dict, type(None))) else str(value)
