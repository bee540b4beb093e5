"""Counters of videos and the channel, and what a video is."""

from __future__ import annotations

from datetime import timedelta

from include.platforms.youtube.metrics import seconds_of
from tests.platforms.youtube.metrics.stage import NOW, Channel


def test_counters_are_what_is_shown_fifty_a_call(channel: Channel):
    channel.plant(51)
    outcome = channel.collect("video_counters")
    assert (outcome.state, outcome.rows_read, outcome.calls) == ("done", 51, 2)
    path = f"/sandbox/truth?platform=youtube&first=2026-11-21&last=2026-11-21&at={NOW:%Y-%m-%dT%H:%M:%S}Z"
    truth = {one["video_id"]: one["lifetime"] for one in channel.studio.sandbox._call("GET", path)}
    for row in channel.rows("select * from youtube.video_counter"):
        told = truth[row.video_id]
        assert (row.views, row.likes, row.comments) == (told["views"], told["likes"], told["comments"])
        assert row.slot == NOW.replace(hour=8, minute=0)  # midnight in California
        assert str(row.day) == "2026-11-21"


def test_a_video_that_is_gone_is_missing_and_keeps_its_history(channel: Channel):
    gone, there = channel.plant(2)
    channel.collect("video_counters")
    assert channel.ask("DELETE", "videos", params={"id": gone}).status_code == 204
    outcome = channel.collect("video_counters", NOW + timedelta(days=1))
    assert (outcome.state, outcome.rows_read) == ("done", 1)
    rows = channel.rows("select video_id, missing_since from desk.reading where dataset = 'video_counters'")
    assert {row.video_id: row.missing_since is not None for row in rows if row.video_id} == {gone: True, there: False}
    assert len(channel.rows("select * from youtube.video_counter where video_id = %s", gone)) == 1


def test_a_video_that_batch_stats_left_out_is_counted_all_the_same(channel: Channel):
    first, second = channel.plant(2)
    item = {"id": first, "statistics": {"viewCount": "5", "likeCount": "1", "commentCount": "0"}}
    channel.studio.sandbox.fault(
        match={"endpoint": "videos.batchGetStats"}, action="status", status=200, body={"items": [item]}
    )
    assert channel.collect("video_counters").rows_read == 2
    rows = {row.video_id: row for row in channel.rows("select * from youtube.video_counter")}
    assert rows[first].views == 5
    assert rows[second].views > 5
    missing = channel.rows("select 1 from desk.reading where missing_since is not null")
    assert missing == []


def test_what_a_video_is_is_kept(channel: Channel):
    channel.plant(2)
    assert channel.collect("videos").state == "done"
    for row in channel.rows("select * from youtube.video"):
        assert row.tags[0] == "planted"
        assert row.category_id == "22"
        assert row.privacy_status == "public"
        assert row.duration_seconds == 30
        assert row.views > 0
        assert row.dislikes is not None
        assert row.topic_categories
        assert not row.made_for_kids
    (category,) = channel.rows("select * from youtube.category")
    assert (category.category_id, category.title) == ("22", "People & Blogs")


def test_the_channels_counters_are_kept(channel: Channel):
    channel.plant(2)
    assert channel.collect("channel").state == "done"
    (row,) = channel.rows("select * from youtube.channel_counter")
    assert row.views > 0
    assert row.videos == 2
    assert row.monetized is True
    assert row.subscribers >= 1230


def test_lengths_are_read():
    assert [seconds_of(one) for one in ("PT1M2S", "P0D", "PT1H", "P1DT1S", "soon", None)] == [
        62, 0, 3600, 86401, None, None,
    ]  # fmt: skip
