"""What a Page takes as a file and as a time: pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.platforms import facebook
from include.platforms.facebook.limits import RULES, keeps_time, waits_until
from include.releases.publication import Placement
from tests.platforms.facebook.scene import facts

REEL, VIDEO = Placement.REEL, Placement.VIDEO
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def against(placement: Placement, **changes: Any) -> dict[str, str]:
    return {problem.rule: problem.fix for problem in facebook.check_file(facts(**changes))[placement]}


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({}, {}),
        ({"duration_seconds": 3.0}, {}),
        ({"duration_seconds": 90.0}, {}),
        ({"duration_seconds": 2.9}, {"duration": "refused"}),
        ({"duration_seconds": 90.5}, {"duration": "refused"}),
        ({"display_width": 540, "display_height": 960}, {}),
        ({"display_width": 360, "display_height": 640}, {"side": "refused"}),
        ({"display_width": 1080, "display_height": 1350}, {"aspect_ratio": "refused"}),
        ({"fps": 60.0}, {}),
        ({"fps": 20.0}, {"fps": "convertible"}),
        ({"fps": 120.0}, {"fps": "convertible"}),
        ({"video_codec": "mpeg4"}, {"video_codec": "convertible"}),
        ({"video_codec": "av1"}, {}),
        ({"audio_codec": "opus"}, {"audio_codec": "convertible"}),
        ({"audio_codec": None}, {}),
        ({"audio_sample_rate": 96000}, {"audio_sample_rate": "convertible"}),
        ({"audio_channels": 6}, {"audio_channels": "convertible"}),
        ({"container": "matroska"}, {"container": "convertible"}),
    ],
)
def test_a_reel_is_told_apart_by_what_would_mend_it(changes: dict[str, Any], broken: dict[str, str]) -> None:
    assert against(REEL, **changes) == broken


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({}, {}),
        ({"display_width": 1920, "display_height": 1080, "duration_seconds": 3600.0, "fps": 15.0}, {}),
        ({"duration_seconds": 4 * 3600.0}, {}),
        ({"duration_seconds": 4 * 3600.0 + 1}, {"duration": "refused"}),
        ({"size_bytes": 1_000_000_001}, {"size": "warning"}),
        ({"size_bytes": 10_000_000_001}, {"size": "convertible"}),
        ({"container": "avi"}, {"container": "convertible"}),
    ],
)
def test_a_video_may_have_any_shape_and_nearly_any_length(changes: dict[str, Any], broken: dict[str, str]) -> None:
    assert against(VIDEO, **changes) == broken


@pytest.mark.parametrize(
    ("changes", "placement"),
    [
        ({}, REEL),
        ({"container": "matroska", "video_codec": "mpeg4"}, REEL),  # is made to fit
        ({"duration_seconds": 91.0}, VIDEO),
        ({"display_width": 1920, "display_height": 1080}, VIDEO),
        ({"display_width": 480, "display_height": 854}, VIDEO),
    ],
)
def test_auto_makes_a_reel_of_whatever_can_be_one(changes: dict[str, Any], placement: Placement) -> None:
    assert facebook.placement_for(facts(**changes), {"placement": "auto"}) is placement
    assert facebook.placement_for(facts(**changes), {}) is placement


def test_a_configured_placement_counts() -> None:
    assert facebook.placement_for(facts(), {"placement": "video"}) is VIDEO


def test_every_placement_has_rules_with_a_dated_source_and_a_cover() -> None:
    for placement in (REEL, VIDEO):
        rules, cover = facebook.file_rules(placement), facebook.picture_rule(placement)
        assert rules is RULES[placement]
        assert "2026-" in rules.source
        assert cover is not None
        assert cover.max_bytes == 10_000_000
    assert facebook.file_rules(Placement.STORY) is None
    assert facebook.picture_rule(Placement.STORY) is None


@pytest.mark.parametrize("placement", [REEL, VIDEO])
@pytest.mark.parametrize(
    ("ahead", "kept"),
    [
        (timedelta(minutes=10), False),
        (timedelta(minutes=12), True),
        (timedelta(days=28), True),
        (timedelta(days=29), None),
        (timedelta(days=179), None),
        (timedelta(days=181), False),
    ],
)
def test_facebook_keeps_a_time_inside_its_window(placement: Placement, ahead: timedelta, kept: bool | None) -> None:
    expected = placement is VIDEO if kept is None else kept
    assert keeps_time(placement, NOW + ahead, NOW) is expected
    assert (waits_until(placement, NOW + ahead, NOW) is None) is expected


def test_a_time_too_near_is_waited_for() -> None:
    assert waits_until(REEL, NOW + timedelta(minutes=5), NOW) == NOW + timedelta(minutes=5)


def test_a_time_too_far_waits_until_the_window_opens_and_no_longer() -> None:
    at = NOW + timedelta(days=40)
    opens = waits_until(REEL, at, NOW)
    assert opens is not None
    assert timedelta(days=11) < opens - NOW < timedelta(days=11, minutes=5)
    assert keeps_time(REEL, at, opens)


def test_a_time_that_has_come_is_not_waited_for() -> None:
    assert waits_until(REEL, NOW, NOW) is None
    assert waits_until(REEL, NOW - timedelta(hours=1), NOW) is None
