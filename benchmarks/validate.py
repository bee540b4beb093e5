"""How long `./desk validate` looks at a large film, beside opening it with PyAV alone.

Measured in this process, where both sides have loaded everything: ours is the whole check of one file against every
platform, theirs is `av.open` and reading what the streams' headers say. What the whole command costs, start of Python
included, is told beside it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import MIB, Figure, Say, forget_peak, in_turns, middle, rss_now, rss_peak
from benchmarks.films import write_film
from include import settings
from include.cli import validate
from include.cli.errors import CommandFailed
from include.platforms import NAMES

RUNS = 31
COMMAND_RUNS = 5
SIZE_MIB = 1024
OPEN_ALONE = "import sys; from benchmarks.validate import open_alone; open_alone(sys.argv[1])"


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Check a film of `mib` MiB `runs` times, in turns with opening it."""
    runs, mib = runs or RUNS, mib or SIZE_MIB
    with tempfile.TemporaryDirectory(prefix="release-desk-bench-") as folder:
        say(f"writing a film of {mib} MiB")
        film = write_film(Path(folder) / "film.mp4", mib * MIB)
        checked = validate.check(film, NAMES)
        if checked.facts is None:
            raise CommandFailed(f"The film cannot be read: {checked.problem}")
        lasts = checked.facts.duration_seconds
        open_alone(str(film))
        say(f"looking at it: {lasts:.0f} s of {checked.facts.display_width} × {checked.facts.display_height}")
        before = rss_now()
        forget_peak()
        mine, theirs = in_turns(lambda _: _timed(validate.check, film, NAMES), lambda _: _timed(open_alone, film), runs)
        growth = rss_peak() - before
        say("running the whole command")
        whole, alone = _commands(film, min(runs, COMMAND_RUNS))
    return Figure(
        bench="validate",
        figure=middle(mine) * 1000,
        unit="ms",
        against="av.open and the streams' facts, same file, same process",
        against_figure=middle(theirs) * 1000,
        runs=runs,
        peak_rss_growth_mib=growth,
        more={
            "size_mib": mib,
            "film_seconds": round(lasts),
            "command_seconds": round(middle(whole), 3),
            "against_command_seconds": round(middle(alone), 3),
        },
    )


def open_alone(path: str | Path) -> list[Any]:
    """Open a file with PyAV and return what it says of its streams, as everybody does who asks what a file is."""
    import av

    with av.open(str(path)) as container:
        return [container.duration, container.bit_rate, *(_said(stream) for stream in container.streams)]


def _said(stream: Any) -> tuple[Any, ...]:
    codec = stream.codec_context
    if stream.type == "video":
        return codec.name, codec.width, codec.height, stream.average_rate, stream.frames, stream.duration
    return codec.name, codec.sample_rate, codec.layout.name, stream.duration


def _timed(look: Any, *arguments: Any) -> float:
    began = time.perf_counter()
    look(*arguments)
    return time.perf_counter() - began


def _commands(film: Path, runs: int) -> tuple[list[float], list[float]]:
    """Time the whole command, and a Python that only opens the file."""
    ours = [sys.executable, "-m", "include.cli", "validate", str(film), "--json"]
    theirs = [sys.executable, "-c", OPEN_ALONE, str(film)]
    return in_turns(lambda _: _timed(_quietly, ours), lambda _: _timed(_quietly, theirs), runs)


def _quietly(command: list[str]) -> None:
    done = subprocess.run(command, cwd=settings.PROJECT, capture_output=True, text=True)
    if done.returncode not in (0, 1):  # 1: some platform does not take a film of this length
        raise CommandFailed(f"{command[2]} failed: {done.stderr[-2000:]}")
