"""A run acts for whoever triggered it; what its tasks hand to each other cannot make it another's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, DownstreamTasksSkipped

from include.accounts import audit
from include.database import engine
from include.publishing import ledger
from include.publishing.ledger import UnknownPublication
from include.releases.publication import State
from include.sensors import publish_steps
from include.sensors.publishing import PublishOperator
from tests.publishing.rows import a_publication
from tests.publishing.studio import CONF, OWNER, Studio


def a_run(monkeypatch: pytest.MonkeyPatch, user: str | None, run_type: str = "manual", **conf: Any) -> dict[str, Any]:
    """Let the tasks see a run that `user` has triggered."""
    context = {
        "params": {"require_approval": False, **CONF, **conf},
        "dag_run": SimpleNamespace(run_id="run1", run_type=run_type, triggering_user_name=user),
        "ti": SimpleNamespace(dag_id="publish_release", task_id="register", run_id="run1", map_index=-1),
    }
    monkeypatch.setattr(publish_steps.XCom, "set", lambda key, value, **about: None)
    monkeypatch.setattr(publish_steps, "get_current_context", lambda: context)
    return context


def jobs_of(owner: str) -> int:
    with engine.transaction(owner) as connection:
        return int(connection.exec_driver_sql("select count(*) from desk.job").scalar_one())


def test_a_strangers_run_is_refused_before_anything_is_registered(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    studio.connect("youtube")
    a_run(monkeypatch, "bob")
    for task in (publish_steps.register, publish_steps.verdict):
        with pytest.raises(AirflowFailException, match="'bob' triggered this run and may not act for 'alice'"):
            task()
    assert jobs_of(OWNER) == jobs_of("bob") == 0
    assert audit.read(OWNER) == []
    assert not list((studio.folder / "output").rglob("*.json"))


def test_without_an_owner_a_run_is_its_users_own(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    studio.connect("youtube")
    a_run(monkeypatch, OWNER, owner=None)
    with pytest.raises(DownstreamTasksSkipped):
        publish_steps.register()
    assert jobs_of(OWNER) == 1
    assert audit.read(OWNER) == []


def test_an_admins_run_for_another_is_done_and_written_down(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    studio.connect("youtube")
    a_run(monkeypatch, "admin")
    with pytest.raises(DownstreamTasksSkipped):
        publish_steps.register()
    (act,) = audit.read(OWNER)
    assert (act.who, act.owner, act.what, act.about) == ("admin", OWNER, "publish_release", "run1")


@pytest.mark.parametrize("user", [None, "bob"])
def test_a_run_of_watch_exports_is_the_owner_of_exports(studio: Studio, monkeypatch: pytest.MonkeyPatch, user: Any):
    context = a_run(monkeypatch, user, "operator_triggered", owner="admin")
    assert publish_steps.owner_of(context) == "admin"


def test_an_owner_that_was_put_into_the_xcom_is_not_believed(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    mine = a_publication(OWNER)
    context = a_run(monkeypatch, "bob", owner=None)
    forged = {"publication_id": mine, "owner": OWNER, "label": "my_youtube"}
    task = PublishOperator(task_id="publish", publication=forged)
    for step in (lambda: task.execute(context), lambda: task.execute_complete(context, {})):
        with pytest.raises(UnknownPublication):
            step()
    assert ledger.read(OWNER, mine).state == State.PLANNED
