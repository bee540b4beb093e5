"""`./desk bench` itself: real, tiny measurements, each in a process of its own as the command starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from benchmarks import BUILT, TO_COME
from include.settings import PROJECT

KEYS = ["bench", "figure", "unit", "against", "against_figure", "ratio", "peak_rss_growth_mib", "runs"]
NONSENSE = {
    "AIRFLOW_CONN_WAREHOUSE": "postgresql://nobody:nothing@127.0.0.1:1/nowhere",
    "RELEASE_DESK_ENDPOINTS": "/nowhere/endpoints.yaml",
    "SECRET_MASTER_KEY": "not a key",
    "YOUTUBE_CLIENT_ID": "real",
}
"""What an installation may have set; a measurement that used it would fail at once."""


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "include.cli", "bench", *arguments],
        cwd=PROJECT,
        env=os.environ | NONSENSE | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=240,
    )


def measured(*arguments: str) -> dict[str, Any]:
    done = bench(*arguments)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(f"{arguments[0]}: ["), "progress goes to stderr"
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert list(told)[: len(KEYS)] == KEYS
    assert told["bench"] == arguments[0]
    assert told["figure"] > 0
    assert told["against_figure"] > 0
    assert told["ratio"] == pytest.approx(told["figure"] / told["against_figure"], rel=0.01)
    return told


@pytest.mark.long
def test_validate_is_measured_on_a_film_of_the_wished_size() -> None:
    told = measured("validate", "--runs", "2", "--mib", "3")
    assert (told["unit"], told["runs"], told["size_mib"]) == ("ms", 2, 3)
    assert told["film_seconds"] >= 4
    assert told["command_seconds"] > told["figure"] / 1000


@pytest.mark.long
def test_upload_is_measured_on_both_platforms_with_every_byte_checked() -> None:
    told = measured("upload", "--runs", "1", "--mib", "2")
    assert (told["unit"], told["runs"], told["size_mib"]) == ("MiB/s", 1, 2)
    assert set(told["platforms"]) == {"youtube", "tiktok"}
    assert told["figure"] == pytest.approx(min(each["figure"] for each in told["platforms"].values()), abs=0.1)
    assert 0 < told["peak_rss_growth_mib"] <= 64


@pytest.mark.long
def test_parsing_loads_nothing_heavy_and_every_dag() -> None:
    told = measured("parse", "--runs", "1")
    assert told["forbidden_imports"] == []
    assert told["dags"] == sorted(path.stem for path in (PROJECT / "dags").glob("*.py"))


def test_a_measurement_that_is_not_built_yet_says_so_in_one_sentence() -> None:
    done = bench("upload", TO_COME[0])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"What {TO_COME[0]} would measure is not built yet" in done.stderr


def test_an_unknown_name_is_wrong_usage_and_the_known_are_named() -> None:
    done = bench("everything")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no measurement called everything" in done.stderr
    assert all(name in done.stderr for name in BUILT)


@pytest.mark.parametrize("wrong", ["--runs=0", "--mib=-1"])
def test_nothing_is_measured_no_times(wrong: str) -> None:
    assert bench("parse", wrong).returncode == 2
