"""Money: exact, apart from the rest, and absent without an error where YouTube tells none."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tests.platforms.youtube.metrics.conftest import open_channel
from tests.platforms.youtube.metrics.stage import NOW, Channel
from tests.publishing.studio import Studio

DATASETS = ("revenue", "revenue_videos", "revenue_ad_types", "revenue_countries")
LAST = date(2026, 11, 17)


def test_every_cent_is_the_truth(channel: Channel):
    channel.plant(2)
    for name in DATASETS:
        assert channel.collect(name).state == "done", name
    truth = channel.truth(date(2026, 11, 9), LAST)
    rows = {
        (row.video_id, row.day): row
        for row in channel.rows("select * from youtube.revenue_daily where day <= %s", LAST)
    }
    for (video, day), told in truth.items():
        row, metrics = rows[video, day], told["metrics"]
        assert (row.currency, row.provisional, row.ad_impressions) == ("USD", True, None)
        assert row.estimated_revenue == Decimal(metrics["revenue_micros"]) / 1_000_000
        assert row.monetized_playbacks == metrics["monetized_playbacks"]
    for day in {day for _, day in truth}:
        mine = [one["metrics"] for (_, of), one in truth.items() if of == day]
        assert rows["", day].estimated_revenue == Decimal(sum(one["revenue_micros"] for one in mine)) / 1_000_000
        assert rows["", day].ad_impressions == sum(one["ad_impressions"] for one in mine)
    types = channel.rows("select day, sum(ad_impressions) as shown from youtube.revenue_ad_type_daily group by day")
    assert {row.day: row.shown for row in types if row.day <= LAST} == {
        day: row.ad_impressions for (video, day), row in rows.items() if video == ""
    }
    (month,) = channel.rows(
        "select month, sum(monetized_playbacks) as n from youtube.revenue_country_monthly group by 1"
    )
    every = channel.rows("select sum(monetized_playbacks) as n from youtube.revenue_daily where video_id = ''")
    assert (month.month, month.n) == (date(2026, 11, 1), every[0].n)


def test_a_channel_outside_the_partner_programme_has_no_money_and_no_error(configured: Studio):
    channel = open_channel(configured, monetized=False)
    channel.plant(1)
    for name in DATASETS:
        outcome = channel.collect(name)
        assert (outcome.state, outcome.error, outcome.rows_read, outcome.refused) == ("done", None, 0, ()), name
    assert channel.collect("video_daily").rows_read > 0
    assert channel.rows("select * from youtube.revenue_daily") == []


def test_without_the_permission_money_is_not_asked(configured: Studio):
    google = "https://www.googleapis.com/auth/"
    scopes = [google + name for name in ("youtube.upload", "youtube.readonly", "yt-analytics.readonly")]
    channel = open_channel(configured, monetized=True, scopes=scopes)
    channel.plant(1)
    assert {channel.collect(name).state for name in DATASETS} == {"idle"}
    assert channel.collect("comments").state == "idle"
    assert channel.calls("reports.query") == []


def test_money_is_restated(channel: Channel):
    channel.plant(1, NOW - timedelta(days=4))
    channel.collect("revenue")
    channel.clock(NOW + timedelta(days=5))
    assert channel.collect("revenue", NOW + timedelta(days=5)).state == "done"
    day = date(2026, 11, 18)
    (row,) = channel.rows("select * from youtube.revenue_daily where day = %s", day)
    micros = sum(one["metrics"]["revenue_micros"] for one in channel.truth(day, day).values())
    assert row.estimated_revenue == Decimal(micros) / 1_000_000
