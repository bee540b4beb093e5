"""Read what people wrote below each video, and what became of it since.

Every hour, one task for each account with something due: new comments and replies, edits, deletions. Old videos are
asked less often (config/analytics.yaml). One dead account never fails the others or the run. Triggered by a person it
reads everything of that person now, or what its conf says.
"""

from __future__ import annotations

from airflow.sdk import CronDataIntervalTimetable, dag

from include.sensors.load_tasks import read_each_account, reader


@dag(
    dag_id="load_comments",
    doc_md=__doc__,
    schedule=CronDataIntervalTimetable("20 * * * *", timezone="UTC"),
    **reader(),
)
def load_comments() -> None:
    read_each_account("comments")


load_comments()
