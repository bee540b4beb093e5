"""How long it takes to check a batch of 10,000 rows, beside reading the same file with `csv` and nothing more.

100 rows are bad. Files aside: the rows are of 200 releases, whose three files are looked for and whose metadata is read
for each row, as the REST API does; the videos are not.
"""

from __future__ import annotations

import csv
import io
import time

from benchmarks.figures import Figure, Say, forget_peak, in_turns, middle, rss_now, rss_peak
from benchmarks.workplace import AGE_BUCKET, OWNER, SEGMENT, Workplace, workplace
from include.accounts import accounts
from include.accounts.accounts import Credentials
from include.cli.errors import CommandFailed
from include.publishing import batch, batch_rows

RUNS = 5
ROWS, BAD, TITLES, ACCOUNTS = 10_000, 100, 200, 50
HEADER = "Folder,Ages,Clip,Where,Headline,Goes out,Clock"
COLUMNS = {"Folder": "segment", "Ages": "age_bucket", "Clip": "title_id", "Where": "accounts", "Headline": "title",
           "Goes out": "scheduled_for", "Clock": "timezone"}  # fmt: skip
"""A file with names of somebody's own."""


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Check the same 10,000 rows `runs` times, in turns with reading them as CSV."""
    runs = runs or RUNS
    with workplace(say) as place:
        text = _file(place)
        say(f"a file of {len(text) / 1e6:.1f} MB with {ROWS} rows, {BAD} of them bad")
        before = rss_now()
        forget_peak()

        def ours(number: int) -> float:
            began = time.perf_counter()
            rows = batch_rows.read_csv(text, at_most=ROWS)
            found = batch.check(OWNER, rows, columns=COLUMNS, depth="there")
            seconds = time.perf_counter() - began
            if len(found.good) != ROWS - BAD or {each.column for each in found.problems} != {"Ages"}:
                raise CommandFailed(f"The check was wrong: {found.summary}")
            say(f"ours {number + 1}/{runs}: {seconds:.2f} s")
            return seconds

        def theirs(number: int) -> float:
            began = time.perf_counter()
            count = sum(1 for _ in csv.DictReader(io.StringIO(text)))
            seconds = time.perf_counter() - began
            if count != ROWS:
                raise CommandFailed(f"csv read {count} rows instead of {ROWS}.")
            return seconds

        mine, plain = in_turns(ours, theirs, runs)
        peak = rss_peak() - before
    return Figure(
        bench="batch", figure=middle(mine), unit="s", against="csv.DictReader over the same file",
        against_figure=middle(plain), runs=runs, peak_rss_growth_mib=peak,
        more={"rows": ROWS, "bad_rows": BAD, "rows_per_second": round(ROWS / middle(mine))},
    )  # fmt: skip


def _file(place: Workplace) -> str:
    video = place.export("clip0")
    for number in range(1, TITLES):
        for ending in (".mp4", "_thumbnail.png", "_metadata.json"):
            (video.parent / f"clip{number}{ending}").hardlink_to(video.parent / f"clip0{ending}")
    for number in range(ACCOUNTS):
        known = {"platform_user_id": f"UC{number}", "username": f"someone{number}"}
        given = Credentials.model_validate({"access_token": "access", "refresh_token": "refresh"})
        accounts.add(OWNER, f"account{number}", "youtube", given, known)
    bad = set(range(7, ROWS, ROWS // BAD))
    lines = (
        f"{SEGMENT},{'7' if row in bad else AGE_BUCKET},clip{row % TITLES},account{row // TITLES},"
        f'"Title {row}, and more",2027-01-15T09:00:00,Europe/Madrid'
        for row in range(ROWS)
    )
    return "\n".join([HEADER, *lines]) + "\n"
