"""One sandbox for all Instagram tests; each test finds it empty and with its default switches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from include.platforms.contract import VideoFile
from tests.platforms.instagram.scene import Desk, FileHosting, serving
from tests.sandbox_server import SandboxServer, as_it_started, running_sandbox


@pytest.fixture(scope="session")
def instagram_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    with running_sandbox(tmp_path_factory.mktemp("instagram")) as server:
        yield server


@pytest.fixture
def sandbox(instagram_sandbox: SandboxServer) -> Iterator[SandboxServer]:
    """The sandbox, empty, as it started."""
    with as_it_started(instagram_sandbox) as found:
        yield found


@pytest.fixture(scope="session")
def hosting() -> Iterator[Callable[[VideoFile], FileHosting]]:
    """A maker of hostings that serve on this machine."""
    with serving() as make:
        yield make


@pytest.fixture
def make_desk(sandbox: SandboxServer) -> Iterator[Callable[..., Desk]]:
    """Return a maker of desks: `traits` go to the sandbox's account, everything else into the settings."""
    made: list[Desk] = []

    def make(*, traits: dict[str, Any] | None = None, **settings: Any) -> Desk:
        credentials = sandbox.account("instagram", **{"name": "ana", **(traits or {})})
        settings = {"lost_publish_seconds": 0.1, "upload": "bytes", **settings}
        made.append(Desk(sandbox=sandbox, credentials=credentials, settings=settings))
        return made[-1]

    yield make
    for desk in made:
        desk.calls.close()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """A desk for a business account, connected through Facebook."""
    return make_desk()
