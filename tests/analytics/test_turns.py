"""Whose turn it is: the accounts a DAG reads, and everything of one account in turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from include.accounts import accounts
from include.analytics import asking, collect, turns
from include.analytics.outcomes import Outcome
from include.analytics.turns import Order
from include.database import engine
from include.platforms.reading import Dataset, datasets
from include.releases.publication import Placement
from tests.analytics import toy
from tests.analytics.conftest import NOW
from tests.publishing.studio import OWNER

TOYS = (toy.COUNTERS, toy.DAILY)


@pytest.fixture(autouse=True)
def only_toys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let YouTube have the toy datasets, and no other platform any."""
    known = {"youtube": TOYS}
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


def test_an_account_of_which_nothing_is_due_costs_one_look_and_no_lock(channel, monkeypatch: pytest.MonkeyPatch):
    channel.plant(3)
    read(channel)
    opened: list[str] = []
    for name in ("session", "transaction"):
        real = getattr(engine, name)
        monkeypatch.setattr(engine, name, lambda *given, real=real, name=name: (opened.append(name), real(*given))[1])
    assert read(channel) == [("toy_counters", "idle"), ("toy_daily", "idle")]
    assert opened == ["transaction", "transaction"]  # the account, and what of it is due


def test_what_becomes_due_while_another_dataset_is_read_is_read_in_the_same_turn(channel, monkeypatch):
    channel.plant(1)
    read(channel)
    later = NOW + timedelta(hours=6)
    assert asking.names_due(accounts.read(OWNER, channel.account_id), TOYS, later) == {"toy_counters"}
    real = collect.collect

    def collect_slowly(owner: str, account_id: str, dataset: Dataset, **how: Any) -> Outcome:
        outcome = real(owner, account_id, dataset, **how)
        if dataset is toy.COUNTERS:
            channel.publish("brandNew001", at=later)
        return outcome

    monkeypatch.setattr(collect, "collect", collect_slowly)
    assert read(channel, now=later) == [("toy_counters", "done"), ("toy_daily", "done")]


def test_the_look_at_all_datasets_finds_what_the_look_at_each_finds(channel):
    of_the_account = replace(toy.COUNTERS, name="toy_account", of="account")
    shorts = replace(toy.COUNTERS, name="toy_shorts", placements=(Placement.SHORT, Placement.REEL))
    forbidden = replace(toy.COUNTERS, name="toy_forbidden", needs=("nobody.has.this",))
    known = (*TOYS, of_the_account, shorts, forbidden)

    def due(now: datetime) -> set[str]:
        account = accounts.read(OWNER, channel.account_id)
        found = {one.name for one in known if asking.what_to_ask(account, one, asking.Wish(now=now)) is not None}
        assert asking.names_due(account, known, now) == found
        return found

    assert due(NOW) == {"toy_account"}
    channel.plant(2)
    assert due(NOW) == {"toy_account", "toy_counters", "toy_daily"}
    read(channel)
    assert due(NOW) == {"toy_account"}
    assert due(NOW + timedelta(hours=6)) == {"toy_account", "toy_counters"}
    channel.publish("aShort00001", at=NOW + timedelta(minutes=1), placement="short")
    assert due(NOW) == {"toy_account"}
    assert due(NOW + timedelta(minutes=1)) == {"toy_account", "toy_counters", "toy_daily", "toy_shorts"}
    channel.rows(
        "insert into desk.reading (owner, account_id, dataset, next_at) select %s, %s, name, %s"
        " from unnest(%s::text[]) as u (name) on conflict (owner, account_id, dataset, video_id)"
        " do update set next_at = excluded.next_at returning 1",
        OWNER, channel.account_id, NOW + timedelta(hours=2), ["toy_account", "toy_daily", "toy_shorts"],
    )  # fmt: skip
    assert due(NOW + timedelta(minutes=1)) == {"toy_counters"}
    assert due(NOW + timedelta(hours=2)) == {"toy_account", "toy_counters", "toy_daily", "toy_shorts"}


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
