"""The question before the fan-out: asked only on request, a no cancels, a yes lets everything through."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from include.publishing import ledger, steps
from include.releases.publication import State
from include.sensors.approval import ReleaseApproval
from tests.publishing.studio import CONF, OWNER, Studio


def run_of(run_id: str) -> SimpleNamespace:
    """Return a run that its owner has triggered."""
    return SimpleNamespace(run_id=run_id, run_type="manual", triggering_user_name=OWNER)


def context(**conf: Any) -> dict[str, Any]:
    """Return the context of the run `job1`."""
    return {"params": CONF | conf, "dag_run": run_of("job1")}


def answer(option: str) -> dict[str, Any]:
    """Return what Airflow hands over once a person has answered."""
    return {
        "chosen_options": [option],
        "params_input": {},
        "responded_at": datetime.now(UTC),
        "responded_by_user": None,
    }


def test_nobody_is_asked_when_the_conf_does_not_want_it():
    with pytest.raises(AirflowSkipException):
        ReleaseApproval(task_id="approve").execute(context(require_approval=False))


def test_a_yes_leaves_everything_as_it_is(studio: Studio):
    studio.connect("youtube")
    (publication_id,) = studio.register("job1")
    ReleaseApproval(task_id="approve").execute_complete(context(require_approval=True), answer("Approve"))
    assert ledger.read(OWNER, publication_id).state == State.PLANNED


def test_a_no_cancels_what_nobody_began_and_is_not_tried_again(studio: Studio):
    for platform in ("youtube", "tiktok"):
        studio.connect(platform)
    begun, planned = sorted(studio.register("job1"), key=lambda each: ledger.read(OWNER, each).platform, reverse=True)
    steps.validate(OWNER, begun)
    steps.upload(OWNER, begun)
    with pytest.raises(AirflowFailException, match="not approved"):
        ReleaseApproval(task_id="approve").execute_complete(context(require_approval=True), answer("Reject"))
    assert ledger.read(OWNER, planned).state == State.CANCELLED
    assert ledger.read(OWNER, begun).state != State.CANCELLED


def test_no_answer_in_time_is_a_no():
    approve = ReleaseApproval(task_id="approve")
    assert approve.defaults == [approve.REJECT]
    assert approve.response_timeout


def test_a_falsely_failed_question_is_asked_again():
    assert ReleaseApproval(task_id="approve").retries >= 2
