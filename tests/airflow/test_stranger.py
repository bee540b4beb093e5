"""The penetration test over the wire: Airflow's own server and sign-in, and runs that name somebody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from include.accounts import audit
from include.database import engine
from include.database.embedded import EmbeddedPostgres
from tests.airflow.house import Desk, House
from tests.airflow.test_refused import log_of
from tests.desk.test_penetration import REQUESTS, filled, place, plain
from tests.desk.world import MARK, SECRETS, World, a_world, everything

A, B = "ann", "bob"
BY_ITSELF = {"happening", "notice", "notice_delivery", "webhook_endpoint", "activity", "tally", "reading", "sync"}
READERS = ("load_analytics", "load_comments", "load_accounts", "load_revenue", "load_market")


@pytest.fixture(scope="module")
def server(house: House) -> Iterator[psycopg.Connection[Any]]:
    """The superuser in the installation's warehouse."""
    with EmbeddedPostgres(house.folder).connect("warehouse") as connection:
        yield connection


worlds: list[World] = []


def still(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return A's rows but those the running desk changes by itself: it tells A what happened, and counts that."""
    return {table: found for table, found in rows.items() if table not in BY_ITSELF}


@pytest.fixture
def world(house: House, server: psycopg.Connection[Any]) -> Iterator[World]:
    """All that A has, made once; nothing of it may change."""
    if not worlds:
        for dag_id in READERS:  # they would ask the platforms about accounts that no platform knows
            house.send("PATCH", f"/dags/{dag_id}", {"is_paused": True})
        worlds.append(a_world(A, server))
    before = everything(server, A)
    yield worlds[0]
    assert still(everything(server, A)) == still(before)
    assert MARK not in str(everything(server, B))


@pytest.mark.parametrize(("method", "path"), REQUESTS, ids=lambda part: part.strip("/") or "-")
def test_anothers_thing_is_answered_like_one_that_does_not_exist(house: House, world: World, method: str, path: str):
    for theirs, nothing, body, other_body in REQUESTS[method, path]:
        with house.rest(B) as bob, house.rest(None) as nobody:
            answers = [
                bob.request(method, place(path, part, world), json=filled(sent, world))
                for part, sent in ((theirs, body), (nothing, other_body))
            ]
            anonymous = nobody.request(method, place(path, theirs, world), json=filled(body, world))
        assert plain(answers[0]) == plain(answers[1])
        assert MARK not in answers[0].text
        assert (anonymous.status_code, anonymous.headers["content-type"]) == (401, "application/problem+json")


def test_the_owner_sees_it_by_token_and_by_cookie_and_a_viewer_sees_own_things_only(house: House, world: World):
    with house.rest(A) as ann, house.rest("vera") as vera, house.rest(None) as nobody:
        assert ann.get(f"/jobs/{world.job}").json()["campaign"] == MARK
        token = house.token_of(A)
        nobody.cookies.set("_token", token)
        assert nobody.get("/accounts").json() == ann.get("/accounts").json()
        assert vera.get("/accounts").json() == {"accounts": []}
        nobody.cookies.set("_token", token[:-4] + "AAAA")
        assert nobody.get("/accounts").status_code == 401


def test_who_is_no_admin_may_not_act_for_another(house: House, world: World):
    with house.rest(B, **{"X-Act-For": A}) as bob:
        refused = bob.get(f"/jobs/{world.job}")
        assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")


def test_what_an_admin_does_for_another_is_written_down(house: House):
    with house.rest("admin", **{"X-Act-For": "vera"}) as admin:
        assert admin.get("/accounts").json() == {"accounts": []}
    assert [(each.who, each.what) for each in audit.read("vera")] == [("admin", "GET /api/publishing/accounts")]


def test_a_run_for_somebody_else_is_refused_before_anything_is_registered(house: House, world: World):
    house.drop(house.exports, "stolen")
    for owner in (A, "no-such-user"):
        run_id = f"stolen~{owner}"
        desk = Desk(house=house, owner=owner, title_id="stolen")
        assert house.api_of(B).trigger("publish_release", run_id, desk.conf())
        assert desk.ended(run_id) == "failed"
        sentence = f"'bob' triggered this run and may not act for '{owner}'"
        assert sentence in log_of(desk, run_id, "register")
        assert sentence in log_of(desk, run_id, "verdict")
        for whose in (owner, B):
            with engine.transaction(whose) as connection:
                query = "select count(*) from desk.job where job_id = %(run_id)s"
                assert connection.exec_driver_sql(query, {"run_id": run_id}).scalar_one() == 0
        assert run_id not in str(audit.read(owner))


def test_a_run_without_an_owner_is_its_users_own(house: House):
    desk = house.owner(B, platforms=("youtube",))
    video = desk.export()
    conf = desk.conf()
    del conf["owner"]
    assert house.api_of(B).trigger("publish_release", "bobs-own", conf)
    assert desk.ended("bobs-own") == "success", desk.tasks("bobs-own")
    desk.one_video_each(video)
    assert audit.read(B) == []
    with house.rest(B) as bob, house.rest("vera") as vera:
        assert bob.get("/jobs/bobs-own").json()["status"] == "completed"
        assert vera.get("/jobs/bobs-own").status_code == 404


def test_codes_and_tokens_are_not_in_the_servers_log(house: House):
    log = house.installation.state.log("api-server")
    where = f"?code={SECRETS[2]}&state={SECRETS[1]}&access_token={SECRETS[0]}"
    before = log.stat().st_size
    for user in (B, None):
        with house.rest(user) as client:
            for method, path in REQUESTS:
                address = path.format_map(defaultdict(lambda: "x", platform="nowhere")) + where
                client.request(method, address, json={"credentials": {"access_token": SECRETS[0]}})
                client.request(method, address, content=f'{{"x": "{SECRETS[0]}')
    written = log.read_bytes()[before:].decode("utf-8", "replace")
    assert "/api/publishing/connect/callback" in written, "the server logs no requests any more"
    assert [each for each in SECRETS if each in written] == []


def test_no_process_of_ours_leaves_its_memory_behind(house: House):
    from include.cli import components

    sessions = components.everything(house.installation.state)
    assert len(sessions) >= 4
    server = EmbeddedPostgres(house.folder).process()
    assert server is not None
    for process in [each for members in sessions.values() for each in members] + [server]:
        with open(f"/proc/{process.pid}/limits", encoding="ascii") as limits:
            (core,) = [line.split()[4:6] for line in limits if line.startswith("Max core file size")]
        assert core == ["0", "0"], process.cmdline()
