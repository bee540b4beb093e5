"""Starts runs as the signed-in user: Airflow's own public API, asked in this process with the caller's own sign-in.

Airflow checks the token and the user's rights, writes its audit log and creates the run; nothing of ours touches its
tables. There is no way over the network: the API server that mounts our app is asked as the ASGI app it is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import httpx
from fastapi import Request

from include.desk import access
from include.desk.problems import Trouble
from include.desk.publishing_api import AIRFLOW

log = logging.getLogger("release_desk.desk")
DAG = "publish_release"
SIGN_IN = ("authorization", "cookie")
SECONDS = 30.0
NO_ANSWER = "Airflow did not start the run. What you asked for is kept; ask again in a moment, it is not done twice."


async def start(request: Request, run_id: str, conf: Mapping[str, Any], dag_id: str = DAG) -> bool:
    """Start a run; return False when one of this id was started before.

    Never call it from a worker thread: Airflow's route needs one of the same few, and all would wait for each other.
    Raises `Trouble`: 403 when Airflow does not let this user, 422 when it refuses the conf, 503 otherwise.
    """
    airflow = request.scope.get(AIRFLOW)
    if airflow is None:
        raise Trouble(503, "Runs are started by Airflow's API server, and this is none.")
    body = {"dag_run_id": run_id, "conf": dict(conf), "logical_date": None}
    signed = {name: request.headers[name] for name in SIGN_IN if name in request.headers}
    transport = httpx.ASGITransport(airflow, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=str(request.base_url.replace(path="/"))) as client:
        try:
            async with asyncio.timeout(SECONDS):
                answer = await client.post(f"/api/v2/dags/{dag_id}/dagRuns", json=body, headers=signed)
        except (httpx.HTTPError, TimeoutError) as error:
            log.error("%s was not started: %s", run_id, type(error).__name__)
            raise Trouble(503, NO_ANSWER) from None
    return _understood(answer, run_id, dag_id)


def _understood(answer: httpx.Response, run_id: str, dag_id: str) -> bool:
    match answer.status_code:
        case status if answer.is_success:
            return True
        case httpx.codes.CONFLICT:
            return False
        case httpx.codes.UNAUTHORIZED:
            raise Trouble(401, access.NOT_SIGNED_IN)
        case httpx.codes.FORBIDDEN:
            raise Trouble(403, access.MAY_NOT_RUN.format(dag=dag_id))
        case httpx.codes.BAD_REQUEST | httpx.codes.UNPROCESSABLE_ENTITY:
            raise Trouble(422, f"Airflow refuses this: {_said(answer).rstrip(chr(46))}.")
        case status:
            log.error("%s was not started: Airflow answered %s", run_id, status)
            raise Trouble(503, NO_ANSWER)


def _said(answer: httpx.Response) -> str:
    try:
        told = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return "no reason was given."
    return told if isinstance(told, str) else "a value has another kind than it wants."
