"""Isolation as the catalogue has it: every table, every key, every function, also those that come later."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from include import settings
from include.database import engine
from tests.desk.world import tables
from tests.publishing.rows import an_account

ACROSS_OWNERS = {
    "publications_standing_still", "forget_calls", "hosted_files_past", "forget_connect_attempts", "accounts_to_renew",
    "accounts_of_concern", "publications_woken", "publications_upcoming", "deliveries_due", "happenings_waiting",
    "digests_due", "forget_notices", "figures", "quota_use", "to_come", "adoption_of_all", "sealed_under",
    "owners_to_rekey", "addresses_until", "batches_waiting", "publications_due", "queue_runs_open",
    "queue_runs_untriggered", "local_times_ahead", "accounts_to_read", "owners_touched", "owners_on",
}  # fmt: skip
"""Functions that look at rows of all owners; docs/security.md names each with what it gives away."""
AS_THE_TABLES_OWNER = {"make_month", "begin_month", "end_month"}
"""Functions that make tables and look at no rows."""


def test_every_table_has_an_owner_forced_row_security_and_a_policy_for_the_owner(server):
    known = server.execute(
        "select c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner),"
        " (select a.attnotnull from pg_attribute as a where a.attrelid = c.oid and a.attname = 'owner'),"
        " (select array_agg(coalesce(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)))"
        "  from pg_policy as p where p.polrelid = c.oid and 'desk_app'::regrole = any(p.polroles))"
        " from pg_class as c where c.relnamespace = 'desk'::regnamespace and c.relkind in ('r', 'p')"
    ).fetchall()
    assert {row[0] for row in known} == set(tables(server))
    assert len(known) >= 15
    shared = {"quota", "quota_pause", "bucket", "bucket_line"}
    for name, enabled, forced, owner, has_owner, policies in known:
        assert (enabled, forced, owner, has_owner) == (True, True, "desk_owner", True), name
        allowed = {"(owner = desk.asking_owner())"} | ({"(owner = '*'::text)"} if name in shared else set())
        assert set(policies) == allowed, name


def test_no_policy_is_for_everybody(server):
    found = server.execute(
        "select tablename, policyname, roles::text[] from pg_policies where schemaname = 'desk'"
    ).fetchall()
    assert [row for row in found if not set(row[2]) <= {"desk_app", "desk_dispatch"}] == []


def test_the_role_cannot_bypass_anything_and_owns_nothing(server, app):
    for role in ("desk_app", "desk_owner", "desk_dispatch"):
        rights = server.execute(
            "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles "
            "where rolname = %s", (role,),
        ).fetchone()  # fmt: skip
        assert rights == (False,) * 5, role
    owned = "select count(*) from pg_class where relowner = 'desk_app'::regrole and relnamespace = 'desk'::regnamespace"
    assert server.execute(owned).fetchone() == (0,)
    members = "select count(*) from pg_auth_members where member = 'desk_app'::regrole"
    assert server.execute(members).fetchone() == (0,)
    assert app.execute("select current_user").fetchone() == ("desk_app",)
    for attempt in (
        "set role desk_owner", "set role desk_dispatch", "set session authorization desk_owner",
        "alter table desk.account disable row level security", "alter table desk.account no force row level security",
        "create policy mine on desk.account using (true)", "drop policy own_rows on desk.account",
        "create function desk.mine() returns int language sql as 'select 1'", "create table desk.mine ()",
        "alter role desk_app bypassrls", "set session_replication_role = replica",
        "copy desk.account to program 'cat'",
    ):  # fmt: skip
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedObject)):
            app.execute(attempt)


def test_nothing_but_tables_is_read_through(server):
    others = server.execute(
        "select relname from pg_class where relnamespace = 'desk'::regnamespace and relkind in ('v', 'm', 'f')"
    ).fetchall()
    assert others == [], "a view reads with its owner's rights"


def test_functions_that_look_across_owners_are_known_and_belong_to_the_dispatcher(server):
    found = server.execute(
        "select proname, pg_get_userbyid(proowner), proconfig from pg_proc "
        "where pronamespace = 'desk'::regnamespace and prosecdef"
    ).fetchall()
    assert {name for name, _, _ in found} == ACROSS_OWNERS | AS_THE_TABLES_OWNER
    for name, owner, config in found:
        whose = "desk_owner" if name in AS_THE_TABLES_OWNER else "desk_dispatch"
        assert (owner, config) == (whose, ["search_path=pg_catalog, pg_temp"]), name
        public = server.execute(
            "select has_function_privilege('public', p.oid, 'execute') from pg_proc as p where proname = %s", (name,)
        ).fetchone()
        assert public == (False,), name


def test_every_foreign_key_carries_the_owner(server):
    keys = server.execute(
        "select conrelid::regclass::text, conname, (select array_agg(a.attname) from pg_attribute as a"
        " where a.attrelid = k.conrelid and a.attnum = any(k.conkey)) from pg_constraint as k"
        " where connamespace = 'desk'::regnamespace and contype = 'f'"
    ).fetchall()
    assert len(keys) >= 9
    assert [key for key in keys if "owner" not in key[2]] == []


def test_a_transaction_without_an_owner_sees_nothing_and_keeps_nothing(desk: Path, server, app):
    an_account("alice")
    for table in tables(server):
        assert app.execute(f"select count(*) from desk.{table}").fetchone() == (0,), table
    for owner in ("alice", ""):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            app.execute("insert into desk.account (owner, account_id, platform) values (%s, 'x', 'youtube')", (owner,))
    assert app.execute("update desk.account set trouble = 'x'").rowcount == 0
    assert app.execute("delete from desk.account").rowcount == 0


@pytest.mark.parametrize("ending", ["commit", "error", "database error"])
def test_the_owner_never_stays_on_a_pooled_connection(desk: Path, ending: str):
    an_account("alice")
    wrong = "select 1 / 0" if ending == "database error" else "select 1"

    def work() -> int:
        with engine.transaction("alice") as connection:
            pid = int(connection.exec_driver_sql("select pg_backend_pid()").scalar_one())
            seen.append(pid)
            connection.exec_driver_sql(wrong)
            if ending == "error":
                raise RuntimeError
            return pid

    seen: list[int] = []
    try:
        work()
    except Exception:
        assert ending != "commit"
    with engine._engine(settings.warehouse_url()).begin() as raw:
        assert raw.exec_driver_sql("select pg_backend_pid()").scalar_one() == seen[0], "another connection"
        left = raw.exec_driver_sql(
            "select coalesce(current_setting('desk.owner', true), ''), current_setting('role'), current_user"
        ).one()
        assert tuple(left) == ("", "none", "desk_app")
        assert raw.exec_driver_sql("select count(*) from desk.account").scalar_one() == 0
