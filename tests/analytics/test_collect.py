"""One reading: what is due is read and kept whole, and a limit, a fault or a kill costs nothing but time."""

from __future__ import annotations

from datetime import date, timedelta

from include.analytics.asking import Window
from tests.analytics import toy
from tests.analytics.conftest import NOW
from tests.publishing.studio import OWNER

FAR_OFF = timedelta(hours=6)


def test_what_is_due_is_read_once_in_its_slot(channel):
    ids = channel.plant(3)
    first, again = channel.collect(), channel.collect(now=NOW + timedelta(minutes=20))
    assert (first.state, first.rows_read, first.rows_changed, first.calls) == ("done", 3, 3, 2)
    assert again.state == "idle"
    assert channel.counted() == set(ids)
    slots = {row.slot for row in channel.rows("select slot from market.toy_counter")}
    assert slots == {NOW.replace(minute=0)}  # 30 hours old: every six hours, from 12 o'clock on


def test_it_is_due_again_when_its_step_is_over(channel):
    channel.plant(1)
    channel.collect()
    assert channel.collect(now=NOW + timedelta(hours=5)).state == "idle"
    assert channel.collect(now=NOW + timedelta(hours=6)).state == "done"


def test_the_same_day_twice_has_the_same_rows(channel):
    channel.plant(5)
    for _ in range(2):
        channel.collect(toy.DAILY, window=Window(first=date(2026, 11, 20), last=date(2026, 11, 20)))
    last = channel.syncs()[-1]
    assert (last.state, last.rows_read, last.rows_changed) == ("done", 5, 0)
    assert channel.rows("select count(*) as n from market.toy_daily")[0].n == 5


def test_a_past_day_read_again_leaves_whose_turn_is_next(channel):
    channel.plant(2)
    channel.collect(toy.DAILY)
    before = channel.rows("select * from desk.reading order by video_id")
    outcome = channel.collect(toy.DAILY, window=Window(first=date(2026, 11, 1), last=date(2026, 11, 1)))
    assert outcome.state == "done"
    after = channel.rows("select * from desk.reading order by video_id")
    assert [(row.video_id, row.next_at, row.last_day) for row in after] == [
        (row.video_id, row.next_at, row.last_day) for row in before
    ]


def test_counters_have_no_past_days(channel):
    channel.plant(1)
    assert channel.collect(window=Window(first=date(2026, 11, 1), last=date(2026, 11, 1))).state == "idle"


def test_after_three_days_without_the_platform_the_days_are_read_that_were_missed(channel):
    channel.plant(1, at=NOW - timedelta(days=20))
    channel.collect(toy.DAILY)
    fault = {"match": {"endpoint": toy.ENDPOINT}, "action": "status", "status": 503, "times": None}
    channel.studio.sandbox.fault(**fault)
    for day in (1, 2, 3):
        assert channel.collect(toy.DAILY, now=NOW + timedelta(days=day)).state == "failed"
    channel.studio.sandbox.clear_faults()
    assert channel.collect(toy.DAILY, now=NOW + timedelta(days=4)).state == "done"
    last = channel.syncs()[-1]
    # read up to the 20th, which may have changed for two days more; the 24th is yesterday
    assert (last.first_day, last.last_day) == (date(2026, 11, 18), date(2026, 11, 24))


def test_the_first_reading_goes_back_to_the_day_it_came_out_as_far_as_the_platform_tells(channel):
    channel.plant(1, at=NOW - timedelta(days=10))
    channel.collect(toy.DAILY)
    assert channel.syncs()[-1].first_day == date(2026, 11, 11)
    channel.plant(1, at=NOW - timedelta(days=100))
    channel.collect(toy.DAILY)
    assert channel.syncs()[-1].first_day == date(2026, 11, 20) - timedelta(days=30)


