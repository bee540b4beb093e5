"""What is wrong with a posting before anything is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.platforms.contract import Problem
from include.platforms.facebook import Publisher
from include.platforms.http import Calls
from include.releases.picture import Picture
from include.releases.publication import Placement
from tests.platforms.facebook.scene import facts, picture, posting

REEL, VIDEO = Placement.REEL, Placement.VIDEO
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def problems(placement: Placement = REEL, **changes: Any) -> list[Problem]:
    """Validate without any address to call: a call would fail."""
    with Calls(platform="facebook", bases={}) as calls:
        publisher = Publisher(calls, settings={}, account={"page_id": "1"}, now=lambda: NOW)
        return publisher.validate(posting(placement, **changes))


def found(placement: Placement = REEL, **changes: Any) -> dict[str, str]:
    return {problem.rule: problem.fix for problem in problems(placement, **changes)}


@pytest.mark.parametrize("placement", [REEL, VIDEO])
def test_what_fits_has_no_problem_and_nobody_is_asked(placement: Placement) -> None:
    assert problems(placement) == []
    assert problems(placement, publish_at=NOW + timedelta(days=3), thumbnail=picture()) == []


def test_a_placement_pages_do_not_have_is_named() -> None:
    [problem] = problems(Placement.STORY)
    assert (problem.rule, problem.fix, problem.allowed) == ("placement", "refused", "reel, video")


@pytest.mark.parametrize(
    ("placement", "changes", "expected"),
    [
        (REEL, {"title": "x" * 256}, {"title": "refused"}),
        (REEL, {"title": "x" * 255}, {}),
        (REEL, {"caption": "x" * 63_207}, {"caption": "refused"}),
        (REEL, {"privacy": "unlisted"}, {"privacy": "refused"}),
        (VIDEO, {"privacy": "unlisted"}, {}),
        (VIDEO, {"privacy": "friends"}, {"privacy": "refused"}),
        (REEL, {"privacy": "private"}, {"privacy": "warning"}),
        (REEL, {"facts": facts(duration_seconds=100.0)}, {"duration": "refused"}),
        (VIDEO, {"facts": facts(duration_seconds=100.0)}, {}),
        (REEL, {"options": {"no_story": True}}, {"no_story": "refused"}),
        (VIDEO, {"options": {"no_story": True}}, {}),
        (VIDEO, {"options": {"place": "1"}}, {"place": "refused"}),
        (REEL, {"options": {"backdated_to": "2020-01-01T00:00:00Z"}}, {}),
        (REEL, {"options": {"backdated_to": "2030-01-01T00:00:00Z"}}, {"backdated_to": "refused"}),
        (REEL, {"options": {"colour": "red"}}, {"options": "refused"}),
    ],
)
def test_each_rule_is_told_by_name(placement: Placement, changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert found(placement, **changes) == expected


def test_an_older_date_is_not_given_to_a_scheduled_post() -> None:
    wanted = {"publish_at": NOW + timedelta(days=1), "options": {"backdated_to": "2020-01-01T00:00:00Z"}}
    assert found(REEL, **wanted) == {"backdated_to": "refused"}


def test_everything_wrong_is_told_at_once() -> None:
    wrong = found(REEL, title="x" * 300, privacy="friends", facts=facts(duration_seconds=1.0, fps=10.0))
    assert set(wrong) == {"title", "privacy", "duration", "fps"}


@pytest.mark.parametrize(
    ("placement", "ahead", "says"),
    [
        (REEL, timedelta(minutes=5), "our queue posts it at that time"),
        (VIDEO, timedelta(minutes=5), "our queue posts it at that time"),
        (REEL, timedelta(days=40), "our queue hands it over on 2026-12-02"),
        (VIDEO, timedelta(days=200), "our queue hands it over on 2026-12-11"),
    ],
)
def test_a_time_outside_the_window_is_ours_and_validate_says_so(
    placement: Placement, ahead: timedelta, says: str
) -> None:
    [problem] = problems(placement, publish_at=NOW + ahead)
    assert (problem.rule, problem.fix) == ("publish_at", "warning")
    assert says in problem.message


def test_a_thumbnail_that_is_too_large_is_worth_a_warning() -> None:
    large = Picture(content=b"x" * 10_000_001, content_type="image/jpeg", width=1080, height=1920)
    assert found(REEL, thumbnail=large) == {"thumbnail": "warning"}
