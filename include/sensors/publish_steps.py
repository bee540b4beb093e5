"""The bodies of `publish_release`'s tasks: our steps, told in Airflow's words.

A step that has to wait gives its slot back (`AirflowRescheduleException`), a publication that ended without being
published fails its task, and everything else is success. Only ids travel between the tasks, and whose they are is
never taken from there: whoever may change an XCom must not become another owner.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from airflow.sdk import BaseXCom, get_current_context
from airflow.sdk.exceptions import AirflowFailException, AirflowRescheduleException, DownstreamTasksSkipped

from include.accounts import acting
from include.publishing import registration, steps, verdicts
from include.publishing.progress import Later, Over, Progress
from include.releases.publication import State

log = logging.getLogger("release_desk.tasks")

SHORTEST_WAIT = timedelta(seconds=1)


def register() -> list[dict[str, str]]:
    """Read the run's conf and files, write the publications down, return their ids."""
    context = get_current_context()
    params, run = params_of(context), context["dag_run"]
    acting.note_run(params["owner"], run.triggering_user_name, run.run_id)
    try:
        registered = registration.register(params, run.run_id)
    except registration.Refused as refused:
        raise AirflowFailException(str(refused)) from None
    found = [
        {"publication_id": each.publication_id, "owner": registered.owner, "label": each.account_id}
        for each in registered.publications
    ]
    if not context["params"]["require_approval"]:
        _skip_approval(context, found)
    return found


def params_of(context: Any) -> dict[str, Any]:
    """Return a run's params with the owner it really has; fail it for good when its user may not act for that one."""
    params, run = dict(context["params"]), context["dag_run"]
    asked = params.get("owner")
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


def _skip_approval(context: Any, found: list[dict[str, str]]) -> NoReturn:
    """End `register` with `found` as its result, and let Airflow skip `approve` without starting it.

    That a task skipped itself is noticed up to a second late (`[workers] min_heartbeat_interval`). Should this skip not
    be seen, for instance when `approve` alone is cleared, `approve` skips itself.
    """
    context["ti"].xcom_push(key=BaseXCom.XCOM_RETURN_KEY, value=found)
    raise DownstreamTasksSkipped(tasks=["approve"])  # type: ignore[no-untyped-call]


def validate(publication: dict[str, str]) -> None:
    """Check against the platform's rules; wait for its time."""
    _tell(steps.validate, publication)


def upload(publication: dict[str, str]) -> None:
    """Send the video."""
    _tell(steps.upload, publication)


def finish(publication: dict[str, str]) -> None:
    """Take whatever is left: usually the last step only."""
    _tell(steps.advance, publication)


def _tell(step: Any, publication: dict[str, str]) -> None:
    name_index(publication)
    tell(step(owner_of(get_current_context()), publication["publication_id"]))


def name_index(publication: dict[str, str]) -> None:
    """Show the account's name in Airflow's pages instead of a number."""
    get_current_context()["label"] = publication["label"]  # type: ignore[typeddict-unknown-key]


def tell(progress: Progress) -> None:
    """Turn a step's progress into Airflow's success, reschedule or failure."""
    match progress:
        case Later(at=at, why=why):
            log.info("%s Again at %s.", why, at)
            again = max(at, datetime.now(UTC) + SHORTEST_WAIT)
            raise AirflowRescheduleException(again)  # type: ignore[no-untyped-call]
        case Over(publication=publication) if publication.state != State.PUBLISHED:
            message = (publication.error or {}).get("message", "")
            raise AirflowFailException(
                f"{publication.platform} ({publication.account_id}): {publication.state}. {message}"
            )


def verdict() -> str:
    """Write receipts and summary; fail when a wanted publication was not published."""
    context = get_current_context()
    result = verdicts.verdict(params_of(context), context["dag_run"].run_id)
    log.info("%s", result.summary)
    if not result.good:
        raise AirflowFailException(result.summary)
    return result.summary
