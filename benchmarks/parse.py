"""How long Airflow takes to parse our DAG folder, beside a folder with one DAG file without a task.

Each side in a fresh Python, which loads Airflow's parser as the DAG processor does and then fills a DagBag. The figure
is the whole process; `parse_seconds` is what the folder alone took after the parser was loaded.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, Say, in_turns, middle
from include import settings
from include.cli.errors import CommandFailed

RUNS = 7
FORBIDDEN = ("pandas", "weasyprint", "av", "httpx")
"""What no DAG file may load while it is parsed; Airflow's own parser has loaded some of it before."""

EMPTY = """
from airflow.sdk import dag


@dag(dag_id="empty", schedule=None)
def empty():
    pass


empty()
"""

CHILD = """
import json, os, sys, time
from airflow.dag_processing.dagbag import DagBag

def mib():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)

before, memory, began = set(sys.modules), mib(), time.perf_counter()
bag = DagBag(sys.argv[1])
seconds = time.perf_counter() - began
print(json.dumps({"dags": sorted(bag.dags), "errors": bag.import_errors, "seconds": seconds, "mib": mib() - memory,
                  "modules": sorted(set(sys.modules) - before)}))
"""


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """One fresh Python: seconds of all of it, of the folder alone, and what the folder brought with it."""

    whole: float
    seconds: float
    mib: float
    dags: list[str]
    modules: frozenset[str]


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Parse both folders `runs` times each, after one of each that is not counted."""
    runs = runs or RUNS
    with tempfile.TemporaryDirectory(prefix="release-desk-bench-") as folder:
        home, empty = Path(folder) / "airflow", Path(folder) / "dags"
        empty.mkdir()
        (empty / "empty.py").write_text(EMPTY, encoding="utf-8")

        def side(name: str, dags: Path) -> Callable[[int], Parsed]:
            def parse(number: int) -> Parsed:
                parsed = _parse(dags, home)
                say(f"{name} {number}/{runs}: {parsed.whole:.2f} s" + " (not counted)" * (number == 0))
                return parsed

            return parse

        mine, theirs = in_turns(side("ours ", settings.PROJECT / "dags"), side("empty", empty), runs + 1)
    return _figure(mine[1:], theirs[1:])


def _figure(mine: list[Parsed], theirs: list[Parsed]) -> Figure:
    return Figure(
        bench="parse",
        figure=middle([each.whole for each in mine]),
        unit="s",
        against="one DAG file without a task, fresh Python each",
        against_figure=middle([each.whole for each in theirs]),
        runs=len(mine),
        peak_rss_growth_mib=max(each.mib for each in mine),
        more={
            "dags": mine[0].dags,
            "parse_seconds": round(middle([each.seconds for each in mine]), 3),
            "against_parse_seconds": round(middle([each.seconds for each in theirs]), 3),
            "forbidden_imports": [name for name in FORBIDDEN if name in mine[0].modules],
        },
    )


def _parse(dags: Path, home: Path) -> Parsed:
    """Parse a folder in a fresh Python; raise `CommandFailed` when one of its files cannot be parsed."""
    environment = settings.surroundings() | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONFIG": str(settings.PROJECT / "airflow.cfg"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "PYTHONPATH": str(settings.PROJECT),
    }
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", CHILD, str(dags)], env=environment, capture_output=True, text=True)
    whole = time.perf_counter() - began
    if done.returncode != 0:
        raise CommandFailed(f"{dags} could not be parsed:\n{done.stderr[-3000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    if told["errors"]:
        raise CommandFailed(f"DAG files with errors: {told['errors']}")
    return Parsed(
        whole=whole, seconds=told["seconds"], mib=told["mib"], dags=told["dags"], modules=frozenset(told["modules"])
    )
