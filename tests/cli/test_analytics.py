"""`desk analytics`: read now, see what was read, see a video's numbers; as sentences or JSON."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from include.analytics import turns
from include.cli import launcher
from include.cli.app import app
from tests.analytics import toy
from tests.analytics.conftest import NOW, Channel, channel, configured  # noqa: F401  found by their names
from tests.cli import saying
from tests.publishing.conftest import hosted_address, sandbox_server, source, studio  # noqa: F401  so are these

ALICE = ["--owner", "alice"]
run = partial(saying.run, app)


@pytest.fixture
def mine(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> Channel:  # noqa: F811
    """A channel with three videos, of which the toy datasets tell."""
    monkeypatch.setattr(launcher, "enter", lambda: None)
    known = {"youtube": (toy.COUNTERS, toy.DAILY)}
    monkeypatch.setattr(turns, "datasets", lambda platform: known.get(platform, ()))
    channel.plant(3)
    return channel


def refreshed(*words: str) -> list[dict[str, Any]]:
    code, said = run("analytics", "refresh", "--json", *words, *ALICE)
    assert code == 0, said
    return [{name: one[name] for name in ("dataset", "state", "rows_read")} for one in json.loads(said)]


def test_a_refresh_reads_everything_also_what_is_not_due(mine: Channel):
    for _ in range(2):
        told = refreshed()
        assert [(one["dataset"], one["state"]) for one in told] == [("toy_counters", "done"), ("toy_daily", "done")]
    assert mine.counted() == set(mine.videos)


def test_a_refresh_as_of_a_moment_reads_what_is_due_then(mine: Channel):
    as_of = ["--as-of", (NOW + timedelta(hours=1)).isoformat()]
    assert {one["state"] for one in refreshed(*as_of)} == {"done"}
    assert {one["state"] for one in refreshed(*as_of)} == {"idle"}


def test_a_refresh_of_a_day_reads_what_has_days(mine: Channel):
    assert refreshed("--day", "2026-11-20") == [{"dataset": "toy_daily", "state": "done", "rows_read": 3}]
    (line,) = mine.syncs()
    assert str(line.first_day) == str(line.last_day) == "2026-11-20"


def test_a_refresh_of_one_account_and_dataset_reads_no_other(mine: Channel):
    told = refreshed("--account", "my_youtube", "--dataset", "toy_daily")
    assert [one["dataset"] for one in told] == ["toy_daily"]


def test_a_refresh_that_fails_says_why_and_exits_with_1(mine: Channel):
    mine.rows("delete from desk.account_secret returning 1")
    code, said = run("analytics", "refresh", *ALICE)
    assert code == 1
    assert "my_youtube, toy_counters: failed, nothing was kept." in said
    assert "Connect it again" in said


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--account", "none"], 1, "You have no account named 'none'"),
        (["--dataset", "none"], 2, "Nothing called 'none' is read. There is: toy_counters, toy_daily."),
        (["--as-of", "2026-11-20T00:00:00"], 2, "--as-of is a moment with its zone"),
    ],
)
def test_a_refresh_of_what_there_is_not_is_refused(mine: Channel, words: list[str], code: int, told: str):
    found = run("analytics", "refresh", *words, *ALICE)
    assert found[0] == code
    assert told in found[1]


def test_the_history_tells_what_was_read(mine: Channel):
    assert run("analytics", "history", *ALICE) == (0, "Nothing was read yet.\n")
    refreshed()
    told = json.loads(run("analytics", "history", "--json", *ALICE)[1])
    assert [(one["dataset"], one["state"]) for one in told] == [("toy_daily", "done"), ("toy_counters", "done")]
    assert "my_youtube" in run("analytics", "history", *ALICE)[1]
    assert json.loads(run("analytics", "history", "--state", "failed", "--json", *ALICE)[1]) == []


def test_a_video_is_shown_with_what_is_known_of_it(mine: Channel):
    code, said = run("analytics", "show", mine.videos[0], *ALICE)
    assert code == 0
    assert said.startswith(f"youtube (my_youtube), video, t1-{mine.videos[0]}: {mine.videos[0]}")
    assert run("analytics", "show", "none", *ALICE)[0] == 1
