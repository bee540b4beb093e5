"""Remove hosted copies and converted videos that nobody needs any more, and numbers a platform wants deleted.

Once a day. A hosted copy goes `VIDEO_RETENTION_DAYS` (7) after its address was last asked for, when every publication
of its release is over; a converted video as long after its last use (it is made again when it is needed). What the
export step wrote is never touched. Numbers that were kept longer than a platform allows (`keep_statistics_days` in
config/policy.yaml) are deleted, too, and owners are told of report files that YouTube is about to throw away unread.
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

    @task
    def remove_old_numbers() -> str:
        from include.analytics import policy

        gone = policy.enforce()
        return ", ".join(f"{platform}: {rows} rows" for platform, rows in sorted(gone.items()))

    @task
    def tell_of_reports() -> str:
        from include.analytics import alarms

        return f"{alarms.reports_expire()} accounts lose report files, or have lost some"

    remove_hosted()
    remove_converted()
    remove_old_numbers()
    tell_of_reports()


purge_media()
