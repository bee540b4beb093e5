"""What a run's deadline counts from."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from airflow.sdk.definitions.deadline import BaseDeadlineReference


class RunIsDue(BaseDeadlineReference):
    """Counts from the moment the run may start, also when it was triggered for a later time.

    Airflow's own `DAGRUN_QUEUED_AT` counts from the trigger, and in 3.3 no run that has it can be cleared before its
    deadline: Airflow answers 500 (airflow#70368, seen 2026-11-21). `plugins/release_desk.py` registers this class.
    """

    required_kwargs: ClassVar[set[str]] = {"dag_id", "run_id"}

    def _evaluate_with(self, *, session: Any, dag_id: str, run_id: str) -> datetime | None:
        """Return the run's `run_after`; the scheduler or the API server calls this with its own session."""
        from airflow.models.dagrun import DagRun
        from sqlalchemy import select

        due: datetime | None = session.scalar(
            select(DagRun.run_after).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
        )
        return due
