"""The limiter among processes: no more than the limit whoever asks, no deadlock, and a database that goes away."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from include import settings
from include.database import embedded_roles, engine
from include.database.embedded import EmbeddedPostgres
from include.database.embedded_roles import APP, OWNER, Address
from include.database.migrate import migrate
from include.platforms.errors import QuotaExhausted
from include.publishing import limits
from include.publishing.quotas import PostgresMeter, Turn
from include.settings import Quota

WORKER = """
import sys, time, json
from sqlalchemy.exc import DBAPIError
from include.platforms.errors import QuotaExhausted
from include.publishing.quotas import PostgresMeter, Turn
from include.settings import Quota
number, seconds, quotas, endpoints = int(sys.argv[1]), float(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4].split()
known = [(name, Quota.model_validate(each)) for name, each in quotas.items()]
meter = PostgresMeter("owner%d" % (number % 2), "youtube", "mine", "app", dict(known if number % 2 else known[::-1]),
                      turn=Turn(publication_id="p%d" % number, priority=number % 10 + 1))
print("ready", flush=True)
sys.stdin.readline()
until, granted, troubles, kinds = time.time() + seconds, [], 0, []
while time.time() < until:
    for endpoint in endpoints if number % 2 else reversed(endpoints):
        try:
            reservation = meter.reserve(endpoint)
            sent = time.time()
            meter.settle(reservation, sent=True)
            granted.append((endpoint, sent))
        except QuotaExhausted:
            time.sleep(0.002)
        except DBAPIError as error:
            troubles += 1
            kinds.append(type(error.orig).__name__)
            time.sleep(0.05)
print(json.dumps({"granted": granted, "troubles": troubles, "kinds": sorted(set(kinds))}), flush=True)
"""


def run(processes: int, seconds: float, quotas: dict[str, Quota], endpoints: str, during: Any = None) -> dict[str, Any]:
    """Let processes take as fast as they can, all from the same moment on; return what they were granted."""
    given = json.dumps({name: quota.model_dump() for name, quota in quotas.items()})
    environment = settings.surroundings() | {"PYTHONPATH": str(settings.PROJECT)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(number), str(seconds), given, endpoints],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    if during is not None:
        during()
    answers = [json.loads(process.communicate(timeout=120)[0]) for process in started]
    assert all(process.returncode == 0 for process in started)
    return {
        "granted": sorted((at, endpoint) for answer in answers for endpoint, at in answer["granted"]),
        "troubles": sum(answer["troubles"] for answer in answers),
        "kinds": {kind for answer in answers for kind in answer["kinds"]},
    }


def shared(limit: int, per: str, **more: Any) -> Quota:
    return Quota.model_validate({"limit": limit, "per": per, "shared_by": "app", "costs": {"a": 1}} | more)


def most_within(moments: list[float], seconds: float) -> int:
    """Return how many lie in the fullest window."""
    return max(sum(first <= at < first + seconds for at in moments) for first in moments)


@pytest.mark.long
def test_six_processes_never_take_more_than_the_bucket_gives(desk):
    quotas = {"rate": shared(600, "minute", burst=20), "day": shared(45, "day")}
    found = run(6, 4, quotas, "a")
    moments = [at for at, _ in found["granted"]]
    rate = limits.rate_of(quotas["rate"])
    assert found["troubles"] == 0
    assert 20 <= len(moments) <= 45
    assert most_within(moments, 1.0) <= 20 + rate * 1.0 + 1, "the clock of this test is not the database's"


@pytest.mark.long
def test_calls_that_want_the_same_buckets_in_any_order_never_lock_each_other_out(desk):
    quotas = {
        "z": shared(100_000, "minute", costs={"a": 1, "b": 1}),
        "m": shared(100_000, "day", costs={"a": 1, "b": 1}),
        "c": shared(100_000, "rolling_day", costs={"b": 1}),
    }
    found = run(6, 3, quotas, "a b")
    assert found["troubles"] == 0, found["kinds"]
    assert len(found["granted"]) > 50
    with engine.transaction("owner0") as connection:
        used = connection.exec_driver_sql("select used from desk.quota where bucket = 'm'").scalar_one()
        marks = connection.exec_driver_sql("select cardinality(marks) from desk.quota where bucket = 'c'").scalar_one()
    assert used == len(found["granted"])
    assert marks == sum(endpoint == "b" for _, endpoint in found["granted"])


@pytest.fixture
def own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server of this test's own, as safe as the product's, to be stopped under its workers."""
    server = EmbeddedPostgres(tmp_path / "own")
    server.start()
    with server.connect() as connection:
        embedded_roles.create_database(connection, "limits", owner=OWNER, guests=(APP,))

    def address(user: str) -> str:
        password = embedded_roles.password(user, server.store)
        return Address(user=user, password=password, port=server.port, database="limits").url("+psycopg")

    migrate(address(OWNER))
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", address(APP))
    settings.forget()
    yield server
    engine.close_all()
    settings.forget()
    server.remove()


