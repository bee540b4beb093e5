"""Brings Airflow's own tables to the newest shape, and does nothing when they have it already."""

from __future__ import annotations

import time
from importlib.metadata import version

import psycopg

from include.cli import components
from include.cli.components import Running
from include.cli.errors import CommandFailed
from include.cli.state import State

MIGRATION_SECONDS = 600
NOTE = "metadata"
"""What is remembered: Airflow's version and the revision its tables had when it was done with them."""


def begin_metadata(state: State, environment: dict[str, str]) -> Running | None:
    """Start `airflow db migrate` unless it has nothing to do; asking Airflow itself would take 3 s of imports."""
    revision = _revision(environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    noted = state.read(NOTE)
    if revision is not None and noted == {"airflow": version("apache-airflow"), "revision": revision}:
        return None
    return components.start(state, "migration", components.command("db", "migrate"), environment)


def finish_metadata(state: State, environment: dict[str, str], running: Running | None) -> None:
    """Wait for what `begin_metadata` started; raise `CommandFailed` with its last words when it failed."""
    if running is None:
        return
    deadline = time.monotonic() + MIGRATION_SECONDS
    while components.exit_code(running) is None:
        if time.monotonic() > deadline:
            raise CommandFailed(f"`airflow db migrate` takes over {MIGRATION_SECONDS} s; see {state.log('migration')}.")
        time.sleep(0.05)
    if components.exit_code(running) != 0:
        words = state.last_words("migration")
        raise CommandFailed(f"Airflow's tables could not be brought up to date; see {state.log('migration')}:\n{words}")
    state.forget("run/migration")
    revision = _revision(environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    if revision is not None:
        state.write(NOTE, {"airflow": version("apache-airflow"), "revision": revision})


def _revision(url: str) -> str | None:
    """Return the revision of Airflow's tables; None when there are none, or it is no Postgres we can ask."""
    scheme, _, rest = url.partition("://")
    if not scheme.startswith("postgresql"):
        return None
    try:
        with psycopg.connect(f"postgresql://{rest}", connect_timeout=10) as connection:
            found = connection.execute("select version_num from alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    return str(found[0]) if found else None
