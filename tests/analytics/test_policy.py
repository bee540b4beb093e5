"""What a platform forbids is not done, what it wants deleted is deleted, and each rule says what would lift it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import psycopg
import pytest
import yaml
from psycopg import sql

from include import settings
from include.accounts import accounts
from include.accounts.disconnect import disconnect
from include.analytics import policy
from include.database import engine
from include.measurement import Policy
from include.settings import PROJECT, SettingsError
from tests.publishing.rows import an_account

SCHEMAS = ["youtube", "tiktok", "instagram", "facebook", "linkedin", "market", "marts"]
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def server(postgres_server: Any, warehouse: Any) -> Iterator[psycopg.Connection[Any]]:
    """The superuser."""
    with postgres_server.superuser(warehouse) as connection:
        yield connection


@pytest.fixture
def choices(desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what changes one rule's value: `choices("youtube", "derived_metrics", "accepted")`."""
    folder = tmp_path / "config"
    folder.mkdir()
    for path in (PROJECT / "config").glob("*.yaml"):
        (folder / path.name).write_text(path.read_text())

    def choose(platform: str, name: str, value: Any) -> None:
        content = yaml.safe_load((folder / "policy.yaml").read_text())
        content["rules"][platform][name]["value"] = value
        (folder / "policy.yaml").write_text(yaml.safe_dump(content))
        monkeypatch.setenv("RELEASE_DESK_CONFIG", str(folder))
        settings.forget()

    return choose


def tables(server: psycopg.Connection[Any], *columns: str) -> list[tuple[str, str]]:
    """Return every table of the collected schemas that has these columns, as the catalogue knows them."""
    found = server.execute(
        "select n.nspname, c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace"
        " where n.nspname = any(%s) and c.relkind in ('r', 'p') and not c.relispartition and %s <@ (select"
        " array_agg(a.attname::text) from pg_attribute as a where a.attrelid = c.oid and not a.attisdropped)",
        (SCHEMAS, list(columns)),
    )
    return [(space, name) for space, name in found]


def fill(server: psycopg.Connection[Any], space: str, name: str, **known: Any) -> None:
    """Put one row into a table, whatever its columns are."""
    columns = server.execute(
        "select a.attname, t.typname, a.attnotnull from pg_attribute as a join pg_type as t on t.oid = a.atttypid"
        " where a.attrelid = format('%%I.%%I', %s::text, %s::text)::regclass and a.attnum > 0 and not a.attisdropped"
        " and a.attgenerated = '' and a.attidentity = ''",
        (space, name),
    ).fetchall()
    own = f"{known.get('owner')} {known.get('account_id')}"  # some keys have no account in them
    of_type = {"text": own, "date": "2026-10-01", "timestamptz": "2026-10-01", "bool": False, "jsonb": "{}", "int8": 1,
               "int4": 1, "int2": 1, "numeric": 1, "float8": 1, "uuid": str(uuid5(NAMESPACE_OID, own)),
               "_text": "{}"}  # fmt: skip
    row = {column: known.get(column, of_type[kind]) for column, kind, needed in columns if needed or column in known}
    by_month = server.execute(
        "select relkind = 'p' from pg_class where oid = format('%%I.%%I', %s::text, %s::text)::regclass", (space, name)
    ).fetchone()
    if by_month == (True,):
        whole = sql.SQL("{}.{}").format(sql.Identifier(space), sql.Identifier(name)).as_string(server)
        server.execute("select desk.make_month(%s::regclass, '2026-10-01')", (whole,))
    server.execute(
        sql.SQL("insert into {}.{} ({}) values ({})").format(
            sql.Identifier(space), sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
        ),
        list(row.values()),
    )  # fmt: skip


def counts(server: psycopg.Connection[Any], where: list[tuple[str, str]], owner: str, account: str) -> dict[str, int]:
    found = {}
    for space, name in where:
        query = sql.SQL("select count(*) from {}.{} where owner = %s and account_id = %s")
        row = server.execute(query.format(sql.Identifier(space), sql.Identifier(name)), (owner, account)).fetchone()
        found[f"{space}.{name}"] = row[0] if row else -1
    return found


