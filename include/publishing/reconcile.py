"""Goes on with publications that stand still or whose account is back, and finds out about unconfirmed ones."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from include import settings
from include.accounts.accounts import UnknownAccount
from include.database import engine, queries
from include.publishing import receipts, steps
from include.publishing.ledger import UnknownPublication, read
from include.publishing.progress import Later, Over, Progress
from include.releases.publication import State

log = logging.getLogger("release_desk.publishing")
SQL = queries.load("ledger")
NOBODY = "*"
"""An owner without accounts or releases: the dispatch function tells ids across owners, and nothing else is read."""


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One publication that was looked after."""

    publication_id: str
    before: State
    after: State


def standing_still(minutes: float | None = None) -> list[tuple[str, str]]:
    """Return (owner, publication) of everything that nobody has touched for `minutes` (default: as configured)."""
    waited = settings.distribution().publishing.stuck_after_minutes if minutes is None else minutes
    since = datetime.now(UTC) - timedelta(minutes=waited)
    with engine.transaction(NOBODY) as connection:
        rows = connection.exec_driver_sql(SQL["publications_standing_still"], {"since": since}).all()
    return [(row.owner, str(row.publication_id)) for row in rows]


def woken() -> list[tuple[str, str]]:
    """Return (owner, publication) of all that waited for an account that works again, the first to go on first."""
    with engine.transaction(NOBODY) as connection:
        rows = connection.exec_driver_sql(SQL["publications_woken"]).all()
    return [(row.owner, str(row.publication_id)) for row in rows]


def reconcile(owner: str, publication_id: str) -> Looked:
    """Take one publication as far as it goes now and write its receipt when that ended it."""
    before = read(owner, publication_id)
    progress = _take_on(owner, publication_id, before.state)
    after = read(owner, publication_id)
    if isinstance(progress, Over):
        receipts.write(after)
    elif isinstance(progress, Later):
        log.info("publication %s: %s", publication_id, progress.why)
    return Looked(publication_id=publication_id, before=before.state, after=after.state)


def _take_on(owner: str, publication_id: str, state: State) -> Progress:
    if state == State.UNCONFIRMED:
        return steps.look(owner, publication_id)
    if state == State.PUBLISHED:
        return steps.complete(owner, publication_id)
    return steps.advance(owner, publication_id)


def reconcile_all() -> list[Looked]:
    """Look after all that stands still or whose account is back; one publication's trouble never stops the others."""
    looked = []
    for owner, publication_id in [*woken(), *standing_still()]:
        with contextlib.suppress(UnknownPublication, UnknownAccount):
            try:
                looked.append(reconcile(owner, publication_id))
            except receipts.NotWritten as error:
                log.error("%s", error)
            except Exception:  # whatever is wrong with one, the others are looked after
                log.exception("publication %s could not be looked after", publication_id)
    return looked


def forget_old_calls() -> int:
    """Delete call-log rows older than the configured days; return how many."""
    before = datetime.now(UTC) - timedelta(days=settings.distribution().publishing.call_log_days)
    with engine.transaction(NOBODY) as connection:
        return int(connection.exec_driver_sql(SQL["forget_calls"], {"before": before}).scalar_one())
