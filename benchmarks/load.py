"""A hundred users publish to five platforms at once, and one of them far more than the platforms allow.

No Airflow: 8 worker processes take publications through `steps.advance`, each again when its own `Later` says so: what
is due goes first, and of that the highest priority. The sandbox's real limits are on, and they bind: YouTube's 100
uploads a day and app, TikTok's 6 posts a minute and 15 a day, Instagram's 25 posts (one of the three numbers its papers
name), LinkedIn's 150 calls of a member. The clip is too small for a reel, so Facebook's 30 reels stay out of it. What
has to wait over night is explained; then the clocks of both sides are put forward by a day, as often as it takes. The
line tells how many were published without help, every answer 429 (also Meta's refusals, which usually come as 400) and
403 (YouTube's "quota exceeded"), what came out twice, and the deadlocks PostgreSQL saw.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from benchmarks.crew import PROCESSES, Crew, Left, Turn
from benchmarks.figures import Figure, Say, middle
from benchmarks.workplace import AGE_BUCKET, SEGMENT, Workplace, sandbox_account, switch, workplace
from include.accounts.accounts import Credentials
from include.accounts.connect import connect
from include.database import engine
from include.database.embedded import EmbeddedPostgres
from include.publishing import ledger, registration

USERS = 100
PLATFORMS = ("youtube", "tiktok", "instagram", "facebook", "linkedin")
EAGER = {"youtube": 10, "tiktok": 17, "instagram": 27, "facebook": 10, "linkedin": 40}
"""What one more user wants to publish, on one account each: more than they take in a day, but for Facebook."""
PATIENCE_SECONDS = 1800
"""For one day's part of it. What is not out by then was not published without help."""
DAYS = 4
"""By then even TikTok's 15 a day are enough."""
DAY = timedelta(days=1)
REAL = {
    "youtube_quota_uploads": 100,
    "youtube_quota_queries": 10_000,
    "youtube_channel_uploads_per_day": 100,
    "instagram_quota_total": 25,
    "meta_limit_error_status": 429,
}
"""What the workplace switches off, and Meta's refusals made visible; all other limits are on anyway."""
TITLE = "load"
LATER = (
    "delete from desk.quota where window_start > '-infinity' and window_start < now() - interval '25 hours'",
    "update desk.quota set window_start = window_start - interval '1 day' where window_start > '-infinity'",
    "update desk.quota set marks = array(select m - interval '1 day' from unnest(marks) as m)",
    "update desk.bucket set filled_at = filled_at - interval '1 day', told_at = told_at - interval '1 day', "
    "shut_until = shut_until - interval '1 day'",
    "update desk.bucket_line set since = since - interval '1 day', until = until - interval '1 day'",
    "update desk.quota_pause set until = until - interval '1 day', reads_until = reads_until - interval '1 day'",
    "update desk.account_secret set expires_at = expires_at - interval '1 day' where expires_at is not null",
)
"""A day later: everything that was counted, told or promised is a day older."""


def measure(runs: int | None, mib: int | None, say: Say, users: int = USERS) -> Figure:
    """Publish once; a second run would find the day's limits used, so `runs` changes nothing."""
    with workplace(say) as place:
        switch(place.sandbox, **REAL)
        _export(place, max(EAGER.values()))
        say(f"connecting {(users + 1) * len(PLATFORMS)} accounts of {users + 1} users")
        turns = [turn for number in range(users) for turn in _user(place, number)] + list(_eager(place))
        httpx.delete(f"{place.sandbox}/sandbox/calls", trust_env=False)
        say(f"publishing {len(turns)} times with {PROCESSES} processes")
        more = _day_by_day(place, turns, say) | _facts(place, turns)
    return Figure(
        bench="load",
        figure=float(more.pop("published")),
        unit="published without help",
        against="all of them",
        against_figure=float(len(turns)),
        runs=1,
        more={"users": users + 1, "platforms": len(PLATFORMS), "processes": PROCESSES} | more,
    )


def _export(place: Workplace, count: int) -> None:
    """Export one release under many names; the eager user is in earnest about the same video (`force`)."""
    path = place.export(TITLE)
    for number in range(count):
        for file in path.parent.glob(f"{TITLE}[._]*"):
            shutil.copyfile(file, file.with_name(file.name.replace(TITLE, f"{TITLE}-{number}", 1)))


def _connect(place: Workplace, owner: str) -> None:
    for platform in PLATFORMS:
        given = sandbox_account(place.sandbox, platform, f"{platform} of {owner}")
        connect(owner, f"my_{platform}", platform, Credentials.model_validate(given))


