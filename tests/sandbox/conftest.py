"""A sandbox process for these tests; every test finds it empty and with the usual switches."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.callers import TikTokCaller, YouTubeCaller
from tests.sandbox.discovery import complaints
from tests.sandbox.meta_callers import FacebookCaller, FileHost, InstagramCaller, file_host
from tests.sandbox_server import SandboxServer, running_sandbox


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """One process for all tests; at the end every body YouTube's side answered is held against Google's document."""
    with running_sandbox(tmp_path_factory.mktemp("server"), keep_answers=True) as sandbox:
        yield sandbox
        assert complaints(sandbox.answers()) == []


@pytest.fixture(scope="session")
def usual(server: SandboxServer) -> dict[str, object]:
    """The switches as they were at the start."""
    return server.settings()


@pytest.fixture
def sandbox(server: SandboxServer, usual: dict[str, object]) -> SandboxServer:
    """The sandbox, empty."""
    server.reset()
    server.settings(**usual)
    return server


@pytest.fixture
def base(sandbox: SandboxServer) -> str:
    """Where the sandbox is."""
    return sandbox.base


@pytest.fixture
def youtube(sandbox: SandboxServer) -> YouTubeCaller:
    """A channel."""
    return YouTubeCaller(sandbox)


@pytest.fixture
def tiktok(sandbox: SandboxServer) -> TikTokCaller:
    """A creator."""
    return TikTokCaller(sandbox)


@pytest.fixture
def instagram(sandbox: SandboxServer) -> InstagramCaller:
    """A professional Instagram account behind a Page."""
    return InstagramCaller(sandbox)


@pytest.fixture
def facebook(sandbox: SandboxServer) -> FacebookCaller:
    """A Page."""
    return FacebookCaller(sandbox)


@pytest.fixture
def host() -> Iterator[FileHost]:
    """A web server with nothing on it yet."""
    with file_host() as served:
        yield served
