"""The one door to the warehouse: each transaction acts as one owner and leaves nothing behind."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy.exc import DBAPIError

from include import settings
from include.database import engine
from tests.publishing.rows import an_account

OWNED = "select count(*) from desk.account"


def owners() -> list[str]:
    return [f"owner{number}" for number in range(8)]


def test_a_transaction_sees_its_owners_rows_only_also_with_many_at_once(desk):
    for owner in owners():
        an_account(owner)

    def seen(owner: str) -> list[str]:
        with engine.transaction(owner) as connection:
            return list(connection.exec_driver_sql("select owner from desk.account").scalars())

    with ThreadPoolExecutor(8) as pool:
        for owner, found in zip(owners() * 10, pool.map(seen, owners() * 10), strict=True):
            assert found == [owner]


def test_a_transaction_without_an_owner_is_refused(desk):
    with pytest.raises(ValueError, match="needs an owner"), engine.transaction(""):
        pass


def test_an_error_takes_everything_back(desk):
    def half_way() -> None:
        with engine.transaction("alice") as connection:
            connection.exec_driver_sql("insert into desk.account values ('alice', 'a', 'youtube')")
            assert connection.exec_driver_sql(OWNED).scalar_one() == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_way()
    with engine.transaction("alice") as connection:
        assert connection.exec_driver_sql(OWNED).scalar_one() == 0


def test_a_transaction_may_not_become_somebody_else(desk):
    an_account("bob")
    with engine.transaction("alice") as connection:
        role = connection.exec_driver_sql("select current_user").scalar_one()
        assert role == engine.APP_ROLE
        rights = connection.exec_driver_sql(
            "select rolsuper, rolbypassrls from pg_roles where rolname = current_user"
        ).one()
        assert tuple(rights) == (False, False)
        changed = connection.exec_driver_sql("update desk.account set owner = 'alice' where owner = 'bob'")
        assert changed.rowcount == 0
        assert connection.exec_driver_sql("delete from desk.account").rowcount == 0


def test_every_table_of_the_desk_has_an_owner_and_forced_row_security(desk):
    with engine.transaction("alice") as connection:
        tables = connection.exec_driver_sql(
            "select c.relname, c.relrowsecurity and c.relforcerowsecurity as forced, "
            "exists (select from pg_attribute as a where a.attrelid = c.oid and a.attname = 'owner') as owned "
            "from pg_class as c where c.relnamespace = 'desk'::regnamespace and c.relkind = 'r'"
        ).all()
    assert len(tables) >= 11
    assert [row.relname for row in tables if not (row.forced and row.owned)] == []


def test_a_session_is_a_connection_of_its_own(desk):
    with engine.session() as one, engine.session() as other:
        pids = {each.exec_driver_sql("select pg_backend_pid()").scalar_one() for each in (one, other)}
        assert len(pids) == 2
        assert one.exec_driver_sql("select pg_try_advisory_lock(1)").scalar_one()
        assert not other.exec_driver_sql("select pg_try_advisory_lock(1)").scalar_one()
    with engine.session() as third:
        assert third.exec_driver_sql("select pg_try_advisory_lock(1)").scalar_one()


def test_a_sessions_lock_is_free_the_moment_it_ends(desk):
    for number in range(200):
        with suppress(ValueError), engine.session() as connection:
            assert connection.exec_driver_sql("select pg_try_advisory_lock(2)").scalar_one(), f"held at turn {number}"
            if number % 2:
                raise ValueError
    with suppress(DBAPIError), engine.session() as connection:
        connection.exec_driver_sql("select pg_try_advisory_lock(2)")
        connection.exec_driver_sql("select 1 / 0")
    with engine.session() as connection:
        assert connection.exec_driver_sql("select pg_try_advisory_lock(2)").scalar_one()


def test_a_forked_child_does_not_use_its_parents_connections(desk):
    with engine.transaction("alice") as connection:
        mine = connection.exec_driver_sql("select pg_backend_pid()").scalar_one()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with engine.transaction("alice") as connection:
                pid = connection.exec_driver_sql("select pg_backend_pid()").scalar_one()
            os.write(writer, str(pid).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    theirs = int(os.read(reader, 20))
    os.close(reader)
    os.close(writer)
    with engine.transaction("alice") as connection:
        assert connection.exec_driver_sql("select pg_backend_pid()").scalar_one() == mine != theirs


def test_closing_everything_lets_the_next_question_begin_anew(desk):
    with engine.transaction("alice") as connection:
        before = connection.exec_driver_sql("select pg_backend_pid()").scalar_one()
    engine.close_all()
    assert settings.warehouse_url()
    with engine.transaction("alice") as connection:
        assert connection.exec_driver_sql("select pg_backend_pid()").scalar_one() != before
