"""The wiring of `publish_release`: its form, its order, its names, its deadline."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from include import settings
from include.releases.conf import PublishConf


@pytest.fixture
def dag(bag: Any) -> Any:
    """The DAG."""
    return bag.dags["publish_release"]


def test_the_form_has_every_key_of_the_conf_and_the_configured_choices(dag: Any):
    assert set(dag.params) == set(PublishConf.model_fields)
    distribution = settings.distribution()
    assert dag.params.get_param("segment").schema["enum"] == list(distribution.segments)
    assert dag.params.get_param("age_bucket").schema["enum"] == list(distribution.age_buckets)
    for name in dag.params:
        schema = dag.params.get_param(name).schema
        assert schema["section"], name
        assert dag.params.get_param(name).description, name


def test_only_segment_age_bucket_and_title_have_to_be_filled_in(dag: Any):
    from airflow.sdk.exceptions import ParamValidationError

    required = {"segment": "women", "age_bucket": "18-23", "title_id": "t1"}
    filled = copy.deepcopy(dag.params)
    for name, value in required.items():
        with pytest.raises(ParamValidationError, match=name):
            filled.validate()
        filled[name] = value
    assert filled.validate()["platforms"] == []


def test_the_defaults_of_the_form_are_those_of_the_conf(dag: Any):
    for name, field in PublishConf.model_fields.items():
        if not field.is_required():
            shown = dag.params.get_param(name).value
            default = field.get_default(call_default_factory=True)
            assert shown == (list(default) if isinstance(default, tuple) else default), name


def test_approval_stands_before_the_fan_out_and_the_verdict_after_it(dag: Any):
    order = ["register", "approve", "publish", "verdict"]
    assert {task.task_id for task in dag.tasks} == set(order)
    for earlier, later in pairwise(order):
        assert later in dag.get_task(earlier).downstream_task_ids, f"{earlier} >> {later}"


def test_a_publication_is_one_task_called_by_its_account_and_goes_on_when_nobody_was_asked(dag: Any):
    publish = dag.get_task("publish")
    assert publish.is_mapped
    assert publish.map_index_template == "{{ task.publication['label'] }}"
    assert publish.trigger_rule == "none_failed", "a skipped approval would skip everything"
    assert publish.retries >= 2


def test_the_verdict_is_spoken_whatever_happened_before(dag: Any):
    assert dag.get_task("verdict").trigger_rule == "all_done"
    assert dag.get_task("verdict").downstream_task_ids == set()


def test_a_run_that_takes_two_minutes_from_its_due_time_is_told(dag: Any):
    from include.triggers.deadlines import RunIsDue

    (alert,) = dag.deadline
    assert isinstance(alert.reference, RunIsDue)
    assert alert.interval == timedelta(minutes=2)
    assert alert.callback.path == "include.publishing.notices.run_takes_long"


def test_a_deadline_counts_from_the_time_a_run_was_meant_for():
    from include.triggers.deadlines import RunIsDue

    due = datetime(2026, 12, 1, 9, tzinfo=UTC)

    class Session:
        def scalar(self, statement: Any) -> datetime:
            text = str(statement)
            assert "dag_run.run_after" in text
            assert "dag_run.queued_at" not in text
            return due

    assert RunIsDue()._evaluate_with(session=Session(), dag_id="publish_release", run_id="r") == due


def test_airflow_knows_our_deadline_by_the_plugin_and_may_clear_such_runs(dag: Any):
    from airflow.serialization.decoders import decode_deadline_reference
    from airflow.serialization.encoders import encode_deadline_reference

    (alert,) = dag.deadline
    stored = encode_deadline_reference(alert.reference)
    assert stored["reference_type"] != "DagRunQueuedAtDeadline", "such a run cannot be cleared: airflow#70368"
    assert decode_deadline_reference(stored).inner_ref == alert.reference
