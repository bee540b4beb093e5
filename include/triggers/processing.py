"""Looks at a publication in the triggerer until its platform has processed the video."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

LONGEST_SLEEP_SECONDS = 300


class ProcessingTrigger(BaseTrigger):
    """Fires once the wait is over, whatever came of it; the event carries the publication's id and no secret.

    A trigger may run twice at once (a triggerer that was thought dead): it only looks, and a look may be repeated.
    """

    def __init__(self, *, owner: str, publication_id: str, first_poll_seconds: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.owner = owner
        self.publication_id = publication_id
        self.first_poll_seconds = first_poll_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class and every argument, as Airflow stores them."""
        return (
            "include.triggers.processing.ProcessingTrigger",
            {
                "owner": self.owner,
                "publication_id": self.publication_id,
                "first_poll_seconds": self.first_poll_seconds,
            },
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Sleep, look, and fire when there is nothing left to wait for."""
        from include.publishing import steps
        from include.publishing.progress import Later

        seconds = self.first_poll_seconds
        while True:
            await asyncio.sleep(seconds)
            progress = await asyncio.to_thread(steps.check, self.owner, self.publication_id)
            if not isinstance(progress, Later):
                yield TriggerEvent({"publication_id": self.publication_id})  # type: ignore[no-untyped-call]
                return
            wanted = (progress.at - datetime.now(UTC)).total_seconds()
            seconds = min(max(wanted, 1.0), LONGEST_SLEEP_SECONDS)
