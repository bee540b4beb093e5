"""The demo's third part: a month goes by at the platforms, and what was collected is held against what happened."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx

if TYPE_CHECKING:
    from rich.console import Console

    from include.analytics.outcomes import Outcome
    from include.cli.airflow_api import AirflowApi
    from include.cli.installation import Installation

DAYS = 30
HOUR_OF_READING = 23
"""In California, where most platforms' days end: the reading of a day is nearly the whole day."""
PACIFIC = ZoneInfo("America/Los_Angeles")
PATIENCE_SECONDS = 120
SHOWN_DIFFERENCES = 5
LIFETIME = {
    "views_total": "views", "likes_total": "likes", "comments_total": "comments", "shares_total": "shares",
    "saves_total": "saves", "reach_total": "reach",
}  # fmt: skip
"""Column of `marts.video_daily` → what the sandbox's crowd calls it: everything until the moment of the reading."""
BY_MIDNIGHT = {("linkedin", "views_total")}
"""What a platform tells by whole days only: a page's video views are summed up to the end of the day."""
OF_THE_DAY = {
    "views": "views", "engaged_views": "engaged_views", "likes": "likes", "dislikes": "dislikes",
    "comments": "comments", "shares": "shares", "followers_gained": "followers_gained",
    "followers_lost": "followers_lost",
}  # fmt: skip
"""The same for what a platform tells by day; compared where it is final."""


@dataclass(kw_only=True)
class Compared:
    """What was held against the truth for one platform."""

    platform: str
    videos: set[str] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    metrics: set[str] = field(default_factory=set)
    values: int = 0
    wrong: list[str] = field(default_factory=list)

    def hold(self, row: Mapping[str, Any], column: str, found: int | None, truth: int) -> None:
        """Compare one number; what the platform does not tell is no number."""
        if found is None:
            return
        self.values += 1
        self.videos.add(row["video_id"])
        self.days.add(row["day"])
        self.metrics.add(column)
        if int(found) != truth:
            self.wrong.append(f"{row['video_id']} on {row['day']}: {column} is {found}, and was {truth}")


def show(console: Console, installation: Installation, api: AirflowApi, *, owner: str) -> bool:
    """Let a month go by with a reading a day, build the warehouse, and compare; return whether everything was equal."""
    sandbox = str(installation.sandbox_url)
    console.print(f"\n[bold]A month goes by[/bold] at the platforms: {DAYS} days, each read once, then compared.")
    moments = _month()
    try:
        outcomes = _read_the_month(console, sandbox, owner, moments)
        _one_by_airflow(console, api, moments[-1])
        built = _build(owner)
    finally:
        _clock(sandbox, to=datetime.now(UTC).isoformat())
    rows = sum(one.rows_changed for one in outcomes)
    calls = sum(one.calls for one in outcomes)
    console.print(f"{rows:,} rows came with {calls:,} calls; the warehouse was built for {built} days.")
    found = [_compare(sandbox, owner, platform, moments) for platform in _platforms(owner)]
    _print(console, found, outcomes)
    return all(not one.wrong and one.values for one in found) and not any(one.state == "failed" for one in outcomes)


def _month() -> list[datetime]:
    """Return the moment of each day's reading, from tomorrow on."""
    today = datetime.now(PACIFIC).date()
    return [
        datetime(day.year, day.month, day.day, HOUR_OF_READING, tzinfo=PACIFIC).astimezone(UTC)
        for day in (today + timedelta(days=number) for number in range(1, DAYS + 1))
    ]


def _clock(sandbox: str, **where: Any) -> None:
    httpx.post(f"{sandbox}/sandbox/clock", json=where, trust_env=False).raise_for_status()


def _read_the_month(console: Console, sandbox: str, owner: str, moments: Sequence[datetime]) -> list[Outcome]:
    """Read every account as on each of the days; what DAGs do by the hour, by the functions they call."""
    from rich.progress import track

    from include.analytics import turns

    outcomes: list[Outcome] = []
    for moment in track(moments, description="reading", console=console, transient=True):
        _clock(sandbox, to=moment.isoformat(), stop=True)
        for account_id in turns.accounts_of(owner):
            outcomes.extend(turns.read_account(owner, account_id, turns.Order(now=moment)))
    return [one for one in outcomes if one.state != "idle"]


