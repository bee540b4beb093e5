"""Build the marts of every day whose rows changed.

Woken by the asset `release_desk_collected`, which every `load_*` DAG and an import update. Several events may fold into
one run, so it catches up: every owner's touched days, the oldest first, each in a transaction of its own, then what is
built once after them. Run by hand it does the same. A check that finds bad rows keeps nothing of its day and fails that
owner's task; days before it stay built, other owners are built as usual.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import dag, task

from include.sensors.collected import COLLECTED


@dag(
    dag_id="build_warehouse",
    doc_md=__doc__,
    schedule=[COLLECTED],
    catchup=False,
    max_active_runs=1,
    tags=["analytics"],
    default_args={"owner": "release-desk", "retries": 2, "retry_delay": timedelta(minutes=2)},
)
def build_warehouse() -> None:
    @task
    def touched() -> list[str]:
        from include.analytics import warehouse

        return warehouse.owners()

    @task
    def build(owner: str) -> str:
        from include.analytics import warehouse

        built = warehouse.build(owner)
        return f"{len(built.days)} days" + (f", {built.days[0]} to {built.days[-1]}" if built.days else "")

    build.expand(owner=touched())


build_warehouse()
