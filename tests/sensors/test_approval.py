"""The question before the fan-out: asked only on request, a no cancels, a yes lets everything through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from include import settings
from include.publishing import ledger, steps
from include.releases.publication import State
from include.sensors.approval import ReleaseApproval
from tests.publishing.studio import CONF, OWNER, Studio
from tests.publishing.test_fitting import PORTRAIT, exported


def run_of(run_id: str) -> SimpleNamespace:
    """Return a run that its owner has triggered."""
    return SimpleNamespace(run_id=run_id, run_type="manual", triggering_user_name=OWNER)


def context(**conf: Any) -> dict[str, Any]:
    """Return the context of the run `job1`."""
    return {"params": CONF | conf, "dag_run": run_of("job1")}


def say(studio: Studio, **approval: Any) -> None:
    """Change the settings of approvals."""
    path = studio.folder / "config/distribution.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"approval": approval}))
    settings.forget()


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


def test_no_answer_within_a_week_is_a_no_and_settings_say_otherwise(studio: Studio):
    approve = ReleaseApproval(task_id="approve")
    assert (approve.defaults, approve.response_timeout) == ([approve.REJECT], timedelta(days=7))
    say(studio, answer_within_hours=6, without_answer="approve")
    approve = ReleaseApproval(task_id="approve")
    assert (approve.defaults, approve.response_timeout) == ([approve.APPROVE], timedelta(hours=6))


@pytest.mark.parametrize("wrong", [{"answer_within_hours": 169}, {"answer_within_hours": 0}, {"without_answer": "yes"}])
def test_a_deadline_the_queue_would_not_wait_for_and_other_wrong_settings_are_refused(studio: Studio, wrong: Any):
    say(studio, **wrong)
    with pytest.raises(settings.SettingsError, match=next(iter(wrong))):
        ReleaseApproval(task_id="approve")


def test_the_question_has_a_link_to_what_would_be_published_a_deadline_and_what_counts_then(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
):
    asked = []
    monkeypatch.setattr(ApprovalOperator, "execute", lambda self, context: asked.append(self.body))
    monkeypatch.setenv("RELEASE_DESK_PUBLIC_ADDRESS", "https://desk.example.com/airflow/")
    exported(studio, PORTRAIT, ".mkv")
    studio.connect("tiktok")
    studio.register("manual~1+00:00")
    conf = context(require_approval=True) | {"dag_run": run_of("manual~1+00:00")}
    ReleaseApproval(task_id="approve").execute(conf)
    address = "https://desk.example.com/airflow/api/publishing/jobs/manual~1%2B00%3A00/preview?owner=alice"
    assert f"]({address}): " in asked[0]
    until = datetime.now(UTC) + timedelta(days=7)
    assert f"Without an answer by {until:%Y-%m-%d}" in asked[0]
    assert asked[0].endswith("that is a no.")
    assert len(list(settings.renditions_root().glob("*.mp4"))) == 1, "whoever looks sees what is sent"
    say(studio, without_answer="approve")
    ReleaseApproval(task_id="approve").execute(conf)
    assert asked[1].endswith("that is a yes.")


def test_a_falsely_failed_question_is_asked_again():
    assert ReleaseApproval(task_id="approve").retries >= 2
