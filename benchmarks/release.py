"""How long a release takes from its trigger to its verdict, beside an Airflow run of the same shape with empty tasks.

A real installation in a temporary folder: the four Airflow components, PostgreSQL and the sandbox, whose platforms
process at once. Two publications a run, one on each platform. Both times are Airflow's own, queued to ended.
"""

from __future__ import annotations

from benchmarks import empty_release
from benchmarks.figures import Figure, Say, in_turns, middle
from benchmarks.installed import Installed, installed
from benchmarks.workplace import SMALL
from include.cli.errors import CommandFailed

RUNS = 5
PLATFORMS = ("youtube", "tiktok")


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Run `publish_release` and the empty DAG `runs` times each, after one of each that is not counted."""
    runs = runs or RUNS
    with installed(say, more_dags={empty_release.DAG_ID: empty_release.SOURCE}) as place:
        accounts = [place.connect(f"bench_{platform}", platform) for platform in PLATFORMS]
        place.export([f"title{number}" for number in range(runs + 1)], SMALL)

        def ours(number: int) -> float:
            place.publish(f"title{number}", accounts, f"ours-{number}")
            seconds = place.seconds(f"ours-{number}")
            say(f"ours  {number}/{runs}: {seconds:.2f} s" + " (not counted)" * (number == 0))
            return seconds

        def theirs(number: int) -> float:
            place.api.trigger(empty_release.DAG_ID, f"empty-{number}", {"publications": len(PLATFORMS)})
            seconds = place.seconds(f"empty-{number}", empty_release.DAG_ID)
            say(f"empty {number}/{runs}: {seconds:.2f} s" + " (not counted)" * (number == 0))
            return seconds

        mine, empty = in_turns(ours, theirs, runs + 1)
        _check(place, runs + 1)
    return Figure(
        bench="release",
        figure=middle(mine[1:]),
        unit="s",
        against="Airflow run of the same shape with empty tasks, same installation, same run",
        against_figure=middle(empty[1:]),
        runs=runs,
        more={"publications": len(PLATFORMS), "seconds": mine[1:], "against_seconds": empty[1:]},
    )


def _check(place: Installed, runs: int) -> None:
    """Make sure that every run published: a fast run that did nothing would be no figure."""
    found = len(place.published())
    if found != runs * len(PLATFORMS):
        raise CommandFailed(f"{found} videos were published instead of {runs * len(PLATFORMS)}.")
