"""Start `publish_release` for every release that has landed in the export folder.

A watcher in the triggerer looks every few seconds and wakes this DAG. Several events may fold into one run, so it
reads everything that is due. A release is due when its three files are there and have not changed for the configured
time. Runs are named after the content, so the same triple twice is one run.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Asset, AssetWatcher, dag, task

from include.triggers.exports import ExportsTrigger

landed_exports = Asset(
    "landed_exports",  # no uri: to learn whose scheme it is, Airflow would load every provider at each parse
    watchers=[AssetWatcher(name="exports", trigger=ExportsTrigger())],
)


@dag(
    dag_id="watch_exports",
    doc_md=__doc__,
    schedule=[landed_exports],
    catchup=False,
    max_active_runs=1,
    tags=["publishing"],
    default_args={"owner": "release-desk", "retries": 3, "retry_delay": timedelta(seconds=10)},
)
def watch_exports() -> None:
    @task
    def read_due() -> list[dict[str, Any]]:
        from include.publishing import landing

        return [
            {"trigger_run_id": each.job_id, "conf": each.conf, "triple": landing.fields_of(each.triple)}
            for each in landing.due()
        ]

    @task
    def runs(due: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"trigger_run_id": each["trigger_run_id"], "conf": each["conf"]} for each in due]

    @task(trigger_rule="none_failed")
    def remember(due: list[dict[str, Any]]) -> None:
        from include.publishing import landing

        for each in due:
            landing.started(each["triple"], each["trigger_run_id"])

    due = read_due()
    start = TriggerDagRunOperator.partial(
        task_id="start",
        trigger_dag_id="publish_release",
        skip_when_already_exists=True,
    ).expand_kwargs(runs(due))
    start >> remember(due)


watch_exports()
