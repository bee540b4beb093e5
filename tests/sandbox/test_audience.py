"""The crowd behind the sandbox's numbers is whole: days add up to counters, and parts to days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from include.sandbox.audience import METRICS, Crowd, divided, remarks
from tests.sandbox_server import SandboxServer

BEGAN = datetime(2026, 10, 20, 17, 30, tzinfo=UTC).timestamp()
CROWDS = st.builds(Crowd, st.text(min_size=1, max_size=12), st.floats(1.6e9, 1.9e9))


@given(CROWDS, st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_a_counter_at_midnight_is_the_sum_of_the_days_before(crowd: Crowd, days: int):
    day = crowd.first_day() + timedelta(days=days)
    total = crowd.until(crowd.midnight(day))
    before = [crowd.of_day(crowd.first_day() + timedelta(days=number)) for number in range(days)]
    assert total == {name: sum(one[name] for one in before) for name in METRICS}


@given(CROWDS, st.floats(0, 40 * 86_400), st.floats(0, 86_400))
@settings(max_examples=100, deadline=None)
def test_counters_never_fall(crowd: Crowd, seconds: float, more: float):
    early, late = (crowd.until(crowd.began_at + passed) for passed in (seconds, seconds + more))
    assert all(late[name] >= early[name] for name in METRICS)


@given(st.integers(0, 2**60), st.dictionaries(st.text(max_size=5), st.integers(1, 50), min_size=1, max_size=12))
def test_parts_add_up_to_the_whole(total: int, among: dict[str, int]):
    parts = divided(total, among, "salt")
    assert sum(parts.values()) == total
    assert min(parts.values()) >= 0


@given(CROWDS, st.floats(0, 20 * 86_400))
@settings(max_examples=60, deadline=None)
def test_there_are_as_many_remarks_as_the_counter_says(crowd: Crowd, seconds: float):
    moment = crowd.began_at + seconds
    found = remarks(crowd, moment, at_most=10**6)
    assert abs(len(found) - crowd.until(moment)["comments"]) <= 1  # a remark may be made in this very millisecond
    assert all(one.parent is None or one.parent < one.number for one in found)


def test_a_day_of_25_hours_is_a_day_like_any_other():
    crowd = Crowd("autumn", BEGAN)
    long_day = date(2026, 11, 1)  # the clocks go back in Los Angeles
    begins, ends = crowd.midnight(long_day), crowd.midnight(long_day + timedelta(days=1))
    assert ends - begins == 25 * 3600
    grown = {name: crowd.until(ends)[name] - crowd.until(begins)[name] for name in METRICS}
    assert grown == dict(crowd.of_day(long_day))


def test_the_clock_is_moved_stopped_and_let_go(sandbox: SandboxServer):
    def at(**wanted: object) -> datetime:
        answer = httpx.post(f"{sandbox.base}/sandbox/clock", json=wanted).raise_for_status()
        return datetime.fromisoformat(answer.json()["now"])

    moment = datetime(2027, 3, 1, 12, tzinfo=UTC)
    assert at(to=moment.isoformat(), stop=True) == moment
    assert at(days=1, hours=2, stop=True) == moment + timedelta(days=1, hours=2)
    going = at(seconds=1)
    later = datetime.fromisoformat(httpx.get(f"{sandbox.base}/sandbox/clock").json()["now"])
    assert going < later < going + timedelta(minutes=1)
    for wrong in ({}, {"to": "soon"}, {"weeks": 1}, {"days": "1"}):
        assert httpx.post(f"{sandbox.base}/sandbox/clock", json=wrong).status_code == 400
