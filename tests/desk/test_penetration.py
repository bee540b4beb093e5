"""User B tries everything against user A: every route, every command, every table; nothing shows that it exists.

The lists come from the app, the command line and the catalogue, so that a new route, command or table cannot be
forgotten: without a line of its own here its test fails. tests/airflow/test_stranger.py does it again over the wire.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer.main
from fastapi.routing import APIRoute
from psycopg import sql

from include.accounts import attempts
from include.cli import launcher
from include.cli.app import app as commands
from include.database import engine
from include.publishing import registration
from tests.cli import saying
from tests.desk.people import Ask
from tests.desk.world import MARK, World, a_world, another_uuid, everything, rows, tables
from tests.postgres_server import PostgresServer, Warehouse

A, B = "alice", "bob"
NOTHING = "none~such"
STATE = "x" * 43


@pytest.fixture
def server(postgres_server: PostgresServer, warehouse: Warehouse) -> Iterator[psycopg.Connection[Any]]:
    """The superuser, to see what was really changed."""
    with postgres_server.superuser(warehouse) as connection:
        yield connection


@pytest.fixture
def world(desk: Path, server: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """All that A has; afterwards all of it has to be as it was, and B has got nothing of it."""
    monkeypatch.setenv("YOUTUBE_CLIENT_ID", "our-app")
    monkeypatch.setenv("YOUTUBE_CLIENT_SECRET", "our-secret")
    found = a_world(A, server)
    before = everything(server, A)
    yield found
    assert everything(server, A) == before
    assert MARK not in json.dumps(everything(server, B))


# --- REST ------------------------------------------------------------------------------------------------------------

GIVEN = {"account_id": "my_youtube", "platform": "youtube"}
WRONG = {"credentials": {"scopes": 5}}
ROW = {"segment": "women", "age_bucket": "18-23", "title_id": "t1"}
THEIRS, NOBODYS = (ROW | {"targets": [{"account": name}]} for name in ("my_youtube", "my_other"))
ON = {"account_id": "my_youtube"}
SAID = ON | {"text": "words"}
WHEN = {"scheduled_for": "2027-01-15T09:00:00"}
REQUESTS: dict[tuple[str, str], list[tuple[str, str, Any, Any]]] = {
    # what is asked for A's things, what is asked for things that do not exist, and both bodies
    ("GET", "/accounts"): [("", "", None, None)],
    ("POST", "/accounts"): [
        ("", "", GIVEN, GIVEN | {"account_id": "my_other"}),
        ("", "", GIVEN | WRONG, GIVEN | WRONG | {"account_id": "my_other"}),
    ],
    ("GET", "/accounts/{account_id}"): [("my_youtube", "my_other", None, None)],
    ("DELETE", "/accounts/{account_id}"): [("my_youtube", "my_other", None, None)],
    ("PUT", "/accounts/{account_id}/second"): [
        ("my_youtube", "my_other", {"account_id": "x"}, {"account_id": "x"}),
        ("my_other", "my_other", {"account_id": "my_youtube"}, {"account_id": "my_other"}),
    ],
    ("DELETE", "/accounts/{account_id}/second"): [("my_youtube", "my_other", None, None)],
    ("GET", "/connect/callback"): [
        ("?state={state}&code=c", f"?state={STATE}&code=c", None, None),
        ("?state={state}&error=access_denied", f"?state={STATE}&error=access_denied", None, None),
        ("?state={waiting}&code=c", f"?state={STATE}&code=c", None, None),
    ],
    ("POST", "/connect/choose"): [
        ("", "", {"state": "{waiting}", "choice_id": "UC1"}, {"state": STATE, "choice_id": "UC1"}),
        ("", "", {"state": "{state}", "choice_id": "UC1"}, {"state": STATE, "choice_id": "UC1"}),
    ],
    ("GET", "/connect/{platform}"): [("youtube?account_id=my_youtube", "youtube?account_id=my_other", None, None)],
    ("GET", "/jobs"): [("?limit=200", "?limit=200", None, None), ("?platform=youtube", "?platform=tiktok", None, None)],
    ("GET", "/jobs/{job_id}"): [("{job}", NOTHING, None, None)],
    ("GET", "/jobs/{job_id}/preview"): [
        ("{job}", NOTHING, None, None), ("{job}?owner={owner}", NOTHING + "?owner={owner}", None, None),
    ],
    ("GET", "/publications/{publication_id}/video"): [
        ("{publication}", "{uuid}", None, None), ("{publication}?owner={owner}", "{uuid}?owner={owner}", None, None),
    ],
    ("GET", "/publications/{publication_id}/thumbnail"): [
        ("{publication}", "{uuid}", None, None), ("{publication}?owner={owner}", "{uuid}?owner={owner}", None, None),
    ],
    ("POST", "/jobs/{job_id}/cancel"): [("{job}", NOTHING, None, None)],
    ("POST", "/jobs/{job_id}/retry"): [("{job}", NOTHING, None, None)],
    ("POST", "/jobs/{job_id}/confirm"): [
        ("{job}", NOTHING, {"published": False}, {"published": False}),
        ("{job}", NOTHING, {"published": False, "publication_id": "{publication}"}, {"published": False}),
    ],
    ("PATCH", "/jobs/{job_id}"): [("{job}", NOTHING, {"priority": 9}, {"priority": 9})],
    ("POST", "/publish/immediate"): [("", "", THEIRS, NOBODYS)],
    ("POST", "/publish/scheduled"): [("", "", THEIRS | WHEN, NOBODYS | WHEN)],
    ("POST", "/publish/batch"): [
        ("", "", {"rows": [ROW | {"accounts": "my_youtube"}]}, {"rows": [ROW | {"accounts": "my_other"}]}),
        ("", "", {"rows": [ROW]}, {"rows": [ROW | {"title_id": "t2"}]}),
    ],
    ("GET", "/publish/batch/{batch_id}"): [("{publication}", "{uuid}", None, None)],
    ("POST", "/validate"): [("", "", THEIRS, NOBODYS)],
    ("GET", "/queue/stats"): [("", "", None, None)],
    ("GET", "/quotas"): [("", "", None, None)],
    ("GET", "/accounts/{account_id}/times"): [("my_youtube", "my_other", None, None)],
    ("GET", "/notices"): [("", "", None, None), ("?about={publication}", "?about={uuid}", None, None)],
    ("GET", "/notices/choices"): [("", "", None, None)],
    ("PUT", "/notices/choices"): [("", "", {"address": "b", "kinds": []}, {"address": "b", "kinds": []})],
    ("DELETE", "/notices/choices"): [("", "", None, None)],
    ("GET", "/notices/{notice_id}"): [("{notice}", "{uuid}", None, None)],
    ("POST", "/notices/{notice_id}/replay"): [("{notice}", "{uuid}", None, None)],
    ("GET", "/webhooks"): [("", "", None, None)],
    ("POST", "/webhooks"): [("", "", {"url": "http://x"}, {"url": "http://x"})],
    ("POST", "/webhooks/secret"): [("", "", None, None)],
    ("POST", "/webhooks/{endpoint_id}/resume"): [("{endpoint}", "{uuid}", None, None)],
    ("DELETE", "/webhooks/{endpoint_id}"): [("{endpoint}", "{uuid}", None, None)],
    ("GET", "/activity"): [("", "", None, None), ("?what=published", "?what=cancelled", None, None)],
    ("GET", "/activity/figures"): [("", "", None, None), ("?everybody=true", "?everybody=true", None, None)],
    ("GET", "/analytics/syncs"): [("", "", None, None), ("?account=my_youtube", "?account=my_other", None, None)],
    ("POST", "/analytics/refresh"): [("", "", {"account": "my_youtube"}, {"account": "my_other"})],
    ("GET", "/comments"): [("?account_id=my_youtube", "?account_id=my_other", None, None)],
    ("POST", "/comments/{comment_id}/reply"): [("c", "c", SAID, SAID | {"account_id": "my_other"})],
    ("POST", "/comments/{comment_id}/hide"): [("c", "c", ON, ON | {"account_id": "my_other"})],
    ("POST", "/comments/{comment_id}/unhide"): [("c", "c", ON, ON | {"account_id": "my_other"})],
    ("POST", "/comments/{comment_id}/hold"): [("c", "c", ON, ON | {"account_id": "my_other"})],
    ("POST", "/comments/{comment_id}/reject"): [("c", "c", ON, ON | {"account_id": "my_other"})],
    ("DELETE", "/comments/{comment_id}"): [("c?account_id=my_youtube", "c?account_id=my_other", None, None)],
    ("GET", "/analytics/videos/{video_id}"): [("MARKEDvideo", "NO-ONESvideo", None, None)],
    ("GET", "/metrics"): [("", "", None, None)],
    ("GET", "/openapi.json"): [("", "", None, None)],
    ("GET", "/docs"): [("", "", None, None)],
}  # fmt: skip
CHANGING = re.compile(
    r"state=[\w-]+|code_challenge=[\w-]+|\d{4}-\d\d-\d\dT[\d:.]+Z|my_youtube|my_other|MARKEDvideo|NO-ONESvideo|"
    r"whsec_[\w+/=]+"
)
"""What differs between any two answers, or is what was asked for."""


def routes() -> list[tuple[str, str]]:
    """Return the app's routes as they are now."""
    from include.desk.app import app

    return [(method, each.path) for each in app.routes if isinstance(each, APIRoute) for method in each.methods]


