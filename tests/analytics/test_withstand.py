"""What a reading must withstand: platforms that fail in every way, processes that die, two at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from include.analytics import store
from include.platforms.http import Calls
from include.platforms.reading import Answer, Asked, Done, Rows
from tests.analytics import toy
from tests.analytics.conftest import NOW, Channel

LATER = NOW + timedelta(hours=7)
FAULTS = {
    "429": {"action": "status", "status": 429, "headers": {"Retry-After": "0"}},
    "500": {"action": "status", "status": 500},
    "no answer": {"action": "drop_after"},
    "no JSON": {"action": "status", "status": 200, "body": "<html>"},
    "another shape": {"action": "status", "status": 200, "body": {"items": {"none": 1}}},
}


def forget_limits(channel: Channel) -> None:
    """Let the waits be over that the meter has noted."""
    for table in ("quota_pause", "bucket"):
        channel.rows(f"delete from desk.{table} returning 1")


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_page_keeps_the_pages_before_and_the_rest_is_read_later(channel, fault, nth):
    ids = channel.plant(6)
    channel.studio.sandbox.fault(match={"endpoint": toy.ENDPOINT, "nth": nth}, **FAULTS[fault])
    ended = channel.collect()
    assert ended.state == ("failed" if nth == 1 else "partial")
    assert len(channel.counted()) == (nth - 1) * 2
    assert channel.syncs()[-1].error["message"]
    forget_limits(channel)
    assert channel.collect(now=LATER).state == "done"
    assert channel.counted() == set(ids)


def test_an_expired_token_is_renewed_once_and_costs_nothing(channel):
    ids = channel.plant(4)
    channel.studio.sandbox.fault(match={"endpoint": toy.ENDPOINT, "nth": 2}, action="expire_token")
    assert channel.collect().state == "done"
    assert channel.counted() == set(ids)


def test_a_dead_account_fails_alone_and_says_what_to_do(channel):
    channel.plant(2)
    channel.rows("update desk.account_secret set envelope = envelope where false returning 1")
    channel.rows("delete from desk.account_secret returning 1")
    ended = channel.collect()
    assert (ended.state, ended.error_kind) == ("failed", "AccountTrouble")
    assert "Connect it again" in ended.sentence


@pytest.mark.parametrize("point", ["asked", "half-way", "kept"])
def test_a_killed_process_leaves_a_line_that_the_next_one_marks_and_no_half_day(channel, point, monkeypatch):
    ids = channel.plant(4)
    assert _killed(point, channel, monkeypatch) == signal.SIGKILL
    (line,) = channel.syncs()
    assert (line.state, channel.counted()) == ("running", set())
    assert channel.collect().state == "done"
    first, second = channel.syncs()
    assert (first.state, first.error["kind"], second.state) == ("failed", "Killed", "done")
    assert channel.counted() == set(ids)


def _killed(point: str, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> int:
    """Collect in a forked child that is killed at a point; return the signal that ended it."""

    def die(*args: Any, **named: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    def read(calls: Calls, asked: Asked) -> Iterator[Answer]:
        for number, answer in enumerate(toy.read_counters(calls, asked)):
            if point == "asked" or (point == "half-way" and number == 3):
                die()
            yield answer

    child = os.fork()
    if child == 0:
        try:
            if point == "kept":  # everything is in its tables, and nothing is committed
                saved = store.save
                monkeypatch.setattr(store, "save", lambda *given: saved(*given) and die())
            channel.collect(replace(toy.COUNTERS, read=read))
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def test_of_two_at_once_one_is_busy_or_waits_and_nothing_is_read_twice(channel):
    ids = channel.plant(4)
    reading, go_on = threading.Event(), threading.Event()

    def read(calls: Calls, asked: Asked) -> Iterator[Answer]:
        reading.set()
        assert go_on.wait(20)
        yield from toy.read_counters(calls, asked)

    outcomes: list[Any] = []
    first = threading.Thread(target=lambda: outcomes.append(channel.collect(replace(toy.COUNTERS, read=read))))
    first.start()
    assert reading.wait(20)
    busy = channel.collect()
    second = threading.Thread(target=lambda: outcomes.append(channel.collect(now=LATER, patience=20)))
    second.start()
    go_on.set()
    for one in (first, second):
        one.join(20)
    assert (busy.state, [one.state for one in outcomes]) == ("busy", ["done", "done"])
    assert len(channel.syncs()) == 2, "who has patience reads after the first one, who has none not at all"
    assert channel.counted() == set(ids)


def test_pages_out_of_order_and_twice_are_one_row_each_the_last_one_told(channel):
    channel.plant(1)

    def read(calls: Calls, asked: Asked) -> Iterator[Answer]:
        for views in (5, 9, 7):
            row = {"video_id": "v", "day": asked.now.date(), "slot": asked.now, "views": views, "likes": 2**60}
            yield Rows(table=toy.COUNTS, rows=[row, row])
        yield Done()

    assert channel.collect(replace(toy.COUNTERS, read=read)).rows_changed == 1
    (row,) = channel.rows(f"select views, likes from {toy.COUNTS}")
    assert (row.views, row.likes) == (7, 2**60)


def test_a_counter_that_goes_down_is_kept_as_it_is(channel):
    channel.plant(1)
    told = iter([{"views": 10}, {"views": 3}])

    def read(calls: Calls, asked: Asked) -> Iterator[Answer]:
        (one,) = asked.subjects
        slot = asked.slots[one.video_id]
        yield Rows(table=toy.COUNTS, rows=[{"video_id": one.video_id, "day": slot.date(), "slot": slot, **next(told)}])

    for now in (NOW, LATER):
        channel.collect(replace(toy.COUNTERS, read=read), now=now)
    assert [row.views for row in channel.rows(f"select views from {toy.COUNTS} order by slot")] == [10, 3]


def test_a_reader_that_says_nonsense_costs_its_own_dataset_only(channel):
    channel.plant(1)

    def read(calls: Calls, asked: Asked) -> Iterator[Any]:
        yield {"rows": 1}

    ended = channel.collect(replace(toy.COUNTERS, read=read))
    assert (ended.state, ended.error_kind) == ("failed", "TypeError")
    assert channel.collect().state == "done"


def test_when_the_database_refuses_a_row_nothing_of_the_reading_is_kept(channel):
    channel.plant(2)

    def read(calls: Calls, asked: Asked) -> Iterator[Answer]:
        yield from toy.read_counters(calls, asked)
        yield Rows(table=toy.COUNTS, rows=[{"video_id": None, "day": asked.now.date(), "slot": asked.now}])

    with pytest.raises(Exception, match="null value"):
        channel.collect(replace(toy.COUNTERS, read=read))
    assert channel.counted() == set()
    (line,) = channel.syncs()
    assert (line.state, line.rows_read) == ("failed", 0)


def test_texts_of_any_script_and_length_and_fields_nobody_knew_are_kept(channel):
    channel.plant(1)
    odd = {"emoji": "👩‍👩‍👧‍👦", "rtl": "שלום", "long": "x" * 10_000, "null": "a\x00b"}

    def read(calls: Calls, asked: Asked) -> Iterator[Answer]:
        row = {"video_id": str(2**63), "day": asked.now.date(), "slot": asked.now, "views": "many", **odd}
        yield Rows(table=toy.COUNTS, rows=[row])

    assert channel.collect(replace(toy.COUNTERS, read=read)).misfits == ("market.toy_counter.views",)
    (row,) = channel.rows(f"select * from {toy.COUNTS}")
    assert row.video_id == str(2**63)
    assert row.extra == {**odd, "null": "ab", "views": "many"}
