"""The DAG `publish_release` is measured against: the same tasks in the same order, and nothing in them.

Kept as text: it is written into a temporary DAG folder and never parsed with the product's own DAGs. What makes a run
of ours dearer on Airflow's side (Params, a deadline, names of map indexes, imports) is left out on purpose.
`approve` is skipped by `register`, as it is in ours when nobody asked for an approval.
"""

from __future__ import annotations

DAG_ID = "empty_release"

SOURCE = """
from datetime import timedelta

from airflow.sdk import dag, task
from airflow.sdk.exceptions import DownstreamTasksSkipped
from airflow.sdk.execution_time.xcom import XCom


@dag(
    dag_id="empty_release",
    schedule=None,
    max_active_runs=32,
    default_args={"owner": "bench", "retries": 5, "retry_delay": timedelta(seconds=5)},
)
def empty_release():
    @task
    def register(**context):
        found = [{"label": str(number)} for number in range(context["dag_run"].conf["publications"])]
        ti = context["ti"]
        where = {"dag_id": ti.dag_id, "task_id": ti.task_id, "run_id": ti.run_id, "map_index": ti.map_index}
        XCom.set(XCom.XCOM_RETURN_KEY, found, **where, _mapped_length=len(found))
        raise DownstreamTasksSkipped(tasks=["approve"])

    @task(retries=0)
    def approve():
        pass

    @task(trigger_rule="none_failed")
    def publish(publication):
        pass

    @task(trigger_rule="all_done", retries=2)
    def verdict():
        return ""

    registered = register()
    registered >> approve() >> publish.expand(publication=registered) >> verdict()


empty_release()
"""
