"""Say beforehand which publications would not go out at their time.

Every 15 minutes it looks at what is due within the hour, and every two hours at what is due within the day: account,
permissions, limits, creator options and files. What would fail is told to the owner once ("at risk"), and again only
when it is something else. Then notices that are due go out by e-mail and webhook.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task


@dag(
    dag_id="check_upcoming",
    doc_md=__doc__,
    schedule=timedelta(minutes=15),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    tags=["publishing", "upkeep"],
    default_args={"owner": "release-desk", "retries": 1, "retry_delay": timedelta(minutes=1)},
)
def check_upcoming() -> None:
    @task
    def look_ahead() -> list[str]:
        from include.accounts import master_key
        from include.publishing import upcoming

        master_key.check()
        looked = [each for each in upcoming.check_upcoming() if each.problems]
        return [f"{each.publication_id}: {', '.join(each.problems or ())}" for each in looked]

    @task(trigger_rule="all_done")
    def deliver() -> list[str]:
        from include.publishing import delivery

        return [f"{each.way}: {each.trouble or 'delivered'}" for each in delivery.deliver_due()]

    look_ahead() >> deliver()


check_upcoming()