def test_a_limit_half_way_keeps_what_is_whole_and_goes_on_after_the_reset(channel):
    ids = channel.plant(6)
    quota = {"error": {"code": 403, "errors": [{"reason": "quotaExceeded"}], "message": "quota"}}
    channel.studio.sandbox.fault(match={"endpoint": toy.ENDPOINT, "nth": 3}, action="status", status=403, body=quota)
    outcome = channel.collect()
    assert (outcome.state, outcome.rows_read, outcome.error_kind) == ("partial", 4, "QuotaExhausted")
    assert outcome.resumes_at is not None
    assert channel.collect(now=NOW + timedelta(minutes=1)).state == "idle"  # nobody knocks before the reset
    assert len(channel.counted()) == 4
    for table in ("quota_pause", "bucket"):  # the reset, which the meter would wait for
        channel.rows(f"delete from desk.{table} returning 1")
    resumed = channel.collect(now=outcome.resumes_at)
    assert (resumed.state, channel.counted()) == ("done", set(ids))


def test_a_past_day_that_a_limit_ended_goes_on_where_it_stopped(channel):
    channel.plant(4)
    window = Window(first=date(2026, 11, 20), last=date(2026, 11, 20))
    channel.studio.sandbox.fault(match={"endpoint": toy.ENDPOINT, "nth": 2}, action="status", status=503)
    assert channel.collect(toy.DAILY, window=window).state == "partial"
    rest = channel.collect(toy.DAILY, window=window)
    assert (rest.state, rest.rows_read) == ("done", 2)
    whole = channel.collect(toy.DAILY, window=window)
    assert (whole.state, whole.rows_read) == ("done", 4)


def test_a_video_that_is_gone_is_marked_its_history_stays_and_it_is_looked_for_once_a_week(channel):
    (one, _) = channel.plant(2)
    channel.collect()
    channel.publish("goneVideo01", at=NOW - timedelta(days=40))
    outcome = channel.collect(everything=True, now=NOW + FAR_OFF)
    assert (outcome.state, outcome.missing) == ("done", 1)
    (gone,) = channel.rows("select * from desk.reading where missing_since is not null")
    assert (gone.video_id, gone.next_at) == ("goneVideo01", NOW + FAR_OFF + timedelta(days=7))
    assert one in channel.counted()


def test_a_refused_metric_is_told_once_and_asked_again_after_its_time(channel):
    channel.plant(1)
    channel.configure(platforms={"youtube": {"refuses": True}})
    first = channel.collect(toy.DAILY)
    second = channel.collect(toy.DAILY, now=NOW + timedelta(days=1))
    assert (first.refused, second.refused) == (("toy_retired",), ())
    notices = channel.rows("select about, over_at from desk.notice where kind = 'metric_refused'")
    assert [(one.about, one.over_at) for one in notices] == [("my_youtube/toy_daily/toy_retired", None)]
    channel.configure(platforms={"youtube": {"refuses": False}})
    channel.collect(toy.DAILY, now=NOW + timedelta(days=31))
    assert channel.rows("select 1 from desk.refused_metric") == []
    assert channel.rows("select over_at from desk.notice where kind = 'metric_refused'")[0].over_at is not None


def test_an_account_without_the_permission_is_not_asked(channel):
    from dataclasses import replace

    channel.plant(1)
    channel.studio.sandbox.forget_calls()
    assert channel.collect(replace(toy.COUNTERS, needs=("a.scope.nobody|gave",))).state == "idle"
    assert channel.studio.sandbox.calls() == []


def test_what_changed_names_the_days_to_build_again(channel):
    channel.plant(1)
    channel.collect(toy.DAILY)
    days = [row.day for row in channel.rows("select day from desk.touched_day where platform = 'youtube' order by 1")]
    assert (days[0], days[-1]) == (date(2026, 11, 18), date(2026, 11, 20))
    channel.rows("delete from desk.touched_day returning 1")
    channel.collect(toy.DAILY, everything=True)
    assert channel.rows("select day from desk.touched_day") == []


def test_the_history_says_what_it_cost(channel):
    channel.plant(3)
    channel.collect(run_id="scheduled__1")
    (line,) = channel.syncs()
    assert (line.owner, line.platform, line.run_id, line.videos) == (OWNER, "youtube", "scheduled__1", 3)
    assert (line.calls, line.quota, line.error) == (2, 2, None)
    assert line.ended_at is not None
