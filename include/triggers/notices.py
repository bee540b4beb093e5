"""Sends notices from the triggerer, seconds after something happened."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0


class NoticesTrigger(BaseEventTrigger):
    """Makes known what happened and sends what is due; it never fires, so a notice costs no run of a DAG.

    A second watcher beside the one of `publish_due`. Two at once (two triggerers) send nothing twice: Postgres decides
    who has a delivery. Where no triggerer runs, `check_upcoming` and `refresh_tokens` send.
    """

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class; it has no arguments, so that every triggerer reads the settings it has."""
        return ("include.triggers.notices.NoticesTrigger", {})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look every second; a receiver that hangs holds up its own messages only."""
        from include.publishing.delivery import Sender

        sender = Sender()
        try:
            while True:
                try:
                    await asyncio.to_thread(sender.look)
                except Exception as error:  # a watcher that dies would never send again
                    log.warning("notices could not be looked at: %s", error)
                await asyncio.sleep(LOOK_EVERY_SECONDS)
        finally:
            sender.close(wait=False)
        yield  # never reached: it makes this an asynchronous generator, as Airflow wants it