def filled(value: Any, world: World) -> Any:
    """Return a request's part with A's ids put in."""
    if isinstance(value, dict):
        return {key: filled(each, world) for key, each in value.items()}
    if not isinstance(value, str):
        return value
    known = {"{uuid}": another_uuid()} | {f"{{{name}}}": str(each) for name, each in vars(world).items()}
    for name, each in known.items():
        value = value.replace(name, each)
    return value


def place(path: str, part: str, world: World) -> str:
    """Return the address of a request: `part` stands for the route's parameter, and has or is the query."""
    before, _, rest = path.partition("{")
    named, mark, query = part.partition("?")
    return before + filled(named, world) + rest.partition("}")[2] + mark + filled(query, world)


def plain(answer: Any) -> tuple[int, str, dict[str, str]]:
    """Return what can be compared of an answer: all of it but what changes each time."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "content-length")}
    return answer.status_code, CHANGING.sub("…", answer.text), headers


def test_every_route_is_tried(ask: Ask):
    assert sorted(routes()) == sorted(REQUESTS), "tell REQUESTS how a stranger would ask for somebody's things there"


@pytest.mark.parametrize(("method", "path"), REQUESTS, ids=lambda part: part.strip("/") or "-")
def test_over_rest_anothers_thing_is_answered_like_one_that_does_not_exist(
    world: World, ask: Ask, method: str, path: str
):
    for theirs, nothing, body, other_body in REQUESTS[method, path]:
        answers = [
            ask(B).request(method, place(path, part, world), json=filled(sent, world))
            for part, sent in ((theirs, body), (nothing, other_body))
        ]
        assert plain(answers[0]) == plain(answers[1]), (method, path)
        assert MARK not in answers[0].text
        assert A not in answers[0].text or path in ("/openapi.json", "/docs")


@pytest.mark.parametrize(("method", "path"), REQUESTS, ids=lambda part: part.strip("/") or "-")
def test_over_rest_a_browser_sees_no_more(world: World, ask: Ask, method: str, path: str):
    for theirs, nothing, body, other_body in REQUESTS[method, path]:
        answers = [
            ask(B, Accept="text/html").request(method, place(path, part, world), data=filled(sent, world))
            for part, sent in ((theirs, body), (nothing, other_body))
        ]
        told = [(each.status_code, CHANGING.sub("…", each.text + each.headers.get("location", ""))) for each in answers]
        assert told[0] == told[1], (method, path)
        assert MARK not in answers[0].text


def test_over_rest_the_owner_does_see_it(world: World, ask: Ask):
    """Otherwise all of the above would prove nothing."""
    assert ask(A).get(f"/jobs/{world.job}").json()["campaign"] == MARK
    assert ask(A).get("/jobs").json()["jobs"][0]["results"][0]["publication_id"] == world.publication
    assert ask(A).get("/accounts/my_youtube").status_code == 200
    assert ask(B).get("/jobs").json() == {"jobs": [], "cursor": None}


def test_a_strangers_callback_does_not_use_the_state_up(world: World, ask: Ask):
    assert ask(B).get(f"/connect/callback?state={world.state}&code=c").status_code == 400
    with engine.transaction(A) as connection:
        used = connection.exec_driver_sql("select used_at from desk.connect_attempt where waiting is null").scalar_one()
    assert used is None
    assert attempts.NOT_VALID in ask(B).get(f"/connect/callback?state={world.state}&code=c").text


# --- the command line ------------------------------------------------------------------------------------------------

COMMANDS: dict[str, list[list[str]]] = {
    "accounts add": [],  # makes an account of one's own; `connect` is tried by POST /accounts above
    "accounts list": [[]],
    "accounts check": [["{account}"]],
    "accounts remove": [["{account}"]],
    "accounts second": [["{account}"], ["{account}", "my_other"]],
    "publications list": [[]],
    "publications show": [["{publication}"], ["{publication}", "--json"]],
    "publications retry": [["{publication}"]],
    "publications move": [["{publication}", "--priority", "9"]],
    "publications cancel": [["{publication}"]],
    "publications confirm": [["{publication}", "--not-published"], ["{publication}", "--published", "dQw4w9WgXcQ"]],
    "queue list": [[]],
    "queue stats": [[]],
    "queue times": [["{account}"]],
    "notices list": [[]],
    "notices replay": [["{notice}"]],
    "notices choices": [[]],
    "notices choose": [["none"]],
    "webhooks add": [["http://x"]],
    "webhooks list": [[]],
    "webhooks remove": [["{endpoint}"]],
    "webhooks resume": [["{endpoint}"]],
    "webhooks secret": [],  # makes one of one's own
    "activity list": [[]],
    "activity figures": [],  # says since when; GET /activity/figures is tried above
    "import": [["costs", "/no/such/file.csv", "--account", "{account}"]],
    "comments list": [["{account}"]],
    "comments history": [[], ["--account", "{account}"]],
    "comments reply": [["{account}", "c", "words"]],
    "comments hide": [["{account}", "c"]],
    "comments unhide": [["{account}", "c"]],
    "comments hold": [["{account}", "c"]],
    "comments reject": [["{account}", "c"]],
    "comments delete": [["{account}", "c"]],
    "analytics refresh": [[], ["--account", "{account}"]],
    "analytics history": [[], ["--account", "{account}"]],
    "analytics show": [["MARKEDvideo"]],
    "batch": [],  # so does this
    "publish": [],  # starts a run; what that may name is tried below, and over the wire
}
"""Commands that take `--owner` → what B tries with A's ids."""


