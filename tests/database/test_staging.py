"""The views of sql/staging: made anew when a file changed, whole or not at all, and readable by the product."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest

from include.database import migrate


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(migrate, "STAGING", tmp_path)
    return tmp_path


def write(folder: Path, platform: str, grain: str, select: str) -> None:
    (folder / platform).mkdir(exist_ok=True)
    view = f"create view staging.stg_{platform}__{grain} with (security_invoker = true) as {select};"
    (folder / platform / f"stg_{platform}__{grain}.sql").write_text(f"-- what it is\n{view}\n")


def ask(url: str, question: str) -> list[object]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return [row[0] for row in connection.execute(question.encode()).fetchall()]


def views(warehouse) -> list[object]:
    return ask(warehouse.owner_url, "select viewname from pg_views where schemaname = 'staging' order by 1")


def test_views_are_made_once_and_again_when_a_file_changed(warehouse, folder: Path):
    write(folder, "tiktok", "video_daily", "select 1 as n")
    write(folder, "youtube", "video_daily", "select 2 as n")
    assert migrate.migrate(warehouse.owner_url) == ["staging"]
    assert migrate.migrate(warehouse.owner_url) == []
    assert views(warehouse) == ["stg_tiktok__video_daily", "stg_youtube__video_daily"]
    write(folder, "youtube", "video_daily", "select 3 as n, 'other' as m")
    shutil.rmtree(folder / "tiktok")
    assert migrate.migrate(warehouse.owner_url) == ["staging"]
    assert views(warehouse) == ["stg_youtube__video_daily"]
    assert ask(warehouse.owner_url, "select n from staging.stg_youtube__video_daily") == [3]


def test_a_platform_without_files_and_no_files_at_all_are_fine(warehouse, folder: Path):
    migrate.migrate(warehouse.owner_url)
    assert views(warehouse) == []
    (folder / "linkedin").mkdir()
    assert migrate.migrate(warehouse.owner_url) == []


def test_a_broken_file_leaves_the_views_as_they_were(warehouse, folder: Path):
    write(folder, "tiktok", "video_daily", "select 1 as n")
    migrate.migrate(warehouse.owner_url)
    write(folder, "tiktok", "video_daily", "select 2 as n")
    write(folder, "youtube", "video_daily", "select nothing from nowhere")
    with pytest.raises(psycopg.errors.UndefinedTable):
        migrate.migrate(warehouse.owner_url)
    assert ask(warehouse.owner_url, "select n from staging.stg_tiktok__video_daily") == [1]
    write(folder, "youtube", "video_daily", "select 3 as n")
    assert migrate.migrate(warehouse.owner_url) == ["staging"]


def test_a_migration_may_change_a_column_that_a_view_reads(warehouse, folder: Path, tmp_path_factory, monkeypatch):
    write(folder, "youtube", "video_daily", "select name, sha256 from public.desk_migration")
    migrate.migrate(warehouse.owner_url)
    more = tmp_path_factory.mktemp("migrations")
    for path in migrate.FOLDER.glob("*.sql"):
        shutil.copy(path, more)
    (more / "9999_later.sql").write_text("alter table public.desk_migration alter column sha256 type varchar(64);")
    monkeypatch.setattr(migrate, "FOLDER", more)
    assert migrate.migrate(warehouse.owner_url) == ["9999_later.sql", "staging"]
    assert views(warehouse) == ["stg_youtube__video_daily"]


def test_the_product_reads_views_with_its_own_rights_only(warehouse, folder: Path):
    write(folder, "youtube", "video_daily", "select owner from desk.account")
    migrate.migrate(warehouse.owner_url)
    with psycopg.connect(warehouse.app_url.replace("+psycopg", "")) as connection:
        connection.execute("set desk.owner = 'alice'")
        connection.execute("insert into desk.account (owner, account_id, platform) values ('alice', 'a', 'youtube')")
    asked = "select owner from staging.stg_youtube__video_daily"
    assert ask(warehouse.app_url, asked) == []
    with psycopg.connect(warehouse.app_url.replace("+psycopg", "")) as connection:
        connection.execute("set desk.owner = 'alice'")
        assert connection.execute(asked).fetchall() == [("alice",)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(warehouse.app_url, "create view staging.mine as select 1")
