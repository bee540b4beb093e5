"""Starts, stops and shows an installation on one machine: PostgreSQL, Airflow's four components, the sandbox."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from include import settings
from include.cli import components, health, starting
from include.cli.errors import CommandFailed
from include.cli.installation import Installation
from include.cli.progress import Progress
from include.cli.state import State
from include.database.embedded import EmbeddedPostgres

HEALTHY_SECONDS = 180
"""A cold start on a slow machine compiles all of Airflow first; 14 s were measured on two cores."""

SETTLED_SECONDS = 0.5
"""A scheduler whose executor cannot be loaded sends one heartbeat before it ends."""


def up(
    folder: Path | None = None,
    *,
    sandbox: bool = False,
    quiet: bool = False,
    port: int | None = None,
    dags: Path | None = None,
) -> Installation:
    """Start what is not running yet and return when all of it is healthy; a second call changes nothing.

    `folder` is the state folder (default `.desk/`), `dags` another DAG folder. On any error, and on Ctrl-C or
    SIGTERM, everything is stopped again. Raises `CommandFailed` with the reason and the last words of what failed.
    """
    state = State(folder)
    state.prepare()
    with (
        Progress(quiet=quiet) as progress,
        state.alone(progress.say),
        _signals(_interrupt, signal.SIGTERM, signal.SIGHUP),
    ):
        known = Installation.find(state)
        if known is not None and _everything_runs(state, known):
            if sandbox and known.sandbox_port is None:
                raise CommandFailed("It is already up without the sandbox; run `./desk down` first.")
            _wait_until_healthy(state, known, Progress(quiet=True))
            progress.say(f"It is already up: {known.airflow_url}")
            return known
        try:
            components.stop_all(state)  # what an unclean end left
            installation = starting.start(state, progress, sandbox=sandbox, port=port, dags=dags)
            _wait_until_healthy(state, installation, progress)
        except BaseException:
            if components.noted(state):
                progress.say("Stopping what was started.")
            _stop(state)
            raise
    return installation


def down(folder: Path | None = None, *, quiet: bool = False) -> list[str]:
    """Stop everything of an installation, its PostgreSQL last, and return the names of what ran.

    Returns when no process is left. Data, logs and secrets stay.
    """
    state = State(folder)
    if not state.folder.exists():
        return []
    state.prepare()
    with Progress(quiet=quiet) as progress, state.alone(progress.say):
        progress.begin("Stopping")
        ran = _stop(state)
        if ran:
            progress.done("Stopping")
    return ran


def status(folder: Path | None = None) -> dict[str, Any]:
    """Return what runs: `up` (all healthy), `components` (name, pid, health, log) and `addresses`."""
    state = State(folder)
    known = Installation.find(state)
    names = [*components.AIRFLOW, *(["sandbox"] if known and known.sandbox_port else [])]
    running = {name: components.find(state, name) for name in names}
    told = health.look(known.port, {name: running[name] for name in components.AIRFLOW}) if known else {}
    if "sandbox" in names and known:
        told["sandbox"] = "healthy" if running["sandbox"] and starting.sandbox_answers(known) else "stopped"
    server = EmbeddedPostgres(state.folder).process() if state.folder.exists() else None
    rows = [
        {
            "name": name,
            "pid": process.pid if process else None,
            "health": told.get(name, "stopped"),
            "log": str(state.log(name)),
        }
        for name, process in running.items()
    ]
    if known is None or known.uses_embedded_postgres:
        told["postgres"] = "healthy" if server else "stopped"
        log = str(state.log("postgres"))
        rows.append({"name": "postgres", "pid": server.pid if server else None, "health": told["postgres"], "log": log})
    is_up = known is not None and all(row["health"] == "healthy" for row in rows)
    return {"up": is_up, "components": rows, "addresses": known.addresses() if known and is_up else {}}


def _everything_runs(state: State, known: Installation) -> bool:
    names = [*components.AIRFLOW, *(["sandbox"] if known.sandbox_port else [])]
    if known.uses_embedded_postgres and not EmbeddedPostgres(state.folder).is_running():
        return False
    return all(components.find(state, name) for name in names)


def _stop(state: State) -> list[str]:
    with _signals(signal.SIG_IGN, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # an impatient second Ctrl-C
        ran = components.stop_all(state)
        server = EmbeddedPostgres(state.folder)
        if server.is_running():
            server.stop()
            ran.append("postgres")
    return ran


def _wait_until_healthy(state: State, installation: Installation, progress: Progress) -> None:
    """Return when all four stay healthy; raise `CommandFailed` at once when one has ended, or when time is up."""
    deadline, since = time.monotonic() + HEALTHY_SECONDS, math.inf
    for name in components.AIRFLOW:
        progress.begin(name)
    while True:
        running = {name: components.find(state, name) for name in components.AIRFLOW}
        told = health.look(installation.port, running)
        for name, how in told.items():
            if how == "stopped":
                raise CommandFailed(f"{name} has ended; the end of {state.log(name)}:\n{state.last_words(name)}")
            if how == "healthy":
                progress.done(name)
        waiting = [name for name, how in told.items() if how != "healthy"]
        since = math.inf if waiting else min(since, time.monotonic())
        if time.monotonic() > since + SETTLED_SECONDS:
            return
        if time.monotonic() > deadline:
            words = "\n".join(f"--- {state.log(name)}\n{state.last_words(name)}" for name in waiting)
            raise CommandFailed(f"Not healthy after {HEALTHY_SECONDS} s: {', '.join(waiting)}.\n{words}")
        time.sleep(0.2)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers, *numbers: int) -> Iterator[None]:
    """Handle signals in another way for a while; only a main thread can, elsewhere nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def current(folder: Path | None = None) -> Installation | None:
    """Return the installation that was started last, None before the first start."""
    return Installation.find(State(folder))


def enter(folder: Path | None = None) -> None:
    """Use the installation's databases, keys and addresses in this process.

    Nothing happens before the first start, and when AIRFLOW_CONN_WAREHOUSE names another warehouse.
    """
    known = current(folder)
    if known is None:
        return
    given = settings.surroundings().get("AIRFLOW_CONN_WAREHOUSE")
    if given in (None, known.environment["AIRFLOW_CONN_WAREHOUSE"]):
        settings.adopt(known.environment)
