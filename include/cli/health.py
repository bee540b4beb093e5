"""Whether the components of an installation answer."""

from __future__ import annotations

import http.client
import json
from datetime import datetime
from typing import Any

from include.cli.components import Running

HEARTBEATS = {"scheduler": "scheduler", "triggerer": "triggerer", "dag-processor": "dag_processor"}
"""Component → its key in Airflow's answer, and in the name of its heartbeat."""


def ask(port: int, path: str, timeout: float = 3) -> Any:
    """Return the JSON a program on this machine answers, None when it does not (yet). No proxy is ever asked."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return json.loads(answer.read()) if answer.status == http.client.OK else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


def look(port: int, running: dict[str, Running | None]) -> dict[str, str]:
    """Return the health of each Airflow component: `healthy`, `starting` or `stopped`.

    A heartbeat from before a component's start is its predecessor's and does not count.
    """
    told = ask(port, "/api/v2/monitor/health") if running.get("api-server") else None
    return {name: _health(name, process, told) for name, process in running.items()}


def _health(name: str, running: Running | None, told: Any) -> str:
    if running is None:
        return "stopped"
    if not isinstance(told, dict):
        return "starting"
    if name == "api-server":
        return "healthy" if told.get("metadatabase", {}).get("status") == "healthy" else "starting"
    key = HEARTBEATS[name]
    about = told.get(key) or {}
    beat = about.get(f"latest_{key}_heartbeat")
    if about.get("status") != "healthy" or not beat or datetime.fromisoformat(beat).timestamp() < running.started:
        return "starting"
    return "healthy"
