"""How long it takes to read one user's accounts, beside the same query without row-level security.

10,000 accounts of 1,000 owners. Ours is the product's own `list_all`, as `desk_app`, with every policy on. Theirs is
the same statement with the owner in its `where`, sent the same way by a superuser, for whom no policy counts. Each run
reads the lists of 300 owners, another one each time; the figures are the 95th percentiles.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from statistics import quantiles
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine

from benchmarks.crowd import EACH, OWNERS, gather, owner_name
from benchmarks.figures import Figure, Say, in_turns, middle
from benchmarks.workplace import workplace
from include.accounts import accounts
from include.cli.errors import CommandFailed
from include.database.embedded import EmbeddedPostgres

RUNS = 5
READS = 300
WITHOUT = "select * from desk.account where owner = %(owner)s order by platform, account_id"


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Read 300 owners' accounts `runs` times, in turns with and without row-level security."""
    runs = runs or RUNS
    with workplace(say) as place:
        gather(say)
        server = EmbeddedPostgres(place.folder)
        with server.connect("warehouse") as superuser:
            superuser.execute("analyze desk.account")
            engine = create_engine("postgresql+psycopg://", creator=lambda: _superuser(server), pool_size=1)
            names = [owner_name(each) for each in random.Random(7).sample(range(OWNERS), READS)]
            mine, theirs = in_turns(
                lambda number: _read(accounts.list_all, names, say, f"ours {number + 1}/{runs}"),
                lambda number: _read(_without(engine), names, say, f"theirs {number + 1}/{runs}"),
                runs + 1,
            )
            engine.dispose()
    return Figure(
        bench="accounts",
        figure=middle([p95 for p95, _ in mine[1:]]),
        unit="ms",
        against="the same query without row-level security, a superuser's",
        against_figure=middle([p95 for p95, _ in theirs[1:]]),
        runs=runs,
        more={
            "percentile": 95,
            "median_ms": round(middle([p50 for _, p50 in mine[1:]]), 3),
            "against_median_ms": round(middle([p50 for _, p50 in theirs[1:]]), 3),
            "accounts": OWNERS * EACH,
            "owners": OWNERS,
        },
    )


def _superuser(server: EmbeddedPostgres) -> psycopg.Connection[Any]:
    connection = server.connect("warehouse")
    connection.autocommit = False
    return connection


def _without(engine: Engine) -> Callable[[str], list[Any]]:
    def read(owner: str) -> list[Any]:
        with engine.begin() as connection:
            rows = connection.exec_driver_sql(WITHOUT, {"owner": owner}).mappings()
            return [accounts._account(dict(row)) for row in rows]

    return read


def _read(read: Callable[[str], list[Any]], names: list[str], say: Say, what: str) -> tuple[float, float]:
    """Return the 95th percentile and the median of reading each owner's accounts, in milliseconds."""
    took = []
    for name in names:
        began = time.perf_counter()
        found = read(name)
        took.append((time.perf_counter() - began) * 1000)
        if len(found) != EACH or {each.owner for each in found} != {name}:
            raise CommandFailed(f"{name} was shown {len(found)} accounts instead of {EACH}.")
    p95, p50 = quantiles(took, n=20)[18], quantiles(took, n=2)[0]
    say(f"{what}: p95 {p95:.2f} ms, median {p50:.2f} ms")
    return p95, p50
