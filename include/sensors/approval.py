"""Holds a run until a person has said yes, when its conf asks for that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk.exceptions import AirflowSkipException

RESPONSE_DEADLINE = timedelta(days=7)


class ReleaseApproval(ApprovalOperator):
    """Asks "publish this release?" before the fan-out; skipped when nobody asked for approval; a no fails it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            subject="Publish {{ params.title_id }} ({{ params.segment }}, {{ params.age_bucket }})?",
            body="Platforms: {{ params.platforms or 'all default accounts' }}. Nothing has been sent yet.",
            fail_on_reject=True,
            response_timeout=RESPONSE_DEADLINE,
            defaults=self.REJECT,
            retries=0,
            **kwargs,
        )

    def execute(self, context: Any) -> Any:
        """Skip, or park the task until the answer."""
        if not context["params"]["require_approval"]:
            raise AirflowSkipException("No approval was asked for.")
        return super().execute(context)
