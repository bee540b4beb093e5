"""What has to be done to a file: decided from its facts and the placement's rules alone."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from include import platforms
from include.media.convert import Recipe, Unfit, describe, plan
from include.media.planning import constant_rate
from include.platforms.file_rules import FileRules, file_problems
from include.platforms.file_shape import shape_for
from include.releases.publication import Placement
from include.releases.video_facts import VideoFacts
from tests.media.making import NINE_TO_SIXTEEN, STRICT

FITS = VideoFacts(
    container="mp4", video_codec="h264", audio_codec="aac", width=1080, height=1920, rotation=0, display_width=1080,
    display_height=1920, fps=30.0, variable_frame_rate=False, duration_seconds=20.0, size_bytes=10_000_000,
    bit_rate=4_000_000, pixel_format="yuv420p", audio_sample_rate=48_000, audio_channels=2, index_first=True,
)  # fmt: skip
WIDE = replace(FITS, width=1920, height=1080, display_width=1920, display_height=1080)
RULES = [
    rules
    for name in platforms.NAMES
    for placement in Placement
    if (rules := platforms.get(name).file_rules(placement)) is not None
]


def planned(facts: VideoFacts, rules: FileRules = STRICT, fit: Any = "refuse") -> Recipe:
    recipe = plan(facts, rules, fit)
    assert recipe is not None
    return recipe


def test_a_file_that_fits_is_left_alone() -> None:
    assert plan(FITS, STRICT) is None


def test_a_warning_alone_is_no_reason_to_convert() -> None:
    assert plan(FITS, replace(STRICT, sure_bytes=1)) is None


@pytest.mark.parametrize(
    ("changes", "does"),
    [
        ({"container": "matroska", "index_first": None}, "re-wrap to MP4"),
        ({"index_first": False}, "re-wrap with the index first"),
        ({"container": "mov", "rotation": 90}, "re-wrap to MP4"),
        ({"container": "matroska", "audio_codec": "opus"}, "re-wrap to MP4 and convert the sound to AAC"),
        ({"audio_codec": "mp3"}, "convert the sound to AAC"),
        ({"audio_sample_rate": 96_000}, "convert the sound to AAC"),
        ({"audio_channels": 6}, "convert the sound to AAC"),
    ],
)
def test_pictures_are_copied_when_only_the_container_or_the_sound_is_wrong(changes: dict[str, Any], does: str) -> None:
    recipe = planned(replace(FITS, **changes))
    assert recipe.pictures is None
    assert describe(recipe) == does


@pytest.mark.parametrize(
    ("changes", "does"),
    [
        ({"video_codec": "hevc"}, "convert to H.264"),
        ({"pixel_format": "yuv422p"}, "convert to H.264"),
        ({"container": "avi", "index_first": None}, "convert to H.264"),
        ({"fps": 15.0}, "change to 30 frames a second"),
        ({"video_codec": "vp9", "audio_codec": "opus"}, "convert to H.264 and convert the sound to AAC"),
    ],
)
def test_pictures_are_encoded_anew_when_nothing_less_helps(changes: dict[str, Any], does: str) -> None:
    recipe = planned(replace(FITS, **changes))
    assert recipe.pictures is not None
    assert recipe.pictures.shape.canvas == (1080, 1920)
    assert describe(recipe) == does


def test_full_range_colour_is_the_same_format_to_a_platform() -> None:
    assert plan(replace(FITS, pixel_format="yuvj420p"), STRICT) is None


def test_two_platforms_with_the_same_need_share_one_recipe() -> None:
    facts = replace(FITS, container="matroska", index_first=None)
    keys = {planned(facts, rules).key for rules in RULES if plan(facts, rules) is not None}
    assert len(keys) == 1
    hevc = replace(FITS, video_codec="mpeg4", container="avi", index_first=None)
    keys = {planned(hevc, rules).key for rules in RULES if plan(hevc, rules) is not None}
    assert len(keys) == 1


def test_another_recipe_has_another_key() -> None:
    some = [
        planned(replace(FITS, video_codec="hevc")),
        planned(replace(FITS, video_codec="hevc"), replace(STRICT, max_width=720)),
        planned(replace(FITS, video_codec="hevc"), replace(STRICT, max_bits_per_second=5_000_000)),
        planned(replace(FITS, container="mov")),
        planned(WIDE, NINE_TO_SIXTEEN, "crop"),
        planned(WIDE, NINE_TO_SIXTEEN, "pad"),
    ]
    assert len({recipe.key for recipe in some}) == len(some)
    assert planned(WIDE, NINE_TO_SIXTEEN, "pad").key == some[-1].key


@pytest.mark.parametrize(("fit", "does"), [("crop", "crop to 608×1080"), ("pad", "pad to 1080×1920")])
def test_a_wrong_aspect_ratio_is_mended_by_choice_only(fit: Any, does: str) -> None:
    with pytest.raises(Unfit, match=r"takes 0\.5625"):
        plan(WIDE, NINE_TO_SIXTEEN)
    recipe = planned(WIDE, NINE_TO_SIXTEEN, fit)
    assert describe(recipe) == does


def test_what_is_left_after_a_crop_may_be_enlarged_twice_and_no_more() -> None:
    rules = replace(NINE_TO_SIXTEEN, min_width=540, min_height=960)
    shape = planned(replace(WIDE, display_width=1280, display_height=720), rules, "crop").pictures.shape  # type: ignore[union-attr]
    assert shape.canvas == (540, 960)
    with pytest.raises(Unfit, match="With crop it would become too small"):
        plan(replace(WIDE, display_width=640, display_height=360), rules, "crop")
    small = replace(FITS, display_width=360, display_height=640)
    for fit in ("refuse", "crop", "pad"):
        with pytest.raises(Unfit, match="at least 540 × 960"):
            plan(small, rules, fit)


@pytest.mark.parametrize(
    ("fps", "variable", "least", "most", "expected"),
    [
        (30.0, False, 23, 60, "30"),
        (29.97, False, 23, 60, "30000/1001"),
        (23.976, False, 23, 60, "24000/1001"),
        (59.94, False, 23, 60, "60000/1001"),
        (119.88, False, 23, 60, "60000/1001"),
        (120.0, False, 23, 60, "60"),
        (90.0, False, 23, 60, "45"),
        (15.0, False, 23, 60, "30"),
        (12.5, False, 23, 60, "25"),
        (10.0, False, 23, 60, "30"),
        (28.3, True, 23, 60, "30000/1001"),
        (17.0, True, 23, 60, "24000/1001"),
        (27.0, False, None, None, "27"),
        (240.0, False, None, None, "120"),
    ],
)
def test_the_rate_is_the_files_own_or_even_steps_from_it(
    fps: float, variable: bool, least: Any, most: Any, expected: str
) -> None:
    rules = replace(STRICT, min_fps=least, max_fps=most)
    assert constant_rate(replace(FITS, fps=fps, variable_frame_rate=variable), rules) == Fraction(expected)


def test_a_size_limit_becomes_a_bit_rate_that_keeps_it() -> None:
    rules = replace(STRICT, max_bytes=50_000_000)
    pictures = planned(replace(FITS, size_bytes=60_000_000, duration_seconds=100.0), rules).pictures
    assert pictures is not None
    assert pictures.max_bits_per_second == 3_000_000
    with pytest.raises(Unfit, match="60,000,000 bytes"):
        plan(replace(FITS, size_bytes=60_000_000, duration_seconds=1000.0), rules)


sides = st.integers(16, 4200)


@given(
    size=st.tuples(sides, sides), rules=st.sampled_from(RULES), fit=st.sampled_from(["pad", "crop", "refuse"])
)  # fmt: skip
def test_a_new_shape_keeps_every_limit(size: tuple[int, int], rules: FileRules, fit: Any) -> None:
    facts = replace(FITS, video_codec="rv40", display_width=size[0], display_height=size[1])
    shape = shape_for(facts, rules, fit)
    assume(shape is not None)
    assert shape is not None
    width, height = shape.canvas
    assert width % 2 == height % 2 == shape.inner[0] % 2 == shape.inner[1] % 2 == 0
    assert shape.inner[0] <= width
    assert shape.inner[1] <= height
    assert shape.kept[0] <= size[0]
    assert shape.kept[1] <= size[1]
    if min(width, height) >= 300:  # below, rounding to even sides outweighs the tolerance
        made = replace(FITS, display_width=width, display_height=height)
        left = {problem.rule for problem in file_problems(made, rules)}
        assert not left & {"aspect_ratio", "side"}, (shape, rules.name)


@given(
    container=st.sampled_from(["mp4", "mov", "matroska", "webm", "avi", "mpegts", "flv", "3gp", "asf"]),
    codec=st.sampled_from(["h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "prores", "rv40"]),
    sound=st.sampled_from([None, "aac", "mp3", "opus", "pcm_s16le"]),
    fps=st.floats(1, 240),
    variable=st.booleans(),
    first=st.sampled_from([True, False, None]),
    seconds=st.floats(0.2, 7200),
    megabytes=st.floats(0.1, 6000),
    rules=st.sampled_from(RULES),
)
def test_a_plan_exists_exactly_when_the_verdict_says_convertible(
    container: str, codec: str, sound: str | None, fps: float, variable: bool, first: bool | None, seconds: float,
    megabytes: float, rules: FileRules,
) -> None:  # fmt: skip
    facts = replace(
        FITS, container=container, video_codec=codec, audio_codec=sound, fps=round(fps, 3), index_first=first,
        variable_frame_rate=variable, duration_seconds=seconds, size_bytes=round(megabytes * 1e6),
        bit_rate=round(megabytes * 8e6 / seconds),
    )  # fmt: skip
    fixes = {problem.fix for problem in file_problems(facts, rules)}
    if "refused" in fixes:
        with pytest.raises(Unfit):
            plan(facts, rules)
        return
    recipe = plan(facts, rules)
    assert (recipe is not None) == ("convertible" in fixes)
    if recipe is None:
        return
    assert describe(recipe)
    if recipe.pictures is not None:
        rate, most = float(recipe.pictures.rate), recipe.pictures.max_bits_per_second
        assert (rules.min_fps or 0) - 0.03 <= rate <= (rules.max_fps or 1e9) + 0.03
        assert most <= (rules.max_bits_per_second or 1e12)
        assert (most + 128_000) * seconds / 8 <= (rules.max_bytes or 1e15)
