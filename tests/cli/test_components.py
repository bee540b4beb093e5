"""Programs of an installation: found again, stopped completely, never mistaken for somebody else's."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from include.cli import components
from include.cli.state import State
from include.database.processes import is_gone, wait_until_gone

PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], cwd="/")
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print("started", flush=True)
time.sleep(600)
"""
GRANDPARENT = PARENT.replace("print", "subprocess.Popen(['/bin/sleep', '600'], cwd='/', start_new_session=True)\nprint")
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('started', flush=True); time.sleep(600)"
)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    made = State(tmp_path / "state")
    made.prepare()
    yield made
    components.stop_all(made)


def start(state: State, name: str, code: str) -> components.Running:
    """Start a Python program as a component and wait until it says so."""
    running = components.start(state, name, [sys.executable, "-c", code], dict(os.environ))
    until = time.monotonic() + 20
    while "started" not in state.last_words(name) and time.monotonic() < until:
        time.sleep(0.02)
    return running


def members(state: State) -> list[psutil.Process]:
    return [process for session in components.everything(state).values() for process in session]


def test_a_stopped_component_leaves_no_child(state: State) -> None:
    """Not even one that went to another folder, or to a session of its own, or both."""
    start(state, "scheduler", GRANDPARENT)
    ran = members(state)
    assert len(ran) == 4
    assert components.stop_all(state) == ["scheduler"]
    assert all(is_gone(process) for process in ran)
    assert components.noted(state) == []


def test_children_whose_parent_was_killed_are_found_and_stopped(state: State) -> None:
    parent = start(state, "scheduler", PARENT)
    children = [process for process in members(state) if process.pid != parent.pid]
    assert len(children) == 2
    os.kill(parent.pid, 9)
    wait_until_gone([psutil.Process(parent.pid)], 5)
    assert components.find(state, "scheduler") is None
    assert components.stop_all(state) == ["scheduler"]
    assert all(is_gone(child) for child in children)


def test_what_an_up_that_was_killed_never_noted_is_stopped_too(state: State) -> None:
    start(state, "scheduler", PARENT)
    ran = members(state)
    state.forget("run/scheduler")
    assert components.stop_all(state) == []
    assert all(is_gone(process) for process in ran)


def test_who_does_not_listen_is_killed(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "GRACE_SECONDS", 1)
    start(state, "sandbox", STUBBORN)
    ran = members(state)
    components.stop_all(state)
    assert len(ran) == 1
    assert is_gone(ran[0])


def test_a_recycled_process_number_is_somebody_elses(state: State) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as stranger:
        started = psutil.Process(stranger.pid).create_time()
        state.write("run/scheduler", {"pid": stranger.pid, "started": started - 3600})
        assert components.find(state, "scheduler") is None
        assert components.stop_all(state) == []
        assert stranger.poll() is None


def test_another_installation_is_left_alone(state: State, tmp_path: Path) -> None:
    other = State(tmp_path / "other")
    other.prepare()
    running = start(other, "scheduler", PARENT)
    components.stop_all(state)
    assert components.find(other, "scheduler") == running
    components.stop_all(other)


def test_logs_and_notes_are_for_their_owner_only(state: State) -> None:
    start(state, "scheduler", PARENT)
    for path in (state.log("scheduler"), state.run / "scheduler.json"):
        assert path.stat().st_mode & 0o777 == 0o600
    for folder in (state.folder, state.logs, state.run, state.airflow):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_no_component_serves_logs_on_every_address() -> None:
    assert "--skip-serve-logs" in components.command("scheduler")
    assert "--skip-serve-logs" in components.command("triggerer")
