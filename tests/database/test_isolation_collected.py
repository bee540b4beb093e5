"""Isolation of what is collected: every table, partition and view outside the desk's own schema, also later ones."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from include.analytics import store
from include.database import engine
from include.platforms.reading import Rows

SCHEMAS = ("youtube", "tiktok", "instagram", "facebook", "linkedin", "market", "marts", "staging")
OTHERS = "nspname not in ('desk', 'public', 'information_schema') and left(nspname, 3) <> 'pg_'"
ALLOWED = {"select", "insert", "update", "delete"}
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def full(desk: Path, server: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A warehouse with a row of alice's in every collected table."""
    for name in tables(server):
        put(server, name)
    return server


def relations(server: psycopg.Connection[Any], kinds: str, *, partitions: bool = False) -> list[str]:
    """Return the tables or views outside the desk's own schema."""
    found = server.execute(
        "select n.nspname || '.' || c.relname from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace"
        f" where {OTHERS} and c.relkind = any(%s) and c.relispartition = %s order by 1",
        (list(kinds), partitions),
    )
    return [name for (name,) in found]


def tables(server: psycopg.Connection[Any]) -> list[str]:
    """Return every collected table and mart."""
    return relations(server, "rp")


def put(server: psycopg.Connection[Any], table: str) -> None:
    """Put a row of alice's into a table, whatever its columns are; months get their partition as usual."""
    columns = server.execute(
        "select a.attname, t.typname from pg_attribute as a inner join pg_type as t on t.oid = a.atttypid"
        " where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''"
        " and (a.attnotnull or a.attname = 'owner') and a.attidentity = '' order by a.attnum",
        (table,),
    ).fetchall()
    values: dict[str, Any] = {
        "text": "MARKED", "int8": 1, "int4": 1, "int2": 1, "numeric": 1, "float8": 1, "bool": False, "jsonb": "{}",
        "date": date(2026, 11, 20), "timestamptz": NOW, "uuid": "00000000-0000-0000-0000-000000000001", "_text": [],
    }  # fmt: skip
    row = {name: "alice" if name == "owner" else values[kind] for name, kind in columns}
    if server.execute("select relkind = 'p' from pg_class where oid = %s::regclass", (table,)).fetchone() == (True,):
        server.execute("select desk.make_month(%s::regclass, %s)", (table, values["date"]))
    server.execute(
        sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(*table.split(".")),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
        ),
        list(row.values()),
    )


def test_every_schema_is_one_we_know(server):
    found = server.execute(f"select nspname from pg_namespace where {OTHERS}").fetchall()
    assert {name for (name,) in found} <= set(SCHEMAS) | {"imports"}


def test_every_table_has_an_owner_forced_row_security_and_the_owners_policy_only(server):
    for name in tables(server):
        enabled, forced, whose, has_owner = server.execute(
            "select relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner), (select a.attnotnull from"
            " pg_attribute as a where a.attrelid = c.oid and a.attname = 'owner') from pg_class as c"
            " where c.oid = %s::regclass", (name,),
        ).fetchone()  # fmt: skip
        assert (enabled, forced, whose, has_owner) == (True, True, "desk_owner", True), name
        policies = server.execute(
            "select pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid),"
            " polroles = array['desk_app'::regrole::oid] from pg_policy where polrelid = %s::regclass", (name,),
        ).fetchall()  # fmt: skip
        assert policies == [("(owner = desk.asking_owner())", "(owner = desk.asking_owner())", True)], name


def test_every_key_begins_with_the_owner(server):
    for name in tables(server):
        keys = server.execute(
            "select (select a.attname from pg_attribute as a where a.attrelid = i.indrelid and a.attnum = i.indkey[0])"
            " from pg_index as i where i.indrelid = %s::regclass and i.indisunique", (name,),
        ).fetchall()  # fmt: skip
        assert keys or name.startswith("marts."), f"{name} has no key"  # a mart's day is deleted and made anew
        assert {key for (key,) in keys} <= {"owner"}, name


def test_the_role_may_do_nothing_but_read_and_write_rows(server):
    for name in tables(server):
        found = server.execute(
            "select privilege_type from information_schema.role_table_grants where grantee = 'desk_app' and"
            " table_schema || '.' || table_name = %s", (name,),
        ).fetchall()  # fmt: skip
        assert {right.lower() for (right,) in found} <= ALLOWED, name


def test_a_partition_is_reached_through_its_table_only(full, app):
    partitions = relations(full, "r", partitions=True)
    app.execute("select set_config('desk.owner', 'bob', false)")
    for name in partitions:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(sql.SQL("select * from {}").format(sql.Identifier(*name.split("."))))


def test_a_stranger_sees_and_changes_nothing_of_any_table_and_view(full, app):
    app.execute("select set_config('desk.owner', 'bob', false)")
    for name in tables(full):
        place = sql.Identifier(*name.split("."))
        assert full.execute(sql.SQL("select count(*) from {}").format(place)).fetchone() == (1,), name
        for statement in ("select from {}", "update {} set owner = owner", "delete from {}"):
            try:
                assert app.execute(sql.SQL(statement).format(place)).rowcount == 0, (name, statement)
            except psycopg.errors.InsufficientPrivilege:
                continue
        (row,) = full.execute(sql.SQL("select to_jsonb(t) - 'place' from {} as t").format(place)).fetchone()
        columns = sql.SQL(", ").join(map(sql.Identifier, row))
        copy = sql.SQL("insert into {0} ({1}) select {1} from jsonb_populate_record(null::{0}, %s)")
        with pytest.raises(psycopg.Error, match=r"row-level security|permission denied|identity|generated"):
            app.execute(copy.format(place, columns), (json.dumps(row),))
    for name in relations(full, "vm"):
        place = sql.Identifier(*name.split("."))
        assert app.execute(sql.SQL("select count(*) from {}").format(place)).fetchone() == (0,), name


def test_every_view_reads_with_the_rights_of_who_asks(server):
    for name in relations(server, "vm"):
        (options,) = server.execute("select reloptions from pg_class where oid = %s::regclass", (name,)).fetchone()
        assert "security_invoker=true" in (options or []), name


def test_a_new_month_makes_a_partition_of_collected_tables_and_of_nothing_else(full, app):
    app.execute("select set_config('desk.owner', 'bob', false)")
    for name in ("desk.account", "desk.sync", "pg_catalog.pg_class"):
        with pytest.raises(psycopg.Error):
            app.execute("select desk.make_month(%s::regclass, '2027-01-01')", (name,))


def test_rows_are_staged_merged_and_dropped_with_the_rights_of_who_asks(full, desk: Path):
    partitioned = [name for name in tables(full) if name.endswith("video_daily") and not name.startswith("marts")]
    for name in partitioned:
        row = {"video_id": "MARKED", "day": date(2026, 11, 20)}
        with engine.transaction("bob") as connection:
            store.save(connection, "bob", "MARKED", NOW, [Rows(table=name, rows=[row])])
        found = full.execute(
            sql.SQL("select owner, count(*) from {} group by 1 order by 1").format(sql.Identifier(*name.split(".")))
        ).fetchall()
        assert found == [("alice", 1), ("bob", 1)], name
