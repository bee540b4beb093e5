"""Publish one release to every wanted account, once and only once.

`register` reads the conf and the export's files, `approve` waits for a person when the conf asks for it, then one group
per publication runs: `validate` → `upload` → `wait` → `finish`. `verdict` writes the receipts and the summary, and
fails the run when a wanted publication was not published. A failed platform never blocks another.

Clearing any task, running it all again or triggering the same release twice is safe: the ledger in Postgres decides
what is left to do, not Airflow.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import AsyncCallback, DeadlineAlert, dag, task, task_group

from include.sensors.approval import ReleaseApproval
from include.sensors.processing import ProcessingSensor
from include.sensors.publish_params import publish_params
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

    @task(trigger_rule="none_failed")
    def plan(publications: list[dict[str, str]]) -> list[dict[str, str]]:
        return publications

    @task_group
    def publish(publication: dict[str, str]) -> None:
        @task(map_index_template="{{ label }}")
        def validate(publication: dict[str, str]) -> None:
            from include.sensors import publish_steps

            publish_steps.validate(publication)

        @task(map_index_template="{{ label }}")
        def upload(publication: dict[str, str]) -> None:
            from include.sensors import publish_steps

            publish_steps.upload(publication)

        @task(map_index_template="{{ label }}")
        def finish(publication: dict[str, str]) -> None:
            from include.sensors import publish_steps

            publish_steps.finish(publication)

        wait = ProcessingSensor(task_id="wait", publication=publication, map_index_template="{{ label }}")
        validate(publication) >> upload(publication) >> wait >> finish(publication)

    @task(trigger_rule="all_done", retries=2)
    def verdict(**context: Any) -> str:
        from include.sensors import publish_steps

        return publish_steps.verdict()

    registered = register()
    approve = ReleaseApproval(task_id="approve")
    planned = plan(registered)
    registered >> approve >> planned
    publish.expand(publication=planned) >> verdict()


publish_release()
