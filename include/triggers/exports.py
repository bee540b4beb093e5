"""Watches the export folder in the triggerer and wakes `watch_exports` when a release has landed."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

log = logging.getLogger(__name__)

SAY_AGAIN_SECONDS = 60
"""An event whose run never came is repeated after so long; runs are idempotent by their id."""


class ExportsTrigger(BaseEventTrigger):
    """Fires when complete, quiet releases are waiting; the event only wakes, the DAG reads what is due itself."""

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class; it has no arguments, so that every triggerer reads the settings it has."""
        return ("include.triggers.exports.ExportsTrigger", {})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look every few seconds; a folder or database that is out of reach is logged and looked at again."""
        from include import settings
        from include.publishing import landing

        told, told_at = 0, 0.0
        while True:
            try:
                waiting = await asyncio.to_thread(landing.look)
            except Exception as error:  # a watcher that dies would never see a release again
                log.warning("the export folder could not be looked at: %s", error)
                waiting = 0
            if waiting and (waiting != told or time.monotonic() - told_at > SAY_AGAIN_SECONDS):
                told_at = time.monotonic()
                yield TriggerEvent({"waiting": waiting})  # type: ignore[no-untyped-call]
            told = waiting
            await asyncio.sleep(settings.distribution().exports.look_every_seconds)