def commands_with_an_owner() -> list[str]:
    """Return the commands that act for an owner, as the command line knows them."""

    def walk(command: Any, name: str) -> Iterator[str]:
        for verb, below in getattr(command, "commands", {}).items():
            yield from walk(below, f"{name} {verb}".strip())
        if any("--owner" in each.opts for each in command.params):
            yield name

    return sorted(walk(typer.main.get_command(commands), ""))


run = partial(saying.run, commands)


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands use this test's warehouse, and none of Airflow."""
    monkeypatch.setattr(launcher, "enter", lambda: None)
    monkeypatch.setattr(launcher, "current", lambda: None)


def test_every_command_with_an_owner_is_tried():
    assert commands_with_an_owner() == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_on_the_command_line_anothers_thing_is_like_one_that_does_not_exist(
    world: World, installation: None, command: str
):
    nothing = {**vars(world), "account": "my_other"} | dict.fromkeys(
        ("publication", "notice", "endpoint"), another_uuid()
    )
    for words in COMMANDS[command]:
        told = []
        for named in (vars(world), nothing):
            code, said = run(*command.split(), *[each.format(**named) for each in words], "--owner", B)
            for name in ("account", "publication", "notice", "endpoint"):
                said = said.replace(str(named[name]), "…")
            told.append((code, said))
        assert told[0] == told[1], command
        assert MARK not in told[0][1]


