"""A POST that is sent twice is done once, and told twice; nothing of it can be read in the database."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from include.database import engine, queries
from include.publishing import orders
from tests.desk.people import Ask, Runs
from tests.desk.test_api import is_a_problem
from tests.publishing.rows import an_account
from tests.publishing.studio import OWNER, Studio

RELEASE = {"segment": "women", "age_bucket": "18-23", "title_id": "t1"}
KEY = {"Idempotency-Key": "0b6f2c1e"}
NOW = "/publish/immediate"


@pytest.fixture
def placed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who placed an order, each time it was really done."""
    done: list[str] = []
    place = orders.place

    def counted(owner: str, wishes: Any) -> orders.Order:
        done.append(owner)
        return place(owner, wishes)

    monkeypatch.setattr(orders, "place", counted)
    return done


def test_the_same_key_and_body_are_answered_with_the_same_words_and_done_once(
    studio: Studio, ask: Ask, placed: list[str]
):
    studio.connect("youtube")
    first, second = (ask(OWNER).post(NOW, json=RELEASE, headers=KEY) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.content == second.content
    assert (first.headers["etag"], first.headers["location"]) == (second.headers["etag"], second.headers["location"])
    assert ("idempotent-replayed" in first.headers, second.headers["idempotent-replayed"]) == (False, "true")
    assert second.headers["cache-control"] == "no-store"
    assert placed == [OWNER]


def test_the_same_key_with_another_body_or_address_is_refused(studio: Studio, ask: Ask, placed: list[str]):
    studio.connect("youtube")
    assert ask(OWNER).post(NOW, json=RELEASE, headers=KEY).status_code == 202
    other = ask(OWNER).post(NOW, json=RELEASE | {"priority": 9}, headers=KEY)
    is_a_problem(other, 422)
    assert "was used for another request" in other.json()["detail"]
    is_a_problem(ask(OWNER).post("/validate", json=RELEASE, headers=KEY), 422)
    assert placed == [OWNER]


def test_another_owners_key_is_another_key(studio: Studio, ask: Ask, placed: list[str]):
    for owner in (OWNER, "bob"):
        studio.connect("youtube", owner=owner)
        assert ask(owner).post(NOW, json=RELEASE, headers=KEY).status_code == 202
    assert placed == [OWNER, "bob"]
    told = ask("admin").post(NOW, json=RELEASE, headers=KEY | {"X-Act-For": OWNER})
    assert told.headers["idempotent-replayed"] == "true", "whoever acts for alice has alice's keys"
    is_a_problem(ask("bob").post(NOW, json=RELEASE, headers=KEY | {"X-Act-For": OWNER}), 403)


def test_of_many_at_once_one_does_it_and_the_others_wait_or_get_its_answer(studio: Studio, ask: Ask, monkeypatch: Any):
    studio.connect("youtube")
    entered, go_on = threading.Event(), threading.Event()
    place, done = orders.place, []

    def slow(owner: str, wishes: Any) -> orders.Order:
        done.append(owner)
        entered.set()
        assert go_on.wait(20)
        return place(owner, wishes)

    monkeypatch.setattr(orders, "place", slow)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(lambda: ask(OWNER).post(NOW, json=RELEASE, headers=KEY))
        assert entered.wait(20)
        for answer in [ask(OWNER).post(NOW, json=RELEASE, headers=KEY) for _ in range(3)]:
            is_a_problem(answer, 409)
            assert answer.headers["retry-after"] == "1"
        go_on.set()
        assert first.result().status_code == 202
    assert ask(OWNER).post(NOW, json=RELEASE, headers=KEY).status_code == 202
    assert done == [OWNER]


def test_what_failed_may_be_tried_again_with_the_same_key(studio: Studio, ask: Ask, runs: Runs):
    studio.connect("youtube")
    runs.answer = (500, "?")
    is_a_problem(ask(OWNER).post(NOW, json=RELEASE, headers=KEY), 503)
    runs.answer = None
    answer = ask(OWNER).post(NOW, json=RELEASE, headers=KEY)
    assert (answer.status_code, "idempotent-replayed" in answer.headers) == (202, False)


@pytest.mark.parametrize("how", ["expired", "its worker died"])
def test_a_key_that_expired_or_lost_its_worker_begins_anew(studio: Studio, ask: Ask, placed: list[str], how: str):
    studio.connect("youtube")
    assert ask(OWNER).post(NOW, json=RELEASE, headers=KEY).status_code == 202
    change = {
        "expired": "expires_at = now() - interval '1 s'",
        "its worker died": "answer = null, begun_at = now() - interval '11 minutes'",
    }[how]
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql(f"update desk.idempotency_key set {change}")
    assert "idempotent-replayed" not in ask(OWNER).post(NOW, json=RELEASE, headers=KEY).headers
    assert len(placed) == 2


def test_every_post_takes_a_key_and_answers_without_it_as_before(ask: Ask):
    an_account(OWNER)
    body = {"account_id": "other", "platform": "myspace", "credentials": {"access_token": "x"}}
    for headers in ({}, KEY, KEY):
        is_a_problem(ask(OWNER).post("/accounts", json=body, headers=headers), 422)
    is_a_problem(ask(OWNER).post("/accounts", json=body, headers={"Idempotency-Key": "x" * 256}), 422)
    told = ask(OWNER).get("/openapi.json").json()
    for path, methods in told["paths"].items():
        named = [each["name"] for each in methods.get("post", {}).get("parameters", [])]
        assert ("post" not in methods) or named.count("Idempotency-Key") == 1, path


def test_the_table_gives_neither_key_nor_answer_away(studio: Studio, ask: Ask):
    studio.connect("youtube")
    answer = ask(OWNER).post(NOW, json=RELEASE, headers={"Idempotency-Key": "a-key-of-mine-0123456789"})
    assert answer.status_code == 202
    with engine.transaction(OWNER) as connection:
        (row,) = connection.exec_driver_sql("select * from desk.idempotency_key").mappings().all()
    whole = b"".join(bytes(value) for value in row.values() if isinstance(value, bytes | memoryview))
    for secret in (b"a-key-of-mine", b"publication_id", b"my_youtube", answer.json()["job_id"].encode()):
        assert secret not in whole
    assert json.loads(answer.content)["job_id"]


def test_old_keys_are_forgotten(desk: Any):
    sql = queries.load("requests")
    with engine.transaction(OWNER) as connection:
        fields = {"owner": OWNER, "key": b"k", "request": b"r", "hours": 24, "dead_after_seconds": 600}
        connection.exec_driver_sql(sql["begin_request"], fields)
        connection.exec_driver_sql(sql["forget_old_requests"])
        assert connection.exec_driver_sql("select count(*) from desk.idempotency_key").scalar_one() == 1
        connection.exec_driver_sql("update desk.idempotency_key set expires_at = now() - interval '1 s'")
        connection.exec_driver_sql(sql["forget_old_requests"])
        assert connection.exec_driver_sql("select count(*) from desk.idempotency_key").scalar_one() == 0
