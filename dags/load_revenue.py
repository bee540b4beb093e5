"""Read what each video and account earned, by day, as far as the platform tells.

Once a day, one task for each account with something due. Platforms change the earnings of a day for weeks: the whole
window is read again; a backfill reads past days again. What a limit ended goes on when it resets. Triggered by a person
it reads everything of that person now, or what its conf says.
"""

from __future__ import annotations

from airflow.sdk import CronDataIntervalTimetable, dag

from include.sensors.load_tasks import read_each_account, reader


@dag(
    dag_id="load_revenue",
    doc_md=__doc__,
    schedule=CronDataIntervalTimetable("0 9 * * *", timezone="UTC"),
    **reader(),
)
def load_revenue() -> None:
    read_each_account("revenue")


load_revenue()
