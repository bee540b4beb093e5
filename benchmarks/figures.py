"""What a measurement says: one figure beside another, as one JSON line."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import psutil

MIB = 1 << 20
Say = Callable[[str], None]
"""Takes one line of progress."""
Ours = TypeVar("Ours")
Theirs = TypeVar("Theirs")
STATUS = Path("/proc/self/status")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measurement: medians of `runs` runs of ours and of what it is measured `against`, taken in turns.

    `peak_rss_growth_mib` is by how much the memory of the process that did the work grew at most; None where there is
    no such single process. `more` holds further keys of the line.
    """

    bench: str
    figure: float
    unit: str
    against: str
    against_figure: float
    runs: int
    peak_rss_growth_mib: float | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    def line(self) -> str:
        """Return the JSON line of CONTRACT.md."""
        content = {
            "bench": self.bench,
            "figure": rounded(self.figure),
            "unit": self.unit,
            "against": self.against,
            "against_figure": rounded(self.against_figure),
            "ratio": rounded(self.figure / self.against_figure),
            "peak_rss_growth_mib": None if self.peak_rss_growth_mib is None else round(self.peak_rss_growth_mib, 1),
            "runs": self.runs,
        }
        return json.dumps(content | dict(self.more), ensure_ascii=False)


def in_turns(
    ours: Callable[[int], Ours], theirs: Callable[[int], Theirs], runs: int
) -> tuple[list[Ours], list[Theirs]]:
    """Call ours, theirs, ours, … `runs` times each, with the run's number from 0, and return both lists of answers."""
    mine, others = [], []
    for number in range(runs):
        mine.append(ours(number))
        others.append(theirs(number))
    return mine, others


def rounded(value: float) -> float:
    """Return a figure with four digits that count; more would claim a precision nobody measured."""
    return float(f"{value:.4g}")


def middle(values: list[float]) -> float:
    """Return the median."""
    return float(median(values))


def rss_now() -> float:
    """Return the memory this process has in RAM now, in MiB."""
    return float(psutil.Process().memory_info().rss / MIB)


def rss_peak() -> float:
    """Return the most memory this process ever had in RAM, in MiB.

    Linux is asked for this program's own peak: `getrusage` also remembers the program that it replaced.
    """
    if STATUS.exists():
        told = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
        return int(told["VmHWM"].split()[0]) / 1024
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return usage / (MIB if sys.platform == "darwin" else 1024)


def forget_peak() -> None:
    """Let the peak begin anew at what is in RAM now (proc(5), clear_refs); where that is refused it stays."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return
