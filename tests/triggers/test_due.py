"""The watcher of the queue: it wakes the DAG when something is due, and nothing makes it stop watching."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from include.publishing import queue, taking
from include.triggers import due
from include.triggers.due import DueTrigger
from tests.publishing.rows import change
from tests.publishing.studio import OWNER
from tests.publishing.test_taking import a_publication

AS_IT_IS = due.LOOK_EVERY_SECONDS


@pytest.fixture(autouse=True)
def quick(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often."""
    monkeypatch.setattr(due, "LOOK_EVERY_SECONDS", 0.05)


async def fired(run: AsyncIterator[Any], seconds: float = 10) -> Any:
    """Return the payload of the next event."""
    return (await asyncio.wait_for(anext(run), seconds)).payload


async def test_what_is_due_wakes_the_dag_and_nothing_else_does():
    publication = a_publication()
    change(OWNER, publication, "next_try_at = now() + interval '1 hour'")
    with pytest.raises(asyncio.TimeoutError):
        await fired(DueTrigger().run(), 0.5)
    change(OWNER, publication, "next_try_at = now()")
    assert await fired(DueTrigger().run()) == {"waiting": 1}


def test_it_is_looked_at_least_every_two_seconds():
    assert AS_IT_IS <= 2


async def test_the_same_wakes_it_once_and_another_one_again():
    a_publication()
    run = DueTrigger().run()
    assert await fired(run) == {"waiting": 1}
    with pytest.raises(asyncio.TimeoutError):
        await fired(run, 0.5)
    run = DueTrigger().run()  # a triggerer that was started again tells it again
    assert await fired(run) == {"waiting": 1}
    a_publication(title_id="t2")
    assert await fired(run) == {"waiting": 2}


async def test_nothing_is_told_of_what_was_taken_on():
    a_publication()
    (run,) = taking.take_due()
    taking.triggered(OWNER, run.run_id)
    with pytest.raises(asyncio.TimeoutError):
        await fired(DueTrigger().run(), 0.5)


async def test_an_event_whose_run_never_came_is_repeated(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(due, "SAY_AGAIN_SECONDS", 0.5)
    a_publication()
    run = DueTrigger().run()
    assert await fired(run) == {"waiting": 1}
    began = time.monotonic()
    assert await fired(run) == {"waiting": 1}
    assert time.monotonic() - began >= 0.4


async def test_two_watchers_wake_it_twice_and_one_run_is_started():
    a_publication()
    assert await fired(DueTrigger().run()) == await fired(DueTrigger().run()) == {"waiting": 1}
    runs = await asyncio.gather(*(asyncio.to_thread(taking.take_due) for _ in range(2)))
    assert sorted(map(len, runs)) == [0, 1]


async def test_a_database_out_of_reach_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    a_publication()
    real, failed = taking.to_do, []

    def to_do(*arguments: Any) -> Any:
        if len(failed) < 3:
            failed.append(1)
            raise ConnectionError("no way")
        return real(*arguments)

    monkeypatch.setattr(taking, "to_do", to_do)
    assert await fired(DueTrigger().run()) == {"waiting": 1}
    assert "the queue could not be looked at: no way" in caplog.text


async def test_the_clocks_are_followed_also_when_that_fails_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(due, "CLOCKS_EVERY_SECONDS", 0.1)
    looked = []

    def follow() -> int:
        looked.append(1)
        raise ConnectionError("no way")

    monkeypatch.setattr(queue, "follow_the_clocks", follow)
    with pytest.raises(asyncio.TimeoutError):
        await fired(DueTrigger().run(), 1)
    assert len(looked) >= 2


def test_airflow_stores_nothing_but_its_name():
    assert DueTrigger().serialize() == ("include.triggers.due.DueTrigger", {})
