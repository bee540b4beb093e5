"""One sandbox and one sample release for the whole session; each test gets a fresh world and warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from include import settings
from include.database import engine
from tests.publishing.hosting import hosting
from tests.publishing.receivers import both, configure, mailbox, receiver  # noqa: F401  found by their names
from tests.publishing.studio import Studio, make_source
from tests.sandbox_server import SandboxServer, running_sandbox


@pytest.fixture(scope="session")
def sandbox_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """A sandbox with immediate processing."""
    with running_sandbox(tmp_path_factory.mktemp("world")) as server:
        yield server


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sample release's three files."""
    return make_source(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="session")
def hosted_address() -> Iterator[str]:
    """The desk's own hosting, in this process, so that it has each test's key and folder."""
    with hosting() as address:
        yield address


@pytest.fixture
def studio(
    desk: Path, sandbox_server: SandboxServer, hosted_address: str, source: Path, monkeypatch: pytest.MonkeyPatch
) -> Studio:
    """A studio with one exported release, `t1`, and nobody connected."""
    sandbox_server.reset()
    monkeypatch.setenv("RELEASE_DESK_PUBLIC_ADDRESS", hosted_address)
    monkeypatch.setenv("RELEASE_DESK_HOSTING_ROOT", str(desk / "hosted"))
    monkeypatch.setenv("RELEASE_DESK_RENDITIONS_ROOT", str(desk / "renditions"))
    found = Studio(folder=desk, sandbox=sandbox_server, monkeypatch=monkeypatch)
    found.configure()
    found.export(source)
    return found


@pytest.fixture(scope="module")
def one_desk(postgres_server: Any) -> Any:
    """A warehouse for all examples of one test."""
    copy = postgres_server.clone_database()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_CONN_WAREHOUSE", copy.app_url)
        settings.forget()
        yield copy
        engine.close_all()
    settings.forget()
    postgres_server.drop(copy)
