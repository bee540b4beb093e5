"""How long `POST publish/immediate` takes to answer, beside Airflow's own `POST dagRuns` of an empty DAG.

A real installation. Each of our requests checks another small release for two accounts, writes it down and has Airflow
start its run; each of Airflow's starts a run. In turns, as the same user, over one connection each. Both DAGs are
paused meanwhile: the runs wait, and what they do is not measured. Then the same with the runs going (`busy_…`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import quantiles

import httpx

from benchmarks.figures import Figure, Say, in_turns
from benchmarks.installed import DAG_ID, Installed, installed
from benchmarks.workplace import AGE_BUCKET, SEGMENT, SMALL, sandbox_account
from include.accounts.accounts import Credentials
from include.accounts.connect import connect
from include.cli.errors import CommandFailed

RUNS = 60
WARM_UP, BUSY = 5, 20
PLATFORMS = ("youtube", "tiktok")
EMPTY = "empty"
SOURCE = """
from airflow.sdk import dag, task


@dag(dag_id="empty", schedule=None)
def empty():
    @task
    def nothing():
        pass

    nothing()


empty()
"""
OK = (httpx.codes.OK, httpx.codes.ACCEPTED)
Send = Callable[[int], float]


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Send `runs` requests of each kind, after some that are not counted."""
    runs = runs or RUNS
    with installed(say, more_dags={EMPTY: SOURCE}) as place:
        known = place.installation
        for platform in PLATFORMS:
            given = sandbox_account(place.sandbox, platform, f"post_{platform}")
            connect(known.admin_user, f"post_{platform}", platform, Credentials.model_validate(given))
        say(f"writing {WARM_UP + runs + BUSY} releases")
        titles = [f"title{number}" for number in range(WARM_UP + runs + BUSY)]
        _let_differ(place.export(titles, SMALL, mib << 20 if mib else None), titles)
        with closing(_client(place)) as ours, closing(_client(place)) as theirs:
            publish, trigger = _publish(ours), _trigger(theirs)
            _pause(theirs, True)
            say("warming up")
            in_turns(publish, trigger, WARM_UP)
            say(f"{runs} requests of each kind, in turns")
            mine, others = in_turns(lambda n: publish(n + WARM_UP), lambda n: trigger(n + WARM_UP), runs)
            _pause(theirs, False)
            say(f"{BUSY} more while all those runs go on")
            busy, busy_others = in_turns(
                lambda n: publish(n + WARM_UP + runs), lambda n: trigger(n + WARM_UP + runs), BUSY
            )  # fmt: skip
    return Figure(
        bench="post", figure=_p95(mine), unit="ms, p95", against="Airflow's POST dagRuns of an empty DAG, p95",
        against_figure=_p95(others), runs=runs,
        more={"p50_ms": round(_p(mine, 50)), "against_p50_ms": round(_p(others, 50)), "busy_p95_ms": round(_p95(busy)),
              "busy_against_p95_ms": round(_p95(busy_others)), "publications": len(PLATFORMS)},
    )  # fmt: skip


def _let_differ(video: Path, titles: list[str]) -> None:
    """Give every title a video of its own: the same one twice would be refused. A player skips a `free` box."""
    content = video.read_bytes()
    for title in titles:
        path = video.with_name(f"{title}.mp4")
        path.unlink()
        path.write_bytes(content + (8 + len(title)).to_bytes(4, "big") + b"free" + title.encode())


def _client(place: Installed) -> httpx.Client:
    known = place.installation
    client = httpx.Client(base_url=known.airflow_url, trust_env=False, timeout=60)
    answer = client.post("/auth/token", json={"username": known.admin_user, "password": known.admin_password})
    client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
    return client


def _publish(client: httpx.Client) -> Send:
    def send(number: int) -> float:
        body = {"segment": SEGMENT, "age_bucket": AGE_BUCKET, "title_id": f"title{number}"}
        return _timed(client, "/api/publishing/publish/immediate", body)

    return send


def _trigger(client: httpx.Client) -> Send:
    def send(number: int) -> float:
        return _timed(client, f"/api/v2/dags/{EMPTY}/dagRuns", {"dag_run_id": f"empty{number}", "logical_date": None})

    return send


def _timed(client: httpx.Client, path: str, body: object) -> float:
    began = time.perf_counter()
    answer = client.post(path, json=body)
    took = (time.perf_counter() - began) * 1000
    if answer.status_code not in OK:
        raise CommandFailed(f"{path} was answered {answer.status_code}: {answer.text[:500]}")
    return took


def _pause(client: httpx.Client, paused: bool) -> None:
    for dag_id in (DAG_ID, EMPTY):
        client.patch(f"/api/v2/dags/{dag_id}", json={"is_paused": paused}).raise_for_status()


def _p(values: list[float], percent: int) -> float:
    return float(quantiles(values, n=100, method="inclusive")[percent - 1])


def _p95(values: list[float]) -> float:
    return _p(values, 95)
