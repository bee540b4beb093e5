"""Remove hosted copies and converted videos that nobody needs any more.

Once a day. A hosted copy goes `VIDEO_RETENTION_DAYS` (7) after its address was last asked for, when every publication
of its release is over; a converted video as long after its last use (it is made again when it is needed). What the
export step wrote is never touched.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task


@dag(
    dag_id="purge_media",
    doc_md=__doc__,
    schedule=timedelta(days=1),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    tags=["upkeep"],
    default_args={"owner": "release-desk", "retries": 2, "retry_delay": timedelta(minutes=10)},
)
def purge_media() -> None:
    @task
    def remove_hosted() -> str:
        from include.media import purge

        purged = purge.purge()
        return f"{purged.files} files, {purged.bytes} bytes, {purged.leftovers} leftovers"

    @task
    def remove_converted() -> int:
        from include import settings
        from include.media import renditions

        return renditions.purge(settings.video_retention_days())

    remove_hosted()
    remove_converted()


purge_media()
