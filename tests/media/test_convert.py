"""Conversions of real files: what comes out is what was asked for, and nothing else has changed."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from include.media.clips import Clip, tone, write_clip
from include.media.convert import Cancelled, ConversionFailed, convert, plan
from include.platforms.file_rules import FileRules
from include.releases.video_facts import VideoFacts, read
from include.settings import PROJECT
from tests.media.making import (
    NINE_TO_SIXTEEN,
    QUICK,
    SMALL,
    STRICT,
    clip,
    digest,
    halves,
    packets,
    pictures,
    samples,
    times,
)


def converted(source: Path, rules: FileRules = STRICT, fit: Any = "refuse", **more: Any) -> tuple[Path, VideoFacts]:
    recipe = plan(read(source), rules, fit)
    assert recipe is not None
    target = source.with_name("made.mp4")
    return target, convert(source, recipe, target, **more)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mkv", "libx264"), ("a.mov", "libx264"), ("a.ts", "libx264"), ("a.flv", "libx264"), ("a.mkv", "libx265")],
)
def test_a_new_container_keeps_every_picture_and_every_sound(tmp_path: Path, name: str, codec: str) -> None:
    source = clip(tmp_path, name, video_codec=codec, video_options=(("preset", "ultrafast"),))
    rules = replace(STRICT, video_codecs=("h264", "hevc"))
    target, facts = converted(source, rules)
    assert (facts.container, facts.index_first, facts.audio_codec) == ("mp4", True, "aac")
    shown = pictures(source)
    assert len(pictures(target)) == len(shown) == 60
    assert all(np.array_equal(*pair) for pair in zip(shown, pictures(target), strict=True))
    heard, kept = packets(source, "audio"), packets(target, "audio")
    if name.endswith((".mkv", ".mov", ".flv")):  # a transport stream wraps each packet in a header of its own
        assert kept == heard[: len(kept)]
    assert len(heard) - len(kept) <= 3
    assert read(source) != facts
    assert facts.duration_seconds <= read(source).duration_seconds + 0.001
    assert b"elst" not in target.read_bytes()


def test_a_copy_stays_turned_as_it_was(tmp_path: Path) -> None:
    for rotation in (90, 180, 270):
        source = clip(tmp_path, "turned.mkv", rotation=rotation)
        _, facts = converted(source)
        assert (facts.rotation, facts.display_width) == (rotation, read(source).display_width)


def test_an_index_at_the_end_comes_first_without_encoding(tmp_path: Path) -> None:
    source = clip(tmp_path, index_first=False)
    assert read(source).index_first is False
    target, facts = converted(source)
    assert facts.index_first
    assert packets(target, "video") == packets(source, "video")


def test_sound_alone_is_encoded_when_only_it_is_wrong(tmp_path: Path) -> None:
    source = clip(tmp_path, "a.mkv", audio_codec="libopus")
    target, facts = converted(source)
    assert (facts.audio_codec, facts.audio_sample_rate, facts.audio_channels) == ("aac", 48_000, 2)
    copied = zip(pictures(source), pictures(target), strict=True)
    assert all(np.array_equal(*pair) for pair in copied)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("a.avi", {"video_codec": "mpeg4", "audio_codec": None}),
        ("a.mp4", {"video_codec": "libx265", "video_options": (("preset", "ultrafast"),)}),
        ("a.webm", {"video_codec": "libvpx", "audio_codec": "libopus", "video_options": (("deadline", "realtime"),)}),
        ("a.mpg", {"video_codec": "mpeg2video", "audio_codec": "mp2", "video_options": ()}),
        ("a.ts", {"video_codec": "mpeg2video", "audio_codec": "mp2", "video_options": ()}),
    ],
)
def test_a_new_encoding_is_what_every_platform_takes(tmp_path: Path, name: str, changes: dict[str, Any]) -> None:
    source = clip(tmp_path, name, **changes)
    target, facts = converted(source)
    sound = "aac" if changes.get("audio_codec", "aac") else None
    assert (facts.container, facts.video_codec, facts.pixel_format) == ("mp4", "h264", "yuv420p")
    assert (facts.audio_codec, facts.index_first, facts.variable_frame_rate) == (sound, True, False)
    assert facts.duration_seconds == pytest.approx(2.0, abs=0.06)
    with av.open(str(target)) as container:
        assert container.streams.video[0].profile == "High"
        assert not container.metadata.get("creation_time")
    assert plan(facts, STRICT) is None
    first, last = pictures(source)[30], pictures(target)[30]
    assert np.abs(first.astype(int) - last).mean() < 8


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_new_encoding_is_upright(tmp_path: Path, rotation: int) -> None:
    shape = replace(SMALL, video_codec="mpeg4", video_options=(("b", "2000000"),), rotation=rotation)
    source = clip(tmp_path, shape=shape, draw=halves(shape))
    target, facts = converted(source)
    size = (320, 180) if rotation in {90, 270} else (180, 320)
    assert (facts.width, facts.height, facts.rotation) == (*size, 0)
    shown = pictures(target)[10].mean(axis=-1)
    left, right = shown[:, : size[0] // 2].mean(), shown[:, size[0] // 2 :].mean()
    top, bottom = shown[: size[1] // 2].mean(), shown[size[1] // 2 :].mean()
    brighter = {90: top > bottom + 50, 180: right > left + 50, 270: bottom > top + 50}  # light was on the left
    assert brighter[rotation]


def test_pixels_that_are_not_square_become_square(tmp_path: Path) -> None:
    source = clip(tmp_path, width=144, height=108, pixel_shape=Fraction(4, 3), video_codec="mpeg4", video_options=())
    _, facts = converted(source)
    assert (facts.width, facts.height, facts.display_width, facts.display_height) == (192, 108, 192, 108)


def test_odd_sizes_become_even(tmp_path: Path) -> None:
    source = clip(tmp_path, width=181, height=321, video_codec="mpeg4", video_options=())
    _, facts = converted(source)
    assert (facts.width % 2, facts.height % 2) == (0, 0)
    assert abs(facts.aspect_ratio / (181 / 321) - 1) < 0.01


def test_a_large_picture_is_made_smaller_in_proportion(tmp_path: Path) -> None:
    source = clip(tmp_path, width=640, height=360)
    _, facts = converted(source, replace(STRICT, max_width=320))
    assert (facts.width, facts.height) == (320, 180)


def test_cropping_keeps_the_middle_and_padding_keeps_all(tmp_path: Path) -> None:
    shape = Clip(width=480, height=270, seconds=0.5, video_options=QUICK)
    light = np.full((270, 480), 200, np.uint8)
    light[:, :120], light[:, 360:] = 90, 90
    grey = np.full((135, 240), 128, np.uint8)
    source = write_clip(tmp_path / "wide.mp4", shape, draw=lambda number: (light, grey, grey))
    target, facts = converted(source, NINE_TO_SIXTEEN, "crop")
    assert (facts.width, facts.height) == (152, 270)
    assert pictures(target)[3].min() > 150
    target, facts = converted(source, NINE_TO_SIXTEEN, "pad")
    assert (facts.width, facts.height) == (480, 852)
    shown = pictures(target)[3].mean(axis=-1)
    assert shown[:250].max() < 30
    assert shown[-250:].max() < 30
    assert shown[426, 240] > 180
    assert 60 < shown[426, 20] < 120


def test_a_variable_rate_becomes_constant_and_stays_with_the_sound(tmp_path: Path) -> None:
    source = clip(tmp_path, seconds=4.0, frame_ticks=(33, 80, 20, 61, 45), video_codec="mpeg4", video_options=())
    target, facts = converted(source)
    gaps = np.diff(times(target))
    assert not facts.variable_frame_rate
    assert np.allclose(gaps, gaps[0], atol=0.002)
    assert times(target)[-1] == pytest.approx(times(source)[-1], abs=0.08)


@pytest.mark.parametrize(("fps", "made"), [(15, 30.0), (120, 60.0), (10, 30.0)])
def test_a_rate_outside_the_limits_is_doubled_or_halved(tmp_path: Path, fps: int, made: float) -> None:
    source = clip(tmp_path, fps=fps, audio_codec=None)
    target, facts = converted(source)
    assert facts.fps == made
    assert len(pictures(target)) == pytest.approx(2 * made, abs=1)


def test_the_sound_is_as_loud_as_it_was_and_in_the_same_place(tmp_path: Path) -> None:
    sound = tone(2.0)
    sound[:, : sound.shape[1] // 2] = 0  # one second of silence, then the tone
    source = clip(tmp_path, "a.avi", video_codec="mpeg4", video_options=(), audio_codec="libmp3lame", sound=sound)
    target, _ = converted(source)
    was, found = samples(source), samples(target)
    for start, stop in ((0.2, 0.8), (1.3, 1.8)):
        loud = [np.sqrt(np.mean(each[:, int(start * 48_000) : int(stop * 48_000)] ** 2)) for each in (was, found)]
        assert loud[1] == pytest.approx(loud[0], rel=0.06, abs=0.002)
    begins = np.argmax(np.abs(found[0]) > 0.05) / 48_000
    assert begins == pytest.approx(1.0, abs=0.09)


def test_a_limit_of_the_bit_rate_is_kept(tmp_path: Path) -> None:
    random = np.random.default_rng(3)

    def noise(number: int) -> Any:
        grey = np.full((160, 90), 128, np.uint8)
        return random.integers(16, 236, (320, 180), dtype=np.uint8), grey, grey

    source = clip(tmp_path, seconds=3.0, draw=noise, video_options=(("preset", "ultrafast"), ("qp", "10")))
    assert read(source).bit_rate > 5_000_000
    _, facts = converted(source, replace(STRICT, max_bits_per_second=3_000_000))
    assert facts.bit_rate <= 3_000_000


def test_no_length_limit_is_crossed_by_converting(tmp_path: Path) -> None:
    for name, codec in (("a.mkv", "libx264"), ("b.mov", "mpeg4")):
        source = clip(tmp_path, name, seconds=3.0, video_codec=codec, video_options=())
        longest = read(source).duration_seconds
        _, facts = converted(source, replace(STRICT, max_seconds=longest))
        assert facts.duration_seconds <= longest


def test_a_length_that_was_told_too_short_makes_no_hole(tmp_path: Path) -> None:
    """FFmpeg guesses how long an MPEG program stream lasts, and always a little too short."""
    shape = replace(SMALL, seconds=4.0, fps=25, video_codec="mpeg2video", audio_codec=None, video_options=())
    source = clip(tmp_path, "a.mpg", shape=shape)
    assert read(source).duration_seconds < 3.95
    target, _ = converted(source)
    assert np.diff(times(target)).max() == pytest.approx(1 / 25, abs=0.002)
    assert len(pictures(target)) == len(pictures(source)) == 100


def test_progress_rises_to_one_and_the_original_stays(tmp_path: Path) -> None:
    source, told = clip(tmp_path, video_codec="mpeg4", video_options=()), list[float]()
    before = digest(source)
    converted(source, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert digest(source) == before


def test_a_conversion_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    source = clip(tmp_path, video_codec="mpeg4", video_options=())
    with pytest.raises(Cancelled):
        converted(source, cancelled=lambda: True)
    assert not (tmp_path / "made.mp4").exists()


def test_an_open_file_is_converted_as_its_path_is(tmp_path: Path) -> None:
    source = clip(tmp_path, "a.mkv")
    target, facts = converted(source)
    recipe = plan(read(source), STRICT)
    assert recipe is not None
    with source.open("rb") as file:
        assert convert(file, recipe, tmp_path / "again.mp4") == facts
    assert digest(tmp_path / "again.mp4") == digest(target)


AGAIN = """
import sys
from pathlib import Path
from include.media.convert import convert, plan
from include.releases.video_facts import read
from tests.media.making import NINE_TO_SIXTEEN, digest
source, target = map(Path, sys.argv[1:])
convert(source, plan(read(source), NINE_TO_SIXTEEN, "pad"), target)
print(digest(target))
"""


def test_one_recipe_makes_the_same_bytes_whatever_was_in_memory(tmp_path: Path) -> None:
    """glibc fills new memory with another pattern each time: an encoder that reads what nobody wrote is found out."""
    source = clip(tmp_path, width=330, height=190, audio_codec="ac3", video_options=QUICK)
    found = set()
    for pattern in ("0", "1", "85", "170"):
        environment = os.environ | {"MALLOC_PERTURB_": pattern, "PYTHONPATH": str(PROJECT)}
        command = [sys.executable, "-c", AGAIN, str(source), str(tmp_path / f"{pattern}.mp4")]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        found.add(done.stdout.split()[-1])
    assert len(found) == 1


def test_one_recipe_makes_the_same_bytes_on_a_busy_machine(tmp_path: Path) -> None:
    """x264's sliced threads do not, once in some 15 conversions beside other work; its frame threads do."""
    source = clip(tmp_path, width=330, height=190, video_options=QUICK)
    convert(source, plan(read(source), NINE_TO_SIXTEEN, "pad"), tmp_path / "made.mp4")
    told = (tmp_path / "made.mp4").read_bytes()
    assert b"sliced_threads=0" in told
    assert b"mbtree=0" in told


def test_a_damaged_file_ends_in_a_sentence(tmp_path: Path) -> None:
    source = clip(tmp_path, seconds=4.0, video_codec="mpeg4", video_options=(), index_first=True)
    recipe = plan(read(source), STRICT)
    assert recipe is not None
    content = bytearray(source.read_bytes())
    start = content.find(b"mdat") + 20_000
    content[start:] = np.random.default_rng(1).bytes(len(content) - start)
    source.write_bytes(content)
    with pytest.raises(ConversionFailed, match=r"damaged|cannot be converted") as caught:
        convert(source, recipe, tmp_path / "made.mp4")
    assert str(caught.value).endswith(".")
    assert not (tmp_path / "made.mp4").exists()


def test_a_file_that_was_cut_off_ends_in_a_sentence(tmp_path: Path) -> None:
    source = clip(tmp_path, "a.mkv")
    recipe = plan(read(source), STRICT)
    assert recipe is not None
    os.truncate(source, source.stat().st_size // 2)
    with pytest.raises(ConversionFailed, match="cut off"):
        convert(source, recipe, tmp_path / "made.mp4")
