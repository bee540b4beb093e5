"""How long the queue takes to find the next publication that is due, beside a bare indexed query.

1,000,000 publications that came out, each by a run of the queue that is over, and 10,000 that wait, of which 500 are
due; of 100 owners. Ours is the product's own `taking.due`, as `desk_app` with every policy on: order, priorities, lost
runs, accounts that are back, and nobody who has taken it on yet. Theirs is the smallest query that could find one: the
oldest time that is over, by the same index, sent by a superuser for whom no policy counts. Each run picks 300 times.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import quantiles
from typing import Any

import psycopg

from benchmarks.figures import Figure, Say, in_turns, middle
from benchmarks.workplace import workplace
from include.cli.errors import CommandFailed
from include.database.embedded import EmbeddedPostgres
from include.publishing import taking

RUNS = 5
PICKS = 300
HISTORY, WAITING, DUE, OWNERS = 1_000_000, 10_000, 500, 100
BARE = (
    "select owner, publication_id from desk.publication "
    "where queued_at is not null and next_try_at <= now() order by next_try_at limit 1"
)
_FILL = (
    "insert into desk.account (owner, account_id, platform) "
    "select 'owner-' || n, 'a', 'youtube' from generate_series(0, %(owners)s - 1) as n",
    "insert into desk.release (release_id, owner, segment, age_bucket, title_id, export_root, video_sha256, "
    "video_bytes, video_fingerprint, metadata, facts) select md5('r' || n)::uuid, 'owner-' || n %% %(owners)s, "
    "'women', '18-23', 't' || n, '/nowhere', n::text, 1, '1', '{}', '{}' "
    "from generate_series(1, %(history)s + %(waiting)s) as n",
    "insert into desk.publication (publication_id, owner, release_id, account_id, platform, placement, state, target, "
    "priority, created_at, updated_at, published_at) select md5('p' || n)::uuid, 'owner-' || n %% %(owners)s, "
    "md5('r' || n)::uuid, 'a', 'youtube', 'video', 'published', '{}', 1 + n %% 10, now() - n * interval '1 minute', "
    "now() - n * interval '1 minute', now() - n * interval '1 minute' from generate_series(1, %(history)s) as n",
    "insert into desk.queue_run (owner, run_id, publication_id, priority, asks, due_at, taken_at, triggered_at, "
    "lost_at, ended_at) select owner, 'due~' || publication_id, publication_id, 5, false, published_at, published_at, "
    "published_at, published_at, published_at from desk.publication",
    "insert into desk.publication (publication_id, owner, release_id, account_id, platform, placement, state, target, "
    "priority, scheduled_for, next_try_at, queued_at) select md5('p' || n)::uuid, 'owner-' || n %% %(owners)s, "
    "md5('r' || n)::uuid, 'a', 'youtube', 'video', 'scheduled', '{}', 1 + n %% 10, at, at, now() from (select n, "
    "now() + (case when n %% (%(waiting)s / %(due)s) = 0 then -1 else 1 end) * (1 + n %% 5000) * interval '1 minute' "
    "as at from generate_series(%(history)s + 1, %(history)s + %(waiting)s) as n) as t",
)


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Pick 300 times `runs` times, in turns with the bare query; both have to find one that is due."""
    runs = runs or RUNS
    with workplace(say) as place, EmbeddedPostgres(place.folder).connect("warehouse") as superuser:
        _fill(superuser, say)
        if len(taking.due(DUE + 1)) != DUE:
            raise CommandFailed(f"{len(taking.due(DUE + 1))} publications are due instead of {DUE}.")
        mine, theirs = in_turns(
            lambda number: _timed(_ours, say, f"ours {number + 1}/{runs}"),
            lambda number: _timed(_bare(superuser), say, f"theirs {number + 1}/{runs}"),
            runs + 1,
        )
    return Figure(
        bench="pick",
        figure=middle([p95 for p95, _ in mine[1:]]),
        unit="ms",
        against="the oldest time that is over by the same index, a superuser's",
        against_figure=middle([p95 for p95, _ in theirs[1:]]),
        runs=runs,
        more={
            "percentile": 95,
            "median_ms": round(middle([p50 for _, p50 in mine[1:]]), 3),
            "against_median_ms": round(middle([p50 for _, p50 in theirs[1:]]), 3),
            "history": HISTORY,
            "waiting": WAITING,
            "due": DUE,
        },
    )


def _fill(superuser: psycopg.Connection[Any], say: Say) -> None:
    say(f"writing {HISTORY} publications that are out and {WAITING} that wait")
    superuser.execute("set session_replication_role = replica")  # no trigger and no foreign key looks at each row
    for statement in _FILL:
        superuser.execute(
            statement, {"owners": OWNERS, "history": HISTORY, "waiting": WAITING, "due": DUE}
        )  # fmt: skip
    superuser.execute("set session_replication_role = origin")
    say("letting the database count them")
    for table in ("publication", "queue_run", "account"):
        superuser.execute(f"vacuum (analyze) desk.{table}")  # type: ignore[arg-type]  # as it is by itself after a while


def _ours() -> bool:
    return len(taking.due(1)) == 1


def _bare(connection: psycopg.Connection[Any]) -> Callable[[], bool]:
    def pick() -> bool:
        return connection.execute(BARE).fetchone() is not None

    return pick


def _timed(pick: Callable[[], bool], say: Say, what: str) -> tuple[float, float]:
    """Return the 95th percentile and the median of one pick, in milliseconds."""
    took = []
    for _ in range(PICKS):
        began = time.perf_counter()
        found = pick()
        took.append((time.perf_counter() - began) * 1000)
        if not found:
            raise CommandFailed("Nothing was found, although 500 publications are due.")
    p95, p50 = quantiles(took, n=20)[18], quantiles(took, n=2)[0]
    say(f"{what}: p95 {p95:.2f} ms, median {p50:.2f} ms")
    return p95, p50
