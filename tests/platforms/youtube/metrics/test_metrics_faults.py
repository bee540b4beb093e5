"""What a reading withstands: refused metrics, limits, faults, expired tokens, strange answers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from include.publishing import quotas
from tests.platforms.youtube.metrics.stage import NOW, Channel

DAY = date(2026, 11, 15)
HEADERS = [
    {"name": "video", "columnType": "DIMENSION", "dataType": "STRING"},
    {"name": "day", "columnType": "DIMENSION", "dataType": "STRING"},
    {"name": "views", "columnType": "METRIC", "dataType": "INTEGER"},
    {"name": "novelty", "columnType": "METRIC", "dataType": "INTEGER"},
]


def answer(channel: Channel, body: object, **how: object) -> None:
    channel.studio.sandbox.fault(match={"endpoint": "reports.query"}, action="status", status=200, body=body, **how)


@pytest.mark.parametrize("switch", ["youtube_retired_metrics", "youtube_unsupported_metrics"])
def test_a_retired_metric_is_null_and_costs_nothing_else(channel: Channel, switch: str):
    channel.plant(2)
    channel.settings(**{switch: ["dislikes", "cardClicks"]})
    outcome = channel.collect("video_daily")
    assert (outcome.state, set(outcome.refused)) == ("done", {"dislikes", "cardClicks"})
    truth = channel.truth(DAY, DAY)
    for row in channel.rows("select * from youtube.video_daily where day = %s", DAY):
        assert (row.dislikes, row.card_clicks) == (None, None)
        assert row.likes == truth[row.video_id, DAY]["metrics"]["likes"]
    channel.studio.sandbox.forget_calls()
    again = channel.collect("video_daily", NOW + timedelta(days=1))
    assert (again.state, again.refused, again.calls) == ("done", (), 1)


def test_no_rows_is_no_error_and_takes_nothing_back(channel: Channel):
    channel.plant(2)
    channel.collect("video_daily")
    before = channel.rows("select * from youtube.video_daily order by video_id, day")
    for body in ({"columnHeaders": HEADERS}, {"columnHeaders": HEADERS, "rows": []}):
        answer(channel, {"kind": "youtubeAnalytics#resultTable"} | body)
        assert channel.collect("video_daily", everything=True).state == "done"
    assert channel.rows("select * from youtube.video_daily order by video_id, day") == before


def test_a_changed_type_and_a_new_field_are_kept_aside(channel: Channel):
    first, second = channel.plant(2)
    rows = [[first, str(DAY), "many", 7], [second, str(DAY), 2**53 + 1, 8]]
    answer(channel, {"kind": "youtubeAnalytics#resultTable", "columnHeaders": HEADERS, "rows": rows})
    outcome = channel.collect("video_daily")
    assert (outcome.state, outcome.misfits) == ("done", ("youtube.video_daily.views",))
    found = {row.video_id: row for row in channel.rows("select * from youtube.video_daily")}
    assert (found[first].views, found[first].extra) == (None, {"views": "many", "novelty": 7})
    assert (found[second].views, found[second].extra) == (9007199254740993, {"novelty": 8})


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "status", "status": 500, "body": "<html>oops</html>"},
        {"action": "status", "status": 200, "body": "not json"},
        {"action": "drop_after"},
        {"action": "drop_before"},
        {"action": "expire_token"},
        {"action": "status", "status": 429, "headers": {"Retry-After": "0"}, "body": ""},
    ],
    ids=["500", "no json", "lost answer", "refused connection", "expired token", "429"],
)
def test_a_passing_fault_is_waited_out(channel: Channel, fault: dict[str, object]):
    channel.plant(2)
    for endpoint in ("reports.query", "videos.batchGetStats", "channels.list", "commentThreads.list"):
        channel.studio.sandbox.fault(match={"endpoint": endpoint}, **fault)
    for name in ("video_daily", "video_counters", "channel", "comments"):
        assert channel.collect(name).state == "done", name
    truth = channel.truth(DAY, DAY)
    for row in channel.rows("select * from youtube.video_daily where day = %s", DAY):
        assert row.views == truth[row.video_id, DAY]["metrics"]["views"]


def test_a_limit_half_way_keeps_what_is_whole_and_the_rest_follows(channel: Channel):
    channel.plant(120)
    channel.settings(youtube_quota_batch_stats=1)
    outcome = channel.collect("video_counters")
    assert (outcome.state, outcome.rows_read) == ("partial", 50)
    assert outcome.resumes_at is not None
    channel.settings(youtube_quota_batch_stats=10_000)
    assert channel.collect("video_counters", NOW + timedelta(seconds=1)).state in ("idle", "failed")
    with channel.studio.monkeypatch.context() as patch:  # our own count of the day's limit is over, too
        patch.setattr(quotas.PostgresMeter, "reserve", lambda self, endpoint: endpoint)
        patch.setattr(quotas.PostgresMeter, "settle", lambda self, reservation, sent: 0)
        later = outcome.resumes_at + timedelta(minutes=1)
        channel.clock(later)
        assert channel.collect("video_counters", later).state == "done"
    assert channel.rows("select count(distinct video_id) as n from youtube.video_counter")[0].n == 120


def test_a_counter_that_goes_down_is_kept_as_it_is(channel: Channel):
    (video,) = channel.plant(1)
    channel.collect("video_counters")
    item = {"id": video, "statistics": {"viewCount": "1", "commentCount": "0"}}
    channel.studio.sandbox.fault(
        match={"endpoint": "videos.batchGetStats"}, action="status", status=200, body={"items": [item]}
    )
    channel.collect("video_counters", NOW + timedelta(days=1))
    rows = channel.rows("select * from youtube.video_counter order by slot")
    assert rows[0].views > 1 == rows[1].views
    assert rows[1].likes is None
