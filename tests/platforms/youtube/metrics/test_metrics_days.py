"""Every number of a day that is collected from YouTube equals the sandbox's truth, and is restated with it."""

from __future__ import annotations

from datetime import date, timedelta

from tests.platforms.youtube.metrics.stage import NOW, Channel

FINAL = date(2026, 11, 17)
FIRST = date(2026, 11, 9)


def test_each_videos_days_are_the_truth(channel: Channel):
    channel.plant(3)
    outcome = channel.collect("video_daily")
    assert (outcome.state, outcome.error, outcome.misfits) == ("done", None, ())
    truth = channel.truth(FIRST, FINAL)
    rows = {(row.video_id, row.day): row for row in channel.rows("select * from youtube.video_daily")}
    assert {key for key in rows if key[1] <= FINAL} == set(truth)
    assert len(truth) == 27
    for key, told in truth.items():
        row, metrics = rows[key], told["metrics"]
        assert (row.views, row.engaged_views, row.likes, row.dislikes, row.comments, row.shares) == tuple(
            metrics[name] for name in ("views", "engaged_views", "likes", "dislikes", "comments", "shares")
        )
        assert (row.subscribers_gained, row.subscribers_lost) == (
            metrics["followers_gained"], metrics["followers_lost"],
        )  # fmt: skip
        assert row.estimated_minutes_watched == metrics["watch_seconds"] // 60
        assert row.average_view_duration == metrics["watch_seconds"] // metrics["engaged_views"]
        expected = 100 * metrics["watch_seconds"] / metrics["engaged_views"] / 30
        assert abs(float(row.average_view_percentage) - expected) < 0.001
        assert row.videos_added_to_playlists == metrics["saves"]


def test_one_call_reads_five_hundred_videos(channel: Channel):
    channel.plant(501)
    assert channel.collect("video_daily").state == "done"
    assert [(call["method"], call["status"]) for call in channel.calls("reports.query")] == [
        ("POST", 200),
        ("GET", 200),
    ]
    assert channel.rows("select count(distinct video_id) as videos from youtube.video_daily")[0].videos == 501


def test_days_too_new_are_absent_and_smaller_ones_are_restated(channel: Channel):
    (video,) = channel.plant(1)
    channel.collect("video_daily")
    day = date(2026, 11, 18)  # ended 60 hours before: shown, and smaller than it will be
    truth = channel.truth(day, day)[video, day]["metrics"]["views"]
    rows = {row.day: row for row in channel.rows("select * from youtube.video_daily where day >= %s", day)}
    assert set(rows) == {day}
    assert rows[day].views == truth * 9 // 10
    assert rows[day].provisional
    later = NOW + timedelta(days=4)
    channel.clock(later)
    assert channel.collect("video_daily", later).state == "done"
    rows = {row.day: row for row in channel.rows("select * from youtube.video_daily where day >= %s", day)}
    assert rows[day].views == truth
    assert not rows[day].provisional
    assert max(rows) == date(2026, 11, 22)


def test_the_same_days_again_change_nothing(channel: Channel):
    channel.plant(2)
    for name in ("video_daily", "traffic", "devices", "channel_daily"):
        first, second = channel.collect(name, everything=True), channel.collect(name, everything=True)
        assert first.rows_changed == first.rows_read > 0, name
        assert (second.state, second.rows_changed, second.rows_read > 0) == ("done", 0, True), name


def test_sources_and_devices_add_up_to_the_day(channel: Channel):
    channel.plant(2)
    for name in ("video_daily", "traffic", "devices"):
        assert channel.collect(name).state == "done"
    for table in ("traffic_daily", "device_daily"):
        wrong = channel.rows(
            f"select v.video_id, v.day, v.views, sum(p.views) as parts from youtube.video_daily as v "
            f"left join youtube.{table} as p using (owner, account_id, video_id, day) "
            f"group by v.video_id, v.day, v.views having v.views is distinct from sum(p.views)"
        )
        assert wrong == [], table
    assert {row.source for row in channel.rows("select distinct source from youtube.traffic_daily")} >= {"SHORTS"}


def test_the_channels_days_are_the_sum_of_its_videos(channel: Channel):
    channel.plant(3)
    for name in ("channel_daily", "channel_traffic", "channel_devices"):
        assert channel.collect(name).state == "done"
    truth = channel.truth(date(2026, 11, 13), FINAL)
    rows = {row.day: row for row in channel.rows("select * from youtube.channel_daily where day <= %s", FINAL)}
    assert len(rows) == 5
    for day, row in rows.items():
        for column, metric in (("views", "views"), ("likes", "likes"), ("subscribers_gained", "followers_gained")):
            assert getattr(row, column) == sum(one["metrics"][metric] for (_, of), one in truth.items() if of == day)
    parts = channel.rows("select day, sum(views) as views from youtube.traffic_daily where video_id = '' group by day")
    assert {row.day: row.views for row in parts if row.day <= FINAL} == {day: row.views for day, row in rows.items()}


def test_people_are_a_hundred_percent_and_few_are_nobody(channel: Channel):
    channel.plant(2)
    assert channel.collect("demographics").state == "done"
    assert channel.collect("channel_demographics").state == "done"
    sums = channel.rows("select video_id, sum(viewer_percentage) as p from youtube.demographics group by video_id")
    assert {row.video_id for row in sums} == {"", *channel.videos}
    assert all(abs(float(row.p) - 100) < 0.01 for row in sums)
    channel.settings(youtube_demographics_min_views=10**9)
    again = channel.collect("demographics", NOW + timedelta(days=8))
    assert (again.state, again.rows_read) == ("done", 0)


def test_retention_has_a_hundred_points_a_video_and_costs_a_call_each(channel: Channel):
    channel.plant(2)
    assert channel.collect("retention").state == "done"
    rows = channel.rows("select video_id, count(*) as n, max(position) as m from youtube.retention group by video_id")
    assert {(row.video_id, row.n, float(row.m)) for row in rows} == {(video, 100, 1.0) for video in channel.videos}
    assert len(channel.calls("reports.query")) == 2
    channel.settings(youtube_retention_min_views=10**9)
    assert channel.collect("retention", everything=True).rows_read == 0


def test_a_day_of_twenty_five_hours_is_one_day(channel: Channel):
    channel.clock(NOW - timedelta(days=13))
    (video,) = channel.plant(1, NOW - timedelta(days=25))
    assert channel.collect("video_daily", NOW - timedelta(days=13)).state == "done"
    day = date(2026, 11, 1)  # clocks go back in Los Angeles
    (row,) = channel.rows("select * from youtube.video_daily where day = %s", day)
    assert row.views == channel.truth(day, day)[video, day]["metrics"]["views"]
