"""The staging views show what was collected, in the columns all platforms agreed on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from include.database import engine
from tests.platforms.youtube.metrics.stage import NOW, Channel

COLUMNS = {
    "video_daily": "platform owner account_id video_id day views_total likes_total comments_total shares_total "
    "saves_total reach_total watch_seconds_total views engaged_views likes dislikes comments shares saves impressions "
    "click_rate watch_seconds average_view_seconds completion_rate followers_gained followers_lost provisional "
    "collected_at",
    "account_daily": "platform owner account_id day followers_total followers_gained followers_lost views reach "
    "interactions profile_views posts_total provisional collected_at",
    "revenue_daily": "platform owner account_id video_id day currency earnings ad_revenue creator_fund bonus_programs "
    "gross_revenue cpm playback_cpm monetized_playbacks ad_impressions source provisional collected_at",
    "traffic_daily": "platform owner account_id video_id day source views watch_seconds share provisional collected_at",
    "audience_daily": "platform owner account_id video_id day dimension value views share followers provisional "
    "collected_at",
    "interaction": "platform owner account_id video_id comment_id parent_id author_id author_name text likes replies "
    "published_at edited_at hidden deleted_at is_own collected_at",
}


@pytest.mark.parametrize("grain", sorted(COLUMNS))
def test_the_columns_are_the_agreed_ones(channel: Channel, grain: str):
    with engine.transaction("alice") as connection:
        found = connection.exec_driver_sql(f"select * from staging.stg_youtube__{grain}").keys()
    assert list(found) == COLUMNS[grain].split()


def test_a_day_has_its_numbers_reach_and_counters_in_one_row(channel: Channel):
    (video,) = channel.plant(1)
    channel.collect("bulk_reports")
    later = NOW + timedelta(days=3)
    channel.clock(later)
    for name in ("video_daily", "bulk_reports", "traffic", "devices", "demographics", "revenue_videos", "channel",
                 "channel_daily"):  # fmt: skip
        assert channel.collect(name, later).state == "done", name
    day = date(2026, 11, 17)
    metrics = channel.truth(day, day)[video, day]["metrics"]
    (row,) = channel.rows("select * from staging.stg_youtube__video_daily where day = %s", day)
    assert (row.views, row.impressions, row.saves, row.views_total) == (
        metrics["views"], metrics["impressions"], metrics["saves"], None,
    )  # fmt: skip
    assert row.watch_seconds == metrics["watch_seconds"] // 60 * 60
    shares = channel.rows(
        "select dimension, sum(share) as share from staging.stg_youtube__audience_daily where video_id = %s"
        " and (day = %s or dimension in ('age', 'gender')) group by dimension, day", video, day
    )  # fmt: skip
    assert {row.dimension for row in shares} == {"age", "gender", "country", "device"}
    assert all(abs(float(row.share) - 1) < 0.001 for row in shares)
    (traffic,) = channel.rows(
        "select sum(share) as share, sum(views) as views from staging.stg_youtube__traffic_daily where day = %s", day
    )
    assert (round(traffic.share, 6), traffic.views) == (1, metrics["views"])
    (money,) = channel.rows("select * from staging.stg_youtube__revenue_daily where day = %s", day)
    assert float(money.earnings) == metrics["revenue_micros"] / 1_000_000
    assert money.source == "api"
    (account,) = channel.rows("select * from staging.stg_youtube__account_daily where day = %s", day)
    assert account.views >= metrics["views"]


def test_a_question_of_one_day_reads_one_month(channel: Channel):
    channel.plant(1, NOW - timedelta(days=50))
    channel.collect("video_daily")
    plan = "\n".join(
        str(row[0])
        for row in channel.rows("explain select * from staging.stg_youtube__video_daily where day = '2026-11-15'")
    )
    assert "video_daily_202611" in plan
    assert "video_daily_202610" not in plan
