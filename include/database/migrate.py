"""Brings the warehouse to the newest shape: each file of sql/migrations once, in order, whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg

FOLDER = Path(__file__).resolve().parents[2] / "sql" / "migrations"
LOCK = 7_318_004_211
"""Any fixed number: two migrators at once take turns."""


class MigrationChanged(RuntimeError):
    """A migration that already ran was edited afterwards: write a new one instead."""


def migrate(url: str) -> list[str]:
    """Run what is missing and return its file names; `url` needs the right to create roles and schemas.

    Raises `MigrationChanged` when a file differs from what was run. Each file and its record share one transaction.
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
                connection.execute(statements.encode())  # bytes: a whole file, no parameters
                connection.execute(
                    "insert into public.desk_migration (name, sha256) values (%s, %s)", (path.name, digest)
                )
            done.append(path.name)
    return done
