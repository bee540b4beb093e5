"""What YouTube takes: tags as it counts them, and files by their facts alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.platforms import youtube
from include.platforms.youtube.checks import placement_for
from include.platforms.youtube.limits import MAX_FILE_BYTES, check_file, tags_len, utf16_units
from include.releases.publication import Placement
from tests.platforms.youtube.scene import facts

below_emoji = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=40)
any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def as_documented(tags: list[str]) -> int:
    """The formula of youtube.md 3.2."""
    return sum(len(t) + (2 if " " in t else 0) for t in tags) + max(0, len(tags) - 1)


@pytest.mark.parametrize(
    ("tags", "length"),
    [([], 0), (["Foo-Baz"], 7), (["Foo Baz"], 9), (["a", "b c"], 7), (["sea", "sun"], 7), (["🌊"], 2)],
)
def test_tags_are_counted_as_youtube_counts_them(tags: list[str], length: int) -> None:
    assert tags_len(tags) == length


@given(st.lists(below_emoji))
def test_tags_without_emoji_are_counted_by_the_documented_formula(tags: list[str]) -> None:
    assert tags_len(tags) == as_documented(tags)


@given(st.lists(any_text), st.lists(any_text))
def test_tags_count_in_both_units_and_more_tags_never_count_less(some: list[str], more: list[str]) -> None:
    assert tags_len(some) >= as_documented(some)
    assert tags_len(some) >= sum(utf16_units(tag) for tag in some)
    both = tags_len(some + more)
    assert both == tags_len(some) + tags_len(more) + (1 if some and more else 0)


def found(changes: dict[str, Any], placement: Placement = Placement.SHORT, **options: Any) -> dict[str, str]:
    return {problem.rule: problem.fix for problem in check_file(facts(**changes), **options)[placement]}


def test_a_vertical_clip_fits_both_placements() -> None:
    assert check_file(facts()) == {Placement.VIDEO: [], Placement.SHORT: []}


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"display_width": 1080, "display_height": 1080}, {}),
        ({"display_width": 1081, "display_height": 1080}, {"aspect_ratio": "refused"}),
        ({"width": 1920, "height": 1080, "rotation": 90}, {}),
        ({"duration_seconds": 179.99}, {}),
        ({"duration_seconds": 180.0}, {"duration": "warning"}),
        ({"duration_seconds": 180.01}, {"duration": "refused"}),
    ],
)
def test_a_short_is_vertical_or_square_and_up_to_three_minutes(
    changes: dict[str, Any], problems: dict[str, str]
) -> None:
    assert found(changes) == problems
    assert found(changes, Placement.VIDEO) == {}


def test_the_older_rule_of_a_minute_is_a_setting() -> None:
    assert found({"duration_seconds": 60.5}, short_max_seconds=60) == {"duration": "refused"}


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"size_bytes": MAX_FILE_BYTES}, {}),
        ({"size_bytes": MAX_FILE_BYTES + 1}, {"size": "convertible"}),
        ({"size_bytes": 0}, {"size": "refused"}),
        ({"duration_seconds": 0.0}, {"duration": "refused"}),
        ({"duration_seconds": 900.0}, {}),
        ({"duration_seconds": 900.1}, {"file.long": "warning"}),
        ({"duration_seconds": 43_200.0}, {"file.long": "warning"}),
        ({"duration_seconds": 43_200.1}, {"duration": "refused"}),
        ({"container": "ogg"}, {"container": "convertible"}),
        ({"container": "mov,mp4,m4a,3gp,3g2,mj2"}, {}),
        ({"container": "webm", "video_codec": "vp9"}, {}),
        ({"video_codec": "rv40"}, {"video_codec": "convertible"}),
        ({"audio_codec": None}, {}),
    ],
)
def test_size_length_container_and_codec_have_limits(changes: dict[str, Any], problems: dict[str, str]) -> None:
    assert found(changes, Placement.VIDEO) == problems


def test_problems_are_sentences_with_what_was_found_and_what_is_allowed() -> None:
    (problem,) = check_file(facts(duration_seconds=200))[Placement.SHORT]
    assert problem.message == "The video lasts 200.00 s; a Short takes up to 180 s. Use the placement video."
    assert (problem.found, problem.allowed) == ("200.00 s", "up to 180 s")


def test_the_package_offers_its_names_and_no_others() -> None:
    assert youtube.check_file is check_file
    assert youtube.options_schema is youtube.YouTubeOptions
    for name in youtube.__all__:
        assert getattr(youtube, name)
    with pytest.raises(AttributeError, match="has no attribute 'publisher'"):
        _ = youtube.publisher  # type: ignore[attr-defined]


def test_auto_is_a_short_only_as_long_as_the_configured_seconds_allow() -> None:
    assert placement_for(facts(duration_seconds=100), {"placement": "auto"}) == Placement.SHORT
    assert placement_for(facts(duration_seconds=100), {"placement": "auto", "short_max_seconds": 60}) == Placement.VIDEO
    assert placement_for(facts(), {"placement": "video"}) == Placement.VIDEO
