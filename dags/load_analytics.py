"""Read what each platform counts: views, likes, watch time, traffic, audiences, of videos and by day.

Every hour, one task for each account with something due; how often a video is read goes by its age
(config/analytics.yaml). Days the platform may still change are read again, missed ones are caught up. One dead account
never fails the others or the run. `airflow backfill create --dag-id load_analytics` reads past days again: each run the
day that ended in its interval. Triggered by a person it reads everything of that person now, or what its conf says.
"""

from __future__ import annotations

from airflow.sdk import CronDataIntervalTimetable, dag

from include.sensors.load_tasks import read_each_account, reader


@dag(
    dag_id="load_analytics",
    doc_md=__doc__,
    schedule=CronDataIntervalTimetable("0 * * * *", timezone="UTC"),
    **reader(),
)
def load_analytics() -> None:
    read_each_account("analytics")


load_analytics()
