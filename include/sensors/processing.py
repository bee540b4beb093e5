"""Waits until the platform has processed the upload."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any

from airflow.sdk import BaseOperator

from include.triggers.processing import ProcessingTrigger


class ProcessingSensor(BaseOperator):
    """Looks at once and a few times in the first seconds, then leaves the waiting to the triggerer.

    `publication` is the mapping with `publication_id`, `owner` and `label` that `register` returned; the owner is the
    run's, whatever stands there. The first look of the trigger comes 10 s later or more: Airflow 3.3 fails a deferred
    task whose trigger fires before the scheduler has read the worker's end. A wait that fails all the same is tried
    again and costs a second look, nothing more.
    """

    template_fields = ("publication",)

    def __init__(self, *, publication: Any, **kwargs: Any) -> None:
        kwargs.setdefault("retries", 5)
        super().__init__(**kwargs)
        self.publication = publication

    def execute(self, context: Any) -> None:
        """Look a few times, then defer."""
        from include import settings
        from include.publishing.progress import Later
        from include.sensors.publish_steps import name_index, owner_of, tell

        name_index(self.publication)
        owner = owner_of(context)
        policy = settings.distribution().publishing
        progress = self._look(owner)
        for seconds in policy.first_looks_seconds:
            if not isinstance(progress, Later):
                break
            if progress.at - datetime.now(UTC) > timedelta(minutes=10):  # a limit, not processing
                tell(progress)
            sleep(seconds)
            progress = self._look(owner)
        if isinstance(progress, Later):
            self.defer(
                trigger=ProcessingTrigger(
                    owner=owner,
                    publication_id=self.publication["publication_id"],
                    first_poll_seconds=policy.first_poll_seconds,
                ),
                method_name="execute_complete",
                timeout=timedelta(hours=policy.give_up_processing_hours + 1),
            )
        else:
            tell(progress)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> None:
        """Look once more and say how it ended; the event only wakes us, the ledger decides."""
        from include.sensors.publish_steps import name_index, owner_of, tell

        name_index(self.publication)
        tell(self._look(owner_of(context)))

    def _look(self, owner: str) -> Any:
        from include.publishing import steps  # a DAG parse must not pay for HTTP clients and databases

        return steps.check(owner, self.publication["publication_id"])
