"""The staging views of Instagram and Facebook say what the crowds did, in the agreed columns."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.analytics.meta_stage import NOW, TODAY, Place, as_before, by_day  # noqa: F401  found by its name
from tests.publishing.studio import Studio

DATASETS = {
    "instagram": ("video_counters", "account", "audience", "comments"),
    "facebook": ("video_counters", "posts", "retention", "page", "comments", "revenue", "video_revenue"),
}


@pytest.fixture(params=["instagram", "facebook"])
def place(request: Any, configured: Studio) -> Place:
    """An account with three reels, all read once."""
    found = Place.opened(configured, request.param)
    found.plant(3, at=NOW - timedelta(days=4))
    assert {found.collect(name).state for name in DATASETS[request.param]} == {"done"}
    return found


def test_a_videos_day_is_what_its_crowd_did(place):
    rows = {row.video_id: row for row in place.rows(f"select * from staging.stg_{place.platform}__video_daily")}
    truth = place.lifetime()
    assert set(rows) == set(truth)
    for video, seen in truth.items():
        row = rows[video]
        assert (row.platform, row.day, row.views, row.impressions) == (place.platform, TODAY, None, None)
        assert (row.views_total, row.likes_total, row.comments_total, row.shares_total, row.reach_total) == (
            seen["views"], seen["likes"], seen["comments"], seen["shares"], seen["reach"],
        )  # fmt: skip
        assert row.watch_seconds_total == seen["watch_seconds"]
        assert row.average_view_seconds == pytest.approx(
            Decimal(seen["watch_seconds"]) / seen["views"], abs=Decimal("0.001")
        )
        assert row.saves_total == (seen["saves"] if place.platform == "instagram" else None)


def test_an_accounts_day_is_what_its_crowds_did(place):
    rows = {row.day: row for row in place.rows(f"select * from staging.stg_{place.platform}__account_daily")}
    assert max(rows) == TODAY
    assert rows[TODAY].followers_total > 0
    for day, seen in by_day(place, TODAY - timedelta(days=3), TODAY - timedelta(days=1)):
        row = rows[day]
        assert (row.views, row.reach, row.followers_gained, row.followers_lost) == (
            seen["views"], seen["reach"], seen["followers_gained"], seen["followers_lost"],
        )  # fmt: skip
        assert row.provisional is (day > TODAY - timedelta(days=3))


def test_a_day_alone_is_all_that_is_looked_at(place):
    plan = "\n".join(
        row[0]
        for row in place.rows(
            f"explain select * from staging.stg_{place.platform}__video_daily where day = date '2026-11-21'"
        )
    )
    assert "2026-11-21" in plan
    assert "_202611" in plan
    scans = [line for line in plan.splitlines() if "Scan" in line and "_2026" in line]
    assert scans
    assert all("_202611" in line for line in scans)


def test_facebooks_money_counts_once(configured):
    place = Place.opened(configured, "facebook")
    place.plant(2, at=NOW - timedelta(days=4))
    for name in ("revenue", "video_revenue"):
        place.collect(name)
    for day, seen in by_day(place, TODAY - timedelta(days=3), TODAY - timedelta(days=1)):
        [page] = place.rows(
            "select * from staging.stg_facebook__revenue_daily where video_id is null and day = %s", day
        )
        assert page.earnings * 1_000_000 == seen["revenue_micros"]
        assert page.bonus_programs + page.ad_revenue < page.earnings
        [videos] = place.rows(
            "select sum(earnings) as earned from staging.stg_facebook__revenue_daily"
            " where video_id is not null and day = %s", day,
        )  # fmt: skip
        assert videos.earned == page.earnings
