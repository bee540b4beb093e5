"""One installation for all tests of this folder: `desk up` with the sandbox, in a temporary folder, on free ports.

The files are run in the order of their names. Each test has an owner and accounts of its own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from include import settings
from include.cli import components, launcher
from include.cli.state import State
from include.database import engine
from tests.airflow.house import House
from tests.publishing.studio import LOST_POST, make_source
from tests.sandbox_server import free_port

HERE = Path(__file__).parent
OURS = ("RELEASE_DESK_", "AIRFLOW_", "AIRFLOW__", "SECRET_MASTER_KEY", "YOUTUBE_CLIENT", "TIKTOK_CLIENT",
        "FACEBOOK_APP", "LINKEDIN_CLIENT")  # fmt: skip
READERS = ("load_analytics", "load_comments", "load_accounts", "load_revenue", "load_market")
"""Paused but in their own tests: at the full hour they would ask the platforms in the middle of another one."""
WATCHED_OWNER = "watched"
START_SECONDS = 300


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here; one worker runs all of it, as it is one installation."""
    for item in items:
        if HERE in item.path.parents:
            for mark in (pytest.mark.airflow, pytest.mark.long, pytest.mark.xdist_group("airflow")):
                item.add_marker(mark)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(START_SECONDS))


@pytest.fixture(scope="session")
def quick_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's own config with shorter waits and smaller chunks."""
    folder = tmp_path_factory.mktemp("config")
    content = yaml.safe_load((settings.PROJECT / "config" / "distribution.yaml").read_text())
    content["exports"] |= {"owner": WATCHED_OWNER, "look_every_seconds": 0.5, "unchanged_for_seconds": 1}
    content["publishing"] |= {"retry_minutes": [0.03], "jitter": 0}
    content["platforms"]["youtube"] |= {"chunk_bytes": 262144, "lost_session": {"looks": 2, "every_seconds": 0.5}}
    content["platforms"]["tiktok"] |= {"public_id_patience_seconds": 20}
    content["platforms"]["instagram"] |= {"container_pace_seconds": [0.5], "lost_publish_seconds": 1}
    content["platforms"]["facebook"] |= {"lost_finish": {"looks": 2, "every_seconds": 0.5}}
    content["platforms"]["linkedin"] |= {"lost_post": LOST_POST}
    (folder / "distribution.yaml").write_text(yaml.safe_dump(content))
    shutil.copytree(
        settings.PROJECT / "config", folder, ignore=shutil.ignore_patterns("distribution.yaml"), dirs_exist_ok=True
    )
    return folder


@pytest.fixture(scope="session")
def house(quick_config: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The running installation; at the end it is stopped and no process of it may be left."""
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as environment:
        for name in [each for each in os.environ if each.startswith(OURS)]:
            environment.delenv(name)
        environment.setenv("RELEASE_DESK_CONFIG", str(quick_config))
        environment.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", "admin:admin,ann:user,bob:user,vera:viewer")
        settings.forget()
        try:
            installation = launcher.up(folder, sandbox=True, quiet=True, port=free_port())
            source = make_source(tmp_path_factory.mktemp("source"))
            found = House(installation=installation, source=source, exports=tmp_path_factory.mktemp("exports"))
            for dag_id in READERS:
                found.send("PATCH", f"/dags/{dag_id}", {"is_paused": True})
            yield found
        finally:
            launcher.down(folder, quiet=True)
            settings.forget()
    left = components.everything(State(folder))
    assert left == {}, f"`desk down` left processes: {left}"


@pytest.fixture(autouse=True)
def _inside(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a test see what the installation's programs see; the sandbox behaves again afterwards."""
    for name, value in house.installation.environment.items():
        if not name.startswith("AIRFLOW__") and name not in {"AIRFLOW_HOME", "AIRFLOW_CONFIG", "PYTHONPATH"}:
            monkeypatch.setenv(name, value)
    settings.forget()
    usual = house.sandbox.settings()
    yield
    house.sandbox.clear_faults()
    house.sandbox.settings(**usual)
    engine.close_all()
    settings.forget()
