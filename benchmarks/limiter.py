"""How many decisions a second the limiter makes for 8 processes at once, beside as many bare updates of one row.

The hardest case: all 8 want the same bucket, a day's limit of our app, whose count must reach the disk. Ours is what
every call does, `PostgresMeter.reserve`. The others are an update of one row with psycopg, each a transaction of its
own. The same for a rate (whose count need not reach the disk) and for 8 accounts with a bucket each is told, too.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from typing import Any

import psycopg

from benchmarks.figures import Figure, Say, middle
from benchmarks.workplace import OWNER, workplace
from include import settings
from include.cli.errors import CommandFailed
from include.database import engine
from include.publishing.quotas import PostgresMeter, Turn
from include.settings import Quota

RUNS = 5
PROCESSES = 8
SECONDS = 3.0
"""How long each process decides in each run."""
PLENTY = 100_000_000
KINDS = {
    "one_day": Quota(limit=PLENTY, per="day", shared_by="app", costs={"call": 1}),
    "one_rate": Quota(limit=PLENTY, per="minute", shared_by="app", costs={"call": 1}),
    "own_rates": Quota(limit=PLENTY, per="minute", shared_by="account", costs={"call": 1}),
}
UPDATE = "update desk.bucket set tokens = tokens - 1 where platform = 'bench' and bucket = 'row' and scope = 'one'"
INSERT = "insert into desk.bucket (owner, platform, bucket, scope, tokens) values (%s, 'bench', 'row', 'one', 0)"


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Decide for three seconds from 8 processes, in turns with the bare updates; one turn that is not counted first."""
    runs = runs or RUNS
    with workplace(say) as place:
        with engine.transaction(OWNER) as connection:
            connection.exec_driver_sql(INSERT, (OWNER,))
        found: dict[str, list[float]] = {}
        for number in range(runs + 1):
            for kind in (*KINDS, "updates"):
                rate = _together(place.environment, kind)
                found.setdefault(kind, []).append(rate)
                say(f"{number}/{runs} {kind}: {rate:.0f} a second" + " (not counted)" * (number == 0))
    middles = {kind: middle(rates[1:]) for kind, rates in found.items()}
    return Figure(
        bench="limiter",
        figure=middles["one_day"],
        unit="decisions/s",
        against="bare updates of one row with psycopg, own transactions, 8 processes",
        against_figure=middles["updates"],
        runs=runs,
        more={
            "processes": PROCESSES,
            "one_rate": round(middles["one_rate"]),
            "own_rates": round(middles["own_rates"]),
        },
    )


def _together(environment: dict[str, str], kind: str) -> float:
    """Return how many a second 8 processes made together."""
    context = multiprocessing.get_context("spawn")
    gate, counts = context.Barrier(PROCESSES), context.Queue()
    workers = [
        context.Process(target=_work, args=(environment, kind, number, gate, counts)) for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    made = [counts.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()
    if not all(made):
        raise CommandFailed(f"A process made none ({kind}).")
    return sum(made) / SECONDS


def _work(environment: dict[str, str], kind: str, number: int, gate: Any, counts: Any) -> None:
    """Decide, or update, as often as possible."""
    settings.adopt(environment)
    act = _updates() if kind == "updates" else _decisions(kind, number)
    act()
    gate.wait()
    made, until = 0, time.monotonic() + SECONDS
    while time.monotonic() < until:
        act()
        made += 1
    counts.put(made)


def _decisions(kind: str, number: int) -> Callable[[], object]:
    turn = Turn(publication_id=f"publication-{number}")
    meter = PostgresMeter(OWNER, "youtube", f"account-{number}", "app", {kind: KINDS[kind]}, turn=turn)
    return lambda: meter.reserve("call")


def _updates() -> Callable[[], object]:
    plain = psycopg.connect(settings.warehouse_url().replace("+psycopg", "", 1), autocommit=True)
    plain.execute("select set_config('desk.owner', %s, false)", (OWNER,))

    def update() -> None:
        if plain.execute(UPDATE).rowcount != 1:
            raise CommandFailed("The row is gone.")

    return update
