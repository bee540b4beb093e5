"""Look after publications that stand still: killed workers' leftovers, and unconfirmed outcomes.

Every ten minutes. It asks the platform what an earlier try left, goes on from there, and writes the receipt when that
ended it. It also forgets calls in the call log that are older than configured.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task


@dag(
    dag_id="reconcile_publications",
    doc_md=__doc__,
    schedule=timedelta(minutes=10),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    tags=["publishing", "upkeep"],
    default_args={"owner": "release-desk", "retries": 1, "retry_delay": timedelta(minutes=1)},
)
def reconcile_publications() -> None:
    @task
    def look_after() -> list[str]:
        from include.publishing import reconcile

        return [f"{each.publication_id}: {each.before} -> {each.after}" for each in reconcile.reconcile_all()]

    @task
    def forget_calls() -> int:
        from include.publishing import reconcile

        return reconcile.forget_old_calls()

    look_after()
    forget_calls()


reconcile_publications()
