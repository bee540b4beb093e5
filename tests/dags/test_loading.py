"""The wiring of the four `load_*` DAGs: backfills, isolation of accounts, workers left for publishing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
import pytest

from include.analytics.refreshing import DAGS, RefreshConf
from include.sensors.collected import COLLECTED_HERE

PERIODS = {
    "load_analytics": timedelta(hours=1), "load_comments": timedelta(hours=1),
    "load_accounts": timedelta(days=1), "load_revenue": timedelta(days=1),
}  # fmt: skip


@pytest.fixture(params=sorted(DAGS.values()))
def dag(request: pytest.FixtureRequest, bag: Any) -> Any:
    """One of the four."""
    return bag.dags[request.param]


def test_an_airflow_backfill_can_run_past_days_again(dag: Any):
    timetable = dag.timetable
    assert type(timetable).__name__ == "CronDataIntervalTimetable"
    from airflow.serialization.serialized_objects import DagSerialization

    kept = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag)).timetable
    assert kept.periodic
    interval = kept.infer_manual_data_interval(run_after=pendulum.datetime(2026, 11, 2, 12, 30))
    assert interval.end - interval.start == PERIODS[dag.dag_id]


def test_each_account_is_a_task_and_the_end_comes_whatever_became_of_them(dag: Any):
    read, tell = dag.get_task("read"), dag.get_task("tell")
    assert read.is_mapped
    assert read.map_index_template == "{{ label }}"
    assert tell.trigger_rule == "all_done"
    assert tell.downstream_task_ids == set()
    assert tell.upstream_task_ids == {"plan", "read"}


def test_it_leaves_workers_for_publishing(dag: Any):
    assert dag.get_task("read").partial_kwargs["max_active_tis_per_dag"] == 2


def test_what_it_collected_wakes_the_warehouse(dag: Any):
    assert COLLECTED_HERE in dag.get_task("read").partial_kwargs["outlets"]


def test_the_form_has_every_key_of_the_conf_and_needs_none(dag: Any):
    assert set(dag.params) == set(RefreshConf.model_fields)
    assert set(dag.params.validate().values()) == {None}
