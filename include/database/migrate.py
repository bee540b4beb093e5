"""Brings the warehouse to the newest shape: each file of sql/migrations once, in order, whole or not at all.

The schema `staging` is no migration: its views are made anew whenever a file of sql/staging, or a table below them,
changed. Nothing is kept in it, so it can be.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import psycopg

FOLDER = Path(__file__).resolve().parents[2] / "sql" / "migrations"
STAGING = Path(__file__).resolve().parents[2] / "sql" / "staging"
STAGED = "staging"
"""What `migrate` returns for the views."""
LOCK = 7_318_004_211
"""Any fixed number: two migrators at once take turns."""

_MAKE_STAGING = (
    "create schema staging",
    "revoke all on schema staging from public",
    "grant usage on schema staging to desk_app",
    "alter default privileges in schema staging grant select on tables to desk_app",
)


class MigrationChanged(RuntimeError):
    """A migration that already ran was edited afterwards: write a new one instead."""


def migrate(url: str) -> list[str]:
    """Run what is missing and return its file names; `url` needs the right to create roles and schemas.

    Raises `MigrationChanged` when a file differs from what was run. Each file and its record share one transaction.
    The views of sql/staging come last, all of them in one transaction; `staging` in the answer says that they did.
    """
    done: list[str] = []
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (LOCK,))
        connection.execute(
            "create table if not exists public.desk_migration ("
            "name text primary key, sha256 text not null, ran_at timestamptz not null default now())"
        )
        ran: dict[str, str] = dict(connection.execute("select name, sha256 from public.desk_migration").fetchall())
        for path in sorted(FOLDER.glob("[0-9]*.sql")):
            statements = path.read_text(encoding="utf-8")
            digest = hashlib.sha256(statements.encode()).hexdigest()
            if path.name in ran:
                if ran[path.name] != digest:
                    raise MigrationChanged(f"{path.name} was changed after it ran; put the change into a new file.")
                continue
            with connection.transaction():
                connection.execute(
                    "drop schema if exists staging cascade"
                )  # a view would hold on to its tables' columns
                connection.execute(statements.encode())  # bytes: a whole file, no parameters
                connection.execute(
                    "insert into public.desk_migration (name, sha256) values (%s, %s)", (path.name, digest)
                )
            done.append(path.name)
        if _stage(connection):
            done.append(STAGED)
    return done


def _stage(connection: psycopg.Connection[Any]) -> bool:
    """Make the views of sql/staging anew when they are not those of the files; say whether that was needed.

    The files run in the order of their paths. Which files made the views stands in the comment of the schema, so that
    it goes with it.
    """
    files = sorted(STAGING.glob("*/*.sql"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.parent.name}/{path.name}\0".encode() + path.read_bytes() + b"\0")
    made_of = f"sql/staging, sha256 {digest.hexdigest()}"
    known = "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = 'staging'"
    if connection.execute(known).fetchone() == (made_of,):
        return False
    with connection.transaction():
        connection.execute("drop schema if exists staging cascade")
        for statement in _MAKE_STAGING:
            connection.execute(statement)
        for path in files:
            connection.execute(path.read_bytes())
        connection.execute(psycopg.sql.SQL("comment on schema staging is {}").format(psycopg.sql.Literal(made_of)))
    return True
