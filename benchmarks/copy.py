"""How many collected rows a second are loaded, beside a bare COPY of the same rows into a table without an index.

1,000,000 daily rows of videos, in blocks of 1000 as a reader yields them. Ours is the product's own `store.save`: each
value is fitted to its column, rows go by COPY into the months of `youtube.video_daily`, which get their key and their
place at the end, in one transaction: a first load. Theirs is psycopg's COPY of the same
values into a table with the same columns, no key, no partition, as a superuser for whom no policy counts. `more` tells,
too, how fast the server takes the same rows when they were turned into COPY's text beforehand (no Python at all), how
fast ours is when all rows are there already and equal, and how fast into months that are there and empty: by way of
a temporary table, and with a look at the key for each row. Making the rows is not counted. `--mib` changes how many:
10,000 rows a MiB.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql

from benchmarks import rows_of_videos
from benchmarks.figures import Figure, Say, forget_peak, in_turns, middle, rss_now, rss_peak
from benchmarks.workplace import OWNER, workplace
from include.analytics import store
from include.cli.errors import CommandFailed
from include.database import engine
from include.database.embedded import EmbeddedPostgres
from include.platforms.reading import Rows

RUNS = 3
COLUMNS = (
    "video_id", "day", "views", "engaged_views", "likes", "dislikes", "comments", "shares",
    "estimated_minutes_watched", "average_view_duration", "average_view_percentage", "subscribers_gained",
    "subscribers_lost", "provisional",
)  # fmt: skip
MONTHS = """select c.relname from pg_inherits as i inner join pg_class as c on c.oid = i.inhrelid
where i.inhparent = 'youtube.video_daily'::regclass"""
BARE = f"copy bare ({', '.join(COLUMNS)}) from stdin"


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Load the same rows in turns with the bare COPY; both tables are emptied before."""
    runs, count = runs or RUNS, rows_of_videos.wanted(mib)
    making = seconds(lambda: sum(len(block) for block in rows_of_videos.blocks(count)))
    with workplace(say) as place, EmbeddedPostgres(place.folder).connect("warehouse") as superuser:
        superuser.execute("create table bare as select * from youtube.video_daily with no data")
        forget_peak()
        before = rss_now()
        mine, theirs = in_turns(
            lambda number: told(say, f"ours {number + 1}/{runs}", count, ours(superuser, count) - making),
            lambda number: told(say, f"theirs {number + 1}/{runs}", count, _bare(superuser, count) - making),
            runs,
        )
        growth = rss_peak() - before
        superuser.execute("truncate youtube.video_daily")
        daily = seconds(lambda: _save(count, expected=count)) - making
        again = seconds(lambda: _save(count, expected=0)) - making
        rendered = _rendered(superuser, count)
    return Figure(
        bench="copy",
        figure=count / middle(mine),
        unit="rows/s",
        against="psycopg's COPY of the same rows into a table without index, partition or policy",
        against_figure=count / middle(theirs),
        runs=runs,
        peak_rss_growth_mib=growth,
        more={
            "rows": count,
            "again_rows_per_s": round(count / again),
            "into_months_that_are_there_rows_per_s": round(count / daily),
            "copy_of_ready_text_rows_per_s": round(count / rendered),
        },
    )


def seconds(work: Callable[[], Any]) -> float:
    """Return how long some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def told(say: Say, what: str, count: int, took: float) -> float:
    """Tell how long it took, and return it."""
    say(f"{what}: {took:.1f} s, {count / took:,.0f} rows/s")
    return took


def _save(count: int, expected: int) -> None:
    answers = (Rows(table=rows_of_videos.TABLE, rows=block) for block in rows_of_videos.blocks(count))
    with engine.transaction(OWNER) as connection:
        saved = store.save(connection, OWNER, "bench", datetime.now(UTC), answers)
    if saved.rows_changed != expected or saved.misfits:
        raise CommandFailed(f"{saved.rows_changed} rows were changed instead of {expected}.")


def ours(superuser: psycopg.Connection[Any], count: int) -> float:
    """Load the rows into the product's table, of which no month is there; return the seconds."""
    for (month,) in superuser.execute(MONTHS).fetchall():
        superuser.execute(sql.SQL("drop table youtube.{}").format(sql.Identifier(month)))
    return seconds(lambda: _save(count, expected=count))


def _bare(superuser: psycopg.Connection[Any], count: int) -> float:
    superuser.execute("truncate bare")

    def load() -> None:
        with superuser.transaction(), superuser.cursor() as cursor, cursor.copy(BARE) as copy:
            for block in rows_of_videos.blocks(count):
                for row in block:
                    copy.write_row(tuple(row.values()))

    return seconds(load)


def _rendered(superuser: psycopg.Connection[Any], count: int) -> float:
    superuser.execute("truncate bare")
    texts = [
        "".join("\t".join(map(str, row.values())) + "\n" for row in block) for block in rows_of_videos.blocks(count)
    ]

    def load() -> None:
        with superuser.transaction(), superuser.cursor() as cursor, cursor.copy(BARE) as copy:
            for text in texts:
                copy.write(text)

    return seconds(load)
