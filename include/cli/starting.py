"""The way up: what is started in which order, and what waits for what."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from include import settings
from include.cli import components, health, ports, preparing, surroundings
from include.cli.errors import CommandFailed
from include.cli.installation import Installation
from include.cli.progress import Progress
from include.cli.state import State
from include.database.embedded import EmbeddedPostgres

SANDBOX_SECONDS = 60


def start(state: State, progress: Progress, *, sandbox: bool, port: int | None, dags: Path | None) -> Installation:
    """Start everything of an installation and return before Airflow is healthy.

    Airflow's tables are prepared by a process of its own while the warehouse and the sandbox come up.
    """
    components.no_core_dumps()
    chosen = _choose_port(port, progress)
    first = "ADMIN_PASSWORD" not in state.secrets.read()
    sandbox_port = _start_sandbox(state) if sandbox else None
    server = None if _has_both_databases() else EmbeddedPostgres(state.folder, say=progress.say)
    databases, owner = _databases(server, progress)
    surroundings.admin_password(state)
    ours = databases | surroundings.generated(state) | surroundings.places(state, chosen, dags)
    progress.begin("Airflow's tables")
    migration = preparing.begin_metadata(state, surroundings.inherited() | ours)
    _migrate_warehouse(owner, progress)
    _check_master_key(ours)
    if sandbox_port is not None:
        apps = _sandbox_apps(state, sandbox_port, progress)
        ours |= surroundings.sandboxed(state, health.ask(sandbox_port, "/sandbox/endpoints"), apps)
        ours |= surroundings.sandbox_inbox(int(state.read("sandbox")["smtp_port"]))
    environment = surroundings.inherited() | ours
    preparing.finish_metadata(state, environment, migration)
    progress.done("Airflow's tables")
    installation = Installation(
        state=state, port=chosen, sandbox_port=sandbox_port, uses_embedded_postgres=server is not None, environment=ours
    )
    installation.remember()
    for name in components.AIRFLOW:
        components.start(state, name, components.command(name), environment)
    if first:
        progress.say(f"Sign in as {installation.admin_user} with {installation.admin_password} (shown this once).")
    return installation


def _choose_port(asked: int | None, progress: Progress) -> int:
    wanted = asked if asked is not None else settings.port()
    chosen = ports.choose(wanted)
    if wanted is None and chosen != ports.DEFAULT:
        progress.say(
            f"Port {ports.DEFAULT} is taken{ports.holder(ports.DEFAULT)}; Airflow's page gets {chosen} "
            "(RELEASE_DESK_PORT chooses another)."
        )
    return chosen


def _has_both_databases() -> bool:
    given = settings.surroundings()
    return bool(given.get("AIRFLOW_CONN_WAREHOUSE") and given.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"))


def _databases(server: EmbeddedPostgres | None, progress: Progress) -> tuple[dict[str, str], str]:
    """Start PostgreSQL where it is ours; return both addresses, and the one the warehouse's owner migrates with."""
    given = settings.surroundings()
    metadata = given.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN")
    warehouse = given.get("AIRFLOW_CONN_WAREHOUSE")
    owner = settings.warehouse_owner_url() if warehouse else ""
    if server is not None:
        progress.begin("PostgreSQL")
        server.start()
        progress.done("PostgreSQL")
        metadata = metadata or server.addresses.metadata.url("+psycopg2")
        if not warehouse:
            warehouse = server.addresses.warehouse_app.url()
            owner = server.addresses.warehouse_owner.url("+psycopg")
    return surroundings.databases(metadata or "", warehouse or ""), owner


def _migrate_warehouse(owner: str, progress: Progress) -> None:
    from include.database.migrate import migrate

    progress.begin("Warehouse")
    migrate(owner)
    progress.done("Warehouse")


def _check_master_key(ours: dict[str, str]) -> None:
    """Refuse to start with another master key than the one this warehouse's secrets are sealed with."""
    from include.accounts import master_key

    keys = (ours["SECRET_MASTER_KEY"], ours.get("SECRET_MASTER_KEY_PREVIOUS"))
    warehouse = settings.sqlalchemy_url("AIRFLOW_CONN_WAREHOUSE", ours["AIRFLOW_CONN_WAREHOUSE"])
    master_key.check(tuple(key for key in keys if key), warehouse)


def _start_sandbox(state: State) -> int:
    known = state.read("sandbox")
    port = ports.free_for(known.get("port"))
    smtp_port = ports.free_for(known.get("smtp_port"))
    state.write("sandbox", {"port": port, "smtp_port": smtp_port})  # kept: addresses of unfinished uploads name it
    command = [sys.executable, "-m", "include.sandbox", "--port", str(port), "--data", str(state.folder / "sandbox")]
    command += ["--smtp-port", str(smtp_port)]
    environment = surroundings.inherited() | {"PYTHONPATH": str(settings.PROJECT)}
    components.start(state, "sandbox", command, environment)
    return port


def _sandbox_apps(state: State, port: int, progress: Progress) -> dict[str, dict[str, str]]:
    """Wait for the sandbox and return its ready-made apps by platform."""
    progress.begin("Sandbox")
    deadline = time.monotonic() + SANDBOX_SECONDS
    apps: Any = None
    while not isinstance(apps, dict):
        apps = health.ask(port, "/sandbox/apps")
        if components.find(state, "sandbox") is None or time.monotonic() > deadline:
            raise CommandFailed(
                f"The sandbox does not come up; see {state.log('sandbox')}:\n{state.last_words('sandbox')}"
            )
        if apps is None:
            time.sleep(0.05)
    progress.done("Sandbox")
    return apps


def sandbox_answers(installation: Installation) -> bool:
    """Tell whether the sandbox of an installation answers."""
    return (
        installation.sandbox_port is not None and health.ask(installation.sandbox_port, "/sandbox/health") is not None
    )
