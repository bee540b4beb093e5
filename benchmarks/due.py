"""How many of 1,000 scheduled publications start within a minute of their time while analytics has used up its limits.

No Airflow: this process does what `publish_due` does, once a second (`taking.to_do`, `take_due`, `triggered`), and 8
worker processes do what `publish_release` does with what was taken on, to the verdict. 50 users with 20 publications
each on five platforms; YouTube takes 100 a day and app, so the others get 200 to 250 each. 50 are due every 10 s. A
publication has started when its upload begins. Beside it the same 1,000 in an installation where nobody else reads.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from benchmarks.crew import PROCESSES, Crew, Left, Turn
from benchmarks.figures import Figure, Say, rounded
from benchmarks.reads import used_up
from benchmarks.workplace import AGE_BUCKET, SEGMENT, Workplace, sandbox_account, switch, workplace
from include.accounts.accounts import Credentials
from include.accounts.connect import connect
from include.cli.errors import CommandFailed
from include.database import engine
from include.publishing import queue, registration, taking, verdicts

USERS = 50
EVERYWHERE = ("youtube", "tiktok", "instagram", "facebook", "linkedin")
RELEASES = (EVERYWHERE, EVERYWHERE, EVERYWHERE[1:], EVERYWHERE[1:], ("tiktok", "facebook"))
"""Where each of a user's releases goes: 20 publications a user."""
ON_TIME_SECONDS = 60
SLOTS, SLOT_SECONDS = 20, 10
"""The times: so many, so far apart; each has the same share of the releases."""
LEAD_SECONDS = 30
MOVE_SECONDS = 0.1
"""From the first publication that gets its time to the first time: so long, and so long for each of them."""
CONNECTED_SECONDS = 61
"""Connecting asks TikTok about the creator, uncounted: all of a minute's 20 and that one would be 21."""
LOOK_SECONDS = 1.0
"""As the watcher in the triggerer does (include/triggers/due.py)."""
PATIENCE_SECONDS = 300
"""After the last time; what has not started by then never did."""
REAL = {
    "youtube_quota_uploads": 100,
    "youtube_quota_queries": 10_000,
    "youtube_channel_uploads_per_day": 100,
    "meta_limit_error_status": 429,
    "meta_calls_per_account_day": 400,
}
"""The platforms' own limits, but Meta's: 4,800 calls a day and account would be half a million reads. Of 400,
reads leave 80, of which 60 go before an account has to wait: enough for five publications of some nine calls each."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """How one pass went: seconds from each publication's time to its upload's beginning, and the rest of the line."""

    late: tuple[float, ...]
    wanted: int
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def on_time(self) -> float:
        """The share that started within a minute."""
        return sum(each <= ON_TIME_SECONDS for each in self.late) / self.wanted

    def percentile(self, percent: int) -> float:
        """Return how late that share was at most; what never started counts as never."""
        ordered = sorted([*self.late, *[float("inf")] * (self.wanted - len(self.late))])
        return ordered[min(len(ordered) - 1, round(len(ordered) * percent / 100))]


def measure(runs: int | None, mib: int | None, say: Say, users: int = USERS) -> Figure:
    """Start them once with the limits used up by reads and once without; more runs would tell nothing else."""
    exhausted = _pass(say, users, reading=True)
    quiet = _pass(say, users, reading=False)
    return Figure(
        bench="due",
        figure=exhausted.on_time,
        unit=f"share started within {ON_TIME_SECONDS} s of its time",
        against="the same with nobody reading",
        against_figure=quiet.on_time,
        runs=1,
        more={"publications": exhausted.wanted, "slots": SLOTS, "slot_seconds": SLOT_SECONDS, "processes": PROCESSES}
        | {f"late_{name}_seconds": _told(exhausted, percent) for name, percent in PERCENTILES.items()}
        | {f"against_late_{name}_seconds": _told(quiet, percent) for name, percent in PERCENTILES.items()}
        | exhausted.more
        | {"against": quiet.more},
    )


PERCENTILES = {"p50": 50, "p99": 99, "most": 100}


def _told(found: Found, percent: int) -> float | None:
    seconds = found.percentile(percent)
    return None if seconds == float("inf") else rounded(seconds)


def _pass(say: Say, users: int, *, reading: bool) -> Found:
    with workplace(say) as place:
        switch(place.sandbox, **REAL)
        for number in range(len(RELEASES)):
            place.export(f"due-{number}")
        say(f"connecting {users * len(EVERYWHERE)} accounts of {users} users and registering their releases")
        releases = [found for number in range(users) for found in _user(place, number)]
        if reading:
            time.sleep(CONNECTED_SECONDS)
        places = [(f"user-{number:03d}", f"my_{name}") for name in EVERYWHERE for number in range(users)]
        reads = used_up(place.environment, places, say) if reading else nullcontext({})
        with reads as read:
            last = _set_times(releases)
            say(f"the last of {sum(len(ids) for _, ids in releases)} is due at {last:%H:%M:%S} UTC")
            raised = _bring_out(place, releases, last, say)
        found = _found(place, sum(len(ids) for _, ids in releases))
        found.more.update({"raised": raised, "reads": read} if reading else {"raised": raised})
        say(f"{found.on_time:.1%} started within {ON_TIME_SECONDS} s; {found.more}")
        return found


def _user(place: Workplace, number: int) -> Iterator[tuple[str, list[str]]]:
    """Connect a user's accounts and put the releases into the queue, for tomorrow; yield each one's publications."""
    owner = f"user-{number:03d}"
    for platform in EVERYWHERE:
        given = sandbox_account(place.sandbox, platform, f"{platform} of {owner}")
        connect(owner, f"my_{platform}", platform, Credentials.model_validate(given))
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(tzinfo=None, microsecond=0).isoformat()
    for which, platforms in enumerate(RELEASES):
        title = f"due-{which}"
        targets = [
            {"account": f"my_{name}", "title": title, "caption": f"{title} of {owner}", "options": {"schedule": "ours"}}
            for name in platforms
        ]
        conf = {"segment": SEGMENT, "age_bucket": AGE_BUCKET, "title_id": title, "owner": owner, "targets": targets}
        found = registration.register(conf | {"scheduled_for": tomorrow}, f"{title}-{owner}")
        ids = [each.publication_id for each in found.publications]
        queue.schedule(owner, ids)
        yield owner, ids


def _set_times(releases: Sequence[tuple[str, list[str]]]) -> datetime:
    """Give every release its time, soon, as a person would who moves it; return the last one."""
    lead = LEAD_SECONDS + MOVE_SECONDS * sum(len(ids) for _, ids in releases)
    first = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=round(lead))
    at = first
    for number, (owner, ids) in enumerate(releases):
        at = first + timedelta(seconds=number * SLOTS // len(releases) * SLOT_SECONDS)
        for publication_id in ids:
            queue.move(owner, publication_id, scheduled_for=at.replace(tzinfo=None).isoformat(), timezone="UTC")
    if datetime.now(UTC) > first:
        raise CommandFailed(f"Setting the times took longer than {lead:.0f} s, so the first were late already.")
    return at


def _bring_out(place: Workplace, releases: Sequence[tuple[str, list[str]]], last: datetime, say: Say) -> int:
    """Take on what is due, every second, until all have been taken on and are over, or wait for long."""
    wanted, began = sum(len(ids) for _, ids in releases), 0
    runs: dict[str, _Run] = {}
    told = time.monotonic()
    with Crew(place.environment, say, of_the_queue=True) as crew:
        while datetime.now(UTC) < last + timedelta(seconds=PATIENCE_SECONDS):
            look = time.monotonic()
            for run in taking.take_due() if taking.to_do() else ():
                began += _take_on(run, runs, crew)
            for left in crew.work(LOOK_SECONDS):
                _let_go(left, runs)
            if began >= wanted and crew.is_idle:
                break
            if time.monotonic() - told > 15:
                told = time.monotonic()
                say(f"{began} of {wanted} taken on, {crew.standing()}")
            time.sleep(max(0.0, LOOK_SECONDS - (time.monotonic() - look)))
        return crew.raised


@dataclass(kw_only=True)
class _Run:
    taken: taking.Taken
    left: set[str]


def _take_on(taken: taking.Taken, runs: dict[str, _Run], crew: Crew) -> int:
    """Begin a run as Airflow would: its publications at once, the higher priority first."""
    taking.triggered(taken.owner, taken.run_id)
    found = taking.registered(taken.owner, taken.run_id).publications
    runs[taken.run_id] = _Run(taken=taken, left={each.publication_id for each in found})
    for each in found:
        urgency, publication = -int(taken.conf["priority"]), each.publication_id
        now = datetime.now(UTC)
        crew.add(Turn(due_at=now, urgency=urgency, owner=taken.owner, publication=publication, run=taken.run_id))
    return len(found)


def _let_go(left: Left, runs: dict[str, _Run]) -> None:
    """Take a publication out of its run; end that with its verdict when it was the last one."""
    run = runs[left.turn.run]
    if left.until is not None:
        taking.leave(left.turn.owner, left.turn.run, left.turn.publication)
    run.left.discard(left.turn.publication)
    if not run.left:
        del runs[left.turn.run]
        verdicts.verdict(run.taken.conf, run.taken.run_id)
        taking.ended(run.taken.owner, run.taken.run_id)


STARTED = (
    "select p.platform, p.state::text as state, p.error ->> 'message' as why, "
    "extract(epoch from min(m.at) - p.scheduled_for)::float8 as late "
    "from desk.publication as p left join desk.move as m "
    "on m.publication_id = p.publication_id and m.to_state = 'uploading' "
    "group by p.publication_id, p.platform, p.state, p.error, p.scheduled_for"
)


def _found(place: Workplace, wanted: int) -> Found:
    """Return how late each one began, as the ledger tells, and what the sandbox saw."""
    late: list[float] = []
    states: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    for number in range(USERS):
        with engine.transaction(f"user-{number:03d}") as connection:
            for row in connection.exec_driver_sql(STARTED):
                states[row.state] += 1
                late += [] if row.late is None else [row.late]
                if row.state != "published":
                    waiting[f"{row.platform}: {row.state}: {row.why}"] += 1
    calls = httpx.get(f"{place.sandbox}/sandbox/calls", timeout=600, trust_env=False).json()
    statuses = Counter(call["status"] for call in calls)
    published = httpx.get(f"{place.sandbox}/sandbox/published", timeout=600, trust_env=False).json()
    texts = Counter((each["platform"], each["account_id"], each["title"], each["description"]) for each in published)
    more = {
        "states": dict(states),
        "not_published": dict(waiting),
        "duplicates": sum(count - 1 for count in texts.values()),
        "answers_429": statuses[429],
        "answers_403": statuses[403],
    }
    return Found(late=tuple(late), wanted=wanted, more=more)
