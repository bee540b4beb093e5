"""What collecting cannot mend by itself reaches a person, once: reports about to be lost, days that cannot be built."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from include.analytics import alarms, store, warehouse
from include.analytics.warehouse import CheckFailed
from include.database import engine
from include.platforms.reading import Rows
from include.publishing import delivery
from tests.analytics import stage
from tests.analytics.stage import read
from tests.publishing.receivers import both, configure, mailbox, receiver  # noqa: F401  found by their names
from tests.publishing.rows import an_account

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = date(2026, 10, 1)


@pytest.fixture
def marts(desk: Any, postgres_server: Any, warehouse: Any) -> Iterator[Any]:
    """The warehouse with staging tables to fill, and a superuser to publish with."""
    with postgres_server.superuser(warehouse) as connection:
        stage.set_up(connection)
        yield connection


def a_file(report_id: str, *, days_left: float, day: date = DAY, owner: str = "alice", **more: Any) -> None:
    """Write down a report file as a reading does."""
    row = {
        "job_id": "j", "report_id": report_id, "report_type": "channel_reach_basic_a1", "day": day,
        "starts_at": datetime(day.year, day.month, day.day, 7, tzinfo=UTC), "created_at": NOW - timedelta(days=50),
        "expires_at": NOW + timedelta(days=days_left), "read_at": None, "lost": None,
    } | more  # fmt: skip
    with engine.transaction(owner) as connection:
        store.save(connection, owner, "my_youtube", NOW, [Rows(table="youtube.report_file", rows=[row])])


def told(owner: str = "alice") -> list[Any]:
    with engine.transaction(owner) as connection:
        return list(connection.exec_driver_sql("select * from desk.notice order by told_at"))


def test_a_report_that_ends_within_a_week_is_told_once_by_email_and_webhook(desk, both, mailbox, receiver):  # noqa: F811
    an_account("alice")
    a_file("soon", days_left=5)
    a_file("later", days_left=8, day=DAY + timedelta(days=3))
    assert [alarms.reports_expire(NOW + timedelta(hours=hour)) for hour in range(4)] == [1, 1, 1, 1]
    (notice,) = told()
    assert (notice.kind, notice.about) == ("report_expires", "my_youtube")
    assert notice.subject == "YouTube (my_youtube) throws reports away at 2026-11-26 12:00 UTC"
    assert "Files not read yet: 1; the first ends at 2026-11-26 12:00 UTC." in notice.body
    assert "countries of 2026-10-01 to 2026-10-01," in notice.body
    delivery.deliver_due()
    assert (len(mailbox.messages), len(receiver.got)) == (1, 1)


def test_what_was_read_and_what_a_newer_file_replaced_is_no_alarm(desk):
    an_account("alice")
    a_file("read", days_left=2, read_at=NOW)
    a_file("replaced", days_left=2, day=DAY + timedelta(days=1))
    a_file("newer", days_left=40, day=DAY + timedelta(days=1), created_at=NOW, read_at=NOW)
    assert alarms.reports_expire(NOW) == 0
    assert told() == []


def test_a_lost_report_is_told_for_a_month_and_reading_it_ends_the_alarm(desk):
    an_account("alice")
    an_account("bob")
    a_file("one", days_left=1)
    alarms.reports_expire(NOW)
    assert alarms.reports_expire(NOW + timedelta(days=2)) == 1
    assert [row.subject.rpartition(" ")[2] for row in told()] == ["UTC", "lost"]
    assert alarms.reports_expire(NOW + timedelta(days=32)) == 0
    assert [row.over_at is None for row in told()] == [False, False]
    a_file("two", days_left=33, day=DAY + timedelta(days=5))
    assert alarms.reports_expire(NOW + timedelta(days=32)) == 1
    a_file("two", days_left=33, day=DAY + timedelta(days=5), read_at=NOW)
    assert alarms.reports_expire(NOW + timedelta(days=32)) == 0
    assert told()[-1].over_at is not None
    assert told("bob") == []


def test_marts_that_stand_still_are_told_once_until_they_go_on(marts, both, mailbox):  # noqa: F811
    def build_badly(number: int) -> None:
        read("video_daily", {"video_id": "v", "day": date(2026, 11, number), "views_total": -1})
        for _ in range(3):
            with pytest.raises(CheckFailed):
                warehouse.build("alice")

    stage.publish(marts, "v")
    build_badly(20)
    (notice,) = told()
    assert (notice.kind, notice.about, notice.over_at) == ("check_failed", "marts", None)
    assert notice.subject == "The marts stand still: 2026-11-20, video_daily__never_negative"
    assert "sql/checks/video_daily__never_negative.sql found 1 bad rows, such as:" in notice.body
    delivery.deliver_due()
    assert len(mailbox.messages) == 1
    build_badly(19)
    assert [(row.fingerprint, row.over_at is None) for row in told()] == [
        ("video_daily__never_negative 2026-11-20", False), ("video_daily__never_negative 2026-11-19", True)
    ]  # fmt: skip
    marts.execute("delete from staging.stg_youtube__video_daily")
    warehouse.build("alice")
    assert [row.over_at is None for row in told()] == [False, False]
