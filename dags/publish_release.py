"""Publish one release to every wanted account, once and only once.

`register` reads the conf and the export's files, `approve` waits for a person when the conf asks for it, then `publish`
runs once for each publication: validate, upload, wait for the platform, finish. `verdict` writes the receipts and the
summary, and fails the run when a wanted publication was not published. A failed platform never blocks another. What has
to wait longer than ten minutes for its time, its quota or its account leaves the run; `publish_due` takes it on.

Clearing any task, running it all again or triggering the same release twice is safe: the ledger in Postgres decides
what is left to do, not Airflow.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import AsyncCallback, DeadlineAlert, dag, task

from include.sensors.approval import ReleaseApproval
from include.sensors.publish_params import publish_params
from include.sensors.publishing import PublishOperator
from include.triggers.deadlines import RunIsDue


@dag(
    dag_id="publish_release",
    doc_md=__doc__,
    schedule=None,
    params=publish_params(),
    max_active_runs=32,
    tags=["publishing"],
    default_args={"owner": "release-desk", "retries": 5, "retry_delay": timedelta(seconds=5)},
    deadline=DeadlineAlert(
        reference=RunIsDue(),
        interval=timedelta(minutes=2),
        callback=AsyncCallback("include.publishing.notices.run_takes_long"),
    ),
)
def publish_release() -> None:
    @task(retries=2)
    def register() -> list[dict[str, str]]:
        from include.sensors import publish_steps

        return publish_steps.register()

    @task(trigger_rule="all_done", retries=2)
    def verdict(**context: Any) -> str:
        from include.sensors import publish_steps

        return publish_steps.verdict()

    registered = register()
    approve = ReleaseApproval(task_id="approve")
    publish = PublishOperator.partial(
        task_id="publish", map_index_template=PublishOperator.NAME, trigger_rule="none_failed"
    ).expand(publication=registered)
    registered >> approve >> publish >> verdict()


publish_release()
