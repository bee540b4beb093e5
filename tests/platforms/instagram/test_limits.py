"""What a file breaks of Instagram's rules, per placement."""

from __future__ import annotations

from typing import Any

import pytest

from include.platforms.instagram import check_file, file_rules, picture_rule, placement_for
from include.releases.publication import Placement
from tests.platforms.instagram.postings import facts

REEL, STORY, FEED = Placement.REEL, Placement.STORY, Placement.FEED
CASES: list[tuple[dict[str, Any], Placement, dict[str, str]]] = [
    ({}, REEL, {}),
    ({}, STORY, {}),
    ({}, FEED, {}),
    ({"container": "mov", "video_codec": "hevc"}, REEL, {}),
    ({"container": "matroska"}, REEL, {"container": "convertible"}),
    ({"video_codec": "vp9"}, STORY, {"video_codec": "convertible"}),
    ({"pixel_format": "yuv422p"}, REEL, {"pixel_format": "convertible"}),
    ({"pixel_format": "yuvj420p"}, REEL, {}),
    ({"audio_codec": "opus"}, REEL, {"audio_codec": "convertible"}),
    ({"audio_codec": None, "audio_sample_rate": None, "audio_channels": None}, REEL, {}),
    ({"audio_sample_rate": 96000}, REEL, {"audio_sample_rate": "convertible"}),
    ({"audio_channels": 6}, REEL, {"audio_channels": "convertible"}),
    ({"fps": 22.9}, REEL, {"fps": "convertible"}),
    ({"fps": 23.976}, REEL, {}),
    ({"fps": 60.0}, REEL, {}),
    ({"fps": 120.0}, REEL, {"fps": "convertible"}),
    ({"bit_rate": 25_000_001}, REEL, {"bit_rate": "convertible"}),
    ({"duration_seconds": 2.9}, REEL, {"duration": "refused"}),
    ({"duration_seconds": 3.0}, REEL, {}),
    ({"duration_seconds": 900.0}, REEL, {}),
    ({"duration_seconds": 900.5}, FEED, {"duration": "refused"}),
    ({"duration_seconds": 60.0}, STORY, {}),
    ({"duration_seconds": 60.5}, STORY, {"duration": "refused"}),
    ({"size_bytes": 300_000_001, "duration_seconds": 300.0}, REEL, {"size": "warning"}),
    ({"size_bytes": (1 << 30) + 1, "duration_seconds": 300.0}, REEL, {"size": "convertible"}),
    ({"size_bytes": 100_000_001, "duration_seconds": 50.0}, STORY, {"size": "convertible"}),
    ({"display_width": 5, "display_height": 600}, REEL, {"aspect_ratio": "refused"}),
    ({"display_width": 50, "display_height": 600}, REEL, {}),
    ({"display_width": 50, "display_height": 600}, STORY, {"aspect_ratio": "refused"}),
]


@pytest.mark.parametrize(("changes", "placement", "expected"), CASES, ids=str)
def test_a_file_breaks_these_rules(changes: dict[str, Any], placement: Placement, expected: dict[str, str]) -> None:
    found = {problem.rule: problem.fix for problem in check_file(facts(**changes))[placement]}
    assert found == expected


def test_a_picture_wider_than_1920_is_made_smaller() -> None:
    problems = check_file(facts(display_width=3840, display_height=2160))[REEL]
    assert problems
    assert {problem.fix for problem in problems} == {"convertible"}


def test_a_wrong_shape_is_padded_or_cropped_when_asked_to() -> None:
    tall = facts(display_width=5, display_height=600)
    assert [problem.fix for problem in check_file(tall, "crop")[REEL] if problem.rule == "aspect_ratio"] != ["refused"]


def test_every_rule_names_its_source_with_a_day() -> None:
    for placement in (REEL, STORY, FEED):
        rules = file_rules(placement)
        assert rules is not None
        assert "developers.facebook.com" in rules.source
        assert "2026-" in rules.source
    assert file_rules(Placement.SHORT) is None


def test_covers_are_tall_jpegs_and_stories_have_none() -> None:
    rule = picture_rule(REEL)
    assert rule is not None
    assert (rule.width, rule.height, rule.content_types) == (1080, 1920, ("image/jpeg",))
    assert picture_rule(STORY) is None


def test_the_placement_is_the_configured_one_or_a_reel() -> None:
    assert placement_for(facts(), {}) is REEL
    assert placement_for(facts(), {"placement": "story"}) is STORY
