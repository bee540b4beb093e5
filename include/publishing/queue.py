"""The queue: give publications another time or priority, stop them, try them again, and say how it stands.

One service for REST, the command line and the DAGs. Each function takes the publication's claim first, so nothing is
changed under a worker's hands. A publication in the queue has no run; `taking.py` takes it on when it is due.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from include.database import engine, queries
from include.publishing import decisions, duplicates, refreshing
from include.publishing.decisions import NotPossible
from include.publishing.ledger import Busy, Claim, LostClaim, UnknownPublication, claim, publication_from, read
from include.publishing.postings import waits_here_until
from include.releases.local_time import LocalTime, Zone, kept_instant, too_far, utc_instant
from include.releases.publication import Publication, State

log = logging.getLogger("release_desk.publishing")
SQL = queries.load("queue")
Unknown = UnknownPublication
"""This owner has no such publication (a `LookupError`)."""

__all__ = [
    "Changed", "NotPossible", "Stats", "Unknown", "cancel", "confirm", "follow_the_clocks", "line", "move", "retry",
    "schedule", "stats",
]  # fmt: skip

LATE = timedelta(seconds=60)
"""What is due for longer than this counts as late."""
NOBODY = "*"
NOT_BEGUN = frozenset({State.PLANNED, State.WAITING_APPROVAL})
LOCAL_TIME: TypeAdapter[datetime] = TypeAdapter(LocalTime)
ZONE: TypeAdapter[str] = TypeAdapter(Zone)


class Changed(ValueError):
    """Somebody changed it since it was read; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Stats:
    """How an owner's queue stands: numbers of publications.

    `waiting` for their time, a limit or an account; `due` and not begun, of which `late` by more than a minute;
    `running` in a run. `by_platform` and `by_priority` count all of these. `oldest_due_seconds` is 0 when none is due.
    """

    waiting: int
    due: int
    late: int
    running: int
    by_platform: Mapping[str, int]
    by_priority: Mapping[int, int]
    oldest_due_seconds: float


def schedule(owner: str, publication_ids: Sequence[str]) -> None:
    """Put registered publications that have no run into the queue: each is taken on when it is due, or now.

    What was begun already, waits in the queue, or is over stays as it is. One that needs a person's yes is taken on
    now, so that it is asked for at once.
    """
    for publication_id in publication_ids:
        with _held(owner, publication_id) as held:
            publication = held.publication
            if publication.state != State.PLANNED or publication.queued_at is not None:
                continue
            if publication.asks:
                held.plan(next_try_at=datetime.now(UTC))
            else:
                until = waits_here_until(publication) or datetime.now(UTC)
                held.move(State.SCHEDULED, next_try_at=until, queued=True)


def move(
    owner: str,
    publication_id: str,
    *,
    scheduled_for: str | None = None,
    timezone: str | None = None,
    priority: int | None = None,
    expected_version: int | None = None,
) -> Publication:
    """Give a publication that was not begun another time or priority; what is None stays as it is.

    `scheduled_for` is a local time such as 2026-12-01T09:00:00, read in `timezone`, else in the zone it has. A zone
    alone keeps the clock time and moves the instant. Raises `NotPossible` for a time or state that cannot be,
    `Changed` when its version is not `expected_version` any more, `Unknown` when the owner has none of this id.
    """
    if priority is not None and not 1 <= priority <= 10:
        raise NotPossible(f"A priority is a number from 1 to 10, 10 goes first; {priority} is not.")
    with _held(owner, publication_id) as held:
        before = held.publication
        if expected_version is not None and before.version != expected_version:
            raise Changed(
                f"It was changed since you read it (version {before.version}, not {expected_version}). Read it again."
            )
        decisions.expect_not_begun(held, "changed")
        if scheduled_for is not None or timezone is not None:
            _retime(held, *_wanted_time(before, scheduled_for, timezone))
        if priority is not None and priority != before.priority:
            held.plan(priority=priority)
        return held.publication


def cancel(owner: str, publication_id: str) -> Publication:
    """Stop a publication of which nothing was sent; its receipt says so. Raises `NotPossible` and `Unknown`."""
    with _told_plainly():
        return decisions.cancel(owner, publication_id)


def retry(owner: str, publication_id: str) -> Publication:
    """Try a failed, rejected or cancelled publication again: its texts are read anew, and it is due at once.

    Raises `NotPossible` when the platform has it, when its video is another one now, or when this video is on its
    account by another release meanwhile; `Unknown`.
    """
    before = read(owner, publication_id)
    if before.state in decisions.AGAIN:
        if problem := duplicates.problem_of(before):
            raise NotPossible(problem)
        refreshing.refresh(before)
    with _told_plainly():
        decisions.retry(owner, publication_id)
    with _held(owner, publication_id) as held:
        publication = held.publication
        if publication.state == State.PLANNED and publication.asks:
            held.plan(next_try_at=datetime.now(UTC))
        elif publication.state == State.PLANNED:
            held.move(State.SCHEDULED, next_try_at=waits_here_until(publication) or datetime.now(UTC), queued=True)
        return held.publication


