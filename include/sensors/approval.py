"""Holds a run until a person has said yes, when its conf asks for that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from airflow.providers.standard.exceptions import HITLRejectException
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from include import settings

PREVIEW = "{desk}/api/publishing/jobs/{job_id}/preview?owner={owner}"


class ReleaseApproval(ApprovalOperator):
    """Asks "publish this release?" before the fan-out; skipped when nobody asked for approval; a no fails it.

    The question has a link to a page that shows what would be published. How long it waits, and what counts then, is
    `approval` of config/distribution.yaml. A no cancels the run's publications. Airflow 3.3 fails this task falsely
    when it is answered before the scheduler has read the worker's end (about 2 s); then its next try asks again and
    nothing is cancelled.
    """

    def __init__(self, **kwargs: Any) -> None:
        wanted = settings.distribution().approval
        super().__init__(
            subject="Publish {{ params.title_id }} ({{ params.segment }}, {{ params.age_bucket }})?",
            body="Platforms: {{ params.platforms or 'all default accounts' }}. Nothing has been sent yet.",
            fail_on_reject=True,
            response_timeout=timedelta(hours=wanted.answer_within_hours),
            defaults=self.APPROVE if wanted.without_answer == "approve" else self.REJECT,
            retries=3,
            **kwargs,
        )

    def execute(self, context: Any) -> Any:
        """Skip, or park the task until the answer; what has to be converted is converted before anybody looks."""
        from include.publishing import previews
        from include.sensors.publish_steps import params_of

        params, run_id = params_of(context), context["dag_run"].run_id
        if not params["require_approval"]:
            raise AirflowSkipException("No approval was asked for.")
        previews.prepare(params["owner"], run_id)
        self.body = f"{self.body}\n\n{self._what_to_look_at(params['owner'], run_id)}"
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

    def _what_to_look_at(self, owner: str, run_id: str) -> str:
        """Return the rest of the question, as Markdown: the link, who may follow it, until when, and what then."""
        link = preview_address(owner, run_id)
        until = datetime.now(UTC) + (self.response_timeout or timedelta())
        then = "yes" if self.defaults == [self.APPROVE] else "no"
        return (
            f"[Look at what would be published]({link}): texts, time, thumbnail and video of each account, for {owner} "
            f"and admins only. Without an answer by {until:%Y-%m-%d %H:%M} UTC that is a {then}."
        )


def preview_address(owner: str, run_id: str) -> str:
    """Return where a run's publications are shown, below the address people sign in at."""
    desk = settings.public_address() or str(conf.get("api", "base_url", fallback="")).rstrip("/")
    return PREVIEW.format(desk=desk, job_id=quote(run_id, safe=""), owner=quote(owner, safe=""))
