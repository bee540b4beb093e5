"""Each test's warehouse is its own: nothing that one test does is seen by the next, however cheap its copy was made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from include.database import engine, migrate
from tests.postgres_server import TEMPLATE, PostgresServer, Warehouse

FINGERPRINTS = {
    "tables, views, indexes and sequences": "select relnamespace::regnamespace::text, relname, relkind,"
    " relrowsecurity, relforcerowsecurity, relacl::text, relowner::regrole::text from pg_class"
    " where relnamespace <> 'pg_toast'::regnamespace",
    "columns": "select attrelid::regclass::text, attname, atttypid::regtype::text, attnotnull, attacl::text"
    " from pg_attribute where attnum > 0 and not attisdropped and attrelid >= 16384"
    " and attrelid::regclass::text not like 'pg_toast%'",
    "functions": "select oid::regprocedure::text, md5(prosrc), prosecdef, proconfig::text, proacl::text from pg_proc",
    "policies": "select polrelid::regclass::text, polname, polcmd, pg_get_expr(polqual, polrelid),"
    " pg_get_expr(polwithcheck, polrelid) from pg_policy",
    "triggers": "select tgrelid::regclass::text, tgname, tgenabled from pg_trigger where not tgisinternal",
    "constraints": "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint",
    "schemas": "select nspname, nspacl::text, nspowner::regrole::text from pg_namespace"
    " where nspname !~ '^pg_(toast_)?temp'",
    "settings": "select setrole::regrole::text, setconfig::text from pg_db_role_setting join pg_database d"
    " on d.oid = setdatabase where d.datname = current_database()",
    "sequences": "select schemaname, sequencename, last_value from pg_sequences",
    "extensions": "select extname, extversion from pg_extension",
}

SPOILS = {
    "rows": "insert into public.desk_migration (name, sha256) values ('9998_spoilt.sql', 'x')",
    "rows taken away": "delete from public.desk_migration",
    "a sequence": "select setval((select seqrelid::regclass from pg_sequence order by 1 limit 1), 1000000)",
    "a table": "create table desk.spoilt (n int)",
    "a partition": "create table desk.spoilt_parent (day date) partition by range (day);"
    " create table desk.spoilt_1 partition of desk.spoilt_parent for values from ('2026-11-01') to ('2026-12-01')",
    "a column": "alter table desk.release add column spoilt text",
    "row security": "alter table desk.release disable row level security",
    "a right": "grant select on desk.account_secret to public",
    "a trigger": "alter table desk.audit disable trigger user",
    "a function": "create function desk.spoilt() returns int language sql as 'select 1'",
    "a schema": "drop schema staging cascade",
    "a setting of the warehouse": "do $$ begin execute format("
    "'alter database %I set work_mem = ''1MB''', current_database()); end $$",
    "a setting of a role in it": "do $$ begin execute format("
    "'alter role desk_app in database %I set work_mem = ''1MB''', current_database()); end $$",
}
"""What a test may do to its warehouse, as its superuser."""


@pytest.fixture(scope="module")
def untouched(postgres_server: PostgresServer) -> dict[str, list[Any]]:
    """What a copy looks like that nobody has used."""
    return look(postgres_server, postgres_server.clone_database())


@pytest.fixture
def used(postgres_server: PostgresServer) -> Iterator[Warehouse]:
    """The warehouse of the test before."""
    copy = postgres_server.clone_database()
    yield copy
    postgres_server.drop(copy)


def look(server: PostgresServer, warehouse: Warehouse) -> dict[str, list[Any]]:
    """Return everything the catalog says about a warehouse, and every row of every table."""
    with server.superuser(warehouse) as connection:
        found: dict[str, list[Any]] = {
            what: sorted(map(repr, connection.execute(query.encode()).fetchall()))
            for what, query in FINGERPRINTS.items()
        }
        tables = connection.execute(
            "select oid::regclass::text from pg_class where relkind = 'r' and oid >= 16384"
            " and relnamespace <> 'pg_toast'::regnamespace order by 1"
        ).fetchall()
        for (table,) in tables:
            found[f"rows of {table}"] = connection.execute(
                f"select t::text from {table} t order by 1".encode()
            ).fetchall()
        return found


@pytest.mark.parametrize("spoilt", SPOILS)
def test_what_one_test_does_to_its_warehouse_the_next_does_not_see(
    spoilt: str, postgres_server: PostgresServer, untouched: dict[str, list[Any]]
) -> None:
    copy = postgres_server.clone_database()
    with postgres_server.superuser(copy) as connection:
        connection.execute(SPOILS[spoilt].encode())
    assert look(postgres_server, copy) != untouched  # else the next line proves nothing
    postgres_server.drop(copy)
    following = postgres_server.clone_database()
    assert look(postgres_server, following) == untouched
    postgres_server.drop(following)


def test_a_thread_that_outlives_its_test_reaches_no_later_warehouse(postgres_server: PostgresServer) -> None:
    copy = postgres_server.clone_database()
    stray = psycopg.connect(copy.app_url.replace("+psycopg", ""), autocommit=True)
    postgres_server.drop(copy)  # also while it is connected
    following = postgres_server.clone_database()
    with pytest.raises(psycopg.OperationalError):
        stray.execute("select 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(copy.app_url.replace("+psycopg", ""))
    assert following.name != copy.name
    postgres_server.drop(following)


def test_passwords_are_asked_for_though_their_check_is_cheap(postgres_server: PostgresServer, used: Warehouse) -> None:
    with postgres_server.superuser(used) as connection:
        otherwise = connection.execute(
            "select rolname from pg_authid where rolcanlogin and (rolpassword like 'SCRAM-SHA-256$1:%') is not true"
        ).fetchall()
    assert otherwise == [], "without a password, or with one whose check is dear"
    name, rest = used.app_url.replace("+psycopg", "").removeprefix("postgresql://").split(":", 1)
    wrong = f"postgresql://{name}:wrong@{rest.split('@', 1)[1]}"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_nobody_enters_a_copy_but_its_owner_and_its_guest(postgres_server: PostgresServer, used: Warehouse) -> None:
    with postgres_server.superuser(used) as connection:
        may = connection.execute(
            "select rolname from pg_roles where rolcanlogin and not rolsuper"
            " and has_database_privilege(rolname, current_database(), 'connect') order by 1"
        ).fetchall()
    assert may == [("desk_app",), ("desk_owner",)]


def test_a_copy_is_complete(used: Warehouse) -> None:
    assert migrate.migrate(used.owner_url) == []
    with engine.transaction_alone("alice", used.app_url) as connection:
        assert connection.exec_driver_sql("select count(*) from desk.release").scalar() == 0


def test_the_template_stays_as_it_was(postgres_server: PostgresServer, untouched: dict[str, list[Any]]) -> None:
    template = Warehouse(name=TEMPLATE, owner_url="", app_url="")
    found = look(postgres_server, template)
    assert found == untouched
