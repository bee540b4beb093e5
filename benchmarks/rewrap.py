"""How fast a film is re-wrapped (new container, same pictures and sound), beside copying the file.

The film is a Matroska file with H.264 and AAC, as a recorder writes it. Ours is the whole `convert`, reading the
result's facts included; theirs is `shutil.copyfile`. Both end with the bytes handed to the disk (`fsync`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.figures import MIB, Figure, Say, forget_peak, in_turns, middle, rss_now, rss_peak
from benchmarks.films import CLIP, write_film
from include.cli.errors import CommandFailed
from include.media.convert import Recipe, convert, plan
from include.platforms import get
from include.releases import video_facts
from include.releases.publication import Placement

RUNS = 5
SIZE_MIB = 1024
GRAIN = 3.0
"""Standard deviation of the light, of 255."""


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Re-wrap a film of `mib` MiB `runs` times, in turns with copying it."""
    runs, mib = runs or RUNS, mib or SIZE_MIB
    with tempfile.TemporaryDirectory(prefix="release-desk-bench-") as folder:
        say(f"writing a film of {mib} MiB")
        film, target = write_film(Path(folder) / "film.mkv", mib * MIB, _grain()), Path(folder) / "made.mp4"
        facts, recipe = video_facts.read(film), _recipe(film)
        size = film.stat().st_size / MIB
        _timed(lambda: shutil.copyfile(film, target), target)  # both sides find the film in memory
        before = rss_now()
        forget_peak()
        mine, theirs = in_turns(
            lambda _: _timed(lambda: convert(film, recipe, target), target),
            lambda _: _timed(lambda: shutil.copyfile(film, target), target),
            runs,
        )
        growth = rss_peak() - before
    return Figure(
        bench="rewrap",
        figure=size / middle(mine),
        unit="MiB/s",
        against="shutil.copyfile of the same file",
        against_figure=size / middle(theirs),
        runs=runs,
        peak_rss_growth_mib=growth,
        more={"size_mib": mib, "film_seconds": round(facts.duration_seconds)},
    )


def _grain() -> Callable[[int], Any]:
    """Return pictures with as much grain as a camera's: about 16 Mbit/s, as phones and cameras record full HD."""
    import numpy as np

    random = np.random.default_rng(7)
    width, height = CLIP.width, CLIP.height
    ramp = np.linspace(40, 200, width + 64).astype(np.int16)
    grain = random.normal(0, GRAIN, (height + 64, width + 64)).astype(np.int16)
    colour = np.full(((height + 1) // 2, (width + 1) // 2), 128, np.uint8)

    def draw(number: int) -> Any:
        x, y = number * 7 % 64, number * 5 % 64
        light = ramp[x : x + width] + grain[y : y + height, x : x + width]
        return np.clip(light, 16, 235).astype(np.uint8), colour, colour

    return draw


def _recipe(film: Path) -> Recipe:
    rules = get("tiktok").file_rules(Placement.VIDEO)
    facts = video_facts.read(film)
    # TikTok takes ten minutes; how long a film is does not change what has to be done
    recipe = plan(replace(facts, duration_seconds=60.0, size_bytes=1 << 20), rules)
    if recipe is None or not recipe.is_rewrap:
        raise CommandFailed("The film would not be re-wrapped.")
    return recipe


def _timed(write: Callable[[], object], target: Path) -> float:
    """Write the target anew and return the seconds until the disk has it."""
    target.unlink(missing_ok=True)
    os.sync()
    began = time.perf_counter()
    write()
    with target.open("rb") as written:
        os.fsync(written.fileno())
    return time.perf_counter() - began
