"""A whole installation, really started: healthy, private, found again, and gone when it is stopped.

One installation in a temporary folder serves all of these tests; each brings it up again if the one before stopped it.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from rich.console import Console

from include.cli import components, launcher
from include.cli.errors import CommandFailed
from include.cli.installation import Installation
from include.cli.progress import Progress
from include.cli.state import State
from include.database.embedded import EmbeddedPostgres
from include.database.processes import is_gone
from include.settings import PROJECT

pytestmark = [pytest.mark.airflow, pytest.mark.long, pytest.mark.xdist_group("launcher")]

DAG = """
from airflow.sdk import dag, task

@dag(schedule=None)
def one_task():
    @task
    def answer():
        from airflow.sdk import BaseHook
        return BaseHook.get_connection("warehouse").login
    answer()

one_task()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The state folder all tests here share, with a DAG folder beside it."""
    top = tmp_path_factory.mktemp("installation")
    (top / "dags").mkdir()
    (top / "dags" / "one_task.py").write_text(DAG)
    state = top / "state"
    yield state
    launcher.down(state, quiet=True)
    EmbeddedPostgres(state).remove()


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what the caller's environment says about another installation."""
    for name in ("AIRFLOW_CONN_WAREHOUSE", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "RELEASE_DESK_PORT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def installation(folder: Path) -> Installation:
    """The installation, up and with the sandbox."""
    return launcher.up(folder, sandbox=True, quiet=True, dags=folder.parent / "dags")


def processes(folder: Path) -> list[psutil.Process]:
    """Return everything the installation runs, PostgreSQL too."""
    found = [process for members in components.everything(State(folder)).values() for process in members]
    server = EmbeddedPostgres(folder).process()
    return found + ([server, *server.children(recursive=True)] if server else [])


def until(is_so: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.1)


@contextmanager
def api(installation: Installation) -> Iterator[httpx.Client]:
    """Open a client of Airflow's API that has signed in as the admin."""
    wanted = {"username": installation.admin_user, "password": installation.admin_password}
    with httpx.Client(base_url=installation.airflow_url, timeout=30, trust_env=False) as client:
        client.headers["Authorization"] = f"Bearer {client.post('/auth/token', json=wanted).json()['access_token']}"
        yield client


def test_everything_is_healthy_and_says_where_it_is(installation: Installation, folder: Path) -> None:
    told = launcher.status(folder)
    assert told["up"] is True
    assert {row["name"] for row in told["components"]} == {*components.AIRFLOW, "sandbox", "postgres"}
    assert all(psutil.pid_exists(row["pid"]) for row in told["components"])
    assert told["addresses"]["airflow"] == installation.airflow_url
    assert installation.admin_password not in json.dumps(told)


def test_everything_listens_on_the_loopback_only(installation: Installation, folder: Path) -> None:
    listening = [
        each for process in processes(folder) for each in process.net_connections("inet") if each.status == "LISTEN"
    ]
    assert {each.laddr.port for each in listening} >= {installation.port, installation.sandbox_port}
    assert {each.laddr.ip for each in listening} == {"127.0.0.1"}


def test_secrets_are_for_their_owner_only_and_on_no_command_line(installation: Installation, folder: Path) -> None:
    secrets = [value for value in State(folder).secrets.read().values() if len(value) > 15]
    for name in ("secrets.env", "installation.json", "airflow/passwords.json"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    lines = " ".join(" ".join(process.cmdline()) for process in processes(folder) if not is_gone(process))
    logs = "".join(path.read_text(errors="replace") for path in (folder / "logs").glob("*.log"))
    assert len(secrets) >= 9
    assert not [secret for secret in secrets if secret in lines + logs]
    assert len(installation.environment["AIRFLOW__API_AUTH__JWT_SECRET"]) >= 64


def test_nobody_enters_without_signing_in(installation: Installation) -> None:
    assert httpx.get(f"{installation.airflow_url}/api/v2/dags", trust_env=False).status_code == 401
    with api(installation) as client:
        assert client.get("/api/v2/dags").status_code == 200


def test_a_task_runs_and_knows_the_warehouse_as_the_role_without_rights(installation: Installation) -> None:
    with api(installation) as client:
        until(lambda: client.get("/api/v2/dags/one_task").status_code == 200)
        run = client.post("/api/v2/dags/one_task/dagRuns", json={"logical_date": None}).json()["dag_run_id"]
        address = f"/api/v2/dags/one_task/dagRuns/{run}"
        until(lambda: client.get(address).json()["state"] in {"success", "failed"})
        assert client.get(address).json()["state"] == "success"
        answer = client.get(f"{address}/taskInstances/answer/xcomEntries/return_value").json()
        assert answer["value"] == "desk_app"
        log = client.get(f"{address}/taskInstances/answer/logs/1").json()
        assert "one_task" in json.dumps(log)  # read from disk: no log server runs


def test_a_second_up_starts_nothing_and_says_so(
    installation: Installation, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [row["pid"] for row in launcher.status(folder)["components"]]
    heard = io.StringIO()
    monkeypatch.setattr(launcher, "Progress", lambda quiet: Progress(console=Console(file=heard)))
    began = time.monotonic()
    again = launcher.up(folder)
    assert time.monotonic() - began < 5
    assert "already up" in heard.getvalue()
    assert (again.port, again.environment) == (installation.port, installation.environment)
    assert [row["pid"] for row in launcher.status(folder)["components"]] == before


def test_a_killed_scheduler_is_noticed_and_replaced_with_all_its_children(
    installation: Installation, folder: Path
) -> None:
    scheduler = components.find(State(folder), "scheduler")
    assert scheduler is not None
    orphans = psutil.Process(scheduler.pid).children(recursive=True)
    assert orphans
    os.kill(scheduler.pid, signal.SIGKILL)
    until(lambda: scheduler.process() is None, 5)
    told = {row["name"]: row["health"] for row in launcher.status(folder)["components"]}
    assert told["scheduler"] == "stopped"
    again = launcher.up(folder, sandbox=True, quiet=True, dags=folder.parent / "dags")
    assert launcher.status(folder)["up"]
    assert not [orphan for orphan in orphans if not is_gone(orphan)]
    assert again.sandbox_port == installation.sandbox_port
    assert again.admin_password == installation.admin_password


def test_down_leaves_no_process(installation: Installation, folder: Path) -> None:
    ran = processes(folder)
    assert len(ran) > 10
    assert launcher.down(folder, quiet=True) == [*sorted([*components.AIRFLOW, "sandbox"]), "postgres"]
    assert not [process for process in ran if not is_gone(process)]
    assert processes(folder) == []
    assert launcher.down(folder, quiet=True) == []
    assert launcher.status(folder)["up"] is False


def starting(folder: Path) -> subprocess.Popen[bytes]:
    """Start `up` as a program of its own and return when its scheduler runs."""
    code = (
        "import sys; from pathlib import Path; from include.cli import errors, launcher\n"
        "folder = Path(sys.argv[1])\n"
        "sys.exit(errors.run(lambda: launcher.up(folder, quiet=True, dags=folder.parent / 'dags')))"
    )
    command = [sys.executable, "-c", code, str(folder)]
    process = subprocess.Popen(command, cwd=PROJECT, start_new_session=True, stderr=subprocess.PIPE)
    until(lambda: components.find(State(folder), "scheduler") is not None)
    return process


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_up_leaves_nothing_running(folder: Path, how: signal.Signals) -> None:
    launcher.down(folder, quiet=True)
    process = starting(folder)
    process.send_signal(how)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"desk: stopped." in said
    assert processes(folder) == []


def test_down_clears_up_after_a_killed_up(folder: Path) -> None:
    launcher.down(folder, quiet=True)
    process = starting(folder)
    process.kill()
    process.communicate()
    assert processes(folder)
    assert "postgres" in launcher.down(folder, quiet=True)
    assert processes(folder) == []


def test_a_component_that_ends_is_named_with_its_last_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    launcher.down(folder, quiet=True)
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "NoSuchExecutor")
    with pytest.raises(CommandFailed, match=r"(?s)has ended; the end of .*NoSuchExecutor"):
        launcher.up(folder, quiet=True, dags=folder.parent / "dags")
    assert processes(folder) == []
