"""Our steps in Airflow's words: waiting gives the slot back, a refusal is never tried again, only ids travel."""

from __future__ import annotations

import json
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

from include.publishing import ledger, verdicts
from include.publishing.progress import Done, Later, Over
from include.releases.publication import State
from include.sensors import publish_steps
from tests.publishing.studio import CONF, OWNER, Studio, run_to_the_end

BY_A_PERSON = {"dag_run": SimpleNamespace(run_id="run1", run_type="manual", triggering_user_name=OWNER)}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The context of a task of the run `run1`."""
    told: dict[str, Any] = {}
    context: dict[str, Any] = {
        "params": {"require_approval": False, **CONF},
        "dag_run": SimpleNamespace(run_id="run1", run_type="manual", triggering_user_name="admin"),
        "ti": SimpleNamespace(dag_id="publish_release", task_id="register", run_id="run1", map_index=-1, told=told),
    }
    monkeypatch.setattr(
        publish_steps.XCom,
        "set",
        lambda key, value, **about: told.update({key: value, "length": about["_mapped_length"]}),
    )
    monkeypatch.setattr(publish_steps, "get_current_context", lambda: context)
    return context


def register(run: dict[str, Any]) -> list[dict[str, str]]:
    """Run the first task as Airflow does; without approval it ends by skipping the next one."""
    with pytest.raises(DownstreamTasksSkipped) as skipped:
        publish_steps.register()
    assert skipped.value.tasks == ["approve"]
    assert run["ti"].told["length"] == len(run["ti"].told["return_value"]), "nothing could be mapped over it"
    return run["ti"].told["return_value"]


def planned(studio: Studio) -> dict[str, str]:
    """Return a registered publication, as tasks hand it to each other."""
    studio.connect("youtube")
    (publication_id,) = studio.register()
    return {"publication_id": publication_id, "owner": OWNER, "label": "my_youtube"}


def test_waiting_gives_the_slot_back_until_the_time_that_was_told(studio: Studio):
    at = datetime.now(UTC) + timedelta(hours=3)
    with pytest.raises(AirflowRescheduleException) as told:
        publish_steps.tell(BY_A_PERSON, OWNER, planned(studio), Later(at=at, why="YouTube is busy."))
    assert told.value.reschedule_date == at


def test_a_wait_that_is_over_already_still_gives_the_slot_back_for_a_moment(studio: Studio):
    with pytest.raises(AirflowRescheduleException) as told:
        publish_steps.tell(
            BY_A_PERSON, OWNER, planned(studio), Later(at=datetime.now(UTC) - timedelta(hours=1), why="Soon.")
        )
    assert told.value.reschedule_date > datetime.now(UTC)


@pytest.mark.parametrize("state", [State.SCHEDULED, State.WAITING_QUOTA])
def test_a_long_wait_for_its_time_or_a_limit_leaves_the_run(studio: Studio, state: State):
    publication = planned(studio)
    at = datetime.now(UTC) + timedelta(hours=3)
    with ledger.claim(OWNER, publication["publication_id"]) as held:
        held.move(state, next_try_at=at)
    with pytest.raises(AirflowSkipException, match=f"The limit. .*{at:%Y-%m-%d %H:%M} UTC"):
        publish_steps.tell(BY_A_PERSON, OWNER, publication, Later(at=at, why="The limit."))
    soon = datetime.now(UTC) + timedelta(minutes=9)
    with pytest.raises(AirflowRescheduleException):
        publish_steps.tell(BY_A_PERSON, OWNER, publication, Later(at=soon, why="The limit."))


def test_a_wait_for_a_person_to_reconnect_the_account_leaves_the_run_at_once(studio: Studio):
    publication = planned(studio)
    at = datetime.now(UTC) + timedelta(minutes=5)
    with ledger.claim(OWNER, publication["publication_id"]) as held:
        held.move(State.WAITING_ACCOUNT, next_try_at=at)
    with pytest.raises(AirflowSkipException, match="as soon as the account is reconnected"):
        publish_steps.tell(BY_A_PERSON, OWNER, publication, Later(at=at, why="Reconnect it."))


def test_a_published_release_and_a_step_that_is_through_are_success(studio: Studio, run: dict[str, Any]):
    publication = planned(studio)
    publication_id = publication["publication_id"]
    publish_steps.tell(BY_A_PERSON, OWNER, publication, Done(publication=ledger.read(OWNER, publication_id)))
    published = run_to_the_end(publication_id)
    assert published.state == State.PUBLISHED
    publish_steps.tell(BY_A_PERSON, OWNER, publication, Over(publication=published))


def test_a_publication_that_ended_otherwise_fails_its_task_for_good_and_says_why(studio: Studio, run: dict[str, Any]):
    studio.metadata(title="x" * 101)
    studio.connect("youtube")
    (publication,) = register(run)
    with pytest.raises(AirflowFailException, match=r"^youtube \(my_youtube\): rejected\. .*100"):
        publish_steps.tell(BY_A_PERSON, OWNER, publication, publish_steps.advance(OWNER, publication))


def test_a_refused_run_fails_for_good_with_every_problem(studio: Studio, run: dict[str, Any]):
    studio.connect("youtube")
    run["params"] |= {"segment": "nobody", "platfroms": ["youtube"]}
    with pytest.raises(AirflowFailException) as told:
        publish_steps.register()
    assert "platfroms" in str(told.value)
    assert "nobody" in str(told.value)


def test_a_run_that_needs_approval_goes_on_to_it(studio: Studio, run: dict[str, Any]):
    studio.connect("youtube")
    run["params"]["require_approval"] = True
    (publication,) = publish_steps.register()
    assert publication["label"] == "my_youtube"


def test_only_ids_travel_between_the_tasks(studio: Studio, run: dict[str, Any]):
    studio.connect("youtube")
    (publication,) = register(run)
    assert set(publication) == {"publication_id", "owner", "label"}
    assert json.loads(json.dumps(publication)) == publication


def test_the_steps_take_a_release_out_and_the_verdict_says_so(studio: Studio, run: dict[str, Any]):
    studio.connect("youtube")
    (publication,) = register(run)
    for _ in range(20):
        try:
            publish_steps.tell(BY_A_PERSON, OWNER, publication, publish_steps.advance(OWNER, publication))
            break
        except AirflowRescheduleException:
            continue
    assert publish_steps.verdict() == "Published to 1 of 1 platforms"
    publish_steps.advance(OWNER, publication)
    assert len(studio.sandbox.published()) == 1


def test_a_verdict_over_an_unpublished_release_fails_the_run_for_good(studio: Studio, run: dict[str, Any]):
    studio.connect("youtube")
    register(run)
    with pytest.raises(AirflowFailException, match=r"Published to 0 of 1 platforms\n- youtube \(my_youtube\): planned"):
        publish_steps.verdict()
    assert (verdicts.summary_written(OWNER, "run1") or "").startswith("Published to 0 of 1 platforms")


def test_a_verdict_over_what_waits_for_its_time_is_good_and_says_until_when(studio: Studio, run: dict[str, Any]):
    studio.connect("tiktok")
    at = datetime.now(UTC) + timedelta(days=3)
    run["params"] |= {"scheduled_for": at.strftime("%Y-%m-%dT%H:%M:%S"), "timezone": "UTC"}
    (publication,) = register(run)
    publish_steps.advance(OWNER, publication)
    assert publish_steps.verdict() == (
        "Published to 0 of 1 platforms; 1 waits\n"
        f"- tiktok (my_tiktok): scheduled. It goes out at {at:%Y-%m-%d %H:%M} UTC."
    )


def test_a_verdict_over_an_account_that_needs_a_person_fails_the_run(studio: Studio, run: dict[str, Any]):
    studio.connect("youtube")
    (publication,) = register(run)
    with ledger.claim(OWNER, publication["publication_id"]) as held:
        held.move(State.WAITING_ACCOUNT, error={"kind": "AccountTrouble", "message": "Reconnect it."})
    with pytest.raises(
        AirflowFailException, match=r"; 1 waits\n- youtube \(my_youtube\): waiting_account. Reconnect it."
    ):
        publish_steps.verdict()
