"""Acts of admins for others are rows that nobody can change, and only whom they were done for can read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from include.accounts import acting, audit
from tests.postgres_server import PostgresServer, Warehouse

FORBIDDEN = (
    "update desk.audit set who = 'somebody'",
    "update desk.audit set at = now() - interval '1 year'",
    "delete from desk.audit",
    "truncate desk.audit",
    "insert into desk.audit (owner, who, what, at) values ('alice', 'admin', 'x', now() - interval '1 year')",
    "insert into desk.audit overriding system value select 0, now(), 'alice', 'admin', 'x', null",
    "alter table desk.audit disable trigger only_added_to",
    "drop table desk.audit",
)


@pytest.fixture
def as_alice(desk: Path, warehouse: Warehouse) -> Iterator[psycopg.Connection[Any]]:
    """The product's own login with alice as the owner, straight."""
    with psycopg.connect(warehouse.app_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("set desk.owner = 'alice'")
        yield connection


def test_who_for_whom_what_and_when_is_written_down(desk: Path):
    acting.act("admin", "alice", "desk accounts remove", "my_youtube")
    (act,) = audit.read("alice")
    assert (act.who, act.owner, act.what, act.about) == ("admin", "alice", "desk accounts remove", "my_youtube")
    assert datetime.now(UTC) - act.at < timedelta(minutes=1)


def test_what_one_does_for_oneself_is_not_written_down(desk: Path):
    acting.act("alice", "alice", "accounts list")
    acting.act("admin", "admin", "accounts list")
    assert audit.read("alice") == audit.read("admin") == []


def test_who_is_no_admin_may_not_act_for_others_and_leaves_no_row(desk: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("alice", "nobody"):
        with pytest.raises(acting.NotAllowed, match="'bob' may not act for others"):
            acting.act("bob", name, "accounts list")
    assert audit.read("alice") == []
    monkeypatch.setenv("RELEASE_DESK_ADMINS", "bob, carol")
    acting.act("bob", "alice", "accounts list")
    with pytest.raises(acting.NotAllowed, match="'admin' may not"):
        acting.act("admin", "alice", "accounts list")


@pytest.mark.parametrize("name", ["", "*", " alice", "ali\nce", "a" * 257, None, 5])
def test_a_name_that_cannot_be_an_owner_is_refused(desk: Path, name: Any):
    with pytest.raises(acting.NotAllowed):
        acting.act("admin", name, "accounts list")


def test_others_do_not_see_it(desk: Path):
    audit.write("admin", "alice", "x")
    assert audit.read("bob") == []


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_role_can_only_append(as_alice: psycopg.Connection[Any], statement: str):
    audit.write("admin", "alice", "x", "y")
    before = audit.read("alice")
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.GeneratedAlways)):
        as_alice.execute(statement)
    assert audit.read("alice") == before


def test_the_role_has_no_right_but_to_add_and_to_read(as_alice: psycopg.Connection[Any]):
    rights = as_alice.execute(
        "select privilege from unnest(array['select', 'update', 'delete', 'truncate', 'trigger']) as privilege"
        " where has_table_privilege('desk_app', 'desk.audit', privilege)"
    ).fetchall()
    assert rights == [("select",)]
    written = as_alice.execute(
        "select attname from pg_attribute where attrelid = 'desk.audit'::regclass and attnum > 0"
        " and has_column_privilege('desk_app', 'desk.audit', attname, 'insert') order by 1"
    ).fetchall()
    assert [name for (name,) in written] == ["about", "owner", "what", "who"]


def test_the_role_cannot_append_for_another_owner(as_alice: psycopg.Connection[Any]):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        as_alice.execute("insert into desk.audit (owner, who, what) values ('bob', 'admin', 'x')")


@pytest.mark.parametrize(
    "statement",
    ["update desk.audit set who = 'somebody'", "delete from desk.audit", "truncate desk.audit"],
)  # fmt: skip
def test_not_even_the_superuser_changes_it_by_mistake(
    desk: Path, postgres_server: PostgresServer, warehouse: Warehouse, statement: str
):
    audit.write("admin", "alice", "x", "y")
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege, match="only added")
    with postgres_server.superuser(warehouse) as server, refused:
        server.execute(statement)
    assert len(audit.read("alice")) == 1


EXPORTS = "admin"
"""Owner of exports in config/distribution.yaml."""


@pytest.mark.parametrize(
    ("asked", "triggered_by", "by_a_dag", "owner"),
    [
        (None, "bob", False, "bob"),
        ("bob", "bob", False, "bob"),
        ("alice", "admin", False, "alice"),
        (None, "admin", False, "admin"),
        (EXPORTS, None, True, EXPORTS),  # watch_exports, woken by its asset
        (EXPORTS, "bob", True, EXPORTS),  # watch_exports, started by bob
        (None, None, True, EXPORTS),
        (None, None, False, EXPORTS),
        ("alice", "admin", True, "alice"),
    ],
)
def test_whose_run_it_is(desk: Path, asked: str | None, triggered_by: str | None, by_a_dag: bool, owner: str):
    assert acting.owner_of_run(asked, triggered_by, by_a_dag=by_a_dag) == owner


@pytest.mark.parametrize(
    ("asked", "triggered_by", "by_a_dag"),
    [
        ("alice", "bob", False),
        (EXPORTS, "bob", False),
        ("alice", "bob", True),  # bob has changed what watch_exports was about to start
        ("alice", None, True),
        ("alice", None, False),
        ("", "bob", False),
        ("*", "admin", False),
        (5, "admin", False),
        ("ali\nce", "admin", False),
    ],
)
def test_a_run_for_somebody_else_is_refused(desk: Path, asked: Any, triggered_by: str | None, by_a_dag: bool):
    with pytest.raises(acting.NotAllowed):
        acting.owner_of_run(asked, triggered_by, by_a_dag=by_a_dag)


def test_the_refusal_does_not_tell_whether_there_is_such_a_user(desk: Path):
    told = set()
    for name in ("alice", "nobody"):
        with pytest.raises(acting.NotAllowed) as refused:
            acting.owner_of_run(name, "bob", by_a_dag=False)
        told.add(str(refused.value).replace(name, "…"))
    assert len(told) == 1


def test_an_admins_run_for_another_is_written_down_with_its_id(desk: Path):
    acting.note_run("alice", "admin", "release~clip42~1")
    acting.note_run("admin", "admin", "run2")
    acting.note_run("alice", None, "run3")
    (act,) = audit.read("alice")
    assert (act.who, act.what, act.about) == ("admin", "publish_release", "release~clip42~1")
