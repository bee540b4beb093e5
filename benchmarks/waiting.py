"""How long a publication takes while 200 others wait for their platform, beside the same with nothing waiting.

A real installation. The 200 are TikTok posts in moderation: all their bytes are there, the platform works on them for
hours, and Airflow's triggerer looks at them at TikTok's usual pace. The publication that is measured goes to YouTube,
which processes at once; its time is Airflow's own, queued to ended. Half of the runs with nothing waiting come before
the 200, half after they have all been published: what the machine does besides is then on both sides.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from benchmarks.figures import Figure, Say, middle
from benchmarks.installed import DAG_ID, Installed, installed
from benchmarks.workplace import SMALL, switch
from include import settings
from include.cli.errors import CommandFailed

RUNS = 6
WAITING, PUBLICATIONS_A_RUN = 200, 20
MODERATION_SECONDS = 24 * 3600
PATIENCE_SECONDS = 1500
"""For 200 publications to come to their wait, and again to their end: 1,000 tasks on a small machine."""
LOOK_SECONDS = 2.0
MEASURED, OTHERS = "youtube", "tiktok"


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Publish alone, then with the others waiting, then alone again; one run that is not counted goes first."""
    runs = max(2, runs or RUNS)
    before = runs // 2
    with _patient_settings(), installed(say, tiktok_moderation_seconds=MODERATION_SECONDS) as place:
        one = _Measured(place, say, 2 * runs + 1)
        crowd = _Crowd(place)
        one.run("warming up")
        alone = [one.run("nothing waits") for _ in range(before)]
        say(f"connecting {WAITING} accounts and sending {WAITING} videos")
        began = time.monotonic()
        crowd.gather()
        gathered = time.monotonic() - began
        say(f"all {WAITING} wait after {gathered:.0f} s")
        busy, slots = [], []
        for _ in range(runs):
            slots.append(crowd.slots())
            busy.append(one.run(f"{WAITING} wait"))
        slots.append(crowd.slots())
        say("letting them through")
        began = time.monotonic()
        crowd.let_through()
        say(f"all {WAITING} published after {time.monotonic() - began:.0f} s")
        alone += [one.run("nothing waits") for _ in range(runs - before)]
    return Figure(
        bench="waiting",
        figure=middle(busy),
        unit="s",
        against="the same publication with nothing waiting, same installation, same run",
        against_figure=middle(alone),
        runs=runs,
        more={
            "waiting": WAITING,
            "least_deferred": min(deferred for deferred, _ in slots),
            "most_worker_slots_taken": max(taken for _, taken in slots),
            "gathered_seconds": round(gathered),
            "seconds": [round(each, 2) for each in busy],
            "against_seconds": [round(each, 2) for each in alone],
        },
    )


class _Measured:
    """The publication whose time is taken, again and again: each a release of its own."""

    def __init__(self, place: Installed, say: Say, count: int) -> None:
        self._place, self._say = place, say
        self._titles = [f"measured-{number}" for number in range(count)]
        self._left = iter(self._titles)
        place.export(self._titles, SMALL)
        self._account = place.connect("measured", MEASURED)

    def run(self, what: str) -> float:
        title = next(self._left)
        self._place.publish(title, [self._account], title)
        seconds = self._place.seconds(title)
        self._say(f"{what}: {seconds:.2f} s")
        return seconds


class _Crowd:
    """Those that wait: some runs with many publications each, every one on an account of its own."""

    def __init__(self, place: Installed) -> None:
        self._place = place
        self._runs = [f"crowd-{number}" for number in range(WAITING // PUBLICATIONS_A_RUN)]
        place.export(self._runs, SMALL)

    def gather(self) -> None:
        """Start them and return when all of them wait; raise `CommandFailed` when they do not get there."""
        for run in self._runs:
            names = [self._place.connect(f"{run}-{number}", OTHERS) for number in range(PUBLICATIONS_A_RUN)]
            self._place.publish(run, names, run)
        until = time.monotonic() + PATIENCE_SECONDS
        while (slots := self.slots()) != (WAITING, 0):
            if time.monotonic() > until:
                raise CommandFailed(f"Only {slots[0]} of {WAITING} wait after {PATIENCE_SECONDS} s.")
            time.sleep(LOOK_SECONDS)

    def slots(self) -> tuple[int, int]:
        """Return how many tasks are deferred, and how many hold a worker's slot."""
        pool = self._place.api.get("/pools/default_pool")
        return int(pool["deferred_slots"]), int(pool["occupied_slots"])

    def let_through(self) -> None:
        """End the moderation, wait for the runs and make sure that each video came out once."""
        switch(self._place.sandbox, tiktok_moderation_seconds=0)
        until = time.monotonic() + PATIENCE_SECONDS
        while [run for run in self._runs if self._place.api.run(DAG_ID, run)["state"] != "success"]:
            if time.monotonic() > until:
                raise CommandFailed(f"The {WAITING} did not end within {PATIENCE_SECONDS} s.")
            time.sleep(LOOK_SECONDS)
        found = [entry for entry in self._place.published() if entry["platform"] == OTHERS]
        accounts = {entry["account_id"] for entry in found}
        if (len(found), len(accounts)) != (WAITING, WAITING):
            raise CommandFailed(f"{len(found)} videos of {len(accounts)} accounts came out instead of {WAITING}.")


@contextmanager
def _patient_settings() -> Iterator[None]:
    """Let the product wait for TikTok's moderation as long as it takes, instead of for a minute."""
    folder = Path(tempfile.mkdtemp(prefix="release-desk-bench-config-"))
    try:
        shutil.copytree(settings.config_folder(), folder, dirs_exist_ok=True)
        path = folder / "distribution.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        content["platforms"][OTHERS]["public_id_patience_seconds"] = MODERATION_SECONDS
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        settings.adopt({"RELEASE_DESK_CONFIG": str(folder)})
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
