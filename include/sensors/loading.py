"""The bodies of the `load_*` DAGs' tasks: who is to be read, one account's reading, and the sentence at the end.

A scheduled run reads what is due. A backfilled run reads again the day that ended in its interval. A run that a person
started reads everything of that person's accounts, or what its conf says. Each account is read as its owner; whose it
is, a person's run is never told by another task: whoever may change an XCom must not become another owner.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowFailException, AirflowRescheduleException, AirflowSkipException

from include.accounts import accounts, acting
from include.analytics import files, refreshing, turns
from include.analytics.outcomes import Outcome, sentences
from include.analytics.refreshing import RefreshConf
from include.database import engine
from include.platforms.reading import Kind
from include.sensors import collected

log = logging.getLogger("release_desk.tasks")
MAX_ACCOUNTS = 1000
"""One mapped task each; Airflow takes 1,024 (`[core] max_map_length`). What is left out is due the next time."""
LONGEST_WAIT = timedelta(hours=26)
"""A run that waits for a limit's reset waits for the next midnight in Los Angeles at most, and a little longer."""
LOOK_AGAIN_AFTER = timedelta(minutes=1)
"""A run that wants certain days, and found another one at them for longer than it waits, comes back this much later."""
AT_ITS_OWN_PACE = frozenset({"analytics", "comments"})
"""Kinds whose DAG comes by every hour: what a limit ended is the next run's."""


def plan(kind: Kind) -> list[dict[str, str]]:
    """Return the accounts to read, each with a label for Airflow's page."""
    context = get_current_context()
    run = context["dag_run"]
    if _is_backfill(run):
        found = turns.accounts_for(_order(kind, run))  # in most hours no day ends anywhere
    elif _is_scheduled(run):
        found = turns.accounts_to_read(kind)
    else:
        owner, conf = _asked(run)
        acting.note_run(owner, run.triggering_user_name, run.run_id, str(run.dag_id))
        found = [(owner, name) for name in _names(owner, conf)]
    if len(found) > MAX_ACCOUNTS:
        log.warning("%s accounts have something to read; the first %s are read now.", len(found), MAX_ACCOUNTS)
    return [{"owner": owner, "account_id": name, "label": name} for owner, name in found[:MAX_ACCOUNTS]]


def read(kind: Kind, account: dict[str, str]) -> list[str]:
    """Read one account; return what there is to tell.

    Skips the task when nothing was due, fails it when nothing could be read, and comes back when a limit ended a run
    that nobody else goes on with.
    """
    context = get_current_context()
    run = context["dag_run"]
    context["label"] = account["label"]  # type: ignore[typeddict-unknown-key] # for `map_index_template`
    owner = account["owner"] if _is_backfill(run) or _is_scheduled(run) else _asked(run)[0]
    engine.act_as(getattr(run, "triggering_user_name", None) or owner, "airflow")
    try:
        outcomes = list(turns.read_account(owner, account["account_id"], _order(kind, run)))
    except accounts.UnknownAccount as unknown:
        raise AirflowFailException(str(unknown)) from None
    if kind == "analytics":
        files.write_new(owner, account["account_id"])
    turns.forget_old(owner, account["account_id"])
    collected.announce(context, owner, outcomes)
    return _told(kind, run, outcomes)


def tell(planned: Sequence[dict[str, str]] | None, told: Sequence[Sequence[str]]) -> str:
    """Return the run's sentence; an account that fails does not fail the run, only a plan that was never made does."""
    if planned is None:
        raise AirflowFailException("It could not be found out whose turn it is; see the log of `plan`.")
    found = [list(each) for each in told if each]
    for line in (line for each in found for line in each):
        log.info("%s", line)
    if not planned:
        return "Nothing was due."
    return f"{len(found)} of {len(planned)} accounts have told something; desk.sync has every reading."


def _told(kind: Kind, run: Any, outcomes: Sequence[Outcome]) -> list[str]:
    lines = sentences(outcomes)
    for line in lines:
        log.info("%s", line)
    again = turns.resumes_at(outcomes)
    soon = datetime.now(UTC) + timedelta(seconds=1)
    if again is None and _order(kind, run).names_days and any(one.state == "busy" for one in outcomes):
        again = soon + LOOK_AGAIN_AFTER
    if again is not None and _comes_back(kind, run) and again < soon + LONGEST_WAIT:
        raise AirflowRescheduleException(max(again, soon))  # type: ignore[no-untyped-call]
    if not lines:
        raise AirflowSkipException("Nothing was due.")
    if all(one.state in ("failed", "idle") for one in outcomes):
        raise AirflowFailException(" ".join(lines))
    return lines


def _comes_back(kind: Kind, run: Any) -> bool:
    """Say whether this run has to read the rest itself; otherwise the next scheduled one does."""
    if _is_backfill(run):
        return True
    if _is_scheduled(run):
        return kind not in AT_ITS_OWN_PACE
    return _asked(run)[1].day is not None


def _order(kind: Kind, run: Any) -> turns.Order:
    if _is_backfill(run):
        return turns.Order(
            kinds=(kind,), completed=(run.data_interval_start, run.data_interval_end), run_id=run.run_id
        )  # fmt: skip
    if _is_scheduled(run):
        return turns.Order(kinds=(kind,), run_id=run.run_id)
    _, conf = _asked(run)
    return turns.Order(
        kinds=(kind,), dataset=conf.dataset, day=conf.day, now=conf.now,
        everything=conf.day is None and conf.now is None, run_id=run.run_id,
    )  # fmt: skip


def _asked(run: Any) -> tuple[str, RefreshConf]:
    """Return whose run a person's run is and what it asks for; fails it for good when that may not be."""
    try:
        conf = refreshing.check(run.conf or {})
        turns.check_dataset(conf.dataset)
        by_a_dag = run.run_type == "operator_triggered"
        owner = acting.owner_of_run(conf.owner, run.triggering_user_name, by_a_dag=by_a_dag)
    except (refreshing.BadConf, turns.NothingOfThatName, acting.NotAllowed) as refused:
        raise AirflowFailException(str(refused)) from None
    return owner, conf


def _names(owner: str, conf: RefreshConf) -> list[str]:
    if conf.account is None:
        return turns.accounts_of(owner)
    try:
        return [accounts.read(owner, conf.account).account_id]
    except accounts.UnknownAccount as unknown:
        raise AirflowFailException(str(unknown)) from None


def _is_backfill(run: Any) -> bool:
    return str(getattr(run.run_type, "value", run.run_type)) == "backfill"


def _is_scheduled(run: Any) -> bool:
    return str(getattr(run.run_type, "value", run.run_type)) == "scheduled"
