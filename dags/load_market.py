"""Ask Social Blade and vidIQ about our channels: followers, views, ranks, growth.

Once a day. Both are off without a key. A channel is asked about once in 24 hours at most, and asking stops where
credits run low. Nothing that goes wrong there fails a run: what happened stands in the task's answer.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task


@dag(
    dag_id="load_market",
    doc_md=__doc__,
    schedule=timedelta(days=1),
    start_date=datetime(2026, 1, 1, 4, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    tags=["analytics"],
    default_args={"owner": "release-desk", "retries": 1, "retry_delay": timedelta(minutes=10)},
)
def load_market() -> None:
    @task(execution_timeout=timedelta(hours=1))
    def ask_sources() -> list[str]:
        from include.market import loading

        return [
            f"{told.source}: {told.asked} channels, {told.rows_changed} rows changed. {' '.join(told.trouble)}".strip()
            for told in loading.load()
        ]

    ask_sources()


load_market()
