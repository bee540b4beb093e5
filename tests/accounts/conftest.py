"""A desk that is connected to a sandbox, and people who sign in there over HTTP, as a browser would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import yaml

from include import settings
from include.accounts import consent
from include.accounts.consent import Completed
from tests.sandbox_server import SandboxServer, running_sandbox

BACK = "http://127.0.0.1:8080/api/publishing/connect/callback"
OWNER = "alice"
LOGINS = (
    ("youtube", None),
    ("instagram", "facebook"),
    ("instagram", "instagram"),
    ("facebook", None),
    ("tiktok", None),
    ("linkedin", None),
)
"""The six ways to sign in."""


@dataclass
class Stage:
    """The sandbox with ready apps, and what a person does on its consent pages."""

    sandbox: SandboxServer

    def allow(self, address: str, name: str = "Ada", **form: Any) -> dict[str, str]:
        """Open a consent page, allow what it shows, and return the query that the browser is sent back with.

        `form` changes what is sent: `decision`, `scope` (a list), `pages`, `account`.
        """
        page = httpx.get(address)
        assert "Allow access?" in page.text, page.text
        shown = re.findall(r'name="scope" value="([^"]+)"', page.text)
        answer = httpx.post(address, data={"decision": "allow", "new_account": name, "scope": shown, **form})
        assert answer.status_code == 303, answer.text
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    def sign_in(
        self, platform: str, name: str = "Ada", *, owner: str = OWNER, form: dict[str, Any] | None = None, **begin: Any
    ) -> Completed:
        """Go through a whole sign-in."""
        begun = consent.begin(owner, platform, redirect_uri=BACK, **begin)
        back = self.allow(begun.address, name, **(form or {}))
        return consent.complete(owner, state=back["state"], parameters=back)


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """One sandbox for the tests of this folder."""
    with running_sandbox(tmp_path_factory.mktemp("accounts")) as server:
        yield server


@pytest.fixture
def stage(desk: Path, sandbox_process: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A fresh desk whose apps are the sandbox's; switches are put back."""
    sandbox = sandbox_process
    before = sandbox.settings()
    sandbox.reset()
    endpoints = desk / "endpoints.yaml"
    endpoints.write_text(yaml.safe_dump(sandbox.endpoints()))
    monkeypatch.setenv("RELEASE_DESK_ENDPOINTS", str(endpoints))
    apps = httpx.get(f"{sandbox.base}/sandbox/apps").json()
    for platform in ("youtube", "tiktok", "facebook", "linkedin"):
        names = settings.app_variables(platform)[1:]
        for variable, key in zip(names, ("client_id", "client_secret"), strict=True):
            monkeypatch.setenv(variable, apps[platform][key])
    settings.forget()
    yield Stage(sandbox)
    sandbox.settings(**before)