def confirm(
    owner: str, publication_id: str, *, published: bool, video_id: str | None = None, url: str | None = None
) -> Publication:
    """Say what became of an unconfirmed publication; one that is out needs its address, its id, or both.

    Raises `NotPossible` when it is not unconfirmed or the address is none, and `Unknown`.
    """
    with _told_plainly():
        if not published:
            return decisions.confirm_not_published(owner, publication_id)
        where = url or video_id
        if not where:
            raise NotPossible("Say where it is: its address or its id at the platform.")
        return decisions.confirm_published(owner, publication_id, where, video_id=video_id)


def stats(owner: str) -> Stats:
    """Return how an owner's queue stands now."""
    now = datetime.now(UTC)
    with engine.transaction(owner) as connection:
        rows = connection.exec_driver_sql(SQL["standing"], {"at": now, "late_before": now - LATE}).all()
    oldest = min((row.oldest for row in rows if row.oldest is not None), default=now)

    def count(**wanted: Any) -> int:
        return sum(row.publications for row in rows if all(getattr(row, key) == wanted[key] for key in wanted))

    return Stats(
        waiting=count(standing="waiting"),
        due=count(standing="due"),
        late=sum(row.late for row in rows),
        running=count(standing="running"),
        by_platform={name: count(platform=name) for name in sorted({row.platform for row in rows})},
        by_priority={each: count(priority=each) for each in sorted({row.priority for row in rows}, reverse=True)},
        oldest_due_seconds=max(0.0, (now - oldest).total_seconds()),
    )


def line(owner: str, at_most: int = 100) -> tuple[Publication, ...]:
    """Return an owner's publications that were not begun, the next first."""
    with engine.transaction(owner) as connection:
        rows = connection.exec_driver_sql(SQL["list_waiting"], {"at_most": at_most}).mappings()
        return tuple(publication_from(dict(row)) for row in rows)


def follow_the_clocks() -> int:
    """Compute the instants of all local times ahead anew, by the zones' rules as this process knows them.

    Governments change clocks at short notice. Returns how many publications were moved.
    """
    with engine.transaction(NOBODY) as connection:
        ahead = connection.exec_driver_sql(SQL["local_times_ahead"]).all()
    moved = 0
    for row in ahead:
        instant = kept_instant(row.scheduled_local, row.timezone)
        if instant == row.scheduled_for:
            continue
        try:
            with claim(row.owner, str(row.publication_id)) as held:
                decisions.expect_not_begun(held, "moved")
                _retime(held, row.scheduled_local, row.timezone, instant)
        except (Busy, LostClaim, NotPossible, UnknownPublication) as passing:  # the next round looks again
            log.info("publication %s keeps its instant for now: %s", row.publication_id, passing)
        else:
            moved += 1
            log.warning("publication %s moved with the clocks of %s to %s", row.publication_id, row.timezone, instant)
    return moved


def _wanted_time(
    before: Publication, scheduled_for: str | None, timezone: str | None
) -> tuple[datetime, str, datetime]:
    """Return local time, zone and instant; raise `NotPossible` for what cannot be kept."""
    try:
        zone = ZONE.validate_python(before.timezone if timezone is None else timezone)
        local = before.scheduled_local if scheduled_for is None else LOCAL_TIME.validate_python(scheduled_for)
        if local is None:
            raise NotPossible("It has no time to read in another zone; say scheduled_for, too.")
        instant = utc_instant(local, zone)
    except ValidationError as error:
        field = "timezone" if error.title != "datetime" and scheduled_for is None else "scheduled_for"
        told = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise NotPossible(f"{'timezone' if 'IANA' in told else field} {told}.") from None
    except NotPossible:
        raise
    except ValueError as error:
        raise NotPossible(f"scheduled_for {error}.") from None
    now = datetime.now(UTC)
    if instant <= now:
        raise NotPossible(f"{instant:%Y-%m-%d %H:%M} UTC is over.")
    if far := too_far(instant, now):
        raise NotPossible(far)
    return local, zone, instant


def _retime(held: Claim, local: datetime, zone: str, instant: datetime) -> None:
    held.plan(scheduled_for=instant, scheduled_local=local, timezone=zone)
    if held.publication.state in NOT_BEGUN:
        return  # its run, or the queue, reads its time when it begins
    until = waits_here_until(replace(held.publication, scheduled_for=instant))
    if until is not None:
        held.move(State.SCHEDULED, next_try_at=until, queued=True)
    elif held.publication.state == State.SCHEDULED:  # from now on the platform keeps its time
        held.plan(next_try_at=datetime.now(UTC))


@contextmanager
def _held(owner: str, publication_id: str) -> Iterator[Claim]:
    with _told_plainly(), claim(owner, publication_id) as held:
        yield held


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Say `NotPossible` also when a worker is at it right now."""
    try:
        yield
    except (Busy, LostClaim) as busy:
        raise NotPossible(str(busy)) from busy
