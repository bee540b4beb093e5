"""A local time stays what it is: the clock time is kept, the instant follows the zone's rules, in both directions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from include.publishing import ledger, queue
from include.releases import local_time
from include.releases.local_time import kept_instant, utc_instant
from include.releases.publication import State
from tests.publishing.rows import a_publication, change

ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "posixrules"}))
BEGIN = datetime.fromisoformat("2026-01-01")
HALF_HOURS = st.integers(0, 48 * 400).map(lambda steps: BEGIN + timedelta(minutes=30 * steps))
SPRING, AUTUMN = datetime.fromisoformat("2027-03-28T02:30"), datetime.fromisoformat("2026-10-25T02:30")
MADRID = "Europe/Madrid"


def shown(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@given(HALF_HOURS, ZONES)
@example(SPRING - timedelta(minutes=31), MADRID)
@example(SPRING + timedelta(minutes=31), MADRID)
def test_the_clock_shows_the_wanted_time_at_the_instant_on_either_side_of_a_change(local: datetime, zone: str) -> None:
    try:
        instant = utc_instant(local, zone)
    except ValueError:
        return
    assert shown(instant, zone) == local
    assert kept_instant(local, zone) == instant


@given(HALF_HOURS, ZONES)
@example(SPRING, MADRID)
@example(AUTUMN, MADRID)
@example(datetime.fromisoformat("2026-10-04T02:15"), "Australia/Lord_Howe")
def test_a_refused_time_is_asked_about_with_both_instants_and_each_answer_is_taken(local: datetime, zone: str) -> None:
    try:
        utc_instant(local, zone)
    except ValueError as error:
        told = str(error)
    else:
        return
    asked = told.split("Is ", 1)[1]
    answers = [datetime.fromisoformat(word) for word in asked.replace("(", " ").split() if "T" in word and ":" in word]
    earlier, later = [each.replace(tzinfo=UTC) for each in answers]
    assert earlier < later
    if "exists twice" in told:
        assert shown(earlier, zone) == shown(later, zone) == local
    else:
        assert shown(earlier, zone) < local < shown(later, zone)
    for answer in (earlier, later):
        assert utc_instant(answer.replace(tzinfo=None), "UTC") == answer


@given(HALF_HOURS, ZONES, st.integers(1, 200))
def test_days_apart_on_the_clock_are_days_apart_whatever_the_clock_did_in_between(
    local: datetime, zone: str, days: int
) -> None:
    """A day of 23 or 25 hours moves the instant, never the clock time."""
    try:
        first, second = utc_instant(local, zone), utc_instant(local + timedelta(days=days), zone)
    except ValueError:
        return
    assert shown(second, zone) - shown(first, zone) == timedelta(days=days)
    between = ZoneInfo(zone).utcoffset(local + timedelta(days=days)) - ZoneInfo(zone).utcoffset(local)
    assert second - first == timedelta(days=days) - between


def test_spring_and_autumn_are_asked_about_in_words() -> None:
    with pytest.raises(ValueError, match="2027-03-28 02:30:00 does not exist in Europe/Madrid") as skipped:
        utc_instant(SPRING, MADRID)
    assert str(skipped.value).endswith(
        "Is 2027-03-28T00:30:00 UTC (01:30:00 CET) meant, or 2027-03-28T01:30:00 UTC (03:30:00 CEST)"
    )
    with pytest.raises(ValueError, match="2026-10-25 02:30:00 exists twice in Europe/Madrid") as doubled:
        utc_instant(AUTUMN, MADRID)
    assert str(doubled.value).endswith(
        "Is 2026-10-25T00:30:00 UTC (02:30:00 CEST) meant, or 2026-10-25T01:30:00 UTC (02:30:00 CET)? "
        "Say which with timezone UTC"
    )


def test_when_a_zone_changes_its_rules_the_instants_follow_and_the_clock_times_stay(desk, monkeypatch) -> None:
    local = (datetime.now(UTC) + timedelta(days=30)).replace(tzinfo=None, microsecond=0)
    waits, begun = a_publication("alice"), a_publication("bob")
    for owner, publication in (("alice", waits), ("bob", begun)):
        queue.move(owner, publication, scheduled_for=local.isoformat(), timezone="UTC")
    change("alice", waits, "target = %s", '{"options": {"schedule": "ours"}}')
    queue.schedule("alice", [waits])
    change("bob", begun, "state = 'uploading'")
    assert queue.follow_the_clocks() == 0
    monkeypatch.setattr(local_time, "ZoneInfo", lambda name: ZoneInfo("Etc/GMT+1"))  # "UTC" is put back by an hour
    assert queue.follow_the_clocks() == 1
    after = ledger.read("alice", waits)
    later = local.replace(tzinfo=UTC) + timedelta(hours=1)
    assert (after.scheduled_local, after.scheduled_for, after.next_try_at) == (local, later, later)
    assert (after.state, after.timezone) == (State.SCHEDULED, "UTC")
    assert ledger.read("bob", begun).scheduled_for == local.replace(tzinfo=UTC)
    assert queue.follow_the_clocks() == 0


def test_a_kept_time_that_vanishes_or_doubles_still_has_one_instant() -> None:
    assert shown(kept_instant(SPRING, MADRID), MADRID) == SPRING + timedelta(hours=1)
    assert kept_instant(AUTUMN, MADRID) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
