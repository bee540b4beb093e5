"""Takes one publication through all its steps in one task of Airflow's."""

from __future__ import annotations

from datetime import timedelta
from time import sleep
from typing import Any

from airflow.sdk import BaseOperator

from include.sensors.published import PUBLISHED_HERE, announce
from include.triggers.processing import ProcessingTrigger


class PublishOperator(BaseOperator):
    """Validates, uploads, leaves the waiting for the platform to the triggerer after a few looks, and finishes.

    `publication` is the mapping with `publication_id`, `owner` and `label` that `register` returned; the owner is the
    run's, whatever stands there. The ledger says what is left to do, so a task that is killed, cleared or failed
    falsely goes on where the publication stands. A publication that is out is an Asset event (published.py).

    The trigger's first look comes 10 s later or more: Airflow 3.3 fails a deferred task whose trigger fires before the
    scheduler has read the worker's end; that costs a second look.
    """

    template_fields = ("publication",)
    NAME = "{{ task.publication['label'] }}"
    """The account's name as `map_index_template`: it stands in Airflow's pages from the start, instead of a number."""

    def __init__(self, *, publication: Any, **kwargs: Any) -> None:
        kwargs.setdefault("outlets", [PUBLISHED_HERE])
        super().__init__(**kwargs)
        self.publication = publication

    def execute(self, context: Any) -> None:
        """Take every step that can be taken now; defer while the platform is processing."""
        from include import settings
        from include.sensors.publish_steps import advance, is_processing, owner_of

        owner, policy = owner_of(context), settings.distribution().publishing
        progress = advance(owner, self.publication)
        for seconds in policy.first_looks_seconds:
            if not is_processing(owner, self.publication, progress):
                break
            sleep(seconds)
            progress = advance(owner, self.publication)
        if is_processing(owner, self.publication, progress):
            self.defer(
                trigger=ProcessingTrigger(
                    owner=owner,
                    publication_id=self.publication["publication_id"],
                    first_poll_seconds=policy.first_poll_seconds,
                ),
                method_name="execute_complete",
                timeout=timedelta(hours=policy.give_up_processing_hours + 1),
            )
        self._end(context, owner, progress)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> None:
        """Look once more and finish; the event only wakes us, the ledger decides."""
        from include.sensors.publish_steps import advance, owner_of

        owner = owner_of(context)
        self._end(context, owner, advance(owner, self.publication))

    def _end(self, context: Any, owner: str, progress: Any) -> None:
        from include.publishing.progress import Over
        from include.sensors.publish_steps import tell

        tell(context, owner, self.publication, progress)
        if isinstance(progress, Over):
            announce(context, progress.publication)