@pytest.mark.long
@pytest.mark.parametrize("per", ["day", "minute"])
def test_a_database_restarted_in_the_middle_costs_no_limit_and_no_worker(own_server, per):
    quota = shared(6000, per, burst=60) if per == "minute" else shared(1_000_000, per)
    back = []

    def restart() -> None:
        time.sleep(1.5)
        own_server.stop()
        own_server.start()
        back.append(time.time())

    found = run(3, 10, {"one": quota}, "a", restart)
    moments = [at for at, _ in found["granted"]]
    assert moments[0] < back[0] < moments[-1], "they go on after it is back"
    if per == "minute":
        assert limits.Want(key=_key(), quota=quota, cost=1).as_row()["hasty"] is True
        assert len(moments) <= 60 + limits.rate_of(quota) * (moments[-1] - moments[0]) + 1
        return
    with engine.transaction("owner0") as connection:
        used = connection.exec_driver_sql("select used from desk.quota").scalar_one()
    assert len(moments) <= used <= len(moments) + found["troubles"] + 3, "counted twice at most, and never less"


def _key() -> limits.BucketKey:
    return limits.BucketKey(owner="*", platform="youtube", bucket="one", scope="app")


def test_a_bucket_that_was_not_written_to_disk_starts_empty_after_a_restart(desk):
    """The server's start is moved before the bucket's last filling by dating that back."""
    quota = Quota(limit=6000, per="minute", burst=3000, shared_by="account", kept=0, costs={"a": 1})
    meter = PostgresMeter("alice", "youtube", "mine", "app", {"one": quota}, turn=Turn(publication_id="p"))
    meter.reserve("a")
    with engine.transaction("alice") as connection:
        age = "extract(epoch from clock_timestamp() - pg_postmaster_start_time())"
        seconds = float(connection.exec_driver_sql(f"select {age}").scalar_one())
        connection.exec_driver_sql("update desk.bucket set tokens = 3000, filled_at = now() - interval '10 days'")
    meter.reserve("a")
    with engine.transaction("alice") as connection:
        tokens = float(connection.exec_driver_sql("select tokens from desk.bucket").scalar_one())
    assert tokens <= min(3000, (seconds + 5) * limits.rate_of(quota))


def test_while_the_database_is_away_nothing_is_sent_and_an_answer_is_not_lost(desk, monkeypatch, caplog):
    quota = Quota(limit=5, per="rolling_day", shared_by="account", kept=0, costs={"a": 1})
    meter = PostgresMeter("alice", "youtube", "mine", "app", {"one": quota})
    reservation = meter.reserve("a")
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", "postgresql://desk_app:x@127.0.0.1:1/nothing")
    settings.forget()
    assert meter.settle(reservation, sent=True) == 1
    assert "counts too much" in caplog.text
    with pytest.raises(Exception, match="connection"):
        meter.reserve("a")


def test_a_time_that_is_told_survives_the_way_through_json(desk):
    until = datetime.now(UTC) + timedelta(hours=1, microseconds=7)
    quota = Quota(limit=5, per="day", shared_by="account", codes=("full",), costs={"a": 1})
    meter = PostgresMeter("alice", "youtube", "mine", "app", {"one": quota})
    meter.limited("a", until, "It is full.", code="full", passing=False)
    with pytest.raises(QuotaExhausted) as told:
        meter.reserve("a")
    assert told.value.resets_at == until