@pytest.mark.parametrize("target", ["my_youtube", "my_other"])
def test_a_run_of_ones_own_cannot_name_anothers_account(world: World, target: str):
    conf = {"segment": "women", "age_bucket": "18-23", "title_id": "t1", "owner": B, "targets": [{"account": target}]}
    with pytest.raises(registration.Refused) as refused:
        registration.register(conf, f"run-{target}")
    assert str(refused.value).replace(target, "…") == "You have no account named '…'; `desk accounts list` shows yours."


# --- straight SQL ----------------------------------------------------------------------------------------------------


@pytest.fixture
def as_b(world: World, warehouse: Warehouse) -> Iterator[psycopg.Connection[Any]]:
    """The product's own login with B as the owner, without our code between."""
    with psycopg.connect(warehouse.app_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("select set_config('desk.owner', %s, false)", (B,))
        yield connection


def refusal(connection: psycopg.Connection[Any], query: Any, values: Any = ()) -> tuple[str, int]:
    """Return how a statement ended: the error's code, and how many rows it touched."""
    try:
        return "", connection.execute(query, values).rowcount
    except psycopg.Error as error:
        return f"{error.sqlstate} {error.diag.message_primary}", 0


def test_straight_sql_sees_and_changes_nothing_of_any_table(as_b: psycopg.Connection[Any], server: Any):
    assert len(tables(server)) >= 15
    for table in tables(server):
        name = sql.Identifier("desk", table)
        assert rows(server, table, A), table
        assert as_b.execute(sql.SQL("select count(*) from {}").format(name)).fetchone() == (0,), table
        with as_b.cursor().copy(sql.SQL("copy {} to stdout").format(name)) as out:
            assert b"".join(bytes(each) for each in out) == b"", table
        for statement in ("update {} set owner = owner", "update {} set owner = 'bob'", "delete from {}"):
            code, touched = refusal(as_b, sql.SQL(statement).format(name))
            assert touched == 0, (table, statement)
            assert code == "" or code.startswith("42501 permission denied"), (table, statement, code)
        assert refusal(as_b, sql.SQL("truncate {} cascade").format(name))[0].startswith("42501"), table
        assert refusal(as_b, sql.SQL("select * from {} for update").format(name))[1] == 0, table
        as_b.execute("set row_security = off")
        assert refusal(as_b, sql.SQL("select * from {}").format(name))[0].startswith("42501"), table
        as_b.execute("reset row_security")


def test_straight_sql_cannot_put_rows_under_anothers_name(as_b: psycopg.Connection[Any], server: Any):
    """A's row once more, and a row like it that would be new: refused with the same words."""
    for table in tables(server):
        row = rows(server, table, A)[0]
        told = set()
        for changed in (row, row | new_keys(row)):
            told.add(refusal(as_b, *insertion(table, changed))[0])
            told.add(refusal(as_b, *insertion(table, changed, " on conflict do nothing"))[0])
        assert len(told) == 1, (table, told)
        assert told.pop().startswith("42501"), table


def test_straight_sql_cannot_hang_rows_of_ones_own_on_anothers(as_b: psycopg.Connection[Any], server: Any):
    """Own rows that name A's, or what does not exist: refused with the same words by every foreign key."""
    columns = (
        "(select array_agg(a.attname::text order by array_position({key}, a.attnum)) from pg_attribute as a"
        " where a.attrelid = {table} and a.attnum = any({key}))"
    )
    keys = server.execute(
        f"select conrelid::regclass::text, {columns.format(table='conrelid', key='conkey')},"
        f" confrelid::regclass::text, {columns.format(table='confrelid', key='confkey')} from pg_constraint"
        " where connamespace = 'desk'::regnamespace and contype = 'f'"
    ).fetchall()
    assert len(keys) >= 9
    for table, mine, other, theirs in keys:
        row = rows(server, table.removeprefix("desk."), A)[0]
        if other == table:
            row["account_id"] = "another"  # nothing is its own second route
        known = rows(server, other.removeprefix("desk."), A)[0]
        row |= {name: known[meant] for name, meant in zip(mine, theirs, strict=True)} | {"owner": B}
        named = [name for name in mine if name != "owner"]
        fresh = {name: value for name, value in new_keys(row).items() if name not in named}
        told = set()
        for target in (row, row | {name: value for name, value in new_keys(row).items() if name in named}):
            code, _ = refusal(as_b, *insertion(table.removeprefix("desk."), target | fresh))
            told.add(re.sub(r'"\w+"', '"…"', code))
        assert len(told) == 1, (table, mine, told)
        assert told.pop().startswith("23503"), (table, mine)


def new_keys(row: dict[str, Any]) -> dict[str, Any]:
    """Return other values for whatever names something in a row."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if not isinstance(value, str):
            continue
        if name.endswith(("_id", "_sha256")) and value.startswith(r"\x"):
            found[name] = r"\x00"
        elif name.endswith("_id"):
            found[name] = another_uuid() if re.fullmatch(r"[0-9a-f-]{36}", value) else f"{value}-other"
        elif name in ("stored_name", "scope", "fingerprint"):
            found[name] = f"{value}-other"
    return found


def insertion(table: str, row: dict[str, Any], ending: str = "") -> tuple[Any, Any]:
    """Return a statement that writes a row as it is; a number the database gives is left to it."""
    numbers = ("entry_id", "move_id", "call_id", "act_id", "activity_id", "happening_id", "sync_id", "at")
    mine = {"import_id"} if table == "import_receipt" else set()
    given = {name: value for name, value in row.items() if name not in numbers and name not in mine}
    if table in ("call_log", "activity"):
        given["at"] = row["at"]
    columns = sql.SQL(", ").join(map(sql.Identifier, given))
    query = sql.SQL("insert into {} ({}) select {} from jsonb_populate_record(null::{}, %s){}").format(
        sql.Identifier("desk", table), columns, columns, sql.Identifier("desk", table), sql.SQL(ending)
    )
    return query, (json.dumps(given),)
