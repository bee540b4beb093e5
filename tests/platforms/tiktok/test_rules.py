"""Which postings are refused before anything is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.platforms.tiktok.payloads import CreatorInfo, TikTokOptions
from include.platforms.tiktok.rules import creator_problems, posting_problems, read_options
from include.releases.publication import Placement
from tests.platforms.tiktok.scene import ClipVideo, facts, posting

CREATOR = CreatorInfo(
    creator_username="ana",
    privacy_level_options=("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"),
    max_video_post_duration_sec=300,
)


def local(**changes: Any) -> dict[str, str]:
    wanted = posting(**changes)
    options, problems = read_options(wanted)
    return {problem.rule: problem.fix for problem in [*problems, *posting_problems(wanted, options)]}


def asked(creator: CreatorInfo = CREATOR, setting: str | None = None, **changes: Any) -> list[tuple[str, str, str]]:
    wanted = posting(**changes)
    problems = creator_problems(wanted, TikTokOptions(**changes.get("options", {})), creator, {"privacy": setting})
    return [(problem.rule, problem.fix, problem.message) for problem in problems]


@pytest.mark.parametrize("caption", ["", "x" * 2200, "🌊" * 1100, "é" * 2200])
def test_a_caption_of_2200_utf_16_units_fits(caption: str) -> None:
    assert local(caption=caption) == {}


@pytest.mark.parametrize("caption", ["x" * 2201, "🌊" * 1100 + "x"])
def test_a_longer_caption_is_refused(caption: str) -> None:
    assert local(caption=caption) == {"caption": "refused"}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"options": {"cover_timestamp_ms": 21_000}}, {}),
        ({"options": {"cover_timestamp_ms": 21_001}}, {"cover_timestamp_ms": "refused"}),
        ({"options": {"cover_timestamp_ms": -1}}, {"options": "refused"}),
        ({"options": {"unknown": 1}}, {"options": "refused"}),
        ({"facts": facts(fps=10.0)}, {"fps": "convertible"}),
        ({"video": ClipVideo(content_type="video/x-matroska")}, {"content_type": "convertible"}),
        ({"publish_at": datetime.now(UTC) + timedelta(hours=1)}, {"publish_at": "refused"}),
        ({"publish_at": datetime.now(UTC) - timedelta(hours=1)}, {}),
        ({"placement": Placement.INBOX}, {"caption": "warning"}),
        ({"placement": Placement.INBOX, "caption": ""}, {}),
    ],
)
def test_what_is_wrong_whatever_the_account(changes: dict[str, Any], found: dict[str, str]) -> None:
    assert local(**changes) == found


def test_what_the_account_allows_has_no_problem() -> None:
    assert asked() == []
    assert asked(privacy="public") == []
    assert asked(privacy="private", options={"disable_comment": True}) == []


def test_a_privacy_not_offered_names_what_is() -> None:
    [(rule, fix, message)] = asked(privacy="followers")
    assert (rule, fix) == ("privacy", "refused")
    assert "'public', 'friends', 'private'" in message
    assert "'followers'" in message


def test_an_account_that_offers_only_private_tells_about_the_audit() -> None:
    alone = CREATOR.model_copy(update={"privacy_level_options": ("SELF_ONLY",)})
    [(rule, fix, message)] = asked(alone, privacy="public")
    assert (rule, fix) == ("privacy", "refused")
    assert "audited" in message
    assert "5 users a day" in message
    [(rule, fix, message)] = asked(alone)
    assert (rule, fix) == ("privacy", "warning")
    assert asked(alone, privacy="private") == []


def test_branded_content_may_not_be_private() -> None:
    [(rule, fix, _)] = asked(privacy="private", options={"brand_content": True})
    assert (rule, fix) == ("brand_content", "refused")
    assert asked(privacy="public", options={"brand_content": True}) == []
    assert asked(setting="private", options={"brand_content": True})[0][0] == "brand_content"


def test_the_accounts_own_longest_duration_wins() -> None:
    assert asked(facts=facts(duration_seconds=300.0)) == []
    [(rule, fix, message)] = asked(facts=facts(duration_seconds=301.0))
    assert (rule, fix) == ("duration", "refused")
    assert "300" in message


def test_asking_for_what_the_creator_switched_off_is_a_warning() -> None:
    creator = CREATOR.model_copy(update={"duet_disabled": True, "comment_disabled": True})
    found = asked(creator, options={"disable_duet": False, "disable_stitch": False})
    assert [(rule, fix) for rule, fix, _ in found] == [("disable_duet", "warning")]
