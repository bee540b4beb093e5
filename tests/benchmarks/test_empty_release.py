"""What `publish_release` is measured against has its shape: else the figure would compare apples with pears."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks import empty_release
from include.settings import PROJECT
from tests import airflow_home

airflow_home.settle()


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """Ours and the empty one."""
    from airflow.dag_processing.dagbag import DagBag

    folder: Path = tmp_path_factory.mktemp("dags")
    (folder / "empty_release.py").write_text(empty_release.SOURCE, encoding="utf-8")
    bags = [DagBag(str(each), bundle_name="dags-folder") for each in (PROJECT / "dags" / "publish_release.py", folder)]
    assert not any(bag.import_errors for bag in bags), [bag.import_errors for bag in bags]
    return bags[0].dags["publish_release"], bags[1].dags[empty_release.DAG_ID]


def test_the_empty_dag_has_the_same_tasks_in_the_same_order(dags: tuple[Any, Any]) -> None:
    ours, empty = ({task.task_id: task.downstream_task_ids for task in dag.tasks} for dag in dags)
    assert ours == empty


def test_the_empty_dag_waits_and_fans_out_in_the_same_way(dags: tuple[Any, Any]) -> None:
    ours, empty = dags
    for task in ours.tasks:
        twin = empty.get_task(task.task_id)
        assert twin.trigger_rule == task.trigger_rule, task.task_id
        assert bool(twin.get_closest_mapped_task_group()) == bool(task.get_closest_mapped_task_group()), task.task_id
    assert ours.max_active_runs == empty.max_active_runs
