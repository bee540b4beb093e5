"""How fast a vertical full-HD clip is encoded anew, beside FFmpeg's own program with the same settings.

The source is HEVC, which TikTok takes and LinkedIn does not: decoding, filters, H.264 and AAC all have work to do. The
program is the one that `imageio-ffmpeg` brings; both sides use the same number of threads and the same filters.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from benchmarks.figures import Figure, Say, forget_peak, in_turns, middle, rss_now, rss_peak
from include.cli.errors import CommandFailed
from include.media.clips import Clip, write_clip
from include.media.convert import Recipe, convert, plan
from include.media.recipe import SOUND_BITS_PER_SECOND, SOUND_HZ
from include.media.scenery import melody, scene
from include.media.transcode import THREADS, encoder_options, filter_chain
from include.platforms import get
from include.releases import video_facts
from include.releases.publication import Placement

RUNS = 5
CLIP = Clip(
    width=1080, height=1920, seconds=20, fps=30, video_codec="libx265", video_options=(("preset", "ultrafast"),)
)
SECONDS_A_MIB = 2.0
"""With `--mib` the clip is that much longer or shorter: it has about half a MiB a second."""


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Encode the clip `runs` times, in turns with FFmpeg's program."""
    runs = runs or RUNS
    clip = CLIP if mib is None else replace(CLIP, seconds=mib * SECONDS_A_MIB)
    with tempfile.TemporaryDirectory(prefix="release-desk-bench-") as folder:
        say(f"making a clip of {clip.seconds:g} s, {clip.width} × {clip.height}, HEVC")
        source, target = Path(folder) / "clip.mp4", Path(folder) / "made.mp4"
        draw = scene(clip.width, clip.height, clip.pictures, ["Transcode", "Release Desk"])
        write_clip(source, clip, draw=draw, sound=melody(clip.seconds, 44_100))
        recipe = _recipe(source)
        before = rss_now()
        forget_peak()
        mine, theirs = in_turns(
            lambda _: _told(say, "ours", lambda: convert(source, recipe, target)),
            lambda _: _told(say, "ffmpeg", lambda: _run(source, recipe, Path(folder) / "theirs.mp4")),
            runs,
        )
        growth, sizes = rss_peak() - before, (target.stat().st_size, (Path(folder) / "theirs.mp4").stat().st_size)
    return Figure(
        bench="transcode",
        figure=clip.pictures / middle(mine),
        unit="pictures/s",
        against="the ffmpeg of imageio-ffmpeg, same settings",
        against_figure=clip.pictures / middle(theirs),
        runs=runs,
        peak_rss_growth_mib=growth,
        more={"clip_seconds": clip.seconds, "made_bytes": sizes[0], "against_made_bytes": sizes[1]},
    )


def _recipe(source: Path) -> Recipe:
    facts = replace(video_facts.read(source), duration_seconds=20.0)
    recipe = plan(replace(facts, size_bytes=max(facts.size_bytes, 100_000)), get("linkedin").file_rules(Placement.POST))
    if recipe is None or recipe.pictures is None:
        raise CommandFailed("The clip would not be encoded anew.")
    return recipe


def _told(say: Say, side: str, work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    say(f"{side}: {seconds:.2f} s")
    return seconds


def _run(source: Path, recipe: Recipe, target: Path) -> None:
    """Run FFmpeg's program as a person would who wants the same file."""
    try:
        from imageio_ffmpeg import get_ffmpeg_exe
    except ImportError:
        raise CommandFailed("imageio-ffmpeg is missing: `pip install -r requirements-dev.txt` brings it.") from None
    pictures = recipe.pictures
    if pictures is None:
        raise CommandFailed("There is nothing to encode.")
    options = [part for name, value in encoder_options(pictures).items() for part in _option(name, value)]
    command = [
        get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", "-threads", str(THREADS), "-i", str(source),
        "-vf", filter_chain(pictures), "-r", str(Fraction(pictures.fps)), "-c:v", "libx264", *options,
        "-c:a", "aac", "-b:a", str(SOUND_BITS_PER_SECOND), "-ar", str(SOUND_HZ), "-ac", "2",
        "-movflags", "+faststart", str(target),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise CommandFailed(f"ffmpeg failed: {done.stderr[-2000:]}")


def _option(name: str, value: str) -> tuple[str, str]:
    return f"-{name}:v" if name in {"profile", "threads"} else f"-{name}", value
