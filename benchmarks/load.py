"""A hundred users publish to five platforms at once, on the sandbox with its real limits on.

No Airflow: 8 worker processes take publications through `steps.advance`, each again when its own `Later` says so: what
is due goes first, and of that the highest priority. The line tells how many were published without help, every answer
429 (also Meta's refusals, which usually come as 400) and 403 (YouTube's "quota exceeded"), what came out twice, and
the deadlocks PostgreSQL saw.
"""

from __future__ import annotations

import heapq
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy.exc import DBAPIError

from benchmarks.figures import Figure, Say, middle
from benchmarks.workplace import AGE_BUCKET, SEGMENT, Workplace, sandbox_account, switch, workplace
from include import settings
from include.accounts.accounts import Credentials
from include.accounts.connect import connect
from include.database import engine
from include.publishing import ledger, registration, steps
from include.publishing.progress import Later

USERS, PROCESSES = 100, 8
PLATFORMS = ("youtube", "tiktok", "instagram", "facebook", "linkedin")
PATIENCE_SECONDS = 1800
"""What is not out by then was not published without help."""
REAL = {
    "youtube_quota_uploads": 100,
    "youtube_quota_queries": 10_000,
    "youtube_channel_uploads_per_day": 100,
    "meta_limit_error_status": 429,
}
"""What the workplace switches off, and Meta's refusals made visible; all other limits are on anyway."""
TITLE = "load"


@dataclass(frozen=True, kw_only=True, order=True)
class Turn:
    """A publication, when it is to be looked at, and how urgent it is (10 first, so it is counted down)."""

    due_at: datetime
    urgency: int
    owner: str = field(compare=False)
    publication: str = field(compare=False)


def measure(runs: int | None, mib: int | None, say: Say, users: int = USERS) -> Figure:
    """Publish once; a second run would find the day's limits used, so `runs` changes nothing."""
    with workplace(say) as place:
        switch(place.sandbox, **REAL)
        place.export(TITLE)
        say(f"connecting {users * len(PLATFORMS)} accounts of {users} users")
        turns = [turn for number in range(users) for turn in _user(place, number)]
        httpx.delete(f"{place.sandbox}/sandbox/calls", trust_env=False)
        say(f"publishing {len(turns)} times with {PROCESSES} processes")
        began = time.monotonic()
        raised, latencies = _publish(place, turns, say)
        more = {"seconds": round(time.monotonic() - began), "raised": raised}
        more |= {"median_seconds": round(middle(latencies or [0.0]), 1)} | _facts(place, turns)
    return Figure(
        bench="load",
        figure=float(more.pop("published")),
        unit="published without help",
        against="all of them",
        against_figure=float(len(turns)),
        runs=1,
        more={"users": users, "platforms": len(PLATFORMS), "processes": PROCESSES} | more,
    )


def _user(place: Workplace, number: int) -> list[Turn]:
    """Connect a user's five accounts and register the release for all of them; every tenth user is in a hurry."""
    owner, priority = f"user-{number:03d}", 9 if number % 10 == 0 else 5
    for platform in PLATFORMS:
        given = sandbox_account(place.sandbox, platform, f"{platform} of {owner}")
        connect(owner, f"my_{platform}", platform, Credentials.model_validate(given))
    conf = {"segment": SEGMENT, "age_bucket": AGE_BUCKET, "title_id": TITLE, "owner": owner, "priority": priority}
    found = registration.register(conf, f"load-{owner}").publications
    now = datetime.now(UTC)
    return [Turn(due_at=now, urgency=-priority, owner=owner, publication=each.publication_id) for each in found]


def _publish(place: Workplace, turns: Iterable[Turn], say: Say) -> tuple[int, list[float]]:
    """Let the workers go on until all are over; return how often a step raised, and how long each publication took."""
    waiting, began, last = list(turns), time.monotonic(), 0.0
    heapq.heapify(waiting)
    raised, latencies = 0, []
    running: dict[Future[datetime | None], Turn] = {}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, context, settings.adopt, (place.environment,)) as pool:
        while (waiting or running) and time.monotonic() - began < PATIENCE_SECONDS:
            while waiting and len(running) < PROCESSES and waiting[0].due_at <= datetime.now(UTC):
                turn = heapq.heappop(waiting)
                running[pool.submit(_advance, turn.owner, turn.publication)] = turn
            for done in wait(running, timeout=0.05, return_when=FIRST_COMPLETED).done if running else ():
                turn, error = running.pop(done), done.exception()
                raised += error is not None
                at = datetime.now(UTC) + timedelta(seconds=5) if error is not None else done.result()
                if error is not None:
                    say(f"{turn.publication}: {type(error).__name__}: {error}")
                if at is None:
                    latencies.append(time.monotonic() - began)
                else:
                    again = Turn(due_at=at, urgency=turn.urgency, owner=turn.owner, publication=turn.publication)
                    heapq.heappush(waiting, again)
            if not running:
                time.sleep(0.05)
            if time.monotonic() - last > 15:
                last = time.monotonic()
                say(f"{len(latencies)} over, {len(running)} at work, {len(waiting)} wait")
    return raised, latencies


def _advance(owner: str, publication_id: str) -> datetime | None:
    """Take a publication as far as it goes now; return when to go on, or None at its end."""
    try:
        progress = steps.advance(owner, publication_id)
    except DBAPIError as error:  # its parameters cannot travel between processes
        raise RuntimeError(type(error).__name__) from None
    return progress.at if isinstance(progress, Later) else None


def _facts(place: Workplace, turns: list[Turn]) -> dict[str, Any]:
    """Return what became of them, as the ledger, the sandbox and PostgreSQL tell."""
    ended = [ledger.read(turn.owner, turn.publication) for turn in turns]
    states = Counter(str(each.state.value) for each in ended)
    waited = 0
    for owner in {turn.owner for turn in turns}:
        with engine.transaction(owner) as connection:
            moves = "select count(distinct publication_id) from desk.move where to_state = 'waiting_quota'"
            waited += int(connection.exec_driver_sql(moves).scalar_one())
            deadlocks = "select deadlocks from pg_stat_database where datname = current_database()"
            deadlocked = int(connection.exec_driver_sql(deadlocks).scalar_one())
    published = httpx.get(f"{place.sandbox}/sandbox/published", timeout=600, trust_env=False).json()
    times = Counter((entry["platform"], entry["account_id"]) for entry in published)
    calls = httpx.get(f"{place.sandbox}/sandbox/calls", timeout=600, trust_env=False).json()
    statuses = Counter(call["status"] for call in calls)
    return {
        "published": states["published"],
        "duplicates": sum(count - 1 for count in times.values()),
        "answers_429": statuses[429],
        "answers_403": statuses[403],
        "deadlocks": deadlocked,
        "waited_for_a_limit": waited,
        "states": dict(states),
        "why": sorted({(each.error or {}).get("message", "") for each in ended if each.state.value != "published"}),
        "calls": len(calls),
    }
