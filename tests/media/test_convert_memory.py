"""A long film is converted in flat memory; a full disk and a killed worker leave nothing usable behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.films import write_film
from include.settings import PROJECT
from tests.media.corpus import lasting
from tests.media.making import clip

CHILD = """
import json, sys
from dataclasses import replace
from benchmarks.figures import forget_peak, rss_now, rss_peak
from include.media.convert import convert, plan
from include.releases.video_facts import read
from tests.media.making import STRICT
import av, numpy
source, target, rules = sys.argv[1], sys.argv[2], replace(STRICT, max_width=int(sys.argv[3]))
recipe = plan(read(source), rules)
forget_peak()
facts = convert(source, recipe, target)
print(json.dumps({"peak": rss_peak(), "seconds": facts.duration_seconds, "rewrap": recipe.is_rewrap}))
"""


def measured(source: Path, widest: int) -> dict[str, float]:
    command = [sys.executable, "-c", CHILD, str(source), str(source.with_name("made.mp4")), str(widest)]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=280)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.long
def test_two_hours_are_rewrapped_in_flat_memory(tmp_path: Path) -> None:
    source = clip(tmp_path, "film.mkv", seconds=10.0)
    lasting(7200)(source)
    found = measured(source, 4096)
    assert found["rewrap"]
    assert found["seconds"] == pytest.approx(7200, abs=11)
    assert found["peak"] <= 512


@pytest.mark.long
def test_a_longer_film_needs_no_more_memory_to_be_encoded(tmp_path: Path) -> None:
    peaks = []
    for mib in (1, 8):
        film = write_film(tmp_path / f"film{mib}.mkv", mib << 20)
        found = measured(film, 540)
        assert not found["rewrap"]
        peaks.append(found["peak"])
    assert peaks[1] <= 512
    assert peaks[1] - peaks[0] <= 32


FULL = """
import errno, resource, signal, sys
from include.media.convert import convert, plan
from include.releases.video_facts import read
from tests.media.making import STRICT
source, target = sys.argv[1:]
recipe = plan(read(source), STRICT)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    convert(source, recipe, target)
except OSError as error:
    print(type(error).__name__, errno.errorcode[error.errno])
"""


@pytest.mark.parametrize(("codec", "options"), [("libx264", (("qp", "8"),)), ("mpeg4", (("b", "2000000"),))])
def test_a_full_disk_is_told_as_that_and_leaves_nothing(tmp_path: Path, codec: str, options: Any) -> None:
    source = clip(tmp_path, "a.mkv", seconds=6.0, video_codec=codec, video_options=options)
    assert source.stat().st_size > 150_000
    target = tmp_path / "made.mp4"
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", FULL, str(source), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert done.stdout.split()[-2:] == ["OSError", "EFBIG"], done.stderr[-2000:]
    assert not target.exists()
