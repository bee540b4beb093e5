"""Tells people what needs them."""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger("release_desk.notices")


async def run_takes_long(**context: Any) -> None:
    """Say that a run is not through two minutes after it was queued (the triggerer calls this; it is no failure)."""
    run = (context.get("context") or context).get("dag_run") or {}
    log.warning(
        "The run %s is not through after two minutes; `desk publications list` shows what it waits for.",
        run.get("dag_run_id") or run.get("run_id"),
    )
