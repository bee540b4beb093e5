"""People who ask the REST API, in this process: Airflow's sign-in is replaced, everything behind it is real."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import HTTPException
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests import airflow_home

PUBLIC = "http://127.0.0.1:8080"
Ask = Callable[..., TestClient]
VIEWER = "vera"
"""Whom Airflow lets start nothing."""


@dataclass(kw_only=True)
class Runs:
    """What Airflow was asked to start; `answer` is what it says instead, when a test wants that."""

    started: dict[str, dict[str, Any]] = field(default_factory=dict)
    by: list[str | None] = field(default_factory=list)
    answer: tuple[int, Any] | None = None

    async def start(self, request: Request) -> JSONResponse:
        """Answer `POST dagRuns` as Airflow 3.3 does (ran against one: 200, a doubled id 409)."""
        body = await request.json()
        assert set(body) == {"dag_run_id", "conf", "logical_date"}, "Airflow refuses other keys, and wants logical_date"
        self.by.append(request.headers.get("authorization") or request.headers.get("cookie"))
        if self.answer is not None:
            return JSONResponse({"detail": self.answer[1]}, self.answer[0])
        if body["dag_run_id"] in self.started:
            return JSONResponse({"detail": "DAGRun already exists"}, 409)
        self.started[body["dag_run_id"]] = {"dag_id": request.path_params["dag_id"], "conf": body["conf"]}
        return JSONResponse({"dag_run_id": body["dag_run_id"]})


@pytest.fixture
def runs() -> Runs:
    """Airflow's API, as far as the desk asks it in its own process."""
    return Runs()


@pytest.fixture
def ask(desk: Path, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return whoever asks: `ask("bob")` is a client that is signed in as bob, `ask(None)` is nobody."""
    airflow_home.settle()
    from include.desk import access
    from include.desk.app import app
    from include.desk.publishing_api import AIRFLOW

    async def get_user(request: Any, _: Any, credentials: Any) -> Any:
        """Take the bearer token for the user's name."""
        if credentials is None:
            raise HTTPException(401, "Not authenticated")
        if credentials.credentials == "forged":
            raise HTTPException(403, "Invalid JWT token")
        return SimpleNamespace(get_name=lambda: credentials.credentials)

    def requires_access_dag(method: str, entity: Any, dag_id: str) -> Any:
        def check(request: Any, user: Any) -> None:
            if user.get_name() == VIEWER:
                raise HTTPException(403, "Forbidden")

        return check

    airflow = Starlette(routes=[Route("/api/v2/dags/{dag_id}/dagRuns", runs.start, methods=["POST"])])

    async def mounted(scope: Any, receive: Any, send: Any) -> None:
        """Stand where the plugin stands in Airflow's API server."""
        if scope["type"] == "http":
            scope[AIRFLOW] = airflow
        await app(scope, receive, send)

    monkeypatch.setattr(access, "get_user", get_user)
    monkeypatch.setattr(access, "requires_access_dag", requires_access_dag)
    monkeypatch.setenv("RELEASE_DESK_PUBLIC_ADDRESS", PUBLIC)

    def client(name: str | None, **headers: str) -> TestClient:
        signed = {"Authorization": f"Bearer {name}"} if name else {}
        return TestClient(
            mounted, base_url=PUBLIC, headers=signed | headers, follow_redirects=False, raise_server_exceptions=True
        )

    return client
