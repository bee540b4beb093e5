"""Past days read again by Airflow's own backfills, and the warehouse that wakes by itself where rows changed."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from include import settings
from include.accounts.accounts import Credentials
from include.accounts.connect import connect
from include.database import engine
from tests.airflow.house import OVER, Desk, House, until
from tests.analytics.conftest import publish

LOAD = "load_analytics"
PACIFIC = ZoneInfo("America/Los_Angeles")
TODAY = datetime.now(PACIFIC).date()
CAME_OUT, FIRST, LAST = (TODAY - timedelta(days=number) for number in (9, 6, 5))
"""More than a week ago: a scheduled run does not take videos that old for new ones, and leaves them to us."""
AT_FIRST = {"youtube_reports_settle_hours": 1000.0, "youtube_reports_provisional_percent": 90}
SECONDS = 240
Rows = dict[tuple[str, date], Any]

pytestmark = pytest.mark.timeout(2 * SECONDS)


def hour_of(day: date) -> datetime:
    """Return the logical date of the hourly run in whose interval a day ends in California."""
    midnight = datetime.combine(day + timedelta(days=1), time(), PACIFIC)
    return midnight.astimezone(UTC) - timedelta(hours=1)


@dataclass(kw_only=True)
class Past:
    """An owner with videos of last week on two channels, one of which is no longer allowed to us."""

    desk: Desk
    videos: list[str] = field(default_factory=list)
    runs: dict[str, list[str]] = field(default_factory=dict)
    """How a backfill's runs ended, by what it was for."""
    rows: dict[str, Rows] = field(default_factory=dict)
    """What was kept after each backfill, with the moment each row was read."""
    events: dict[str, int] = field(default_factory=dict)
    """How many times backfilled runs had woken the warehouse until then; nothing else but a person does."""

    @property
    def house(self) -> House:
        return self.desk.house

    def ask(self, statement: str, *values: Any) -> list[Any]:
        with engine.transaction(self.desk.owner) as connection:
            return list(connection.exec_driver_sql(statement, values))

    def backfill(self, what: str, dag_id: str, begins: datetime, ends: datetime, by_command: bool = False) -> None:
        """Let Airflow run an interval again, and write down how things are when it is over."""
        until(lambda: backfills_are_over(self.house, dag_id), "Airflow takes another backfill", SECONDS)
        if by_command:
            airflow(self.house, "backfill", "create", "--dag-id", dag_id, "--from-date", begins.isoformat(),
                    "--to-date", ends.isoformat())  # fmt: skip
        else:
            wanted = {"dag_id": dag_id, "from_date": begins.isoformat(), "to_date": ends.isoformat()}
            self.house.send("POST", "/backfills", wanted | {"reprocess_behavior": "completed"})
        self.runs[what] = until(
            lambda: ends_of(self.house, dag_id, begins, ends), f"{what}: all runs are over", SECONDS
        )
        self.rows[what] = {(row.video_id, row.day): row for row in self.ask(KEPT)}
        self.events[what] = len(events_of_backfills(self.desk))
        until(lambda: not self.ask(LEFT), f"{what}: the warehouse is built", SECONDS)

    def truth(self, percent: int = 100) -> dict[tuple[str, date], int]:
        """Return what really happened on the two days, or the part of it that the platform tells at first."""
        path = f"/sandbox/truth?platform=youtube&first={FIRST}&last={LAST}"
        return {
            (one["video_id"], date.fromisoformat(one["day"])): one["metrics"]["views"] * percent // 100
            for one in self.house.sandbox._call("GET", path)
            if one["video_id"] in self.videos
        }

    def mart(self) -> dict[tuple[str, date], int]:
        """Return views by video and day as the warehouse has them."""
        return {(row.video_id, row.day): row.views for row in self.ask(BUILT, FIRST, LAST) if row.views is not None}


