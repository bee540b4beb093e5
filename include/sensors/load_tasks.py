"""The three tasks every `load_*` DAG has: who is to be read, each account's reading, and the sentence at the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import task

from include.sensors.collected import COLLECTED_HERE
from include.sensors.refresh_params import refresh_params

if TYPE_CHECKING:
    from include.platforms.reading import Kind


def reader() -> dict[str, Any]:
    """Return what these DAGs have in common, as arguments of `@dag`."""
    return {
        "start_date": datetime(2026, 1, 1, tzinfo=UTC),
        "catchup": False,
        "max_active_runs": 16,  # a run that waits for a limit's reset must not hold up the next one
        "params": refresh_params(),
        "tags": ["analytics"],
        "default_args": {"owner": "release-desk", "retries": 2, "retry_delay": timedelta(minutes=1)},
    }


def read_each_account(kind: Kind) -> None:
    """Wire the tasks into the DAG that is being made; one dead account never fails the others."""

    @task
    def plan() -> list[dict[str, str]]:
        from include.sensors import loading

        return loading.plan(kind)

    @task(
        map_index_template="{{ label }}",
        outlets=[COLLECTED_HERE],
        execution_timeout=timedelta(hours=6),
        max_active_tis_per_dag=2,  # of eight workers: publishing must never wait for reading
    )
    def read(account: dict[str, str]) -> list[str]:
        from include.sensors import loading

        return loading.read(kind, account)

    @task(trigger_rule="all_done")
    def tell(planned: Any, told: Any) -> str:
        from include.sensors import loading

        return loading.tell(planned, told)

    planned = plan()
    tell(planned, read.expand(account=planned))
