"""Processes that do what `publish_due` does, side by side: they take on what is due and say what they took.

`act` is what each does with a publication it took, as source; it sees `owner` and `publication_id` and says with `over`
whether that is all. An error of the database is what Airflow's retries are for: it is tried again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from include import settings

ROUNDS = """
import json, sys, time
from datetime import UTC, datetime, timedelta
from sqlalchemy.exc import DBAPIError
from include.database import engine
from include.publishing import steps, taking
from include.publishing.progress import Later
seconds, again, pause = float(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
taking.TRIGGER_AGAIN = timedelta(seconds=again)
take_on = taking._take_on
def slowly(*given):
    run_id = take_on(*given)
    print(json.dumps({"written": run_id}), flush=True)
    time.sleep(pause)
    return run_id
taking._take_on = slowly
print(json.dumps({"ready": True}), flush=True)
sys.stdin.readline()
mine, left, until = {}, {}, time.time() + seconds
while time.time() < until:
    try:
        for run in taking.take_due() if taking.to_do() else ():
            ids = [each.publication_id for each in taking.registered(run.owner, run.run_id).publications]
            print(json.dumps({"run": run.run_id, "took": ids}), flush=True)
            left[run.run_id] = set(ids)
            mine.update({each: (run.owner, run.run_id, datetime.now(UTC)) for each in ids})
        now = datetime.now(UTC)
        for publication_id, (owner, run_id, due_at) in list(mine.items()):
            if due_at > now:
                continue
            over = False
            ACT
            if over:
                del mine[publication_id]
                left[run_id].discard(publication_id)
        for run_id, ids in list(left.items()):
            if not ids:
                taking.ended(owner, run_id)
                del left[run_id]
        time.sleep(0.05)
    except DBAPIError as error:
        print(json.dumps({"trouble": type(error.orig).__name__}), flush=True)
        time.sleep(0.2)
print(json.dumps({"unfinished": sorted(mine)}), flush=True)
"""


class Scheduler:
    """One such process; `said` is all it told so far."""

    def __init__(self, act: str, *, seconds: float, again: timedelta, pause: float) -> None:
        source = ROUNDS.replace("ACT", act.strip().replace("\n", "\n            "))
        given = [str(seconds), str(again.total_seconds()), str(pause)]
        self._process = subprocess.Popen(
            [sys.executable, "-c", source, *given],
            env=settings.surroundings() | {"PYTHONPATH": str(settings.PROJECT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said: list[dict[str, Any]] = []
        assert self.hear() == {"ready": True}

    def begin(self) -> None:
        """Let it look and take on."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """Return the next thing it says; an empty one at its end."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self.said += [json.loads(line)] if line.endswith("\n") else []
        return self.said[-1] if line.endswith("\n") else {}

    def hear_all(self) -> None:
        """Wait for its end."""
        while self.hear():
            pass
        assert self._process.wait(30) == 0

    def kill(self) -> None:
        """Kill it at once, and read what it had said."""
        self._process.kill()
        self._process.wait(30)
        with suppress(ValueError):
            while self.hear():
                pass

    def took(self) -> dict[str, list[str]]:
        """Return the publications of each run it took on."""
        return {each["run"]: each["took"] for each in self.said if "run" in each}

    def troubles(self) -> list[str]:
        """Return the database's errors it met."""
        return [each["trouble"] for each in self.said if "trouble" in each]

    def close(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait(30)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()


@contextmanager
def two_schedulers(
    act: str, *, seconds: float, again: timedelta = timedelta(minutes=1), pause: float = 0.0
) -> Iterator[tuple[Scheduler, Scheduler]]:
    """Start two that begin at the same moment; `pause` lets each wait after every run it writes down."""
    both: list[Scheduler] = []
    try:
        for _ in range(2):
            both.append(Scheduler(act, seconds=seconds, again=again, pause=pause))
        for each in both:
            each.begin()
        yield both[0], both[1]
    finally:
        for each in both:
            each.close()
