"""What LinkedIn takes as a file, and what a posting breaks of its rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from include.platforms import linkedin
from include.platforms.contract import Problem
from include.platforms.linkedin import versions
from include.releases.publication import Placement
from tests.platforms.linkedin.scene import ClipVideo, Desk, facts, posting


def rules_broken(**changes: Any) -> dict[str, str]:
    found = linkedin.check_file(facts(**changes))[Placement.POST]
    return {problem.rule: problem.fix for problem in found}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"container": "mov"}, {"container": "convertible"}),
        ({"video_codec": "hevc"}, {"video_codec": "convertible"}),
        ({"audio_codec": "opus"}, {"audio_codec": "convertible"}),
        ({"audio_codec": None}, {}),
        ({"pixel_format": "yuv420p10le"}, {"pixel_format": "convertible"}),
        ({"duration_seconds": 2.9}, {"duration": "refused"}),
        ({"duration_seconds": 3.0}, {}),
        ({"duration_seconds": 1800.0}, {}),
        ({"duration_seconds": 1800.5}, {"duration": "refused"}),
        ({"size_bytes": 74_999}, {"size": "refused"}),
        ({"size_bytes": 500_000_000, "duration_seconds": 600.0}, {}),
        ({"size_bytes": 500_000_001, "duration_seconds": 600.0}, {"size": "convertible"}),
    ],
)
def test_a_file_is_taken_can_be_made_to_fit_or_is_refused(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert rules_broken(**changes) == expected


def test_the_rules_are_data_with_their_source() -> None:
    rules = linkedin.file_rules(Placement.POST)
    assert rules is not None
    assert "2026-10" in rules.source
    assert linkedin.file_rules(Placement.REEL) is None
    picture = linkedin.picture_rule(Placement.POST)
    assert picture is not None
    assert set(picture.content_types) == {"image/jpeg", "image/png"}
    assert linkedin.picture_rule(Placement.STORY) is None
    assert linkedin.placement_for(facts(), {}) is Placement.POST


def problems(desk: Desk, **changes: Any) -> dict[str, Problem]:
    return {problem.rule: problem for problem in desk.publisher.validate(posting(**changes))}


def test_odd_shapes_and_frame_rates_are_only_warnings(desk: Desk) -> None:
    odd = problems(desk, facts=facts(display_width=200, display_height=640, fps=5.0))
    assert {rule: problem.fix for rule, problem in odd.items()} == {"aspect_ratio": "warning", "fps": "warning"}


def test_another_type_of_content_is_convertible(desk: Desk) -> None:
    found = problems(desk, video=ClipVideo(content_type="video/quicktime"))
    assert found["content_type"].fix == "convertible"


def test_a_time_in_the_future_is_for_our_queue(desk: Desk) -> None:
    found = problems(desk, publish_at=datetime.now(UTC) + timedelta(hours=1))
    assert "our queue" in found["publish_at"].message


@pytest.mark.parametrize("options", [{"visibilty": "public"}, {"in_feed": "perhaps"}])
def test_a_wrong_option_is_refused_by_name(desk: Desk, options: dict[str, Any]) -> None:
    found = problems(desk, options=options)
    assert found["options"].fix == "refused"
    assert next(iter(options)) in found["options"].message


def test_a_version_lives_until_the_middle_of_its_month_a_year_later() -> None:
    assert versions.end_of("202506") == date(2026, 6, 15)
    for wrong in ("202513", "2026", "v26", "20261001"):
        with pytest.raises(ValueError, match="YYYYMM"):
            versions.end_of(wrong)


def test_sixty_days_before_a_versions_end_a_warning_begins() -> None:
    end = versions.end_of("202610")
    assert versions.warning("202610", end - timedelta(days=61)) is None
    assert "ends on 2027-10-15" in (versions.warning("202610", end - timedelta(days=60)) or "")
    assert "ended on 2027-10-15" in (versions.warning("202610", end + timedelta(days=1)) or "")


def test_an_ageing_version_is_a_warning_of_every_validation(make_desk: Any) -> None:
    last_year = datetime.now(UTC) - timedelta(days=360)
    desk = make_desk(version=f"{last_year:%Y%m}")
    assert problems(desk)["version"].fix == "warning"


def test_without_a_setting_a_version_is_used_that_lives() -> None:
    assert versions.living(date(2026, 11, 21)) == versions.VERSION
    assert versions.living(date(2027, 9, 20)) == "202707"
    assert versions.living(date(2028, 1, 20)) == "202711"
