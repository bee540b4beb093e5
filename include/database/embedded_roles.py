"""The roles and databases of the embedded server, and who may enter which."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from include.database.secrets_file import SecretsFile

METADATA, WAREHOUSE = "airflow", "warehouse"
OWNER, APP, DISPATCH = "desk_owner", "desk_app", "desk_dispatch"

ATTRIBUTES = "nosuperuser nobypassrls nocreatedb nocreaterole noreplication"
"""No role of ours may step over row-level security or make other roles."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """How one role reaches one database on the loopback."""

    user: str
    password: str
    port: int
    database: str

    def url(self, driver: str = "") -> str:
        """Return the address; `driver` is SQLAlchemy's, e.g. `+psycopg`. Our passwords need no escaping."""
        return f"postgresql{driver}://{self.user}:{self.password}@127.0.0.1:{self.port}/{self.database}"


def password(of: str, store: SecretsFile) -> str:
    """Return the generated password of a role, made when first asked for."""
    return store.get(f"POSTGRES_PASSWORD_{of.upper()}", lambda: secrets.token_hex(24))


def create_roles(connection: psycopg.Connection[Any], store: SecretsFile) -> None:
    """Make the roles and set their passwords again; only verifiers are sent, never the passwords."""
    known = {name for (name,) in connection.execute("select rolname from pg_roles")}
    for role in (METADATA, OWNER, APP, DISPATCH):
        verb = sql.SQL("alter" if role in known else "create")
        login = sql.SQL("nologin" if role == DISPATCH else "login")
        command = sql.SQL("{} role {} {} " + ATTRIBUTES).format(verb, sql.Identifier(role), login)
        connection.execute(command)
        if role != DISPATCH:
            verifier = connection.pgconn.encrypt_password(
                password(role, store).encode(), role.encode(), b"scram-sha-256"
            )
            connection.execute(
                sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(verifier.decode()))
            )
    connection.execute(  # SET: a migration may give functions to the dispatcher
        sql.SQL("grant {} to {} with set true").format(sql.Identifier(DISPATCH), sql.Identifier(OWNER))
    )


def create_databases(connection: psycopg.Connection[Any]) -> None:
    """Make Airflow's metadata database and the warehouse; each is entered by its own roles only."""
    create_database(connection, METADATA, owner=METADATA)
    create_database(connection, WAREHOUSE, owner=OWNER, guests=(APP,))


def create_database(
    connection: psycopg.Connection[Any],
    name: str,
    *,
    owner: str,
    guests: tuple[str, ...] = (),
    template: str = "template0",
) -> None:
    """Make a database when it is missing and say who may enter (a template passes no rights on)."""
    if connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone() is None:
        connection.execute(
            sql.SQL("create database {} owner {} template {}").format(
                sql.Identifier(name), sql.Identifier(owner), sql.Identifier(template)
            )
        )
    connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(name)))
    for guest in guests:  # TEMPORARY: rows are copied into a temporary table first
        connection.execute(
            sql.SQL("grant connect, temporary on database {} to {}").format(sql.Identifier(name), sql.Identifier(guest))
        )


def drop_database(connection: psycopg.Connection[Any], name: str) -> None:
    """Remove a database, also while someone is still connected to it."""
    connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
