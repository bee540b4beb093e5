"""One sandbox for all LinkedIn tests; each test finds it empty and with its default switches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from include.platforms.linkedin import versions
from tests.platforms.linkedin.scene import Desk
from tests.sandbox_server import SandboxServer, as_it_started, running_sandbox


@pytest.fixture(scope="session")
def linkedin_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    with running_sandbox(tmp_path_factory.mktemp("linkedin"), linkedin_versions_as_of="") as server:
        yield server


@pytest.fixture
def sandbox(linkedin_sandbox: SandboxServer) -> Iterator[SandboxServer]:
    """The sandbox, empty, as it started."""
    with as_it_started(linkedin_sandbox) as found:
        yield found


@pytest.fixture
def make_desk(sandbox: SandboxServer) -> Iterator[Callable[..., Desk]]:
    """Return a maker of desks: `traits` go to the sandbox's account, everything else into the settings."""
    made: list[Desk] = []

    def make(*, traits: dict[str, Any] | None = None, **settings: Any) -> Desk:
        credentials = sandbox.account("linkedin", **{"name": "Ana Gil", **(traits or {})})
        version = versions.living(datetime.now(UTC).date())
        made.append(Desk(sandbox=sandbox, credentials=credentials, settings={"version": version, **settings}))
        return made[-1]

    yield make
    for desk in made:
        desk.calls.close()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """A desk for a page, whose posts may be read."""
    return make_desk()


@pytest.fixture
def member(make_desk: Callable[..., Desk]) -> Desk:
    """A desk for a member, whose posts may not be read."""
    return make_desk(traits={"posts_as": "member"})
