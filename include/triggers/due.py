"""Watches the queue in the triggerer and wakes `publish_due` when something is due."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0
SAY_AGAIN_SECONDS = 15
"""An event whose run never came is repeated after so long; what was taken on meanwhile is not due any more."""
CLOCKS_EVERY_SECONDS = 3600
"""How often local times ahead are held against the rules of their zones."""


class DueTrigger(BaseEventTrigger):
    """Fires when publications are due that nobody has taken on; the event only wakes, the DAG reads them itself.

    Two triggerers that both watch wake the DAG twice; the second run finds nothing left to take on.
    """

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class; it has no arguments, so that every triggerer reads the settings it has."""
        return ("include.triggers.due.DueTrigger", {})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look every second; a database that is out of reach is logged and asked again."""
        told: dict[str, float] = {}
        clocks_at = -float(CLOCKS_EVERY_SECONDS)
        while True:
            waiting = await self._look()
            now = time.monotonic()
            told = {name: at for name, at in told.items() if name in waiting}
            if any(now - told.get(name, -SAY_AGAIN_SECONDS) >= SAY_AGAIN_SECONDS for name in waiting):
                told = dict.fromkeys(waiting, now)
                yield TriggerEvent({"waiting": len(waiting)})  # type: ignore[no-untyped-call]
            if now - clocks_at >= CLOCKS_EVERY_SECONDS:
                clocks_at = now
                await self._follow_the_clocks()
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _look(self) -> frozenset[str]:
        from include.publishing import taking

        try:
            return await asyncio.to_thread(taking.to_do)
        except Exception as error:  # a watcher that dies would never see anything due again
            log.warning("the queue could not be looked at: %s", error)
            return frozenset()

    async def _follow_the_clocks(self) -> None:
        from include.publishing import queue

        try:
            await asyncio.to_thread(queue.follow_the_clocks)
        except Exception as error:  # the same
            log.warning("local times ahead could not be looked at: %s", error)
