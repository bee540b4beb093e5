"""Read what people wrote below each video, and what became of it since.

Every hour, one task for each account with something due: new comments and replies, edits, deletions. Old videos are
asked less often (config/analytics.yaml). One dead account never fails the others or the run. Triggered by a person it
reads everything of that person now, or what its conf says.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import CronDataIntervalTimetable, dag, task

from include.sensors.collected import COLLECTED_HERE
from include.sensors.refresh_params import refresh_params


@dag(
    dag_id="load_comments",
    doc_md=__doc__,
    schedule=CronDataIntervalTimetable("20 * * * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=16,  # a run that waits for a limit's reset must not hold up the next one
    params=refresh_params(),
    tags=["analytics"],
    default_args={"owner": "release-desk", "retries": 2, "retry_delay": timedelta(minutes=1)},
)
def load_comments() -> None:
    @task
    def plan() -> list[dict[str, str]]:
        from include.sensors import loading

        return loading.plan("comments")

    @task(
        map_index_template="{{ label }}",
        outlets=[COLLECTED_HERE],
        execution_timeout=timedelta(hours=6),
        max_active_tis_per_dag=2,  # of eight workers: publishing must never wait for reading
    )
    def read(account: dict[str, str]) -> list[str]:
        from include.sensors import loading

        return loading.read("comments", account)

    @task(trigger_rule="all_done")
    def tell(planned: list[dict[str, str]], told: list[list[str]]) -> str:
        from include.sensors import loading

        return loading.tell(planned, told)

    planned = plan()
    tell(planned, read.expand(account=planned))


load_comments()
