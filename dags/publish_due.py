"""Start `publish_release` for every publication that is due and has no run.

A watcher in the triggerer looks every second and wakes this DAG. Several events may fold into one run, so it reads
everything that is due, in order: priorities 8 to 10, what has waited for a limit, then the rest; each by priority,
first come first served. What Airflow has lost is taken on, too. Each run is written down before it is started, so two
runs of this DAG at once start a publication once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Asset, AssetWatcher, dag, task

from include.triggers.due import DueTrigger
from include.triggers.notices import NoticesTrigger

due_publications = Asset(
    "due_publications",  # no uri: to learn whose scheme it is, Airflow would load every provider at each parse
    watchers=[
        AssetWatcher(name="due", trigger=DueTrigger()),
        AssetWatcher(name="notices", trigger=NoticesTrigger()),  # sends by itself and wakes nobody
    ],
)


@dag(
    dag_id="publish_due",
    doc_md=__doc__,
    schedule=[due_publications],
    catchup=False,
    max_active_runs=1,
    tags=["publishing"],
    default_args={"owner": "release-desk", "retries": 3, "retry_delay": timedelta(seconds=5)},
)
def publish_due() -> None:
    @task
    def take_on() -> list[dict[str, Any]]:
        from include.publishing import batch_jobs, taking

        batch_jobs.register_waiting()
        return [{"trigger_run_id": each.run_id, "conf": each.conf} for each in taking.take_due()]

    @task(trigger_rule="none_failed")
    def remember(runs: list[dict[str, Any]]) -> None:
        from include.publishing import taking

        for each in runs:
            taking.triggered(each["conf"]["owner"], each["trigger_run_id"])

    runs = take_on()
    start = TriggerDagRunOperator.partial(
        task_id="start",
        trigger_dag_id="publish_release",
        skip_when_already_exists=True,
    ).expand_kwargs(runs)
    start >> remember(runs)


publish_due()
