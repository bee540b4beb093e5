"""Holds a run until a person has said yes, when its conf asks for that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.providers.standard.exceptions import HITLRejectException
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

RESPONSE_DEADLINE = timedelta(days=7)


class ReleaseApproval(ApprovalOperator):
    """Asks "publish this release?" before the fan-out; skipped when nobody asked for approval; a no fails it.

    A no, or no answer in time, cancels the run's publications. Airflow 3.3 fails this task falsely when it is answered
    before the scheduler has read the worker's end (about 2 s); then its next try asks again and nothing is cancelled.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            subject="Publish {{ params.title_id }} ({{ params.segment }}, {{ params.age_bucket }})?",
            body="Platforms: {{ params.platforms or 'all default accounts' }}. Nothing has been sent yet.",
            fail_on_reject=True,
            response_timeout=RESPONSE_DEADLINE,
            defaults=self.REJECT,
            retries=3,
            **kwargs,
        )

    def execute(self, context: Any) -> Any:
        """Skip, or park the task until the answer."""
        from include.sensors.publish_steps import params_of

        if not params_of(context)["require_approval"]:
            raise AirflowSkipException("No approval was asked for.")
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Go on after a yes; cancel and fail for good after a no."""
        try:
            return super().execute_complete(context, event)
        except HITLRejectException:
            from include.publishing import verdicts
            from include.sensors.publish_steps import params_of

            verdicts.cancel_unapproved(params_of(context), context["dag_run"].run_id)
            raise AirflowFailException("The release was not approved.") from None
