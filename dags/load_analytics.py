"""Read what each platform counts: views, likes, watch time, traffic, audiences, of videos and by day.

Every hour, one task for each account with something due; how often a video is read goes by its age
(config/analytics.yaml). Days the platform may still change are read again, missed ones are caught up. One dead account
never fails the others or the run. `airflow backfill create --dag-id load_analytics` reads past days again: each run the
day that ended in its interval. Triggered by a person it reads everything of that person now, or what its conf says.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import CronDataIntervalTimetable, dag, task

from include.sensors.collected import COLLECTED_HERE
from include.sensors.refresh_params import refresh_params


@dag(
    dag_id="load_analytics",
    doc_md=__doc__,
    schedule=CronDataIntervalTimetable("0 * * * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=16,  # a run that waits for a limit's reset must not hold up the next one
    params=refresh_params(),
    tags=["analytics"],
    default_args={"owner": "release-desk", "retries": 2, "retry_delay": timedelta(minutes=1)},
)
def load_analytics() -> None:
    @task
    def plan() -> list[dict[str, str]]:
        from include.sensors import loading

        return loading.plan("analytics")

    @task(
        map_index_template="{{ label }}",
        outlets=[COLLECTED_HERE],
        execution_timeout=timedelta(hours=6),
        max_active_tis_per_dag=2,  # of eight workers: publishing must never wait for reading
    )
    def read(account: dict[str, str]) -> list[str]:
        from include.sensors import loading

        return loading.read("analytics", account)

    @task(trigger_rule="all_done")
    def tell(planned: list[dict[str, str]], told: list[list[str]]) -> str:
        from include.sensors import loading

        return loading.tell(planned, told)

    planned = plan()
    tell(planned, read.expand(account=planned))


load_analytics()
