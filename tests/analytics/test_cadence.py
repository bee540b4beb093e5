"""Whose turn it is next, and which days: properties of pure functions, over every age, zone and change of clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include import settings
from include.analytics import cadence
from include.analytics.asking import days_completed, window_of
from include.measurement import Step
from tests.analytics import toy

MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
AGES = st.timedeltas(timedelta(0), timedelta(days=400))
ZONES = st.sampled_from(["America/Los_Angeles", "UTC", "Europe/Madrid", "Australia/Lord_Howe", "Asia/Kathmandu"])
CADENCES = st.sampled_from(sorted(settings.analytics().cadences))


def steps_of(name: str) -> tuple[Step, ...]:
    return settings.analytics().cadences[name]


@given(CADENCES, MOMENTS, AGES, ZONES)
def test_a_slot_has_begun_and_is_a_day_long_at_most(name, now, age, zone):
    slot = cadence.slot(steps_of(name), now - age, now, zone)
    assert timedelta(0) <= now - slot <= timedelta(hours=25)


@given(CADENCES, MOMENTS, AGES, ZONES)
def test_a_slot_never_reaches_over_midnight_where_the_platform_counts_its_days(name, now, age, zone):
    slot = cadence.slot(steps_of(name), now - age, now, zone)
    assert slot.astimezone(ZoneInfo(zone)).date() == now.astimezone(ZoneInfo(zone)).date()


@given(CADENCES, MOMENTS, AGES)
def test_it_is_next_read_after_now_and_not_later_than_one_step(name, now, age):
    step = cadence.step_of(steps_of(name), age)
    wait = cadence.next_after(steps_of(name), now - age, now) - now
    assert timedelta(0) < wait <= timedelta(hours=step.every_hours)


@given(MOMENTS, st.lists(AGES, min_size=2, max_size=20))
def test_videos_on_the_same_step_are_read_together(now, ages):
    steps = steps_of("counters")
    by_step: dict[float, set[datetime]] = {}
    for age in ages:
        found = cadence.next_after(steps, now - age, now)
        by_step.setdefault(cadence.step_of(steps, age).every_hours, set()).add(found)
    assert all(len(times) == 1 for times in by_step.values())


@given(MOMENTS, AGES)
def test_reading_whenever_it_is_due_leaves_no_slot_out(published_at, age):
    steps, now = steps_of("counters"), published_at + age
    slot, due = cadence.slot(steps, published_at, now), cadence.next_after(steps, published_at, now)
    assert due - slot == timedelta(hours=cadence.step_of(steps, age).every_hours)


@given(ZONES, MOMENTS, st.integers(1, 60), st.sampled_from([1, 6, 24]))
def test_each_day_ends_in_exactly_one_of_intervals_that_follow_each_other(zone, begins, count, hours):
    dataset = replace(toy.DAILY, zone=zone)
    ends = [begins + timedelta(hours=hours * number) for number in range(count + 1)]
    found = [days_completed(dataset, one, other) for one, other in pairwise(ends)]
    days = [day for window in found if window for day in _days(window.first, window.last)]
    place = ZoneInfo(zone)
    assert days == _days(ends[0].astimezone(place).date(), ends[-1].astimezone(place).date() - timedelta(days=1))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@pytest.mark.parametrize(
    ("now", "yesterday"),
    [
        # the clocks go back on 2026-11-01: that day has 25 hours
        (datetime(2026, 11, 2, 7, 59, tzinfo=UTC), date(2026, 10, 31)),
        (datetime(2026, 11, 2, 8, 0, tzinfo=UTC), date(2026, 11, 1)),
        # and forward on 2026-03-08: 23 hours
        (datetime(2026, 3, 9, 6, 59, tzinfo=UTC), date(2026, 3, 7)),
        (datetime(2026, 3, 9, 7, 0, tzinfo=UTC), date(2026, 3, 8)),
    ],
)
def test_a_day_of_25_or_23_hours_is_over_when_its_zone_says_so(now, yesterday):
    assert window_of(toy.DAILY, now, None).last == yesterday


@given(MOMENTS, st.integers(0, 60), st.integers(0, 90))
def test_a_window_has_every_day_since_the_last_whole_reading_as_far_as_the_platform_tells(now, missed, age):
    yesterday = window_of(toy.DAILY, now, None).last
    last_day = yesterday - timedelta(days=missed)
    window = window_of(toy.DAILY, now, last_day, now - timedelta(days=age))
    reach = yesterday - timedelta(days=toy.DAILY.reaches_days)
    assert window.last == yesterday
    assert reach <= window.first <= yesterday - timedelta(days=toy.DAILY.looks_back_days)
    assert window.first <= max(last_day + timedelta(days=1), reach)
