"""Read how each channel, page and profile does: followers, reach, who they are, when they are online.

Once a day, one task for each account with something due. Days the platform may still change are read again, missed ones
are caught up; a backfill reads past days again. What a limit ended goes on when it resets. The history of readings is
forgotten after `keep_syncs_days`. Triggered by a person it reads everything of that person now, or what its conf says.
"""

from __future__ import annotations

from airflow.sdk import CronDataIntervalTimetable, dag

from include.sensors.load_tasks import read_each_account, reader


@dag(
    dag_id="load_accounts",
    doc_md=__doc__,
    schedule=CronDataIntervalTimetable("30 0 * * *", timezone="UTC"),
    **reader(),
)
def load_accounts() -> None:
    read_each_account("accounts")


load_accounts()
