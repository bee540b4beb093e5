"""Takes on what is due: which publications go next, in which runs, and whose runs these are.

A run is written down in `desk.queue_run` before Airflow is asked for it, one open run a publication, so that two who
look at once start it once. The row is also the proof of whose run it is: a run that a DAG started acts for an owner who
has such a row, whatever its conf says.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from include import settings
from include.database import engine, queries
from include.publishing import verdicts
from include.publishing.registration import Registered, Registration
from include.releases.publication import PARKED, State

log = logging.getLogger("release_desk.publishing")
SQL = queries.load("queue")
NOBODY = "*"
"""An owner without anything: the functions that look across owners tell ids and times, and nothing else is read."""
RUNS_AT_ONCE = 32
"""Runs of the queue that may be under way: as many as `publish_release` has (`max_active_runs`). What is due beyond
that stays in our queue, where a higher priority still overtakes it."""
AHEAD = timedelta(seconds=4)
"""How long before its time a publication is taken on: Airflow needs a while to start two runs (7 s on a busy machine,
2026-11-21). What comes too early waits for its time and costs a second look."""
LONGEST_STAY = timedelta(minutes=10)
"""What waits for its time or its limit for longer leaves its run, and the queue has it."""
LONGEST_STAY_OF_THE_QUEUES = timedelta(seconds=15)
"""The same in a run of the queue: 32 of them that only wait would keep everything else from starting (seen on
2026-11-22, when all of one platform's accounts waited five minutes)."""
TRIGGER_AGAIN = timedelta(seconds=60)
"""A run that Airflow has not confirmed by then is asked for again; its id makes that harmless."""
MOST = 1000
"""Publications looked at in one round."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """A publication that is due and has no run."""

    owner: str
    publication_id: str
    release_id: str
    priority: int
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A run of `publish_release` that has to be started."""

    owner: str
    run_id: str
    conf: dict[str, Any]


def due(at_most: int = MOST) -> list[Due]:
    """Return what is due and nobody has taken on, of all owners, in the order it goes."""
    now = datetime.now(UTC)
    fields = {"at": now + AHEAD, "lost_before": now - _patience(), "at_most": at_most}
    with engine.transaction(NOBODY) as connection:
        connection.exec_driver_sql(SQL["without_helpers"])
        rows = connection.exec_driver_sql(SQL["publications_due"], fields).all()
    return [
        Due(
            owner=row.owner,
            publication_id=str(row.publication_id),
            release_id=str(row.release_id),
            priority=row.priority,
            due_at=row.due_at,
        )
        for row in rows
    ]


def to_do(at_most: int = 50) -> frozenset[str]:
    """Return ids of what a round of `publish_due` would do now; empty: nothing, or there is no room for another run."""
    found = {f"{owner}/{run_id}" for owner, run_id in _untriggered()} | _batches()
    if _room() > 0:
        found |= {each.publication_id for each in due(at_most)}
    return frozenset(found)


def take_due() -> list[Taken]:
    """Write down the runs that are due, as many as there is room for, and return them in the order they go.

    Publications of one release and one priority go in one run. Runs that an earlier round wrote down and that never
    reached Airflow come first; they keep their ids.
    """
    runs = [_as_taken(owner, run_id) for owner, run_id in _untriggered()]
    room = _room()
    for (owner, release_id, _), together in _by_run(due()).items():
        if room <= 0:
            break
        try:
            run_id = _take_on(owner, release_id, together)
        except Exception:  # whatever is wrong with one, the others are taken on
            log.exception("what is due of %s could not be taken on", owner)
            continue
        if run_id is not None:
            runs.append(_as_taken(owner, run_id))
            room -= 1
    return runs


def triggered(owner: str, run_id: str) -> None:
    """Write down that Airflow has the run."""
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["mark_triggered"], {"run_id": run_id})


def is_ours(owner: object, run_id: str) -> bool:
    """Say whether the queue has started this run for this owner."""
    if not isinstance(owner, str) or not owner:
        return False
    with engine.transaction(owner) as connection:
        return bool(connection.exec_driver_sql(SQL["is_queue_run"], {"run_id": run_id}).scalar_one())


