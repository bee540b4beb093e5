"""Named statements: every block is found by its name, once, and every one is valid for the real database."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from include.database import queries

NOUNS = sorted(path.stem for path in queries.FOLDER.glob("*.sql"))
PARAMETER = re.compile(r"%\((\w+)\)s")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(queries, "FOLDER", tmp_path)
    queries.load.cache_clear()
    yield tmp_path
    queries.load.cache_clear()


def test_blocks_are_found_by_their_names(folder: Path):
    (folder / "things.sql").write_text(
        "-- What things are.\n\n-- read_thing --\n-- one of them\nselect 1\nwhere x = %(x)s;\n\n"
        "-- keep_thing --\ninsert into things values (2);\n"
    )
    found = queries.load("things")
    assert found == {
        "read_thing": "-- one of them\nselect 1\nwhere x = %(x)s",
        "keep_thing": "insert into things values (2)",
    }


def test_a_name_given_twice_is_refused(folder: Path):
    (folder / "things.sql").write_text("-- a --\nselect 1;\n-- b --\nselect 2;\n-- a --\nselect 3;\n")
    with pytest.raises(ValueError, match=r"things\.sql names twice: a"):
        queries.load("things")


@pytest.mark.parametrize("noun", NOUNS)
def test_every_statement_is_valid_for_the_database(warehouse, noun: str):
    with psycopg.connect(warehouse.app_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("set role desk_app")
        for name, statement in queries.load(noun).items():
            inlined = PARAMETER.sub("null", statement).replace("%%", "%")  # analysed, not run
            try:
                connection.execute(f"prepare checked as {inlined}".encode())
            except psycopg.Error as error:
                pytest.fail(f"{noun}.sql, {name}: {error}")
            connection.execute("deallocate checked")


def test_every_statement_is_used():
    root = queries.FOLDER.parents[1]
    code = "\n".join(path.read_text() for path in (root / "include").rglob("*.py"))
    for noun in NOUNS:
        for name in queries.load(noun):
            assert f'"{name}"' in code, f"{noun}.sql: {name} is used nowhere"
