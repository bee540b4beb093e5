"""What every test gets: a warehouse of its own when it asks for one, and no way out of this machine."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path

import certifi
import pytest
import yaml

from include import settings
from include.database import engine
from tests import closed_network
from tests.postgres_server import PostgresServer, Warehouse

if yaml.__with_libyaml__:  # some ms a file instead of 60 and more: nearly every test writes a config folder of its own
    yaml.SafeLoader, yaml.SafeDumper = yaml.CSafeLoader, yaml.CSafeDumper


@pytest.fixture(autouse=True)
def _nobody_acts() -> None:
    """Forget who acted in the test before: a command says so for the rest of its process."""
    engine.act_as("", "")


@pytest.fixture(scope="session", autouse=True)
def _no_way_out() -> Iterator[None]:
    """Refuse every address but the loopback, so that no test can reach a real platform."""
    with closed_network.closed():
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Trust one certificate authority instead of 140: nobody out there is asked, and reading them takes 20 ms a client.

    A test that needs another one says so itself; processes that are started inherit it.
    """
    end = "-----END CERTIFICATE-----\n"
    first = Path(certifi.where()).read_text(encoding="utf-8").split(end, 1)[0] + end
    path = tmp_path_factory.mktemp("trust") / "authority.pem"
    path.write_text(first, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(path))
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for the whole test process (each xdist worker has its own)."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture
def warehouse(postgres_server: PostgresServer) -> Iterator[Warehouse]:
    """A migrated, empty warehouse of this test alone; `.owner_url` and `.app_url` are SQLAlchemy's."""
    copy = postgres_server.clone_database()
    yield copy
    postgres_server.drop(copy)


@pytest.fixture
def desk(warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The product's settings for one test: its own warehouse, key, export root and output root below `tmp_path`."""
    for name in [
        each for each in os.environ if each.startswith(("RELEASE_DESK_", "AIRFLOW_CONN_", "SECRET_MASTER_KEY"))
    ]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", warehouse.app_url)
    monkeypatch.setenv("SECRET_MASTER_KEY", base64.b64encode(os.urandom(32)).decode())
    for name in ("export", "output"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"RELEASE_DESK_{name.upper()}_ROOT", str(tmp_path / name))
    settings.forget()
    yield tmp_path
    engine.close_all()
    settings.forget()


SAMPLE = 6
"""Cases of one test on a warehouse that the quick part runs; `./desk test --all` runs each."""


def _leave_to_long(items: list[pytest.Item]) -> None:
    """Mark as long what goes beyond a sample of a test's many cases: the first, the last, and some evenly between."""
    families: dict[str, list[pytest.Item]] = {}
    for item in items:
        quick = not any(item.get_closest_marker(name) for name in ("long", "airflow"))
        if quick and hasattr(item, "callspec") and "warehouse" in getattr(item, "fixturenames", ()):
            families.setdefault(item.nodeid.split("[")[0], []).append(item)
    for family in families.values():
        kept = {round(place * (len(family) - 1) / (SAMPLE - 1)) for place in range(SAMPLE)}
        for place, item in enumerate(family):
            if place not in kept:
                item.add_marker(pytest.mark.long)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests on one worker, and everything that starts Airflow on the same one: it needs the machine."""
    _leave_to_long(items)
    for item in items:
        group = "airflow" if item.get_closest_marker("airflow") else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many cases the crash matrix ran; each is a publication of its own that was killed or failed somewhere."""
    counts = [
        int(value)
        for report in terminalreporter.stats.get("passed", [])
        for name, value in report.user_properties
        if name == "cases"
    ]
    if counts:
        terminalreporter.write_line(f"crash matrix: {sum(counts)} cases in {len(counts)} tests, one video each time")