def asks(owner: str, run_id: str) -> bool:
    """Say whether a person's yes is wanted first, as it was when the run was written down."""
    with engine.transaction(owner) as connection:
        return bool(connection.exec_driver_sql(SQL["read_queue_run"], {"run_id": run_id}).one().asks)


def registered(owner: str, run_id: str) -> Registration:
    """Return what a run of the queue has to bring out: what it was taken on for, whatever the run's conf says."""
    fields = {"run_id": run_id}
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["mark_triggered"], fields)
        connection.exec_driver_sql(SQL["keep_queue_job"], fields)
        connection.exec_driver_sql(SQL["join_queue_job"], fields)
        rows = connection.exec_driver_sql(SQL["publications_of_queue_run"], fields).all()
    found = [Registered(publication_id=str(row.publication_id), account_id=row.account_id) for row in rows]
    return Registration(owner=owner, publications=found)


def is_to_leave(state: State, at: datetime, *, of_the_queue: bool) -> bool:
    """Say whether a publication that waits until `at` gives up its place in its run; it is taken on again then."""
    longest = LONGEST_STAY_OF_THE_QUEUES if of_the_queue else LONGEST_STAY
    return state in PARKED and at - datetime.now(UTC) > longest


def leave(owner: str, run_id: str, publication_id: str) -> None:
    """Take a publication that `is_to_leave` out of a run of the queue: the others in it may go on for long."""
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["leave_queue_run"], {"run_id": run_id, "publication_id": publication_id})


def ended(owner: str, run_id: str) -> None:
    """Write down that a run of the queue is over, and tell in the jobs that asked for it how they stand now."""
    fields = {"run_id": run_id}
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["end_queue_run"], fields)
        jobs = [str(job_id) for job_id in connection.exec_driver_sql(SQL["jobs_beside"], fields).scalars()]
    for job_id in jobs:
        verdicts.tell_anew(owner, job_id)


def _patience() -> timedelta:
    return timedelta(minutes=settings.distribution().publishing.stuck_after_minutes)


def _untriggered() -> list[tuple[str, str]]:
    fields = {"before": datetime.now(UTC) - TRIGGER_AGAIN}
    with engine.transaction(NOBODY) as connection:
        rows = connection.exec_driver_sql(SQL["queue_runs_untriggered"], fields).all()
    return [(row.owner, row.run_id) for row in rows]


def _batches() -> set[str]:
    with engine.transaction(NOBODY) as connection:
        return {str(row.batch_id) for row in connection.exec_driver_sql(SQL["batches_waiting"]).all()}


def _room() -> int:
    with engine.transaction(NOBODY) as connection:
        return RUNS_AT_ONCE - int(connection.exec_driver_sql(SQL["queue_runs_open"]).scalar_one())


def _by_run(found: Iterable[Due]) -> dict[tuple[str, str, int], list[Due]]:
    runs: dict[tuple[str, str, int], list[Due]] = {}
    for each in found:
        runs.setdefault((each.owner, each.release_id, each.priority), []).append(each)
    return runs


def _take_on(owner: str, release_id: str, together: list[Due]) -> str | None:
    """Write one run down; None when others have taken on all of it."""
    now = datetime.now(UTC)
    with engine.transaction(owner) as connection:
        title_id = connection.exec_driver_sql(SQL["title_of_release"], {"release_id": release_id}).scalar_one()
        run_id = f"due~{title_id}~{uuid4().hex[:16]}"
        fields = {
            "run_id": run_id,
            "publication_ids": [each.publication_id for each in together],
            "at": now + AHEAD,
            "patience": _patience(),
        }
        connection.exec_driver_sql(SQL["give_up_lost_runs"], fields)
        taken = connection.exec_driver_sql(SQL["take_on"], fields).all()
    return run_id if taken else None


def _as_taken(owner: str, run_id: str) -> Taken:
    with engine.transaction(owner) as connection:
        row = connection.exec_driver_sql(SQL["read_queue_run"], {"run_id": run_id}).one()
    conf = {
        "segment": row.segment,
        "age_bucket": row.age_bucket,
        "title_id": row.title_id,
        "owner": owner,
        "priority": row.priority,
        "require_approval": row.asks,
    }
    return Taken(owner=owner, run_id=run_id, conf=conf)
