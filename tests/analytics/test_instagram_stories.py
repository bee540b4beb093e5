"""Stories are read while they live, and keep their last numbers when they are over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.analytics.conftest import publish
from tests.analytics.meta_stage import NOW, Place, as_before  # noqa: F401  found by its name
from tests.publishing.studio import OWNER, Studio
from tests.sandbox.meta_callers import FileHost, InstagramCaller, file_host, reel


@pytest.fixture(scope="module")
def host() -> Iterator[FileHost]:
    """Where the story's video is."""
    with file_host() as found:
        yield found


@pytest.fixture
def place(configured: Studio, host: FileHost) -> Place:
    """A professional account with one story, published at NOW."""
    found = Place.opened(configured, "instagram")
    caller = InstagramCaller(configured.sandbox, f"instagram of {OWNER}")
    story = caller.published(media_type="STORIES", video_url=host.put("a.mp4", reel()))
    publish(OWNER, found.account_id, [story], at=NOW, placement="story", platform="instagram")
    return found


def story(place: Place) -> list[Any]:
    return place.rows("select * from instagram.story order by slot")


def test_too_few_viewers_are_no_numbers_and_no_error(place):
    outcome = place.collect("stories")
    assert (outcome.state, outcome.refused, story(place)) == ("done", (), [])


def test_a_living_storys_numbers_equal_the_truth(place):
    place.move(NOW + timedelta(hours=12))
    assert place.collect("stories").state == "done"
    [row], [seen] = story(place), place.lifetime().values()
    assert (row.views, row.reach, row.shares, row.follows) == (
        seen["views"], seen["reach"], seen["shares"], seen["followers_gained"],
    )  # fmt: skip
    assert row.swipe_forward + row.tap_back + row.tap_exit + row.tap_forward == row.navigation == seen["views"]
    actions = row.profile_actions or {}  # none, when nobody clicked
    assert sum(actions.values()) == row.profile_activity == seen["clicks"]


def test_after_24_hours_nothing_is_asked_and_the_last_numbers_stay(place):
    place.move(NOW + timedelta(hours=23))
    place.collect("stories")
    last = story(place)[-1]
    place.move(NOW + timedelta(hours=25))
    before = len(place.calls())
    assert place.collect("stories").state == "done"
    assert len(place.calls()) == before
    assert story(place)[-1].views == last.views > 0
    [shown] = place.rows(
        "select distinct on (video_id) * from staging.stg_instagram__video_daily order by video_id, day desc"
    )
    assert (shown.views_total, shown.reach_total, shown.views) == (last.views, last.reach, None)
