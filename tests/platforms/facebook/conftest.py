"""One sandbox for all Facebook tests; each test finds it empty and with its default switches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.platforms.facebook.scene import SETTINGS, Desk
from tests.sandbox_server import SandboxServer, as_it_started, running_sandbox


@pytest.fixture(scope="session")
def facebook_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    with running_sandbox(tmp_path_factory.mktemp("facebook")) as server:
        yield server


@pytest.fixture
def sandbox(facebook_sandbox: SandboxServer) -> Iterator[SandboxServer]:
    """The sandbox, empty, as it started."""
    with as_it_started(facebook_sandbox) as found:
        yield found


@pytest.fixture
def make_desk(sandbox: SandboxServer) -> Iterator[Callable[..., Desk]]:
    """Return a maker of desks: `traits` go to the sandbox's account, everything else into the settings."""
    made: list[Desk] = []

    def make(*, traits: dict[str, Any] | None = None, **settings: Any) -> Desk:
        credentials = sandbox.account("facebook", **{"name": "harbour", **(traits or {})})
        made.append(Desk(sandbox=sandbox, credentials=credentials, settings={**SETTINGS, **settings}))
        return made[-1]

    yield make
    for desk in made:
        desk.calls.close()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """A desk for a Page."""
    return make_desk()
