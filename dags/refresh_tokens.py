"""Keep accounts alive: renew what ends soon, and tell owners once of what only they can renew.

Every hour. Access tokens are renewed before a task needs them, each platform's in time (TikTok's refresh token changes
with it). A dead grant marks the account `expired`, a passing error does not. Seven days before an end that nobody but a
person can put off, and when an account is dead, its owner gets one e-mail and one webhook. Sign-ins that nobody ended
are forgotten.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task


@dag(
    dag_id="refresh_tokens",
    doc_md=__doc__,
    schedule=timedelta(hours=1),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    tags=["accounts", "upkeep"],
    default_args={"owner": "release-desk", "retries": 2, "retry_delay": timedelta(minutes=1)},
)
def refresh_tokens() -> None:
    @task
    def renew() -> dict[str, int]:
        from collections import Counter

        from include.accounts import master_key
        from include.publishing import keeping

        master_key.check()
        return dict(Counter(each.outcome for each in keeping.renew_due()))

    @task(trigger_rule="all_done")
    def tell() -> list[str]:
        from include.publishing import keeping

        return keeping.tell_of_ends()

    @task(trigger_rule="all_done")
    def deliver() -> list[str]:
        from include.publishing import delivery

        return [f"{each.way}: {each.trouble or 'delivered'}" for each in delivery.deliver_due()]

    @task
    def forget_sign_ins() -> int:
        from include.accounts import consent

        return consent.forget_over()

    renew() >> tell() >> deliver()
    forget_sign_ins()


refresh_tokens()
