"""How long the warehouse takes for one new day of so many publications, with 365 days behind it and with 30.

The product's own `warehouse.build`, as `desk_app`: every model of the day, the summary, all checks. A publication has
a counter, daily numbers and money for each day (benchmarks/past_days.py). The two histories stand in two databases and
are measured in turns; between two runs the day is taken away again. Before the first run the day before is built once
more and has to be what it was: what stands there is what daily builds leave.

365 days of 100,000 publications are 37 million rows of each table, so the two are compared with `RATIO` publications;
after that 100,000 are measured with 30 days, `full_day_s` of the line. `--mib` asks for another number in both: 10,000
a MiB (`--mib 10` is everything at full size: some 60 GB, an hour).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import psutil
import psycopg
from psycopg import sql

from benchmarks import past_days
from benchmarks.figures import Figure, Say, in_turns, middle, rounded
from benchmarks.workplace import OWNER, Workplace, workplace
from include import settings
from include.analytics import warehouse
from include.cli.errors import CommandFailed
from include.database.embedded import EmbeddedPostgres

RUNS = 3
PUBLICATIONS = 100_000
RATIO = 20_000
PUBLICATIONS_A_MIB = 10_000
SHORT, LONG = 30, 365
NEW = date(2026, 11, 20)
MARTS = ("marts.video_daily", "marts.revenue_daily")
"""What has rows of the new day; `revenue_monthly` and the summary are replaced whole."""
_TOUCH = "insert into desk.touched_day (owner, platform, day) values (%s, 'youtube', %s) on conflict do nothing"
_REPLACED = ("vacuum marts.revenue_monthly", "vacuum marts.content_performance", "vacuum marts.content_piece")


@dataclass(frozen=True, kw_only=True)
class Took:
    """What a build took: seconds by the clock, and seconds of processor time of all the server's processes."""

    seconds: float
    processor: float


@dataclass(frozen=True, kw_only=True)
class Past:
    """A database with so many days of so many publications behind it."""

    place: Workplace
    server: EmbeddedPostgres
    superuser: psycopg.Connection[Any]
    count: int
    days: int
    say: Say

    def build(self, number: int) -> Took:
        """Take the new day away, if it is there, and build it."""
        for table in MARTS:
            self.superuser.execute(sql.SQL("delete from {} where day = %s").format(sql.SQL(table)), (NEW,))
        took = self._built(NEW)
        self.say(
            f"{self.count} publications, {self.days} days, run {number + 1}: {took.seconds:.1f} s "
            f"({took.processor:.1f} s of processor time)"
        )
        return took

    def prove(self) -> None:
        """Build the last day of the past as the product does: every row has to be what it was."""
        last = NEW - timedelta(days=1)
        before = self._rows(last)
        took = self._built(last)
        self.say(f"{last} built in {took.seconds:.1f} s, to compare")
        if self._rows(last) != before:
            raise CommandFailed(f"The past was not written as it is built: {before} became {self._rows(last)}.")

    def _built(self, day: date) -> Took:
        settings.adopt(self.place.environment)
        self.superuser.execute(_TOUCH, (OWNER, day))
        for statement in _REPLACED:
            self.superuser.execute(statement)  # as it is by itself before the next day
        cpu, began = self._processor(), time.perf_counter()
        built = warehouse.build(OWNER)
        took = Took(seconds=time.perf_counter() - began, processor=self._processor() - cpu)
        found = (
            len(built.days),
            self.superuser.execute(
                "select count(*) from marts.video_daily where day = %s and measured", (day,)
            ).fetchone(),
        )
        if built.days != [day] or found[1] != (self.count,):
            raise CommandFailed(f"{built.days} were built, the last with {found[1]} publications.")
        return took

    def _rows(self, day: date) -> list[Any]:
        """Return the number and the sum of the hashes of a day's rows in each mart."""
        asked = "select count(*), sum(hash_record_extended(t.*, 0)) from {} as t where day = %s"
        return [self.superuser.execute(sql.SQL(asked).format(sql.SQL(name)), (day,)).fetchone() for name in MARTS] + [
            self.superuser.execute(
                "select count(*), sum(hash_record_extended(t.*, 0)) from marts.revenue_monthly as t "
                "where month = date_trunc('month', %s::timestamp)",
                (day,),
            ).fetchone()
        ]

    def _processor(self) -> float:
        server = self.server.process()
        if server is None:
            raise CommandFailed("The database's server is gone.")
        ended = server.cpu_times()
        total = ended.user + ended.system + ended.children_user + ended.children_system
        for process in server.children():
            try:
                total += sum(process.cpu_times()[:2])
            except psutil.NoSuchProcess:
                continue
        return float(total)


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Build the new day with both histories in turns, then that of all publications."""
    runs, count = runs or RUNS, RATIO if mib is None else mib * PUBLICATIONS_A_MIB
    with past(count, LONG, say) as long, past(count, SHORT, say) as short:
        ours, theirs = in_turns(long.build, short.build, runs)
    with past(PUBLICATIONS if mib is None else count, SHORT, say) as full:
        whole = [full.build(number) for number in range(runs)]
    return Figure(
        bench="marts",
        figure=middle([took.seconds for took in ours]),
        unit="s",
        against=f"the same day with {SHORT} days of history",
        against_figure=middle([took.seconds for took in theirs]),
        runs=runs,
        more={
            "publications": count,
            "history_days": LONG,
            "processor_s": rounded(middle([took.processor for took in ours])),
            "against_processor_s": rounded(middle([took.processor for took in theirs])),
            "full_day_publications": full.count,
            "full_day_s": rounded(middle([took.seconds for took in whole])),
            "full_day_processor_s": rounded(middle([took.processor for took in whole])),
        },
    )


@contextmanager
def past(count: int, days: int, say: Say) -> Iterator[Past]:
    """Make a database with so many days of so many publications, and remove it at the end."""
    with workplace(say) as place:
        server = EmbeddedPostgres(place.folder)
        with server.connect("warehouse") as superuser:
            past_days.write(superuser, count, days, NEW, say)
            made = Past(place=place, server=server, superuser=superuser, count=count, days=days, say=say)
            made.prove()
            yield made
