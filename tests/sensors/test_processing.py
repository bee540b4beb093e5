"""The wait task: some quick looks, then the triggerer waits; the ledger decides, whatever the event says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowRescheduleException, TaskDeferred

from include import settings
from include.publishing import ledger, steps
from include.publishing.progress import Later
from include.releases.publication import State
from include.sensors import processing, publish_steps
from include.sensors.processing import ProcessingSensor
from include.triggers.processing import ProcessingTrigger
from tests.publishing.studio import OWNER, Studio, run_to_the_end

RUN = {
    "params": {"owner": OWNER},
    "dag_run": SimpleNamespace(run_id="run1", run_type="manual", triggering_user_name=OWNER),
}


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits the task asked for; none is waited, and there is a context to write the account's name into."""
    asked: list[float] = []
    monkeypatch.setattr(processing, "sleep", asked.append)
    monkeypatch.setattr(publish_steps, "get_current_context", dict)
    return asked


def uploaded(studio: Studio, seconds: float) -> ProcessingSensor:
    """Return the wait for a video that YouTube processes for `seconds`."""
    studio.sandbox.settings(processing_seconds=seconds)
    studio.connect("youtube")
    (publication_id,) = studio.register()
    steps.validate(OWNER, publication_id)
    steps.upload(OWNER, publication_id)
    return sensor(publication_id)


def sensor(publication_id: str) -> ProcessingSensor:
    """Return the wait for a publication."""
    publication = {"owner": OWNER, "publication_id": publication_id, "label": "my_youtube"}
    return ProcessingSensor(task_id="wait", publication=publication)


@pytest.fixture(autouse=True)
def _immediate_again(studio: Studio):
    yield
    studio.sandbox.settings(processing_seconds=0)


def test_what_is_processed_already_needs_one_look(studio: Studio, slept: list[float]):
    wait = uploaded(studio, 0)
    studio.sandbox.published()  # returns once the file has been looked at
    studio.sandbox.forget_calls()
    wait.execute(RUN)
    assert slept == []
    assert ledger.read(OWNER, wait.publication["publication_id"]).state == State.FINISHING
    assert {call["method"] for call in studio.sandbox.calls()} == {"GET"}


def test_a_long_wait_is_left_to_the_triggerer_after_the_quick_looks(studio: Studio, slept: list[float]):
    wait = uploaded(studio, 600)
    with pytest.raises(TaskDeferred) as deferred:
        wait.execute(RUN)
    policy = settings.distribution().publishing
    assert slept == list(policy.first_looks_seconds)
    assert isinstance(deferred.value.trigger, ProcessingTrigger)
    assert deferred.value.trigger.first_poll_seconds >= 10, "Airflow 3.3 fails a task whose trigger fires sooner"
    assert deferred.value.method_name == "execute_complete"
    assert deferred.value.timeout > timedelta(hours=policy.give_up_processing_hours)


def test_a_limit_that_resets_much_later_gives_the_slot_back(monkeypatch: pytest.MonkeyPatch, slept: list[float]):
    at = datetime.now(UTC) + timedelta(hours=5)
    monkeypatch.setattr(steps, "check", lambda owner, publication_id: Later(at=at, why="The daily limit is reached."))
    with pytest.raises(AirflowRescheduleException) as told:
        sensor("p").execute(RUN)
    assert told.value.reschedule_date == at
    assert slept == []


@pytest.mark.parametrize("event", [{"publication_id": "another"}, {}])
def test_the_event_only_wakes_and_the_ledger_decides(studio: Studio, slept: list[float], event: dict[str, Any]):
    wait = uploaded(studio, 600)
    with pytest.raises(AirflowRescheduleException):
        wait.execute_complete(RUN, event)
    studio.sandbox.settings(processing_seconds=0)
    studio.sandbox.published()
    wait.execute_complete(RUN, event)
    assert ledger.read(OWNER, wait.publication["publication_id"]).state == State.FINISHING


def test_processing_that_failed_fails_the_task_with_the_platforms_reason(studio: Studio, slept: list[float]):
    studio.sandbox.fault(match={"endpoint": "videos.insert.put"}, times=None, action="fail_processing", reason="codec")
    wait = uploaded(studio, 0)
    studio.sandbox.published()
    with pytest.raises(AirflowFailException, match=r"youtube \(my_youtube\): rejected"):
        wait.execute(RUN)


def test_a_wait_run_again_after_the_end_looks_at_the_ledger_only(studio: Studio, slept: list[float]):
    wait = uploaded(studio, 0)
    run_to_the_end(wait.publication["publication_id"])
    studio.sandbox.forget_calls()
    wait.execute(RUN)
    wait.execute_complete(RUN, {})
    assert studio.sandbox.calls() == []


def test_a_wait_that_fails_falsely_is_tried_again():
    assert sensor("p").retries >= 2
