"""What the sandbox remembers so that many videos stay cheap is what it would work out anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from include.sandbox.audience import METRICS
from include.sandbox.meta_crowds import crowds_of, on_day, plant_media, plant_videos
from include.sandbox.meta_things import IgMedia
from include.sandbox.switches import Switches
from include.sandbox.world import World
from include.sandbox.youtube_numbers import MIX, parts
from include.sandbox.youtube_report_rows import NUMBERS, POSSIBLE, made_of

NOON = datetime(2026, 11, 20, 20, tzinfo=UTC)
DAY = (NOON - timedelta(days=1)).date()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world whose clock stands still."""
    found = World(tmp_path, Switches())
    found.switches.change({"clock_stopped_at": NOON.timestamp()})
    yield found
    found.close()


def test_an_accounts_crowds_are_known_until_something_comes_out_or_goes(world):
    at = (NOON - timedelta(days=3)).timestamp()
    first, *_ = plant_media(world, "me", 3, at)
    before = crowds_of(world, "me")
    assert crowds_of(world, "me") is before
    assert on_day(before, DAY, world.now())["views"] == sum(one.of_day(DAY)["views"] for one in before)
    plant_videos(world, "page", 2, at)
    assert [len(crowds_of(world, one)) for one in ("me", "page", "nobody")] == [3, 2, 0]
    plant_media(world, "me", 1, at)
    assert len(crowds_of(world, "me")) == 4
    assert [len(crowds_of(world, "me", one)) for one in ("REELS", "STORY")] == [4, 0]
    world.shelf(IgMedia).drop(first)
    assert len(crowds_of(world, "me")) == 3


def test_a_number_is_made_of_what_it_reads():
    assert made_of(("averageViewDuration",)) == {"watch_seconds", "engaged_views"}
    assert made_of(("views", "averageViewPercentage")) == {"views", "watch_seconds", POSSIBLE}
    assert made_of(("viewerPercentage",)) == {"views"}
    sums = {name: 1000.0 + place for place, name in enumerate((*METRICS, POSSIBLE))}
    for name, number in NUMBERS.items():
        assert number({one: sums[one] for one in made_of((name,))}) == number(sums)


def test_parts_are_the_same_whatever_is_divided_with_them():
    counts = {"views": 1009, "likes": 7, "shares": 0}
    for dimension in MIX:
        together = parts(counts, dimension, "video", DAY)
        for name, count in counts.items():
            alone = parts({name: count}, dimension, "video", DAY)
            assert {value: one[name] for value, one in together.items()} == {
                value: one[name] for value, one in alone.items()
            }
            assert sum(one[name] for one in alone.values()) == count
