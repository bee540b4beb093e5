"""The watcher that sends notices: seconds after something happened, without a run of a DAG, and nothing stops it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from airflow.triggers.base import TriggerEvent

from include.publishing import delivery, endpoints, happenings, webhook
from include.triggers import notices
from include.triggers.notices import NoticesTrigger
from tests.publishing.receivers import configure, receiver  # noqa: F401  fixtures are found by their names
from tests.publishing.rows import a_publication
from tests.publishing.test_happenings import publish


@pytest.fixture(autouse=True)
def _inside(configure: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    configure(webhook_inside=["127.0.0.1"])
    monkeypatch.setattr(notices, "LOOK_EVERY_SECONDS", 0.05)


@contextlib.asynccontextmanager
async def watching() -> AsyncIterator[list[TriggerEvent]]:
    """Let a watcher run as the triggerer does; what it fires is collected."""
    fired: list[TriggerEvent] = []

    async def run() -> None:
        async for event in NoticesTrigger().run():
            fired.append(event)

    task = asyncio.create_task(run())
    try:
        yield fired
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(there: Any, seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "nothing came"
        await asyncio.sleep(0.05)


def told(receiver: Any) -> list[str]:  # noqa: F811
    return [json.loads(body)["data"]["publication"]["title_id"] for _, body in receiver.got]


async def test_what_happens_is_sent_while_it_watches_and_no_dag_is_woken(desk, receiver):  # noqa: F811
    endpoints.add("alice", receiver.address)
    async with watching() as fired:
        await asyncio.to_thread(lambda: publish(a_publication("alice")))
        await until(lambda: told(receiver) == ["t1"])
        await asyncio.to_thread(lambda: publish(a_publication("alice", "t2")))
        await until(lambda: told(receiver) == ["t1", "t2"])
    assert fired == []


async def test_two_watchers_send_one_message(desk, receiver):  # noqa: F811
    endpoints.add("alice", receiver.address)
    async with watching(), watching():
        for number in range(5):
            await asyncio.to_thread(lambda number=number: publish(a_publication("alice", f"t{number}")))
        await until(lambda: len(receiver.got) >= 5)
        await asyncio.sleep(0.5)
    assert sorted(told(receiver)) == [f"t{number}" for number in range(5)]


async def test_a_database_that_is_away_does_not_stop_it(desk, receiver, monkeypatch, caplog):  # noqa: F811
    endpoints.add("alice", receiver.address)
    real, broken = happenings.take_all, iter([ConnectionError("gone")] * 3)

    def sometimes() -> int:
        for error in broken:
            raise error
        return real()

    monkeypatch.setattr(happenings, "take_all", sometimes)
    publish(a_publication("alice"))
    async with watching():
        await until(lambda: told(receiver) == ["t1"])
    assert "could not be looked at" in caplog.text


async def test_one_that_hangs_does_not_keep_the_others_waiting(desk, receiver, monkeypatch):  # noqa: F811
    monkeypatch.setattr(webhook, "DEADLINE_SECONDS", 5)
    real = webhook.send

    def send(address: str, *what: Any, **how: Any) -> None:
        if address.endswith("/hangs"):
            time.sleep(3)
            raise webhook.NotTaken("It hung.")
        real(address, *what, **how)

    monkeypatch.setattr(delivery.webhook, "send", send)
    endpoints.add("bob", f"{receiver.address}/hangs")
    endpoints.add("alice", receiver.address)
    publish(a_publication("bob", "t0"), "bob")
    async with watching():
        await asyncio.sleep(0.5)
        begun = time.monotonic()
        await asyncio.to_thread(lambda: publish(a_publication("alice")))
        await until(lambda: told(receiver) == ["t1"])
        assert time.monotonic() - begun < 2.5


def test_it_has_no_arguments():
    assert NoticesTrigger().serialize() == ("include.triggers.notices.NoticesTrigger", {})
