"""The JSON line of a measurement, and the order in which both sides are measured."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from benchmarks.figures import Figure, in_turns, middle
from include.settings import PROJECT


def test_the_line_has_the_keys_of_the_contract_in_its_order() -> None:
    figure = Figure(
        bench="upload",
        figure=1012.41,
        unit="MiB/s",
        against="curl -T",
        against_figure=1100.2,
        runs=5,
        peak_rss_growth_mib=21.04,
        more={"slowest": "tiktok"},
    )
    told = json.loads(figure.line())
    assert list(told) == [
        "bench", "figure", "unit", "against", "against_figure", "ratio", "peak_rss_growth_mib", "runs", "slowest",
    ]  # fmt: skip
    assert (told["figure"], told["against_figure"], told["ratio"]) == (1012, 1100, 0.9202)
    assert told["peak_rss_growth_mib"] == 21.0
    assert "\n" not in figure.line()


def test_memory_that_is_nobodys_is_null() -> None:
    figure = Figure(bench="b", figure=1.0, unit="s", against="x", against_figure=2.0, runs=1)
    assert json.loads(figure.line())["peak_rss_growth_mib"] is None


def test_both_sides_are_measured_in_turns() -> None:
    order: list[str] = []
    mine, theirs = in_turns(lambda n: order.append(f"ours{n}") or n, lambda n: order.append(f"theirs{n}") or -n, 3)
    assert order == ["ours0", "theirs0", "ours1", "theirs1", "ours2", "theirs2"]
    assert (mine, theirs) == ([0, 1, 2], [0, -1, -2])


def test_the_median_is_given_and_not_the_mean() -> None:
    assert middle([1.0, 2.0, 90.0]) == 2.0


HELD_48_MIB_ONCE = """
from benchmarks.figures import forget_peak, rss_now, rss_peak
forget_peak()
before = rss_now()
block = b"x" * (48 << 20)
del block
print(rss_peak() - before)
"""


def test_the_peak_of_memory_is_seen_after_it_is_over() -> None:
    # in a fresh process: one that has worked before has free memory, and takes the block from there
    done = subprocess.run([sys.executable, "-c", HELD_48_MIB_ONCE], capture_output=True, text=True, cwd=PROJECT)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == pytest.approx(48, abs=16)