def test_disconnecting_empties_every_table_that_names_the_account_and_no_others_row(desk: Path, server: Any):
    an_account("alice")
    an_account("alice", "other")
    where = tables(server, "owner", "account_id")
    assert len(where) >= 7
    for space, name in where:
        for owner, account in (("alice", "my_youtube"), ("alice", "other"), ("bob", "my_youtube")):
            fill(server, space, name, owner=owner, account_id=account)
    disconnect("alice", "my_youtube")
    assert set(counts(server, where, "alice", "my_youtube").values()) == {0}
    assert set(counts(server, where, "alice", "other").values()) == {1}
    assert set(counts(server, where, "bob", "my_youtube").values()) == {1}
    with engine.transaction("alice") as connection:
        touched = connection.exec_driver_sql("select platform, day::text from desk.touched_day").all()
    assert [tuple(each) for each in touched] == [("youtube", "2026-10-01")]
    assert accounts.read("alice", "my_youtube").state == "disconnected"


def test_the_operator_may_keep_what_people_imported(choices: Any, server: Any):
    choices("all", "delete_on_disconnect", [name for name in SCHEMAS if name != "market"])
    an_account("alice")
    fill(server, "market", "tiktok_reward", owner="alice", account_id="my_youtube")
    disconnect("alice", "my_youtube")
    assert counts(server, [("market", "tiktok_reward")], "alice", "my_youtube") == {"market.tiktok_reward": 1}


def test_numbers_older_than_the_rule_allows_are_deleted_of_that_platform_only(desk: Path, server: Any):
    an_account("alice")
    server.execute("create schema if not exists youtube")
    server.execute(
        "create table youtube.toy_daily (owner text, account_id text, video_id text, day date, views bigint,"
        " collected_at timestamptz, primary key (owner, account_id, video_id, day))"
    )
    server.execute("call desk.collect_into('youtube.toy_daily')")
    for video, age in (("old", 31), ("new", 29)):
        fill(server, "youtube", "toy_daily", owner="alice", account_id="my_youtube", video_id=video,
             collected_at=NOW - timedelta(days=age))  # fmt: skip
    fill(server, "market", "channel", owner="alice", account_id="my_youtube", collected_at=NOW - timedelta(days=300))
    assert policy.enforce(NOW) == {"youtube": 1}
    assert server.execute("select video_id from youtube.toy_daily").fetchall() == [("new",)]
    assert counts(server, [("market", "channel")], "alice", "my_youtube") == {"market.channel": 1}
    assert policy.enforce(NOW) == {"youtube": 0}


def test_an_accepted_use_case_keeps_everything(choices: Any, server: Any):
    choices("youtube", "keep_statistics_days", None)
    assert policy.enforce(NOW) == {}


def test_derived_metrics_are_refused_with_the_rule_and_what_lifts_it_until_they_are_accepted(choices: Any):
    refused = policy.derived_metrics("youtube")
    assert not refused.allowed
    assert "youtube.derived_metrics" in refused.why
    assert "amendment" in refused.why
    assert policy.derived_metrics("tiktok").allowed
    choices("youtube", "derived_metrics", "accepted")
    accepted = policy.derived_metrics("youtube")
    assert (accepted.allowed, accepted.label) == (True, "Calculated by Release Desk, not a number of Youtube's.")


def test_viewers_are_not_profiled_without_consent(choices: Any):
    assert not policy.may_profile_fans("youtube").allowed
    choices("youtube", "fans", "consented")
    assert policy.may_profile_fans("youtube").allowed


def test_a_value_that_is_no_choice_is_refused_by_name(choices: Any):
    choices("youtube", "derived_metrics", "perhaps")
    with pytest.raises(SettingsError, match=r"youtube\.derived_metrics.*accepted, not_accepted"):
        policy.rules()


def test_every_rule_has_a_source_a_day_and_a_choice_or_the_file_that_has_it():
    found = Policy.model_validate(yaml.safe_load((PROJECT / "config/policy.yaml").read_text()))
    for platform, of_platform in found.rules.items():
        for name, rule in of_platform.items():
            assert rule.source.startswith("https://"), (platform, name)
            assert rule.set_in or rule.value is not None, (platform, name)
            assert f"`{platform}.{name}`" in (PROJECT / "docs/policy.md").read_text(), (platform, name)
