"""The programs of a one-machine installation: how each is started, found again and stopped."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from include.cli.state import State
from include.database.processes import is_gone, wait_until_gone

AIRFLOW = ("api-server", "scheduler", "triggerer", "dag-processor")
"""What must be up; every one is needed for a release to be published."""

STOP_FIRST = ("scheduler", "triggerer", "dag-processor", "migration")
"""Stopped before the API server, so that a task that is ended can still report it."""

FIRST_SECONDS, GRACE_SECONDS, KILLED_SECONDS = 4, 6, 5
"""How long is waited for those, for all when all were told, and for all when all were killed. As a rule 2 s are enough,
but a triggerer sometimes misses the end of its own child for 10 s, and a scheduler waits for running tasks until they
are told too: a task that is ended is taken up by its next try."""

MAX_LOG_BYTES = 20 * 1024 * 1024

_STARTED: list[subprocess.Popen[bytes]] = []
"""Components outlive whoever started them; kept so that Python neither waits nor warns."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A component's first process, recognised by its number and its start: a recycled number is another's."""

    name: str
    pid: int
    started: float

    def process(self) -> psutil.Process | None:
        """Return its first process, None when that is gone."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.started) < 1  # seconds; the clock of /proc is coarse
        except psutil.NoSuchProcess:
            return None
        return found if same and not is_gone(found) else None


def command(name: str, *arguments: str) -> list[str]:
    """Return the command line of an Airflow component.

    No log servers: they listen on every address of the machine, and on one machine logs are read from disk.
    """
    own = ["--skip-serve-logs"] if name in ("scheduler", "triggerer") else []
    program = "include.cli.warm_scheduler" if name == "scheduler" else "airflow"
    return [sys.executable, "-m", program, name, *own, *arguments]


def no_core_dumps() -> None:
    """Let this process, and everything it starts from now on, leave no memory behind when it crashes.

    Memory holds tokens in plain text. Programs that collect dumps (systemd-coredump, apport) keep to the limit, too.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def start(state: State, name: str, command: list[str], environment: dict[str, str]) -> Running:
    """Start a program in a session of its own, its output in the installation's logs; it is not healthy yet."""
    no_core_dumps()
    path = state.log(name)
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=state.run, env=environment,
            start_new_session=True,
        )  # fmt: skip
    _STARTED.append(process)
    running = Running(name=name, pid=process.pid, started=psutil.Process(process.pid).create_time())
    state.write(f"run/{name}", {"pid": running.pid, "started": running.started})
    return running


def exit_code(running: Running) -> int | None:
    """Return how a program this process started ended, None while it runs or when another process started it."""
    return next((child.poll() for child in _STARTED if child.pid == running.pid), None)


def find(state: State, name: str) -> Running | None:
    """Return a component when its first process runs."""
    noted = state.read(f"run/{name}")
    if not noted:
        return None
    running = Running(name=name, pid=int(noted["pid"]), started=float(noted["started"]))
    return running if running.process() else None


def noted(state: State) -> list[str]:
    """Return the names of everything that was started and not stopped since, dead or alive."""
    return sorted(path.stem for path in state.run.glob("*.json")) if state.run.is_dir() else []


def everything(state: State) -> dict[int, list[psutil.Process]]:
    """Return every process of ours by session: of a noted session, in the run folder, or started by one of these.

    A session has the number of the component's first process, also when that one has died.
    """
    sessions: dict[int, list[psutil.Process]] = {pid: [] for pid in _sessions(state)}
    numbers: set[int] = set()
    for process in sorted(psutil.process_iter(), key=psutil.Process.create_time):  # parents before children
        with suppress(psutil.AccessDenied, psutil.NoSuchProcess, ProcessLookupError):
            session = os.getsid(process.pid)
            if session in sessions or process.ppid() in numbers or _works_in(process, state.run):
                numbers.add(process.pid)
                sessions.setdefault(session, []).append(process)
    return {session: members for session, members in sessions.items() if members}


def _sessions(state: State) -> Iterator[int]:
    """Give the noted sessions; a number that now belongs to another program is not ours any more."""
    for name in noted(state):
        note = state.read(f"run/{name}")
        try:
            is_ours = abs(psutil.Process(int(note["pid"])).create_time() - float(note["started"])) < 1  # seconds
        except psutil.NoSuchProcess:
            is_ours = True  # its number stays reserved as long as the session has members
        except (KeyError, ValueError):
            is_ours = False
        if is_ours:
            yield int(note["pid"])


def _works_in(process: psutil.Process, folder: Path) -> bool:
    return process.cwd() == str(folder) and process.terminal() is None and not is_gone(process)


def stop_all(state: State) -> list[str]:
    """Stop every component, politely first; return the names of those that ran.

    Also ends what an `up` that was killed left behind. Logs and data stay.
    """
    sessions = everything(state)
    names = {name: int(state.read(f"run/{name}").get("pid", 0)) for name in noted(state)}
    ran = [name for name, pid in names.items() if pid in sessions]
    first = [process for name in STOP_FIRST for process in sessions.get(names.get(name, 0), [])]
    _tell((process for process in first if process.pid in sessions), signal.SIGTERM)
    wait_until_gone(first, FIRST_SECONDS)
    left = [process for members in (sessions | everything(state)).values() for process in members]
    for how, seconds in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, KILLED_SECONDS)):
        _tell(left, how)
        left = wait_until_gone(left, seconds)
    for name in names:
        state.forget(f"run/{name}")
    for child in _STARTED[:]:
        if child.poll() is not None:
            _STARTED.remove(child)
    return ran


def _tell(processes: Iterable[psutil.Process], how: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(how)
