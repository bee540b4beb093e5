"""Limits: never exceeded whoever counts at the same time, given back when nothing was sent, told in words."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from include import settings
from include.database import engine
from include.platforms.errors import QuotaExhausted
from include.publishing.quotas import PostgresMeter, day_began, day_ends
from include.settings import Quota

PACIFIC = "America/Los_Angeles"
ZONES = [PACIFIC, "UTC", "Europe/Madrid", "America/Havana", "America/Sao_Paulo", "Africa/Cairo", "Asia/Kathmandu"]
MOMENTS = st.floats(1_420_000_000, 2_050_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
MANY = hypothesis_settings(max_examples=300, deadline=None)


@MANY
@given(now=MOMENTS, zone=st.sampled_from(ZONES))
def test_every_moment_lies_in_the_day_it_is_counted_in(now, zone):
    began, ends = day_began(now, zone), day_ends(now, zone)
    assert began <= now < ends
    assert timedelta(hours=23) <= ends - began <= timedelta(hours=25)
    assert began.astimezone(ZoneInfo(zone)).date() == now.astimezone(ZoneInfo(zone)).date()


@MANY
@given(now=MOMENTS, zone=st.sampled_from(ZONES), later=st.timedeltas(timedelta(0), timedelta(hours=26)))
def test_a_day_has_one_beginning_and_the_next_one_begins_where_it_ends(now, zone, later):
    if now + later < day_ends(now, zone):
        assert day_began(now + later, zone) == day_began(now, zone)
    assert day_began(day_ends(now, zone), zone) == day_ends(now, zone)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 11, 21), 24)],
    ids=["clocks go forward", "clocks go back", "an ordinary day"],
)
def test_the_pacific_day_is_as_long_as_its_clock_says(day, hours):
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(PACIFIC)).astimezone(UTC)
    for minutes in range(0, hours * 60, 7):
        moment = midnight + timedelta(minutes=minutes)
        assert day_began(moment, PACIFIC) == midnight
        assert day_ends(moment, PACIFIC) - midnight == timedelta(hours=hours)


def test_the_day_of_a_zone_that_changes_its_clock_at_midnight_begins_once():
    # in Havana 2026-11-01 has two midnights, an hour apart (tz database 2025b)
    first = datetime(2026, 11, 1, 4, tzinfo=UTC)
    for minutes in range(0, 25 * 60, 15):
        assert day_began(first + timedelta(minutes=minutes), "America/Havana") == first


def quota(limit: int, per: str, **costs: int) -> Quota:
    costs = costs or {"call": 1}
    return Quota(limit=limit, per=per, resets=PACIFIC, shared_by="app", kept=0, costs=costs)  # type: ignore[arg-type]


def meter(owner: str = "alice", account: str = "mine", app: str = "app", **buckets: Quota) -> PostgresMeter:
    return PostgresMeter(owner, "youtube", account, app, buckets)


def used(one: PostgresMeter, endpoint: str = "call") -> None:
    """Make one call: reserve it, and have it answered at the same moment."""
    one.settle(one.reserve(endpoint), sent=True)


def tried(meters: list[PostgresMeter], times: int) -> list[object]:
    """Reserve `call` once a meter and round, all at the same moment; return what was granted."""
    gate = Barrier(len(meters))

    def run(one: PostgresMeter) -> list[object]:
        gate.wait()
        granted = []
        for _ in range(times):
            try:
                granted.append(one.reserve("call"))
            except QuotaExhausted:
                continue
        return granted

    with ThreadPoolExecutor(len(meters)) as pool:
        return [each for granted in pool.map(run, meters) for each in granted]


@pytest.mark.parametrize(("per", "at_once"), [("day", 50), ("hour", 25), ("minute", 25), ("rolling_day", 50)])
def test_twenty_at_once_never_exceed_a_limit(desk, clock, per, at_once):
    owners = ("alice", "bob")  # an app's limit is shared by all users
    meters = [meter(owners[number % 2], bucket=quota(50, per)) for number in range(20)]
    assert len(tried(meters, 5)) == at_once


@pytest.mark.parametrize("per", ["day", "rolling_day"])
def test_an_account_has_its_own_limit_and_an_app_has_one_for_all(desk, per):
    own = Quota(limit=2, per=per, shared_by="account", kept=0, costs={"call": 1})
    assert len(tried([meter(account="a", bucket=own), meter(account="b", bucket=own)], 5)) == 4
    shared = quota(2, per)
    assert len(tried([meter(account="a", shared=shared), meter(account="b", shared=shared)], 5)) == 2
    assert len(tried([meter(app="another app", shared=shared)], 5)) == 2


@pytest.mark.parametrize("per", ["day", "minute", "rolling_day"])
def test_a_call_that_was_not_sent_is_given_back(desk, per):
    one = meter(bucket=quota(1, per))
    for _ in range(3):
        assert one.settle(one.reserve("call"), sent=False) == 0
    assert one.settle(one.reserve("call"), sent=True) == 1
    with pytest.raises(QuotaExhausted):
        one.reserve("call")


@pytest.mark.parametrize("per", ["day", "rolling_day"])
def test_what_is_given_back_at_the_same_time_leaves_the_count_right(desk, per):
    meters = [meter(bucket=quota(1000, per)) for _ in range(20)]
    granted = tried(meters, 3)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda each: meters[0].settle(each, sent=False), granted[:40]))
    with engine.transaction("alice") as connection:
        row = connection.exec_driver_sql("select used, cardinality(marks) as marks from desk.quota").one()
    assert max(row.used, row.marks) == 20


def test_a_call_of_many_units_is_taken_whole_or_not_at_all(desk):
    one = meter(units=quota(100, "day", dear=50, cheap=1))
    one.reserve("dear")
    one.reserve("cheap")
    with pytest.raises(QuotaExhausted):
        one.reserve("dear")
    for _ in range(49):
        one.reserve("cheap")
    with pytest.raises(QuotaExhausted):
        one.reserve("cheap")


def test_when_one_bucket_is_full_nothing_is_taken_from_the_others(desk):
    one = meter(many=quota(10, "day", call=1), few=quota(1, "minute", call=1))
    one.reserve("call")
    for _ in range(5):
        with pytest.raises(QuotaExhausted, match="few"):
            one.reserve("call")
    with engine.transaction("alice") as connection:
        assert connection.exec_driver_sql("select used from desk.quota where bucket = 'many'").scalar_one() == 1


def test_an_endpoint_without_a_cost_is_free(desk):
    one = meter(bucket=quota(1, "day"))
    assert [one.settle(one.reserve("free"), sent=True) for _ in range(5)] == [0] * 5


def test_a_day_that_is_over_has_room_again(desk, clock):
    one = meter(bucket=quota(1, "day"))
    clock(datetime(2026, 11, 1, 8, tzinfo=UTC))  # the Pacific day of 25 hours has begun an hour ago
    one.reserve("call")
    with pytest.raises(QuotaExhausted) as full:
        one.reserve("call")
    assert full.value.resets_at == datetime(2026, 11, 2, 8, tzinfo=UTC)
    clock(datetime(2026, 11, 2, 7, 59, tzinfo=UTC))
    with pytest.raises(QuotaExhausted):
        one.reserve("call")
    clock(datetime(2026, 11, 2, 8, tzinfo=UTC))
    one.reserve("call")


def test_a_sliding_window_has_room_when_its_oldest_call_is_over(desk, clock):
    one, start, span = meter(bucket=quota(2, "rolling_day")), datetime(2026, 11, 21, 12, tzinfo=UTC), timedelta(days=1)
    for seconds in (0, 10):
        clock(start + timedelta(seconds=seconds))
        used(one)
    clock(start + timedelta(seconds=20))
    with pytest.raises(QuotaExhausted) as full:
        one.reserve("call")
    assert full.value.resets_at == start + span
    clock(start + span)
    used(one)
    with pytest.raises(QuotaExhausted):
        one.reserve("call")


def test_a_call_counts_from_its_answer_on(desk, clock):
    one, start = meter(bucket=quota(1, "rolling_day")), datetime(2026, 11, 21, 12, tzinfo=UTC)
    clock(start)
    reservation = one.reserve("call")
    clock(start + timedelta(seconds=90))  # the platform counted it somewhere in between
    one.settle(reservation, sent=True)
    clock(start + timedelta(days=1, seconds=89))
    with pytest.raises(QuotaExhausted):
        one.reserve("call")
    clock(start + timedelta(days=1, seconds=90))
    one.reserve("call")


@hypothesis_settings(max_examples=80, deadline=None)
@given(gaps=st.lists(st.floats(0, 40), min_size=1, max_size=25))
def test_in_no_minute_there_are_more_calls_than_allowed(gaps, one_desk, one_clock):
    account = f"account-{datetime.now(UTC).timestamp()}"
    limited = Quota(limit=3, per="minute", shared_by="account", kept=0, costs={"call": 1})
    one, now = meter(account=account, bucket=limited), datetime(2026, 11, 21, tzinfo=UTC)
    granted, promised = [], []
    for gap in gaps:
        now += timedelta(seconds=gap)
        one_clock(now)
        try:
            one.reserve("call")
            granted.append(now)
        except QuotaExhausted as full:
            promised.append(full.resets_at - now)
    assert all(timedelta(0) < wait <= timedelta(minutes=1) for wait in promised)
    for first, fourth in zip(granted, granted[3:], strict=False):
        assert fourth - first >= timedelta(minutes=1)


def test_the_message_names_the_limit_and_when_it_has_room_again(desk, clock):
    clock(datetime(2026, 11, 21, 12, tzinfo=UTC))
    one = meter(uploads=quota(1, "day"))
    one.reserve("call")
    with pytest.raises(QuotaExhausted) as full:
        one.reserve("call")
    assert full.value.message == (
        "YouTube's daily limit of 1 uploads is reached. It has room again at 2026-11-22 08:00 UTC."
    )
    assert full.value.code == "our_count:uploads"


def test_the_configured_limits_are_the_platforms_own(monkeypatch):
    monkeypatch.delenv("RELEASE_DESK_CONFIG", raising=False)
    settings.forget()
    found = settings.distribution().quotas
    settings.forget()
    assert (found["youtube"]["uploads"].limit, found["youtube"]["units"].limit) == (100, 10_000)
    assert found["youtube"]["uploads"].resets == PACIFIC
    assert found["youtube"]["units"].costs["thumbnails.set"] == 50
    assert (found["tiktok"]["inits"].limit, found["tiktok"]["inits"].per) == (6, "minute")
    assert set(found["tiktok"]["inits"].costs) == {"video.init", "inbox.init"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Return a setter of the time the meters see."""
    return _clock(monkeypatch)


def _clock(patch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    moments = [datetime(2026, 11, 21, tzinfo=UTC)]
    patch.setattr(PostgresMeter, "_now", lambda self: moments[-1])
    return moments.append


@pytest.fixture(scope="module")
def one_clock() -> Any:
    """The same, for all examples of one test."""
    with pytest.MonkeyPatch.context() as patch:
        yield _clock(patch)
