"""Times that are proposed: from the account's own history, else the stated ones; free ones, and ones that exist."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include import settings
from include.accounts.accounts import UnknownAccount
from include.cli import queue as queue_cli
from include.desk import queue as queue_rest
from include.publishing import times
from include.publishing.times import DEFAULT_HOURS, TAKEN, count_votes, propose, suggested_times
from tests.publishing.rows import an_account, change
from tests.publishing.test_taking import a_publication

MADRID = "Europe/Madrid"
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)  # a Monday


def moments(first: str, last: str) -> st.SearchStrategy[datetime]:
    """Instants between two days."""
    return st.datetimes(datetime.fromisoformat(first), datetime.fromisoformat(last), timezones=st.just(UTC))


def test_without_a_history_the_stated_hours_are_proposed(desk):
    an_account("alice")
    found = suggested_times("alice", "my_youtube", days=7)
    assert {each.because for each in found} == {"default"}
    assert {each.timezone for each in found} == {"UTC"}
    assert {(each.local.weekday() >= 5, each.local.hour) for each in found} == {
        (weekend, hour) for weekend, hours in DEFAULT_HOURS.items() for hour in hours
    }
    assert len(found) == 14
    assert list(found) == sorted(found, key=lambda each: each.at)


def test_the_hours_it_usually_publishes_at_win(desk):
    an_account("alice")
    tuesday = (datetime.now(UTC) - timedelta(days=datetime.now(UTC).weekday() + 6)).date()
    for week in range(6):
        at = datetime.combine(tuesday - timedelta(weeks=week), datetime.min.time(), ZoneInfo(MADRID)).replace(hour=21)
        a_publication(
            "alice", f"t{week}", state="published", published_at=at, timezone=MADRID, queued_at=None, next_try_at=None
        )
    found = suggested_times("alice", "my_youtube", days=7)
    best = max(found, key=lambda each: each.score)
    assert (best.local.weekday(), best.local.hour, best.timezone) == (1, 21, MADRID)
    assert (best.score, best.because, best.publications) == (1.0, "history", 6)
    assert best.at == best.local.replace(tzinfo=ZoneInfo(MADRID)).astimezone(UTC)


def test_another_accounts_history_and_another_owners_do_not_count(desk):
    a_publication("bob", "t1", state="published", published_at=datetime.now(UTC))
    an_account("alice")
    assert {each.because for each in suggested_times("alice", "my_youtube")} == {"default"}
    with pytest.raises(UnknownAccount):
        suggested_times("alice", "nobodys")


def test_what_is_planned_already_is_not_proposed_again(desk):
    an_account("alice")
    (first, *_) = suggested_times("alice", "my_youtube")
    publication = a_publication("alice")
    change("alice", publication, "scheduled_for = %s", first.at + timedelta(minutes=20))
    assert first.at not in {each.at for each in suggested_times("alice", "my_youtube")}


@pytest.mark.parametrize(
    "told",
    [times.__doc__, queue_rest.read_times.__doc__, queue_cli.times.__doc__,
     *((settings.PROJECT / "docs" / name).read_text() for name in ("scheduling.md", "api.md"))],
    ids=["the method", "REST", "CLI", "scheduling.md", "api.md"],
)  # fmt: skip
def test_wherever_times_are_proposed_it_is_said_that_views_have_no_say(told: str):
    assert re.search(r"views\b[^.;]*\bhave no say", told, re.IGNORECASE)


def test_old_publications_count_less(desk):
    recent, old = NOW - timedelta(days=1), NOW - timedelta(days=366)
    votes = count_votes([recent, old], "UTC", NOW)
    assert votes[recent.weekday(), recent.hour] > 10 * votes[old.weekday(), old.hour]


@given(
    st.lists(moments("2025-01-01", "2026-11-01"), max_size=9),
    st.sampled_from(["UTC", MADRID, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    moments("2026-01-01", "2027-01-01"),
    st.integers(1, 14),
)
def test_every_proposal_lies_ahead_exists_once_and_is_apart_from_the_next(published, zone, now, days) -> None:
    taken = [now + timedelta(hours=5)]
    found = list(propose(count_votes(published, zone, now), zone, now, days, taken, len(published)))
    assert found
    for each in found:
        assert now < each.at <= now + timedelta(days=days)
        assert each.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == each.local
        assert 0 < each.score <= 1
        assert all(abs(each.at - other) >= TAKEN for other in taken)
    by_day = {}
    for each in found:
        by_day.setdefault(each.local.date(), []).append(each)
    assert all(len(day) <= times.A_DAY for day in by_day.values())
