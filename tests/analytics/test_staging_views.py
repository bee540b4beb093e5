"""The staging views of all platforms have the agreed columns and find one day of one owner by itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from include.database import engine, migrate
from tests.analytics import stage

FILES = sorted(migrate.STAGING.glob("*/*.sql"))
MARTS = Path(migrate.STAGING).parent / "marts"


def _name(path: Path) -> str:
    return path.stem


def test_every_view_is_in_a_mart_and_every_mart_finds_its_views():
    used = {
        name
        for path in MARTS.glob("*.sql")
        for name in re.findall(r"staging\.(stg_\w+)", path.read_text(encoding="utf-8"))
    }
    assert used == {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_view_has_the_agreed_columns_in_order(path: Path, postgres_server: Any, warehouse: Any):
    grain = path.stem.split("__")[1]
    agreed = [tuple(each.strip().rsplit(" ", 1)) for each in stage.GRAINS[grain].split(",")]
    names = {"timestamptz": "timestamp with time zone"}
    with postgres_server.superuser(warehouse) as connection:
        found = connection.execute(
            "select a.attname, format_type(a.atttypid, -1) from pg_attribute as a"
            " where a.attrelid = %s::regclass and a.attnum > 0 order by a.attnum", (f"staging.{path.stem}",),
        ).fetchall()  # fmt: skip
        options = connection.execute(
            "select reloptions from pg_class where oid = %s::regclass", (f"staging.{path.stem}",)
        ).fetchone()
    assert found == [(name, names.get(kind, kind)) for name, kind in agreed]
    assert options == (["security_invoker=true"],)


DAILY = [path for path in FILES if not path.stem.endswith("__interaction")]


@pytest.mark.parametrize("path", DAILY, ids=_name)
def test_a_day_of_an_owner_is_looked_for_below_everything_else(path: Path, desk: Any):
    with engine.transaction("alice") as connection:
        connection.exec_driver_sql("select desk.make_month(c.oid::regclass, '2026-11-20') from pg_class as c"
                                   " where c.relkind = 'p' and c.relnamespace <> 'marts'::regnamespace")  # fmt: skip
        plan = connection.exec_driver_sql(
            f"explain select * from staging.{path.stem} where owner = 'alice' and day = '2026-11-20'"
        ).scalars()
        lines = list(plan)
    scans = [line for line in lines if re.search(r"(Index|Seq|Bitmap Heap).* Scan|Index Scan", line)]
    told = [line for line in lines if "day" in line and "2026-11-20" in line]
    assert scans
    assert len(told) >= len(scans), "\n".join(lines)
