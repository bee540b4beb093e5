"""What TikTok says about a file, without asking it."""

from __future__ import annotations

from typing import Any

import pytest

from include.platforms.tiktok import check_file
from include.releases.publication import Placement
from tests.platforms.tiktok.scene import facts


def verdicts(**changes: Any) -> dict[str, str]:
    found = check_file(facts(**changes))
    assert list(found) == [Placement.VIDEO, Placement.INBOX]
    assert found[Placement.VIDEO] == found[Placement.INBOX]
    return {problem.rule: problem.fix for problem in found[Placement.VIDEO]}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"container": "mov", "video_codec": "hevc"},
        {"container": "mov,mp4,m4a,3gp,3g2,mj2"},
        {"container": "webm", "video_codec": "vp9"},
        {"video_codec": "vp8"},
        {"fps": 23.0},
        {"fps": 60.0},
        {"fps": 24000 / 1001},
        {"display_width": 360, "display_height": 4096},
        {"duration_seconds": 600.0},
        {"size_bytes": 4_000_000_000},
        {"audio_codec": None, "audio_channels": None},
    ],
)
def test_a_file_inside_the_limits_fits(changes: dict[str, Any]) -> None:
    assert verdicts(**changes) == {}


@pytest.mark.parametrize(
    ("changes", "rule", "fix"),
    [
        ({"container": "matroska"}, "container", "convertible"),
        ({"container": "avi"}, "container", "convertible"),
        ({"video_codec": "mpeg4"}, "video_codec", "convertible"),
        ({"video_codec": "av1"}, "video_codec", "convertible"),
        ({"fps": 22.9}, "fps", "convertible"),
        ({"fps": 60.1}, "fps", "convertible"),
        ({"fps": 120.0}, "fps", "convertible"),
        ({"display_width": 359}, "side", "refused"),
        ({"display_height": 4097}, "side", "convertible"),
        ({"duration_seconds": 600.1}, "duration", "refused"),
        ({"size_bytes": 4 * 1024**3 + 1}, "size", "convertible"),
        ({"size_bytes": 4 * 1024**3}, "size", "warning"),
    ],
)
def test_a_file_outside_a_limit_is_told_apart_by_what_would_mend_it(
    changes: dict[str, Any], rule: str, fix: str
) -> None:
    assert verdicts(**changes) == {rule: fix}


def test_every_broken_rule_is_told_at_once() -> None:
    found = verdicts(container="avi", video_codec="mpeg4", fps=10.0, display_width=100, duration_seconds=9000.0)
    assert set(found) == {"container", "video_codec", "fps", "side", "duration"}


def test_the_side_is_what_a_person_sees_and_not_what_is_coded() -> None:
    assert verdicts(width=100, display_width=1080) == {}
