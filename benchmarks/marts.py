"""How long the warehouse takes for one new day of 100,000 publications, with 365 days behind it and with 30.

The product's own `warehouse.build`, as `desk_app`: every model of the day, the summary, all checks. Before it stand a
release, a publication, a counter and a mart row for each day of every publication. The new day has a reading
and a daily row for each of them. Both histories are measured in the same warehouse, 30 days first, in `runs` runs
each; between two runs the day is taken away again. `--mib` changes how many publications: 10,000 a MiB.
"""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import psycopg

from benchmarks.figures import Figure, Say, middle
from benchmarks.workplace import OWNER, workplace
from include.analytics import warehouse
from include.cli.errors import CommandFailed
from include.database.embedded import EmbeddedPostgres

RUNS = 3
PUBLICATIONS = 100_000
PUBLICATIONS_A_MIB = 10_000
SHORT, LONG = 30, 365
NEW = date(2026, 11, 20)
_RELEASES = (
    "insert into desk.account (owner, account_id, platform) values (%(owner)s, 'bench', 'youtube')",
    "insert into desk.release (release_id, owner, segment, age_bucket, title_id, export_root, video_sha256, "
    "video_bytes, video_fingerprint, metadata, facts) select md5('r' || n)::uuid, %(owner)s, 'women', '18-23', "
    "'t' || n, '/nowhere', n::text, 1, '1', '{}', '{}' from generate_series(1, %(count)s) as n",
    "insert into desk.publication (publication_id, owner, release_id, account_id, platform, placement, state, target, "
    "video_id, published_at) select md5('p' || n)::uuid, %(owner)s, md5('r' || n)::uuid, 'bench', 'youtube', 'short', "
    "'published', '{}', 'v' || n, %(new)s::date - 400 from generate_series(1, %(count)s) as n",
)
_COUNTERS = (
    "insert into youtube.video_counter (owner, account_id, video_id, day, slot, views, likes, comments, collected_at) "
    "select %(owner)s, 'bench', 'v' || n, %(day)s, %(day)s::date + time '23:00', "
    "1000 + (%(day)s::date - date '2025-01-01') * 10 + n %% 7, n %% 90, n %% 30, %(day)s::date + time '23:00' "
    "from generate_series(1, %(count)s) as n"
)
_MART = (
    "insert into marts.video_daily (owner, day, publication_id, release_id, title_id, segment, age_bucket, platform, "
    "account_id, placement, video_id, published_on, age_days, views_total, likes_total, comments_total, views_delta, "
    "likes_delta, comments_delta, measured, measured_on, provisional, collected_at) select owner, %(day)s, "
    "publication_id, release_id, title_id, 'women', '18-23', platform, account_id, placement, video_id, "
    "published_at::date, %(day)s::date - published_at::date, 1000 + (%(day)s::date - date '2025-01-01') * 10 "
    "+ substr(video_id, 2)::integer %% 7, 1, 1, 10, 0, 0, true, %(day)s, false, %(day)s::date + time '23:00' "
    "from desk.publication inner join desk.release using (owner, release_id)"
)
_NEW_DAY = (
    _COUNTERS,
    "insert into youtube.video_daily (owner, account_id, video_id, day, views, likes, provisional, collected_at) "
    "select %(owner)s, 'bench', 'v' || n, %(day)s, 10, 1, true, %(day)s::date + time '23:00' "
    "from generate_series(1, %(count)s) as n",
)
MONTHS = ("youtube.video_counter", "youtube.video_daily", "marts.video_daily")


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Build the new day with each history; the day has to have a row for every publication."""
    runs, count = runs or RUNS, PUBLICATIONS if mib is None else mib * PUBLICATIONS_A_MIB
    with workplace(say) as place, EmbeddedPostgres(place.folder).connect("warehouse") as superuser:
        known = {"owner": OWNER, "count": count, "new": NEW}
        superuser.execute("set session_replication_role = replica")  # no trigger and no foreign key looks at each row
        for statement in _RELEASES:
            superuser.execute(statement, known)
        _days(superuser, count, (SHORT, 0), say)
        for statement in _NEW_DAY:
            superuser.execute(statement, known | {"day": NEW})
        short = [_build(superuser, count, say, f"{SHORT} days, {number + 1}/{runs}") for number in range(runs)]
        _days(superuser, count, (LONG, SHORT), say)
        long = [_build(superuser, count, say, f"{LONG} days, {number + 1}/{runs}") for number in range(runs)]
    return Figure(
        bench="marts",
        figure=middle(long),
        unit="s",
        against=f"the same day with {SHORT} days of history",
        against_figure=middle(short),
        runs=runs,
        more={"publications": count, "history_days": LONG},
    )


def _days(superuser: psycopg.Connection[Any], count: int, ago: tuple[int, int], say: Say) -> None:
    """Write days of history, from so many days before the new one up to so many."""
    say(f"writing {ago[0] - ago[1]} days of {count} publications")
    for back in range(ago[0], ago[1], -1):
        day = NEW - timedelta(days=back)
        _months(superuser, day)
        known = {"owner": OWNER, "count": count, "day": day}
        superuser.execute(_COUNTERS, known)
        superuser.execute(_MART, {"day": day})
    _months(superuser, NEW)
    say("letting the database count them")
    for table in (*MONTHS, "desk.publication", "desk.release"):
        superuser.execute(f"vacuum (analyze) {table}")  # type: ignore[arg-type]  # as it is by itself after a while


def _months(superuser: psycopg.Connection[Any], day: date) -> None:
    for table in MONTHS:
        superuser.execute("select desk.make_month(%s::regclass, %s)", (table, day))


def _build(superuser: psycopg.Connection[Any], count: int, say: Say, what: str) -> float:
    superuser.execute("delete from marts.video_daily where day = %s", (NEW,))
    superuser.execute("insert into desk.touched_day (owner, platform, day) values (%s, 'youtube', %s)", (OWNER, NEW))
    began = time.perf_counter()
    built = warehouse.build(OWNER)
    took = time.perf_counter() - began
    found = superuser.execute("select count(*) from marts.video_daily where day = %s and measured", (NEW,)).fetchone()
    if built.days != [NEW] or found != (count,):
        raise CommandFailed(f"{built.days} were built with {found} publications.")
    say(f"{what}: {took:.1f} s")
    return took
