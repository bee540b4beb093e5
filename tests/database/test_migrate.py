"""Migrations: each once, in order, whole or not at all, by one migrator at a time."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from include.database import migrate
from include.database.migrate import MigrationChanged


@pytest.fixture
def empty(postgres_server):
    """A database nobody has migrated."""
    made = postgres_server.empty_database()
    yield made
    postgres_server.drop(made)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(migrate, "FOLDER", tmp_path)
    monkeypatch.setattr(migrate, "_stage", lambda connection: False)  # its views need the product's tables
    return tmp_path


def ask(warehouse, question: str) -> list[object]:
    with psycopg.connect(warehouse.owner_url.replace("+psycopg", "")) as connection:
        return [row[0] for row in connection.execute(question.encode()).fetchall()]


def test_an_empty_database_becomes_the_newest_and_stays_so(empty):
    ran = migrate.migrate(empty.owner_url)
    assert ran == [*sorted(path.name for path in migrate.FOLDER.glob("*.sql")), "staging"]
    assert migrate.migrate(empty.owner_url) == []
    assert ask(empty, "select count(*) from desk.publication") == [0]


def test_files_run_in_the_order_of_their_numbers_and_others_are_left_alone(empty, folder: Path):
    (folder / "0002_second.sql").write_text("insert into t values (2);")
    (folder / "0001_first.sql").write_text("create table t (n int); insert into t values (1);")
    (folder / "README.sql").write_text("this is no migration")
    assert migrate.migrate(empty.owner_url) == ["0001_first.sql", "0002_second.sql"]
    assert ask(empty, "select n from t order by n") == [1, 2]
    (folder / "0003_third.sql").write_text("insert into t values (3);")
    assert migrate.migrate(empty.owner_url) == ["0003_third.sql"]


def test_a_file_that_fails_leaves_nothing_of_itself_and_those_before_stay(empty, folder: Path):
    (folder / "0001_good.sql").write_text("create table good (n int);")
    (folder / "0002_bad.sql").write_text("create table half (n int); select 1 / 0;")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate.migrate(empty.owner_url)
    assert ask(empty, "select to_regclass('good') is not null") == [True]
    assert ask(empty, "select to_regclass('half') is null") == [True]
    assert ask(empty, "select name from public.desk_migration") == ["0001_good.sql"]
    (folder / "0002_bad.sql").write_text("create table half (n int);")
    assert migrate.migrate(empty.owner_url) == ["0002_bad.sql"]


def test_a_file_that_was_changed_after_it_ran_is_refused(empty, folder: Path):
    (folder / "0001_a.sql").write_text("create table a (n int);")
    migrate.migrate(empty.owner_url)
    (folder / "0001_a.sql").write_text("create table a (n bigint);")
    (folder / "0002_b.sql").write_text("create table b (n int);")
    with pytest.raises(MigrationChanged, match=r"0001_a\.sql was changed after it ran; put the change into a new file"):
        migrate.migrate(empty.owner_url)
    assert ask(empty, "select to_regclass('b') is null") == [True]


def test_migrators_at_the_same_moment_take_turns(empty):
    with ThreadPoolExecutor(4) as pool:
        ran = list(pool.map(lambda _: migrate.migrate(empty.owner_url), range(4)))
    names = [*sorted(path.name for path in migrate.FOLDER.glob("*.sql")), "staging"]
    assert sorted(ran, key=len) == [[], [], [], names]


def test_percent_signs_and_dollar_quotes_in_a_file_are_its_own(empty, folder: Path):
    (folder / "0001_a.sql").write_text("do $$ begin raise notice '100 %% of %', 'it'; end $$; select 'a%(b)s%';")
    assert migrate.migrate(empty.owner_url) == ["0001_a.sql"]


def test_costs_that_were_there_before_reach_the_mart(empty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    before = tmp_path / "before"
    before.mkdir()
    for path in migrate.FOLDER.glob("*.sql"):
        if path.name < "0019":
            shutil.copy(path, before)
    with monkeypatch.context() as earlier:
        earlier.setattr(migrate, "FOLDER", before)
        migrate.migrate(empty.owner_url)
    with psycopg.connect(empty.app_url.replace("+psycopg", "")) as connection:
        connection.execute("select set_config('desk.owner', 'alice', false)")
        connection.execute(
            "insert into desk.release_cost (owner, import_id, row_number, amount)"
            " values ('alice', 1, 1, 5), ('alice', 1, 2, 5)"
        )
    assert "0019_costs_in_marts.sql" in migrate.migrate(empty.owner_url)
    assert ask(empty, "select owner || ' ' || platform || ' ' || day from desk.touched_day") == ["alice * 9999-12-31"]
    forced = "select bool_and(relforcerowsecurity) from pg_class where relname in ('release_cost', 'touched_day')"
    assert ask(empty, forced) == [True]