def _registered(owner: str, title: str, priority: int, platforms: Iterable[str]) -> Iterator[Turn]:
    targets = [{"account": f"my_{name}", "title": title, "caption": f"{title} of {owner}"} for name in platforms]
    conf = {"segment": SEGMENT, "age_bucket": AGE_BUCKET, "title_id": title, "owner": owner, "priority": priority}
    found = registration.register(conf | {"targets": targets, "force": True}, f"{title}-{owner}").publications
    for each in found:
        yield Turn(due_at=datetime.now(UTC), urgency=-priority, owner=owner, publication=each.publication_id)


def _user(place: Workplace, number: int) -> Iterator[Turn]:
    """Connect a user's five accounts and register the release for all of them; every tenth user is in a hurry."""
    owner = f"user-{number:03d}"
    _connect(place, owner)
    yield from _registered(owner, TITLE, 9 if number % 10 == 0 else 5, PLATFORMS)


def _eager(place: Workplace) -> Iterator[Turn]:
    _connect(place, "user-eager")
    for number in range(max(EAGER.values())):
        wanted = [platform for platform, count in EAGER.items() if number < count]
        yield from _registered("user-eager", f"{TITLE}-{number}", 5, wanted)


def _day_by_day(place: Workplace, turns: list[Turn], say: Say) -> dict[str, Any]:
    """Let the workers go on until all are over or wait for another day; then put the clocks forward."""
    began, more = time.monotonic(), {"raised": 0}
    over_night: list[int] = []
    seconds: list[float] = []
    unexplained = 0
    while turns and len(over_night) < DAYS:
        if over_night:
            _a_day_later(place, turns, len(over_night))
            say(f"a day later: {len(turns)} go on")
        raised, took, left = _until_night(place, turns, say)
        more["raised"] += raised
        seconds += took
        unexplained += sum(not _why(each.turn) for each in left)
        turns = [replace(each.turn, due_at=each.until - DAY) for each in left if each.until is not None]
        over_night.append(len(turns))
        if len(over_night) == 1:
            more |= {"first_day_seconds": round(time.monotonic() - began), "first_day_published": len(took)}
            more |= {"median_seconds": round(middle(took or [0.0]), 1)}
    return more | {"waited_over_night": over_night, "unexplained": unexplained}


def _until_night(place: Workplace, turns: list[Turn], say: Say) -> tuple[int, list[float], list[Left]]:
    """Return how often a step raised, how long each publication took, and which wait for another day."""
    took: list[float] = []
    left: list[Left] = []
    began = last = time.monotonic()
    with Crew(place.environment, say, of_the_queue=False) as crew:
        for turn in turns:
            crew.add(turn)
        while not crew.is_idle and time.monotonic() - began < PATIENCE_SECONDS:
            for each in crew.work(1.0):
                if each.until is None:
                    took.append(time.monotonic() - began)
                else:
                    left.append(each)
            if time.monotonic() - last > 15:
                last = time.monotonic()
                say(f"{len(took)} over, {len(left)} wait for another day, {crew.standing()}")
        return crew.raised, took, left


def _a_day_later(place: Workplace, turns: list[Turn], days: int) -> None:
    for turn in turns:
        with ledger.claim(turn.owner, turn.publication) as held:
            held.plan(next_try_at=turn.due_at)
    with EmbeddedPostgres(place.folder).connect("warehouse") as superuser:
        for statement in LATER:
            superuser.execute(statement)  # type: ignore[call-overload]
    switch(place.sandbox, clock_offset_seconds=days * DAY.total_seconds())


def _why(turn: Turn) -> str:
    return str((ledger.read(turn.owner, turn.publication).error or {}).get("message", ""))


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
    texts = Counter((each["platform"], each["account_id"], each["title"], each["description"]) for each in published)
    calls = httpx.get(f"{place.sandbox}/sandbox/calls", timeout=600, trust_env=False).json()
    statuses = Counter(call["status"] for call in calls)
    return {
        "published": states["published"],
        "duplicates": sum(count - 1 for count in texts.values()),
        "answers_429": statuses[429],
        "answers_403": statuses[403],
        "deadlocks": deadlocked,
        "waited_for_a_limit": waited,
        "states": dict(states),
        "why": sorted({(each.error or {}).get("message", "") for each in ended if each.state.value != "published"}),
        "calls": len(calls),
    }
