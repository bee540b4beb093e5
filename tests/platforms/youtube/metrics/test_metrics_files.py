"""The bulk reports: jobs made once, files downloaded once, corrections that replace a day, files that expire."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.platforms.youtube.metrics.stage import NOW, Channel

KINDS = {"channel_basic_a3", "channel_reach_basic_a1"}
LATER = NOW + timedelta(days=3)


def test_the_first_reading_makes_the_jobs_and_the_next_finds_them(channel: Channel):
    assert channel.collect("bulk_reports").state == "done"
    assert {row.report_type for row in channel.rows("select * from youtube.reporting_job")} == KINDS
    assert len(channel.calls("jobs.create")) == 2
    channel.clock(NOW + timedelta(days=9))
    assert channel.collect("bulk_reports", NOW + timedelta(days=9)).state == "done"
    assert len(channel.calls("jobs.create")) == 2


def test_a_job_somebody_made_at_the_same_time_is_as_good(channel: Channel):
    body = {"error": {"code": 409, "message": "Requested entity already exists", "status": "ALREADY_EXISTS"}}
    channel.studio.sandbox.fault(
        match={"endpoint": "jobs.create"}, action="status", status=409, body=body, act=True, times=2
    )
    assert channel.collect("bulk_reports").state == "done"
    assert len(channel.rows("select * from youtube.reporting_job")) == 2


def test_reach_and_countries_are_the_truth_for_thirty_days_back(channel: Channel):
    channel.plant(3, NOW - timedelta(days=40))
    channel.collect("bulk_reports")
    channel.clock(LATER)
    assert channel.collect("bulk_reports", LATER).state == "done"
    first, last = date(2026, 10, 22), date(2026, 11, 20)
    truth = channel.truth(first, last)
    reach = {(row.video_id, row.day): row for row in channel.rows("select * from youtube.reach_daily")}
    assert set(truth) <= set(reach)
    assert len(truth) == 90
    countries = {
        (row.video_id, row.day): row
        for row in channel.rows(
            "select video_id, day, sum(views) as views, sum(likes) as likes, sum(engaged_views) as engaged,"
            " sum(watch_time_minutes) as minutes, sum(shares) as shares,"
            " count(*) as places from youtube.country_daily group by video_id, day"
        )
    }
    for key, told in truth.items():
        metrics = told["metrics"]
        assert reach[key].thumbnail_impressions == metrics["impressions"]
        off_by = float(reach[key].thumbnail_click_rate) * metrics["impressions"] - metrics["clicks"]
        assert abs(off_by) <= 5.1e-7 * metrics["impressions"]  # the rate is told with six decimals
        found = countries[key]
        assert (found.views, found.likes, found.engaged) == (
            metrics["views"], metrics["likes"], metrics["engaged_views"],
        )  # fmt: skip
        assert abs(float(found.minutes) - metrics["watch_seconds"] / 60) < 0.01
        assert (found.places, found.shares) == (8, metrics["shares"])


def test_a_file_is_downloaded_once_and_a_correction_replaces_its_day(channel: Channel):
    channel.plant(5)
    channel.collect("bulk_reports")
    channel.clock(LATER)
    channel.collect("bulk_reports", LATER)
    downloads = len(channel.calls("media.download"))
    day = date(2026, 11, 21)  # it ended 60 hours before: its first file is not what it will be
    told = {video: one["metrics"] for (video, _), one in channel.truth(day, day).items()}
    video = max(told, key=lambda one: told[one]["views"])  # of a single view nine tenths are none, and no row
    truth = told[video]["impressions"]
    (row,) = channel.rows("select * from youtube.reach_daily where day = %s and video_id = %s", day, video)
    assert (row.thumbnail_impressions, row.provisional) == (truth * 9 // 10, True)
    for days in (1, 2):
        channel.clock(LATER + timedelta(days=days))
        assert channel.collect("bulk_reports", LATER + timedelta(days=days)).state == "done"
    (row,) = channel.rows("select * from youtube.reach_daily where day = %s and video_id = %s", day, video)
    assert row.thumbnail_impressions == truth
    files = channel.rows("select * from youtube.report_file where read_at is not null")
    assert len(channel.calls("media.download")) == len(files) > downloads
    assert len({file.report_id + file.job_id for file in files}) == len(files)


def test_a_file_without_data_empties_its_day_and_one_that_expired_is_noted(channel: Channel):
    channel.collect("bulk_reports")
    channel.clock(LATER)
    body = {"error": {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}}
    channel.studio.sandbox.fault(match={"endpoint": "media.download"}, action="status", status=404, body=body)
    assert channel.collect("bulk_reports", LATER).state == "done"
    assert len(channel.rows("select * from youtube.report_file where lost")) == 1
    assert channel.rows("select * from youtube.reach_daily") == []
    assert {row.rows for row in channel.rows("select rows from youtube.report_file where read_at is not null")} == {0}


def test_a_reading_that_ends_half_way_goes_on_where_it_was(channel: Channel):
    channel.plant(1)
    channel.collect("bulk_reports")
    channel.clock(LATER)
    channel.studio.sandbox.fault(
        match={"endpoint": "media.download", "nth": 11}, action="status", status=503, body="", times=4
    )
    assert channel.collect("bulk_reports", LATER).state == "partial"
    assert len(channel.rows("select * from youtube.report_file where read_at is not null")) == 10
    assert channel.collect("bulk_reports", LATER + timedelta(hours=1)).state == "done"
    read = channel.rows("select * from youtube.report_file where read_at is not null")
    good = [call for call in channel.calls("media.download") if call["status"] == 200]
    assert len(good) == len(read) == 62


def test_only_a_file_near_its_end_that_a_reading_did_not_get_to_is_warned_of(
    channel: Channel, caplog: pytest.LogCaptureFixture
):
    def warned() -> list[str]:
        return [record.getMessage() for record in caplog.records if "is lost at" in record.getMessage()]

    channel.collect("bulk_reports")
    late = NOW + timedelta(days=27)  # files of days before the job have a week left, those of days after it a month
    channel.clock(late)
    channel.studio.sandbox.fault(
        match={"endpoint": "media.download", "nth": 20}, action="status", status=503, body="", times=4
    )
    assert channel.collect("bulk_reports", late).state == "partial"
    unread = channel.rows(
        "select distinct on (day) * from youtube.report_file where read_at is null order by day, created_at desc"
    )  # a file that a newer one of its day replaces is not missed
    soon = {row.report_id for row in unread if row.expires_at - late < timedelta(days=7)}
    assert 0 < len(soon) < len(unread)
    assert len(warned()) == len(soon)
    assert all(any(report_id in line for line in warned()) for report_id in soon)
    caplog.clear()
    assert channel.collect("bulk_reports", late + timedelta(hours=1)).state == "done"
    assert warned() == []
