"""One sandbox for all TikTok tests; each test finds it empty and with its default switches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.platforms.tiktok.scene import Desk
from tests.sandbox_server import SandboxServer, as_it_started, running_sandbox


@pytest.fixture(scope="session")
def tiktok_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    with running_sandbox(tmp_path_factory.mktemp("tiktok"), tiktok_moderation_seconds=0.0) as server:
        yield server


@pytest.fixture
def sandbox(tiktok_sandbox: SandboxServer) -> Iterator[SandboxServer]:
    """The sandbox, empty, as it started."""
    with as_it_started(tiktok_sandbox) as found:
        yield found


@pytest.fixture
def make_desk(sandbox: SandboxServer) -> Iterator[Callable[..., Desk]]:
    """Return a maker of desks: `traits` go to the sandbox's account, everything else into the settings."""
    made: list[Desk] = []

    def make(*, traits: dict[str, Any] | None = None, **settings: Any) -> Desk:
        credentials = sandbox.account("tiktok", **{"name": "ana", **(traits or {})})
        made.append(Desk(sandbox=sandbox, credentials=credentials, settings={"privacy": None, **settings}))
        return made[-1]

    yield make
    for desk in made:
        desk.calls.close()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """A desk for a public account."""
    return make_desk()
