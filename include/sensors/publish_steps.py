"""The bodies of `publish_release`'s tasks: our steps, told in Airflow's words.

A step that has to wait gives its slot back (`AirflowRescheduleException`), one that has to wait long leaves the run
(`AirflowSkipException`), a publication that ended without being published fails its task, and the rest is success.
Only ids travel between the tasks, and whose they are is never taken from there: whoever may change an XCom must not
become another owner.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import (
    AirflowFailException,
    AirflowRescheduleException,
    AirflowSkipException,
    DownstreamTasksSkipped,
)
from airflow.sdk.execution_time.xcom import XCom

from include.accounts import acting
from include.database import engine
from include.publishing import ledger, registration, steps, taking, verdicts
from include.publishing.progress import Later, Over, Progress
from include.releases.publication import State

log = logging.getLogger("release_desk.tasks")

SHORTEST_WAIT = timedelta(seconds=1)
LONGEST_DEFERRED = timedelta(minutes=10)
"""A look that far ahead is not the triggerer's to wait for."""


def register() -> list[dict[str, str]]:
    """Read the run's conf and files, write the publications down, return their ids."""
    context = get_current_context()
    params, run = params_of(context), context["dag_run"]
    if _by_the_queue(params["owner"], run):
        registered = taking.registered(params["owner"], run.run_id)
    else:
        acting.note_run(params["owner"], run.triggering_user_name, run.run_id)
        engine.act_as(run.triggering_user_name or params["owner"], "exports" if _by_a_dag(run) else "airflow")
        try:
            registered = registration.register(params, run.run_id)
        except registration.Refused as refused:
            raise AirflowFailException(str(refused)) from None
    found = [
        {"publication_id": each.publication_id, "owner": registered.owner, "label": each.account_id}
        for each in registered.publications
    ]
    if not params["require_approval"]:
        _skip_approval(context, found)
    return found


def params_of(context: Any) -> dict[str, Any]:
    """Return a run's params with the owner it really has; fail it for good when its user may not act for that one.

    Whether a run of the queue needs a person's yes stands in the queue's row, whatever its conf says.
    """
    params, run = dict(context["params"]), context["dag_run"]
    asked = params.get("owner")
    if _by_the_queue(asked, run):
        return params | {"require_approval": taking.asks(str(asked), run.run_id)}
    try:
        owner = acting.owner_of_run(
            asked.strip() if isinstance(asked, str) else asked, run.triggering_user_name, by_a_dag=_by_a_dag(run)
        )
    except acting.NotAllowed as refused:
        raise AirflowFailException(str(refused)) from None
    return params | {"owner": owner}


def owner_of(context: Any) -> str:
    """Return whose run this is; fails it for good as `params_of` does."""
    return str(params_of(context)["owner"])


def _by_a_dag(run: Any) -> bool:
    """Say whether another DAG started the run; a request to Airflow's API cannot claim that."""
    return bool(run.run_type == "operator_triggered")


def _by_the_queue(owner: Any, run: Any) -> bool:
    """Say whether `publish_due` started the run for this owner; the row it wrote is the proof, not the conf."""
    return _by_a_dag(run) and taking.is_ours(owner, run.run_id)


def _skip_approval(context: Any, found: list[dict[str, str]]) -> NoReturn:
    """End `register` with `found` as its result, and let Airflow skip `approve` without starting it.

    That a task skipped itself is noticed up to a second late (`[workers] min_heartbeat_interval`). Should this skip not
    be seen, for instance when `approve` alone is cleared, `approve` skips itself. A result that is not returned has to
    be told its length, or nothing can be mapped over it; Airflow 3.3's own code passes it on by the same name.
    """
    ti = context["ti"]
    where = {"dag_id": ti.dag_id, "task_id": ti.task_id, "run_id": ti.run_id, "map_index": ti.map_index}
    XCom.set(XCom.XCOM_RETURN_KEY, found, **where, _mapped_length=len(found))
    raise DownstreamTasksSkipped(tasks=["approve"])  # type: ignore[no-untyped-call]


def advance(owner: str, publication: dict[str, str]) -> Progress:
    """Take a publication as far as it goes now; `UnknownPublication` when it is not the owner's."""
    return steps.advance(owner, publication["publication_id"])


def is_processing(owner: str, publication: dict[str, str], progress: Progress) -> bool:
    """Say whether there is nothing to do but to look, within minutes, what the platform makes of the upload."""
    if not isinstance(progress, Later) or progress.at - datetime.now(UTC) > LONGEST_DEFERRED:
        return False
    return ledger.read(owner, publication["publication_id"]).state == State.PROCESSING


def tell(context: Any, owner: str, publication: dict[str, str], progress: Progress) -> None:
    """Turn how far it came into Airflow's success, reschedule, skip or failure.

    What waits for its time, its quota or its account for longer than `taking.is_to_leave` allows leaves the run: the
    ledger knows when it is due, and `publish_due` takes it on. A run that stayed open would be in everybody's way.
    """
    match progress:
        case Later(at=at, why=why):
            if (leaving := _leaves(context, owner, publication, at)) is not None:
                raise AirflowSkipException(f"{why} {leaving}")
            log.info("%s Again at %s.", why, at)
            again = max(at, datetime.now(UTC) + SHORTEST_WAIT)
            raise AirflowRescheduleException(again)  # type: ignore[no-untyped-call]
        case Over(publication=ended) if ended.state != State.PUBLISHED:
            message = (ended.error or {}).get("message", "")
            raise AirflowFailException(f"{ended.platform} ({ended.account_id}): {ended.state}. {message}")


def _leaves(context: Any, owner: str, publication: dict[str, str], at: datetime) -> str | None:
    """Return who takes it on when, or None when it stays in its run; nobody knows when an account is reconnected."""
    state = ledger.read(owner, publication["publication_id"]).state
    if state == State.WAITING_ACCOUNT:
        return "`publish_due` takes it on as soon as the account is reconnected."
    run = context["dag_run"]
    of_the_queue = _by_the_queue(owner, run)
    if taking.is_to_leave(state, at, of_the_queue=of_the_queue):
        if of_the_queue:
            taking.leave(owner, run.run_id, publication["publication_id"])
        return f"`publish_due` takes it on at {at:%Y-%m-%d %H:%M} UTC."
    return None


def verdict() -> str:
    """Write receipts and summary; fail when a wanted publication was not published."""
    context = get_current_context()
    params, run = params_of(context), context["dag_run"]
    result = verdicts.verdict(params, run.run_id)
    if _by_the_queue(params["owner"], run):
        taking.ended(params["owner"], run.run_id)
    log.info("%s", result.summary)
    if not result.good:
        raise AirflowFailException(result.summary)
    return result.summary
