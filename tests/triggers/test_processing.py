"""The trigger that waits for a platform: it looks, fires once, and knows no secret."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.publishing import ledger, steps
from include.publishing.progress import Done, Later, Progress
from include.releases.publication import State
from include.triggers import processing
from include.triggers.processing import LONGEST_SLEEP_SECONDS, ProcessingTrigger
from tests.publishing.studio import OWNER, Studio


def in_processing(studio: Studio) -> str:
    """Upload the release to YouTube and return the publication, which is being processed for a while."""
    studio.sandbox.settings(processing_seconds=0.6)
    studio.connect("youtube")
    (publication_id,) = studio.register()
    steps.validate(OWNER, publication_id)
    steps.upload(OWNER, publication_id)
    assert ledger.read(OWNER, publication_id).state == State.PROCESSING
    return publication_id


async def events(trigger: ProcessingTrigger) -> list[Any]:
    """Run a trigger to its end and return the payloads it fired."""
    return [event.payload async for event in trigger.run()]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look every 0.3 s, whatever the platform asks for."""
    monkeypatch.setattr(processing, "LONGEST_SLEEP_SECONDS", 0.3)


@pytest.fixture
def sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Every wait the trigger asks for; none is waited. Event loops of other threads (servers) sleep as they did."""
    asked: list[float] = []
    mine, real = threading.get_ident(), asyncio.sleep

    async def sleep(seconds: float) -> None:
        if threading.get_ident() == mine:
            asked.append(seconds)
        else:
            await real(seconds)

    monkeypatch.setattr(processing.asyncio, "sleep", sleep)
    return asked


def answering(monkeypatch: pytest.MonkeyPatch, *waits: float) -> None:
    """Let looks be answered with "again in so many seconds", then with the end."""
    left = list(waits)

    def check(owner: str, publication_id: str) -> Progress:
        if left:
            return Later(at=datetime.now(UTC) + timedelta(seconds=left.pop(0)), why="It is being processed.")
        return Done(publication=None)  # type: ignore[arg-type]  the trigger does not look inside

    monkeypatch.setattr(steps, "check", check)


async def test_it_fires_once_when_the_platform_has_processed_the_video(studio: Studio, impatient: None):
    publication_id = in_processing(studio)
    trigger = ProcessingTrigger(owner=OWNER, publication_id=publication_id, first_poll_seconds=0.1)
    assert await asyncio.wait_for(events(trigger), 30) == [{"publication_id": publication_id}]
    assert ledger.read(OWNER, publication_id).state == State.FINISHING
    studio.sandbox.settings(processing_seconds=0)


async def test_two_at_once_change_nothing_at_the_platform(studio: Studio, impatient: None):
    publication_id = in_processing(studio)
    studio.sandbox.forget_calls()
    trigger = ProcessingTrigger(owner=OWNER, publication_id=publication_id, first_poll_seconds=0.1)
    await asyncio.wait_for(asyncio.gather(events(trigger), events(trigger)), 60)
    assert {call["method"] for call in studio.sandbox.calls()} == {"GET"}
    studio.sandbox.settings(processing_seconds=0)


async def test_the_first_look_comes_after_the_time_it_was_given(monkeypatch: pytest.MonkeyPatch, sleeps: list[float]):
    answering(monkeypatch)
    await events(ProcessingTrigger(owner=OWNER, publication_id="p", first_poll_seconds=10))
    assert sleeps == [10]


async def test_it_looks_when_the_platform_asked_for_it_but_never_later_than_five_minutes(
    monkeypatch: pytest.MonkeyPatch, sleeps: list[float]
):
    answering(monkeypatch, 30, 86_400, -5)
    await events(ProcessingTrigger(owner=OWNER, publication_id="p", first_poll_seconds=10))
    assert [round(each) for each in sleeps] == [10, 30, LONGEST_SLEEP_SECONDS, 1]


async def test_a_look_does_not_stop_the_other_triggers(monkeypatch: pytest.MonkeyPatch):
    import time

    def slow(owner: str, publication_id: str) -> Progress:
        time.sleep(0.4)  # a platform that takes its time
        return Done(publication=None)  # type: ignore[arg-type]

    monkeypatch.setattr(steps, "check", slow)
    beats = 0

    async def others() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.02)
            beats += 1

    beating = asyncio.create_task(others())
    await events(ProcessingTrigger(owner=OWNER, publication_id="p", first_poll_seconds=0))
    beating.cancel()
    assert beats > 5


def test_it_is_the_same_after_airflow_has_stored_it():
    from airflow._shared.module_loading import import_string
    from airflow.models.trigger import Trigger

    trigger = ProcessingTrigger(owner=OWNER, publication_id="p1", first_poll_seconds=10)
    stored = Trigger.from_object(trigger)
    again = import_string(stored.classpath)(**stored.kwargs)
    assert again.serialize() == trigger.serialize()


def test_what_airflow_stores_and_shows_of_it_are_ids_only(studio: Studio):
    publication_id = in_processing(studio)
    held = ledger.read(OWNER, publication_id)
    trigger = ProcessingTrigger(owner=OWNER, publication_id=publication_id, first_poll_seconds=10)
    told = json.dumps(trigger.serialize()) + repr(trigger)
    assert set(trigger.serialize()[1]) == {"owner", "publication_id", "first_poll_seconds"}
    assert "upload_id" not in told
    assert held.publication_id in told
    studio.sandbox.settings(processing_seconds=0)