KEPT = "select video_id, day, views, likes, provisional, collected_at from youtube.video_daily"
TRIED = "select account_id, state, error ->> 'kind' as kind from desk.sync where run_id = %s"
READ_IN_VAIN = "select from desk.sync where dataset = 'video_daily' and rows_read > 0 and rows_changed = 0"
TRAFFIC = "select distinct day from youtube.traffic_daily where video_id = ''"
NOT_DUE = (
    "insert into desk.reading (owner, account_id, dataset, next_at) values (%s, %s, %s, now() + interval '1 day')"
    " returning dataset"
)
LEFT = "select day from desk.touched_day"
BUILT = "select video_id, day, views from marts.video_daily where day between %s and %s"


def airflow(house: House, *words: str) -> None:
    """Run Airflow's own command, as a person does on the machine of the installation."""
    command = [sys.executable, "-m", "airflow", *words]
    surroundings = os.environ | house.installation.environment
    found = subprocess.run(command, cwd=settings.PROJECT, env=surroundings, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout[-2000:] + found.stderr[-2000:]


def backfills_are_over(house: House, dag_id: str) -> bool:
    """Say whether Airflow has noticed, as it does every 30 s, that no backfill of a DAG is going on."""
    return all(one["completed_at"] for one in house.api.get(f"/backfills?dag_id={dag_id}")["backfills"])


def runs_of(house: House, dag_id: str, begins: datetime, ends: datetime) -> list[dict[str, Any]]:
    """Return the backfilled runs of an interval."""
    found = house.api.get(f"/dags/{dag_id}/dagRuns?run_type=backfill&limit=100")["dag_runs"]
    return [one for one in found if begins <= datetime.fromisoformat(one["logical_date"]) <= ends]


def ends_of(house: House, dag_id: str, begins: datetime, ends: datetime) -> list[str]:
    """Return how the runs of an interval ended, nothing as long as one goes on."""
    states = [str(one["state"]) for one in runs_of(house, dag_id, begins, ends)]
    return states if set(states) <= set(OVER) else []


def events_of_backfills(desk: Desk) -> list[dict[str, Any]]:
    """Return what backfilled runs have announced of an owner's rows; it is there before such a run is over."""
    found = desk.house.api.get("/assets/events?limit=100&name_pattern=release_desk_collected")["asset_events"]
    ours = [one for one in found if one["extra"]["owner"] == desk.owner]
    return [one for one in ours if str(one["source_run_id"]).startswith("backfill__")]


told: list[Past] = []


@pytest.fixture
def past(house: House) -> Past:
    """What three backfills did; run once: of two days, of the first again after the platform changed it, and again."""
    if not told:
        told.append(a_past(house))
    return told[0]


def a_past(house: House) -> Past:
    may_run(house, True)
    past = Past(desk=house.owner("past", ("youtube",)))
    dead = house.sandbox.account("youtube", name="dead of past")
    connect("past", "past_dead", "youtube", Credentials.model_validate(dead))
    for account_id, name in (("past_youtube", "youtube of past"), ("past_dead", "dead of past")):
        ids = plant(house, account_id, name)
        past.videos += ids if account_id == "past_youtube" else []
        for dataset in ("video_daily", "channel_daily"):  # nothing is due: what comes, a backfill has read
            past.ask(NOT_DUE, "past", account_id, dataset)
    address = f"{house.sandbox.endpoints()['youtube']['token']}/revoke"
    httpx.post(address, data={"token": dead["refresh_token"]}, trust_env=False).raise_for_status()

    house.sandbox.settings(**AT_FIRST)
    past.backfill("two days", LOAD, hour_of(FIRST), hour_of(LAST), by_command=True)
    assert past.mart() == past.truth(90), "the warehouse has not woken by itself"
    house.sandbox.settings(youtube_reports_settle_hours=72.0)
    past.backfill("changed", LOAD, hour_of(FIRST), hour_of(FIRST))
    past.backfill("the same", LOAD, hour_of(FIRST), hour_of(FIRST))
    return past


def may_run(house: House, yes: bool) -> None:
    """Let the two DAGs of these tests run, or no more; meanwhile nobody else may notice that the account is dead."""
    for dag_id in (LOAD, "load_accounts"):
        house.send("PATCH", f"/dags/{dag_id}", {"is_paused": not yes})
    until(lambda: not any(is_going_on(house, "refresh_tokens")), "no token is being renewed")
    house.send("PATCH", "/dags/refresh_tokens", {"is_paused": yes})


def is_going_on(house: House, dag_id: str) -> list[bool]:
    """Say of each run of a DAG whether it is not over."""
    return [one["state"] not in OVER for one in house.api.get(f"/dags/{dag_id}/dagRuns")["dag_runs"]]


def plant(house: House, account_id: str, name: str) -> list[str]:
    """Let three videos have come out some days ago."""
    at = datetime.combine(CAME_OUT, time(12), PACIFIC)
    place = next(one for one in house.sandbox._call("GET", "/sandbox/accounts") if one["name"] == name)
    wanted = {"platform": "youtube", "account": place["id"], "count": 3, "published_at": at.isoformat()}
    ids = list(house.sandbox._call("POST", "/sandbox/videos", wanted)["ids"])
    publish("past", account_id, ids, at=at.astimezone(UTC))
    return ids


def views(rows: Rows) -> dict[tuple[str, date], int]:
    return {key: row.views for key, row in rows.items()}


def test_a_backfill_brings_the_days_that_were_asked_for(past: Past):
    assert past.runs["two days"] == ["success"] * 25
    assert {day for _, day in past.rows["two days"]} == {FIRST, LAST}
    assert views(past.rows["two days"]) == past.truth(90)


def test_what_the_platform_changed_since_is_read_again_and_other_days_are_left_alone(past: Past):
    first, changed, truth = past.rows["two days"], past.rows["changed"], past.truth()
    assert {day for key, row in changed.items() if row != first[key] for day in key[1:]} == {FIRST}
    assert {key: count for key, count in views(changed).items() if key[1] == FIRST} == {
        key: count for key, count in truth.items() if key[1] == FIRST
    }
    assert past.mart() == views(changed)


def test_the_same_days_once_more_change_nothing_and_start_no_build(past: Past):
    assert past.runs["the same"] == ["success"]
    assert past.ask(READ_IN_VAIN), "nothing was read again"
    assert past.rows["the same"] == past.rows["changed"]
    assert [past.events[what] for what in ("two days", "changed", "the same")] == [2, 3, 3]
    builds = past.house.api.get("/dags/build_warehouse/dagRuns")["dag_runs"]
    assert {one["run_type"] for one in builds} == {"asset_triggered"}


def test_a_dead_account_fails_its_own_task_and_nobody_elses(past: Past):
    (run,) = runs_of(past.house, LOAD, hour_of(FIRST), hour_of(FIRST))
    tried = past.ask(TRIED, run["dag_run_id"])
    assert {(row.account_id, row.state, row.kind) for row in tried} == {
        ("past_youtube", "done", None), ("past_dead", "failed", "AccountTrouble"),
    }  # fmt: skip
    assert run["state"] == "success"
    assert past.ask("select state from desk.account where account_id = 'past_dead'")[0].state == "expired"


def test_days_of_one_account_that_are_read_at_once_wait_for_each_other(past: Past):
    slow = {"platform": "youtube", "endpoint": "reports.query", "account": "youtube of past"}
    past.house.sandbox.fault(match=slow, action="delay", seconds=1, times=None)
    begins = datetime.combine(FIRST + timedelta(days=1), time(), UTC)  # its run at 00:30 has the end of the day in it
    past.backfill("the channel", "load_accounts", begins, begins + timedelta(days=2, hours=1))
    days = {FIRST + timedelta(days=number) for number in range(3)}
    for statement in ("select distinct day from youtube.channel_daily", TRAFFIC):
        assert {row.day for row in past.ask(statement)} == days
    may_run(past.house, False)
