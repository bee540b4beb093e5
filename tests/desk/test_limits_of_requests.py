"""What is too large, packed or too frequent is refused early, and everybody else goes on."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml

from include import settings
from include.database import engine
from tests.desk.people import Ask
from tests.desk.test_api import is_a_problem
from tests.publishing.rows import an_account

NOW, BATCH = "/publish/immediate", "/publish/batch"
GIB = 1 << 30


@pytest.fixture
def slow(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that takes three requests at once and one every ten seconds."""
    content = yaml.safe_load((settings.PROJECT / "config" / "distribution.yaml").read_text())
    content["rest"] |= {"requests_per_minute": 6, "requests_at_once": 3}
    (desk / "config").mkdir()
    (desk / "config" / "distribution.yaml").write_text(yaml.safe_dump(content))
    (desk / "config" / "endpoints.yaml").write_bytes((settings.PROJECT / "config" / "endpoints.yaml").read_bytes())
    monkeypatch.setenv("RELEASE_DESK_CONFIG", str(desk / "config"))
    settings.forget()


def test_a_body_of_2_gib_is_refused_by_its_header_and_nothing_of_it_is_read(ask: Ask):
    read = []

    def body() -> Iterator[bytes]:
        read.append(1)
        yield b"["

    for path in (NOW, BATCH, "/accounts"):
        answer = ask("bob").post(path, content=body(), headers={"Content-Length": str(2 * GIB)})
        is_a_problem(answer, 413)
        assert answer.headers["connection"] == "close"


def test_a_body_that_does_not_say_how_long_it_is_is_cut_off_when_it_is_too_long(ask: Ask):
    sent = itertools.count()

    def endless() -> Iterator[bytes]:
        yield b'{"segment": "'
        while next(sent) < 64:
            yield b"x" * (1 << 20)

    is_a_problem(ask("bob").post(NOW, content=endless(), headers={"Content-Type": "application/json"}), 413)


def test_a_zip_bomb_is_refused_packed(ask: Ask):
    bomb = gzip.compress(b'{"rows": [' + b" " * (64 << 20) + b"]}")
    assert len(bomb) < 1 << 20
    for packing in ("gzip", "GZIP", "deflate", "br", "zstd", "gzip, gzip"):
        is_a_problem(ask("bob").post(BATCH, content=bomb, headers={"Content-Encoding": packing}), 415)
    is_a_problem(ask("bob").post(BATCH, content=bomb, headers={"Content-Type": "application/json"}), 400)
    is_a_problem(ask("bob").post(BATCH, json={"csv": "PK\x03\x04" + "\x00" * 99}), 422)


def test_json_that_is_nested_too_deep_or_has_endless_numbers_is_refused(ask: Ask):
    for body in (b"[" * 200_000, b'{"rows":' * 50_000, b'{"priority": ' + b"9" * 5000 + b"}", b'{"x": NaN}', b"\xff"):
        for path in (NOW, BATCH, "/validate"):
            answer = ask("bob").post(path, content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code in (400, 422), (path, body[:20], answer.text)
            is_a_problem(answer, answer.status_code)


def test_only_a_batch_may_be_large(ask: Ask):
    rows = [{"segment": "women", "age_bucket": "18-23", "title_id": f"t{n}", "title": "x" * 300} for n in range(9000)]
    body = json.dumps({"rows": rows, "dry_run": True}).encode()
    assert 1 << 20 < len(body) < 16 << 20
    is_a_problem(ask("bob").post(NOW, content=body, headers={"Content-Type": "application/json"}), 413)


@pytest.mark.parametrize("length", ["-1", "1e9", "٣", "9" * 30, " "])
def test_a_length_that_is_none_is_refused(ask: Ask, length: str):
    answer = ask("bob").request("POST", NOW, content=b"{}", headers={"Content-Length": length.encode()})  # type: ignore[dict-item]
    assert answer.status_code in (400, 413, 422)


def test_who_asks_too_often_is_told_when_to_ask_again_and_nobody_else_is_slowed_down(slow: None, ask: Ask):
    an_account("alice")
    assert [ask("alice").get("/accounts").status_code for _ in range(3)] == [200, 200, 200]
    answer = ask("alice").get("/accounts")
    is_a_problem(answer, 429)
    assert int(answer.headers["retry-after"]) == 10
    assert ask("bob").get("/accounts").status_code == 200
    is_a_problem(ask("admin").get("/accounts", headers={"X-Act-For": "bob"}) and ask("alice").get("/accounts"), 429)
    with engine.transaction("alice") as connection:
        connection.exec_driver_sql("update desk.request_rate set at = now() - interval '11 s'")
    assert ask("alice").get("/accounts").status_code == 200
    is_a_problem(ask("alice").get("/accounts"), 429)


def test_of_a_crowd_at_once_no_more_pass_than_may(slow: None, ask: Ask):
    an_account("alice")
    client = ask("alice")
    with ThreadPoolExecutor(6) as threads:
        told = [each.status_code for each in threads.map(lambda _: client.get("/accounts"), range(12))]
    assert sorted(told) == [200] * 3 + [429] * 9


def test_requests_are_answered_when_they_cannot_be_counted(ask: Ask, monkeypatch: pytest.MonkeyPatch):
    client = ask("bob")
    engine.close_all()
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", "postgresql://desk_app:x@127.0.0.1:9/warehouse")
    settings.forget()
    assert client.get("/openapi.json").status_code == 200
