"""How long one release takes to all platforms at once, beside the slowest of the same release to one platform alone.

A real installation: every run is a `publish_release` of Airflow's, its time Airflow's own, queued to ended. In turns:
one run to all platforms, then one to each. Every run has a title and accounts of its own, so that no limit is met and
nothing is published already; the bytes are those of one file.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import httpx

from benchmarks.figures import MIB, Figure, Say, middle
from benchmarks.installed import Installed, installed
from include.cli import validate
from include.cli.errors import CommandFailed
from include.media.sample import SAMPLE
from include.platforms import NAMES

RUNS = 5
SIZE_BYTES = 50_000_000
ALL = "all"


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Publish to all platforms and to each alone, `runs` times each after a turn that is not counted."""
    runs, size = runs or RUNS, mib * MIB if mib else SIZE_BYTES
    took: dict[str, list[float]] = {}
    with installed(say) as place:
        platforms = _played(place)
        routes = {ALL: platforms} | {name: (name,) for name in platforms}
        say(f"writing a release of {size / 1e6:.0f} MB for {', '.join(platforms)}")
        titles = [_title(route, number) for number in range(runs + 1) for route in routes]
        video = place.export(titles, SAMPLE, size)
        _check_that_it_fits(video, platforms)
        for number in range(runs + 1):
            for route, names in routes.items():
                seconds = _publish(place, route, names, number)
                took.setdefault(route, []).append(seconds)
                say(f"{route} {number}/{runs}: {seconds:.2f} s" + " (not counted)" * (number == 0))
        _check_what_came(place, video, (runs + 1) * 2 * len(platforms))
    return _figure(size, runs, {route: seconds[1:] for route, seconds in took.items()})


def _figure(size: int, runs: int, took: dict[str, list[float]]) -> Figure:
    alone = {name: middle(seconds) for name, seconds in took.items() if name != ALL}
    slowest = max(alone, key=lambda name: alone[name])
    return Figure(
        bench="publish5",
        figure=middle(took[ALL]),
        unit="s",
        against=f"the slowest single publication ({slowest}), same file, same installation, same run",
        against_figure=alone[slowest],
        runs=runs,
        more={
            "size_bytes": size,
            "publications": len(alone),
            "slowest": slowest,
            "alone_seconds": {name: round(seconds, 2) for name, seconds in alone.items()},
            "one_after_the_other_seconds": round(sum(alone.values()), 2),
        },
    )


def _played(place: Installed) -> tuple[str, ...]:
    """Return the platforms that can be published to and that the sandbox plays."""
    answer = httpx.get(f"{place.sandbox}/sandbox/apps", trust_env=False).raise_for_status()
    return tuple(name for name in NAMES if name in answer.json())


def _title(route: str, number: int) -> str:
    return f"{route}-{number}"


def _publish(place: Installed, route: str, names: tuple[str, ...], number: int) -> float:
    title = _title(route, number)
    accounts = [place.connect(f"{name}-of-{title}", name) for name in names]
    place.publish(title, accounts, f"publish5-{title}")
    return place.seconds(f"publish5-{title}")


def _check_that_it_fits(video: Path, platforms: tuple[str, ...]) -> None:
    """Make sure that no platform wants it converted: that would be another measurement."""
    answers = validate.check(video, platforms).platforms
    for name in platforms:
        if not any(answer.verdict == "fits" for answer in answers[name].values()):
            raise CommandFailed(f"The release does not fit {name} as it is: {answers[name]}")


def _check_what_came(place: Installed, video: Path, expected: int) -> None:
    """Make sure that every run published, and every byte: a fast run that did nothing would be no figure."""
    with video.open("rb") as file:
        right = hashlib.file_digest(file, "sha256").hexdigest()
    found = place.published()
    wrong = [entry["platform"] for entry in found if entry["sha256"] != right]
    if len(found) != expected or wrong:
        raise CommandFailed(f"{len(found)} videos came instead of {expected}; with other bytes: {wrong}.")
