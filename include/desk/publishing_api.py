"""What the plugin mounts: the REST API, built when it is first asked.

Airflow loads plugins in every process; only the API server needs this app and what it imports.
"""

from __future__ import annotations

import asyncio
import logging

from starlette.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger("release_desk.desk")
AIRFLOW = "release_desk.airflow"
"""Airflow's own app, for include/desk/runs.py."""


class PublishingApi:
    """Hands every request to the app of include/desk/app.py."""

    def __init__(self) -> None:
        """Wait for the first request."""
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; the first one loads the app, in a thread: the server has other things to do meanwhile."""
        if self._app is None:
            self._app = await asyncio.to_thread(_load)
        if scope["type"] == "http":
            scope[AIRFLOW] = scope.get("app")  # who mounts us; below here "app" is ours
        await self._app(scope, receive, send)


def _load() -> ASGIApp:
    """Return the app, after telling in the log when the master key is missing or wrong."""
    from include.accounts import master_key
    from include.accounts.vault import VaultError
    from include.desk.app import app

    try:
        master_key.check()
    except VaultError as error:
        log.error("no account can be connected or used: %s", error)
    except Exception as error:  # whatever needs the database says so itself
        log.error("the master key could not be checked: %s", type(error).__name__)
    return app
