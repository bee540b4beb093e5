"""REST: what was read when, reading it now, and a video's numbers, as people ask for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from include.accounts import audit
from include.database import engine
from tests.analytics.conftest import publish
from tests.desk.people import VIEWER, Ask, Runs
from tests.desk.test_api import is_a_problem
from tests.publishing.rows import an_account

WHEN = datetime(2026, 11, 18, 9, tzinfo=UTC)


@pytest.fixture
def some_syncs(desk: Any) -> None:
    """Let alice's channel have been read three times."""
    an_account("alice")
    with engine.transaction("alice") as connection:
        for state in ("done", "failed", "partial"):
            connection.exec_driver_sql(
                "insert into desk.sync (owner, account_id, platform, dataset, state, rows_read, error)"
                " values ('alice', 'my_youtube', 'youtube', 'video_daily', %s, 7, '{\"kind\": \"TryAgain\"}')",
                (state,),
            )


def test_the_history_is_the_newest_first_and_comes_in_pages(ask: Ask, some_syncs: None):
    told = ask("alice").get("/analytics/syncs").json()["syncs"]
    assert [one["state"] for one in told] == ["partial", "failed", "done"]
    assert (told[0]["rows_read"], told[0]["error"]) == (7, {"kind": "TryAgain"})
    page = ask("alice").get("/analytics/syncs?limit=2").json()
    rest = ask("alice").get(f"/analytics/syncs?limit=2&cursor={page['cursor']}").json()
    assert ([one["state"] for one in rest["syncs"]], rest["cursor"]) == (["done"], None)


def test_the_history_can_be_of_one_account_or_state(ask: Ask, some_syncs: None):
    assert len(ask("alice").get("/analytics/syncs?account=my_youtube&state=failed").json()["syncs"]) == 1
    assert ask("alice").get("/analytics/syncs?account=other").json()["syncs"] == []
    assert ask("bob").get("/analytics/syncs").json() == {"syncs": [], "cursor": None}
    is_a_problem(ask("alice").get("/analytics/syncs?state=good"), 422)


def test_a_refresh_starts_the_dag_as_the_signed_in_user(ask: Ask, runs: Runs):
    an_account("alice")
    answer = ask("alice").post("/analytics/refresh", json={"account": "my_youtube", "day": "2026-11-20"})
    assert answer.status_code == 202, answer.text
    told = answer.json()
    run = runs.started[told["run_id"]]
    assert (told["dag_id"], run["dag_id"]) == ("load_analytics", "load_analytics")
    assert run["conf"] == {"owner": "alice", "account": "my_youtube", "day": "2026-11-20"}
    assert runs.by == ["Bearer alice"]


@pytest.mark.parametrize("kind", ["comments", "accounts", "revenue"])
def test_a_refresh_may_be_of_another_kind(ask: Ask, runs: Runs, kind: str):
    told = ask("alice").post("/analytics/refresh", json={"kind": kind}).json()
    assert runs.started[told["run_id"]] == {"dag_id": f"load_{kind}", "conf": {"owner": "alice"}}


def test_a_refresh_is_started_once_for_an_idempotency_key(ask: Ask, runs: Runs):
    told = [ask("alice", **{"Idempotency-Key": "k1"}).post("/analytics/refresh", json={}).json() for _ in range(2)]
    assert told[0] == told[1]
    assert len(runs.started) == 1


def test_an_admins_refresh_for_another_names_that_one_and_is_written_down(ask: Ask, runs: Runs):
    told = ask("admin", **{"X-Act-For": "alice"}).post("/analytics/refresh", json={}).json()
    assert runs.started[told["run_id"]]["conf"] == {"owner": "alice"}
    assert audit.read("alice")[0].who == "admin"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"account": "no_such"}, 404),
        ({"dataset": "no_such"}, 422),
        ({"acount": "x"}, 422),
        ({"owner": "bob"}, 422),
        ({"now": "2026-11-20T00:00:00"}, 422),
        ({"kind": "market"}, 422),
    ],
)
def test_what_makes_no_sense_starts_nothing(ask: Ask, runs: Runs, body: dict[str, str], status: int):
    is_a_problem(ask("alice").post("/analytics/refresh", json=body), status)
    assert runs.started == {}


def test_who_may_not_trigger_in_airflow_refreshes_nothing(ask: Ask, runs: Runs):
    is_a_problem(ask(VIEWER).post("/analytics/refresh", json={}), 403)
    assert runs.started == {}


def test_a_video_is_told_with_its_days_to_its_owner_only(ask: Ask):
    an_account("alice")
    publish("alice", "my_youtube", ["abcDEF12345"], at=WHEN)
    (told,) = ask("alice").get("/analytics/videos/abcDEF12345").json()["videos"]
    assert (told["platform"], told["title_id"], told["days"]) == ("youtube", "t1-abcDEF12345", [])
    assert told["missing_since"] is None
    is_a_problem(ask("bob").get("/analytics/videos/abcDEF12345"), 404)
    is_a_problem(ask("alice").get("/analytics/videos/none"), 404)
