"""One task a publication: it goes as far as it can, the triggerer waits for the platform, the ledger decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import (
    AirflowFailException,
    AirflowRescheduleException,
    AirflowSkipException,
    TaskDeferred,
)

from include import settings
from include.publishing import ledger
from include.publishing.progress import Later
from include.releases.publication import State
from include.sensors import publish_steps, publishing
from include.sensors.publishing import PublishOperator
from include.triggers.processing import ProcessingTrigger
from tests.publishing.studio import OWNER, Studio, run_to_the_end


class Told:
    """What Airflow keeps of the events of a task's outlets."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def __getitem__(self, outlet: Any) -> Told:
        return self

    def add(self, asset: Any, extra: dict[str, Any]) -> None:
        self.events.append({"asset": asset.name} | extra)


RUN: dict[str, Any] = {
    "outlet_events": Told(),
    "params": {"owner": OWNER},
    "dag_run": SimpleNamespace(run_id="run1", run_type="manual", triggering_user_name=OWNER),
}


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits the task asked for; none is waited."""
    asked: list[float] = []
    monkeypatch.setattr(publishing, "sleep", asked.append)
    return asked


@pytest.fixture(autouse=True)
def _immediate_again(studio: Studio):
    yield
    studio.sandbox.settings(processing_seconds=0)


def task_of(studio: Studio, platform: str = "youtube", seconds: float = 0, **conf: Any) -> PublishOperator:
    """Return the task of a publication on a platform that processes for `seconds`."""
    studio.sandbox.settings(processing_seconds=seconds)
    studio.connect(platform)
    (publication_id,) = studio.register(**conf)
    publication = {"owner": OWNER, "publication_id": publication_id, "label": f"my_{platform}"}
    return PublishOperator(task_id="publish", publication=publication)


def state_of(task: PublishOperator) -> State:
    """Return how far the ledger says the publication is."""
    return ledger.read(OWNER, task.publication["publication_id"]).state


def sent(studio: Studio) -> list[str]:
    """Return the calls that may have changed something at a platform."""
    return [call["endpoint"] for call in studio.sandbox.calls() if call["method"] != "GET"]


def test_what_is_processed_at_once_is_published_in_one_go(studio: Studio, slept: list[float]):
    task = task_of(studio)
    RUN["outlet_events"].events.clear()
    task.execute(RUN)
    assert state_of(task) == State.PUBLISHED
    assert len(studio.sandbox.published()) == 1
    out = ledger.read(OWNER, task.publication["publication_id"])
    (event,) = RUN["outlet_events"].events
    assert (event["asset"], event["video_id"]) == ("release_desk_published", out.video_id)


def test_a_long_processing_is_left_to_the_triggerer_after_the_quick_looks(studio: Studio, slept: list[float]):
    task = task_of(studio, seconds=600)
    with pytest.raises(TaskDeferred) as deferred:
        task.execute(RUN)
    policy = settings.distribution().publishing
    assert slept == list(policy.first_looks_seconds)
    assert isinstance(deferred.value.trigger, ProcessingTrigger)
    assert deferred.value.trigger.first_poll_seconds >= 10, "Airflow 3.3 fails a task whose trigger fires sooner"
    assert deferred.value.method_name == "execute_complete"
    assert deferred.value.timeout > timedelta(hours=policy.give_up_processing_hours)


@pytest.mark.parametrize("event", [{"publication_id": "another"}, {}])
def test_the_event_only_wakes_and_the_ledger_decides(studio: Studio, slept: list[float], event: dict[str, Any]):
    task = task_of(studio, seconds=600)
    with pytest.raises(TaskDeferred):
        task.execute(RUN)
    with pytest.raises(AirflowRescheduleException):
        task.execute_complete(RUN, event)
    studio.sandbox.settings(processing_seconds=0)
    studio.sandbox.published()  # returns once the file has been looked at
    task.execute_complete(RUN, event)
    assert state_of(task) == State.PUBLISHED


def test_a_task_run_again_while_the_platform_works_only_looks(studio: Studio, slept: list[float]):
    task = task_of(studio, seconds=600)
    for _ in range(2):
        with pytest.raises(TaskDeferred):
            task.execute(RUN)
        before = sent(studio)
        studio.sandbox.forget_calls()
    assert before == []


def test_an_upload_that_is_to_be_tried_again_is_not_left_to_the_triggerer(studio: Studio, slept: list[float]):
    busy = {"Retry-After": "3600"}
    studio.sandbox.fault(
        match={"endpoint": "videos.insert.start"}, action="status", status=503, headers=busy, times=None
    )
    task = task_of(studio)
    with pytest.raises(AirflowRescheduleException) as told:
        task.execute(RUN)
    assert told.value.reschedule_date > datetime.now(UTC)
    assert slept == []


def test_what_is_scheduled_for_much_later_leaves_the_run_and_says_when(studio: Studio, slept: list[float]):
    at = datetime.now(UTC) + timedelta(days=3)
    task = task_of(studio, "tiktok", scheduled_for=at.strftime("%Y-%m-%dT%H:%M:%S"), timezone="UTC")
    with pytest.raises(AirflowSkipException, match=f"{at:%Y-%m-%d %H:%M} UTC"):
        task.execute(RUN)
    assert state_of(task) == State.SCHEDULED
    assert "video.init" not in sent(studio)


def test_what_is_due_within_minutes_stays_in_its_run(studio: Studio, slept: list[float]):
    at = datetime.now(UTC) + timedelta(minutes=5)
    task = task_of(studio, "tiktok", scheduled_for=at.strftime("%Y-%m-%dT%H:%M:%S"), timezone="UTC")
    with pytest.raises(AirflowRescheduleException) as told:
        task.execute(RUN)
    assert abs(told.value.reschedule_date - at) < timedelta(seconds=1)


def test_a_look_that_has_to_wait_for_a_limit_gives_the_slot_back(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, slept: list[float]
):
    task = task_of(studio, seconds=600)
    with pytest.raises(TaskDeferred):
        task.execute(RUN)
    slept.clear()
    at = datetime.now(UTC) + timedelta(hours=5)
    monkeypatch.setattr(publish_steps.steps, "advance", lambda *ids: Later(at=at, why="The daily limit is reached."))
    with pytest.raises(AirflowRescheduleException) as told:
        task.execute(RUN)
    assert told.value.reschedule_date == at
    assert slept == []


def test_processing_that_failed_fails_the_task_with_the_platforms_reason(studio: Studio, slept: list[float]):
    studio.sandbox.fault(match={"endpoint": "videos.insert.put"}, times=None, action="fail_processing", reason="codec")
    task = task_of(studio, seconds=600)
    with pytest.raises(TaskDeferred):
        task.execute(RUN)
    studio.sandbox.settings(processing_seconds=0)
    studio.sandbox.published()
    with pytest.raises(AirflowFailException, match=r"youtube \(my_youtube\): rejected"):
        task.execute_complete(RUN, {})


def test_a_task_run_again_after_the_end_looks_at_the_ledger_only(studio: Studio, slept: list[float]):
    task = task_of(studio)
    run_to_the_end(task.publication["publication_id"])
    studio.sandbox.forget_calls()
    task.execute(RUN)
    task.execute_complete(RUN, {})
    assert studio.sandbox.calls() == []
