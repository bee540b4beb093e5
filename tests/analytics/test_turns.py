"""Whose turn it is: the accounts a DAG reads, and everything of one account in turn."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from include.accounts import accounts
from include.analytics import turns
from include.analytics.turns import Order
from include.platforms.reading import datasets
from tests.analytics import toy
from tests.analytics.conftest import NOW
from tests.publishing.studio import OWNER


@pytest.fixture(autouse=True)
def only_toys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let YouTube have the toy datasets, and no other platform any."""
    known = {"youtube": (toy.COUNTERS, toy.DAILY)}
    monkeypatch.setattr(turns, "datasets", lambda platform: known.get(platform, ()))


def read(channel: Any, **order: Any) -> list[tuple[str, str]]:
    wanted = Order(**({"now": NOW} | order))
    return [(one.dataset, one.state) for one in turns.read_account(OWNER, channel.account_id, wanted)]


def to_read(now: datetime = NOW) -> list[tuple[str, str]]:
    return turns.accounts_to_read("analytics", now)


def test_an_account_is_read_when_something_of_it_is_due_and_not_before(channel):
    channel.plant(2)
    assert to_read() == [(OWNER, "my_youtube")]
    assert read(channel) == [("toy_counters", "done"), ("toy_daily", "done")]
    assert to_read() == []
    assert to_read(NOW + timedelta(hours=6)) == [(OWNER, "my_youtube")]


def test_a_video_that_has_just_come_out_is_everybodys_turn(channel):
    channel.plant(1)
    read(channel)
    assert to_read(NOW + timedelta(minutes=1)) == []
    channel.publish("brandNew001", at=NOW + timedelta(minutes=2))
    assert to_read(NOW + timedelta(minutes=3)) == [(OWNER, "my_youtube")]


@pytest.mark.parametrize("state", ["expired", "disconnected"])
def test_a_dead_account_waits_until_it_is_connected_again(channel, state):
    channel.plant(1)
    accounts.mark(OWNER, channel.account_id, state)
    assert to_read() == turns.accounts_for(turns.Order()) == turns.accounts_of(OWNER) == []
    accounts.mark(OWNER, channel.account_id, "connected")
    assert to_read() == [(OWNER, "my_youtube")]


def test_one_owners_dead_account_leaves_the_others_alone(channel):
    channel.plant(1)
    channel.studio.connect("youtube", "other", owner="bob")
    with_trouble = list(turns.read_account("bob", "other", Order(now=NOW)))
    assert {one.state for one in with_trouble} == {"idle"}
    assert to_read()[0] == (OWNER, "my_youtube")
    assert read(channel)[0] == ("toy_counters", "done")


def test_a_backfilled_run_reads_the_day_that_its_interval_completes(channel):
    channel.plant(1, at=NOW - timedelta(days=60))
    midnight = datetime.fromisoformat("2026-11-02T00:00:00-08:00")
    assert read(channel, completed=(midnight - timedelta(hours=3), midnight - timedelta(hours=2))) == []
    assert read(channel, completed=(midnight - timedelta(hours=1), midnight)) == [("toy_daily", "done")]
    line = channel.syncs()[-1]
    assert (line.first_day, line.last_day) == (date(2026, 11, 1), date(2026, 11, 1))  # the day of 25 hours


def test_a_manual_refresh_reads_what_is_not_due_too(channel):
    channel.plant(1)
    read(channel)
    assert read(channel, everything=True) == [("toy_counters", "done"), ("toy_daily", "done")]
    assert read(channel, everything=True, dataset="toy_daily") == [("toy_daily", "done")]


def test_a_dataset_nobody_has_is_refused_with_those_there_are():
    with pytest.raises(turns.NothingOfThatName, match=r"'views'.*toy_counters, toy_daily"):
        turns.check_dataset("views")


def test_old_history_is_forgotten(channel):
    channel.plant(1)
    read(channel)
    channel.rows("update desk.sync set started_at = now() - interval '91 days' where dataset = 'toy_daily' returning 1")
    assert turns.forget_old(OWNER, channel.account_id) == 1
    assert [line.dataset for line in channel.syncs()] == ["toy_counters"]


def test_every_dataset_of_every_platform_is_as_the_contract_wants():
    from include import settings
    from include.platforms import NAMES

    for platform in NAMES:
        found = datasets(platform)
        assert len({one.name for one in found}) == len(found), platform
        for one in found:
            assert one.kind in turns.KINDS
            assert one.cadence in settings.analytics().cadences, f"{platform} {one.name}"
            assert all(table.split(".")[0] == platform for table in one.tables), f"{platform} {one.name}"
            assert "@" not in one.name
