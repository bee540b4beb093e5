"""One sandbox for all tests of the gateways; each test finds it empty and with its default switches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.gateways.scene import Counter
from tests.sandbox_server import SandboxServer, as_it_started, running_sandbox


@pytest.fixture(scope="session")
def gateway_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """A sandbox with immediate processing."""
    with running_sandbox(tmp_path_factory.mktemp("gateways")) as server:
        yield server


@pytest.fixture
def sandbox(gateway_sandbox: SandboxServer) -> Iterator[SandboxServer]:
    """The sandbox, empty, as it started."""
    with as_it_started(gateway_sandbox) as found:
        yield found


@pytest.fixture
def counter(sandbox: SandboxServer) -> Iterator[Callable[..., Counter]]:
    """Return a maker of counters, at which one gateway publishes to one platform."""
    made: list[Counter] = []

    def make(route: str, platform: str, **wanted: Any) -> Counter:
        made.append(Counter.open(sandbox, route, platform, **wanted))
        return made[-1]

    yield make
    for each in made:
        each.calls.close()
