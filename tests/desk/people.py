"""People who ask the REST API, in this process: Airflow's sign-in is replaced, everything behind it is real."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import HTTPException
from fastapi.testclient import TestClient

from tests import airflow_home

PUBLIC = "http://127.0.0.1:8080"
Ask = Callable[..., TestClient]


@pytest.fixture
def ask(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return whoever asks: `ask("bob")` is a client that is signed in as bob, `ask(None)` is nobody."""
    airflow_home.settle()
    from include.desk import access
    from include.desk.app import app

    async def get_user(request: Any, _: Any, credentials: Any) -> Any:
        """Take the bearer token for the user's name."""
        if credentials is None:
            raise HTTPException(401, "Not authenticated")
        if credentials.credentials == "forged":
            raise HTTPException(403, "Invalid JWT token")
        return SimpleNamespace(get_name=lambda: credentials.credentials)

    monkeypatch.setattr(access, "get_user", get_user)
    monkeypatch.setenv("RELEASE_DESK_PUBLIC_ADDRESS", PUBLIC)

    def client(name: str | None, **headers: str) -> TestClient:
        signed = {"Authorization": f"Bearer {name}"} if name else {}
        return TestClient(
            app, base_url=PUBLIC, headers=signed | headers, follow_redirects=False, raise_server_exceptions=True
        )

    return client
