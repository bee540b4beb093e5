"""A daily load of Instagram and Facebook makes hardly more requests than the fewest the API allows."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from tests.analytics.meta_stage import NOW, Place, as_before  # noqa: F401  found by its name
from tests.publishing.studio import Studio


@pytest.mark.parametrize("platform", ["instagram", "facebook"])
def test_a_daily_load_makes_at_most_a_tenth_more_requests_than_the_fewest(configured: Studio, platform: str):
    videos = 120
    place = Place.opened(configured, platform)
    place.plant(videos, at=NOW - timedelta(days=2))
    fewest: dict[str, Any] = import_module(f"include.platforms.{platform}.metrics").fewest_calls(videos)
    for name in fewest:
        place.collect(name)  # what is asked once only: ids of posts, the first comments
    place.move(NOW + timedelta(days=1))
    before = len(place.calls())
    made = {}
    for name in fewest:
        seen = len(place.calls())
        outcome = place.collect(name, everything=True)
        assert outcome.state == "done", (name, outcome.error)
        made[name] = len(place.calls()) - seen
    assert len(place.calls()) - before <= 1.1 * sum(fewest.values()), (made, fewest)