def _one_by_airflow(console: Console, api: AirflowApi, moment: datetime) -> None:
    """Let Airflow's own DAG read the last day once more: equal rows change nothing."""
    run_id = f"demo~{int(time.time())}"
    api.trigger("load_analytics", run_id, {"now": moment.isoformat()})
    until = time.monotonic() + PATIENCE_SECONDS
    while (state := api.run("load_analytics", run_id)["state"]) not in {"success", "failed"}:
        if time.monotonic() > until:
            break
        time.sleep(0.5)
    console.print(f"The DAG load_analytics read the last day, too: {state}.")


def _build(owner: str) -> int:
    from include.analytics import warehouse

    return len(warehouse.build(owner).days)


def _platforms(owner: str) -> list[str]:
    from include.accounts import accounts

    return sorted({one.platform for one in accounts.list_all(owner) if one.route == "direct"})


def _compare(sandbox: str, owner: str, platform: str, moments: Sequence[datetime]) -> Compared:
    found = Compared(platform=platform)
    rows = {(row["video_id"], row["day"]): row for row in _rows(owner, platform)}
    for moment in moments:
        for truth in _truth(sandbox, platform, moment):
            row = rows.get((truth["video_id"], date.fromisoformat(truth["day"])))
            if truth["is_today"] and (row is None or not row["measured"]):
                found.wrong.append(f"{truth['video_id']} on {truth['day']} was not read")
            if row is None:
                continue
            if row["measured"] and truth["is_today"]:
                _hold_lifetimes(found, row, truth, over=moment != moments[-1])
            if not row["provisional"]:
                for column, name in OF_THE_DAY.items():
                    found.hold(row, column, row[column], truth["metrics"][name])
    return found


def _hold_lifetimes(found: Compared, row: Mapping[str, Any], truth: Mapping[str, Any], *, over: bool) -> None:
    """Compare what a day's reading showed; what is told by whole days, only when the day is over."""
    for column, name in LIFETIME.items():
        by_midnight = (found.platform, column) in BY_MIDNIGHT
        if over or not by_midnight:
            found.hold(row, column, row[column], truth["by_midnight" if by_midnight else "lifetime"][name])


def _rows(owner: str, platform: str) -> list[dict[str, Any]]:
    from include.analytics import warehouse
    from include.database import engine

    with engine.transaction(owner) as connection:
        rows = connection.exec_driver_sql(warehouse.SQL["days_of_platform"], {"platform": platform})
        return [dict(row) for row in rows.mappings()]


def _truth(sandbox: str, platform: str, moment: datetime) -> Iterator[dict[str, Any]]:
    """Return what really happened by the moment, for the day of it in either zone platforms count in."""
    days = {moment.date(), moment.astimezone(PACIFIC).date()}
    asked = {"platform": platform, "first": min(days), "last": max(days), "at": moment.isoformat()}
    answer = httpx.get(f"{sandbox}/sandbox/truth", params=asked, trust_env=False)  # type: ignore[arg-type]
    yield from answer.raise_for_status().json()


def _print(console: Console, found: Sequence[Compared], outcomes: Sequence[Outcome]) -> None:
    from rich.table import Table

    table = Table("platform", "videos", "days", "numbers compared", "other than the truth", "metrics", box=None)
    for one in found:
        table.add_row(
            one.platform, str(len(one.videos)), str(len(one.days)), f"{one.values:,}", str(len(one.wrong)),
            ", ".join(sorted(one.metrics)),
        )  # fmt: skip
    console.print(table)
    for one in found:
        for sentence in one.wrong[:SHOWN_DIFFERENCES]:
            console.print(f"  {one.platform}: {sentence}", soft_wrap=True)
    for outcome in [one for one in outcomes if one.state == "failed"][:SHOWN_DIFFERENCES]:
        console.print(f"  not read: {outcome.account_id}, {outcome.dataset}: {outcome.error}", soft_wrap=True)
