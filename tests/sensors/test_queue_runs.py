"""A run that `publish_due` started acts for the owner it was taken on for; the queue's row is the proof, no conf is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import (
    AirflowFailException,
    AirflowRescheduleException,
    AirflowSkipException,
    DownstreamTasksSkipped,
)

from include.publishing import ledger, queue, taking
from include.publishing.progress import Later
from include.releases.publication import State
from include.sensors import publish_steps
from tests.publishing.rows import change
from tests.publishing.studio import OWNER, Studio, run_to_the_end
from tests.publishing.test_taking import waiting  # noqa: F401  found by its name


@pytest.fixture
def run(waiting: Studio) -> taking.Taken:  # noqa: F811
    """A run that the queue has written down for one publication of the owner's; it is not lost before 15 minutes."""
    waiting.connect("youtube")
    queue.schedule(OWNER, waiting.register())
    (found,) = taking.take_due()
    return found


def context_of(monkeypatch: pytest.MonkeyPatch, run_id: str, run_type: str, user: str | None, conf: Any) -> Any:
    """Let the tasks see a run."""
    context = {
        "params": {"require_approval": False, **conf},
        "dag_run": SimpleNamespace(run_id=run_id, run_type=run_type, triggering_user_name=user),
        "ti": SimpleNamespace(dag_id="d", task_id="t", run_id=run_id, map_index=-1),
    }
    monkeypatch.setattr(publish_steps, "get_current_context", lambda: context)
    monkeypatch.setattr(publish_steps.XCom, "set", lambda key, value, **about: context.update(result=value))
    return context


def register(context: Any) -> list[dict[str, str]]:
    """Run the first task as Airflow does, when nobody is asked."""
    with pytest.raises(DownstreamTasksSkipped):
        publish_steps.register()
    return list(context["result"])


def test_a_run_of_the_queue_acts_for_whom_it_was_taken_on(studio: Studio, run: taking.Taken, monkeypatch):
    conf = run.conf | {"title_id": "other", "targets": [{"account": "somebody_elses"}]}  # as somebody put into an XCom
    (found,) = register(context_of(monkeypatch, run.run_id, "operator_triggered", None, conf))
    publication = ledger.read(OWNER, found["publication_id"])
    assert (found["owner"], publication.account_id) == (OWNER, "my_youtube")
    assert run_to_the_end(publication.publication_id).state == State.PUBLISHED
    assert publish_steps.verdict() == "Published to 1 of 1 platforms"
    assert taking.to_do() == frozenset()


@pytest.mark.parametrize(
    ("run_id", "run_type", "user", "owner"),
    [
        ("the queue's", "operator_triggered", None, "bob"),
        ("the queue's", "manual", "bob", OWNER),
        ("the queue's", "manual", None, OWNER),
        ("due~t1~0123456789abcdef", "operator_triggered", None, OWNER),
        ("due~t1~0123456789abcdef", "operator_triggered", "bob", OWNER),
    ],
)
def test_nobody_else_becomes_an_owner_by_the_name_of_a_run(
    run: taking.Taken, monkeypatch, run_id: str, run_type: str, user: str | None, owner: str
):
    name = run.run_id if run_id == "the queue's" else run_id
    context_of(monkeypatch, name, run_type, user, run.conf | {"owner": owner})
    for task in (publish_steps.register, publish_steps.verdict):
        with pytest.raises(AirflowFailException, match=r"only be|may not act for"):
            task()


def test_whether_a_yes_is_wanted_stands_in_the_queue_and_not_in_the_conf(studio: Studio, monkeypatch):
    studio.connect("youtube")
    queue.schedule(OWNER, studio.register(require_approval=True))
    (asking,) = taking.take_due()
    context = context_of(
        monkeypatch, asking.run_id, "operator_triggered", None, asking.conf | {"require_approval": False}
    )
    assert len(publish_steps.register()) == 1, "the question was skipped"
    assert publish_steps.params_of(context)["require_approval"]


def test_what_only_waits_leaves_its_run_and_is_taken_on_at_its_time_while_the_run_goes_on(
    studio: Studio, run: taking.Taken, monkeypatch
):
    context = context_of(monkeypatch, run.run_id, "operator_triggered", None, run.conf)
    (publication,) = register(context)
    publication_id = publication["publication_id"]
    soon, later = (datetime.now(UTC) + timedelta(seconds=seconds) for seconds in (10, 60))
    with ledger.claim(OWNER, publication_id) as held:
        held.move(State.WAITING_QUOTA, next_try_at=soon)
    with pytest.raises(AirflowRescheduleException):
        publish_steps.tell(context, OWNER, publication, Later(at=soon, why="The limit."))
    with ledger.claim(OWNER, publication_id) as held:
        held.move(State.WAITING_QUOTA, next_try_at=later)
    with pytest.raises(AirflowSkipException, match=f"The limit. .*{later:%Y-%m-%d %H:%M} UTC"):
        publish_steps.tell(context, OWNER, publication, Later(at=later, why="The limit."))
    assert taking.to_do() == frozenset()
    change(OWNER, publication_id, "next_try_at = now()")
    (again,) = taking.take_due()
    (found,) = taking.registered(OWNER, again.run_id).publications
    assert found.publication_id == publication_id
    assert run_to_the_end(publication_id).state == State.PUBLISHED
    assert len(studio.sandbox.published("youtube")) == 1
