"""Reads one dataset of one account and keeps it: who is due → the platform → rows, history, next time.

Everything a reading keeps, it keeps in one transaction at its end: the rows, whose turn is next when, the days the
warehouse has to build again and the line in the history. A process that is killed leaves nothing but that line, as
'running'; the next reading marks it. A limit or a lost connection half-way keeps what is whole (`Done`), and the rest
is read later.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from include.accounts import accounts
from include.accounts.accounts import Account
from include.analytics import keeping
from include.analytics.asking import Window, Wish, days_completed, metrics_of, what_to_ask, window_of
from include.analytics.heard import Count, Heard
from include.analytics.keeping import Ended
from include.analytics.outcomes import Outcome
from include.database import engine, queries
from include.platforms.errors import PlatformError
from include.platforms.reading import Asked, Dataset
from include.publishing import clients

__all__ = ["Outcome", "Window", "collect", "days_completed", "metrics_of", "window_of"]

log = logging.getLogger("release_desk.analytics")
SQL = queries.load("collecting")
LOOK_AGAIN_SECONDS = 0.5
"""How often a reading that waits for another one's end looks."""


def collect(
    owner: str,
    account_id: str,
    dataset: Dataset,
    *,
    now: datetime | None = None,
    window: Window | None = None,
    run_id: str | None = None,
    everything: bool = False,
    patience: float = 0.0,
) -> Outcome:
    """Read what is due of a dataset; with a `window` those days again, with `everything` all videos, due or not.

    Never raises for what a platform answers: the outcome says it. `now` is the moment to act at (tests, a simulated
    month); each number of a day still says when it was really read. Counters and whatever else is not kept by day have
    no past days: with a `window` they are idle. `patience` is how many seconds it waits for another reading's end.
    """
    wish = Wish(now=now or datetime.now(UTC), window=window, everything=everything)
    with _alone(owner, account_id, dataset.name, patience) as free:
        if not free:
            return Outcome(account_id=account_id, dataset=dataset.name, state="busy")
        account = accounts.read(owner, account_id)
        asked = what_to_ask(account, dataset, wish)
        if asked is None:
            return Outcome(account_id=account_id, dataset=dataset.name, state="idle")
        return _read(account, dataset, asked, wish, run_id)


@contextmanager
def _alone(owner: str, account_id: str, dataset: str, patience: float) -> Iterator[bool]:
    """Hold the reading of this dataset of this account; the lock dies with the process."""
    known = {"name": f"reading {owner} {account_id} {dataset}"}
    until = time.monotonic() + patience
    with engine.session() as connection:
        free = connection.exec_driver_sql(SQL["hold_reading"], known).scalar()
        while not free and time.monotonic() < until:
            time.sleep(LOOK_AGAIN_SECONDS)
            free = connection.exec_driver_sql(SQL["hold_reading"], known).scalar()
        yield bool(free)


def _read(account: Account, dataset: Dataset, asked: Asked, wish: Wish, run_id: str | None) -> Outcome:
    sync_id = keeping.begin(account, dataset, asked, run_id)
    heard, count = Heard(), Count()
    try:
        error = _listen(account, dataset, asked, heard, count)
        ended = Ended(sync_id=sync_id, calls=count.calls, quota=count.quota, error=error)
        return keeping.keep(account, dataset, asked, wish, heard, ended)
    except Exception as failure:
        keeping.note_failure(account.owner, sync_id, count, failure)
        raise
    finally:
        heard.spool.close()


def _listen(account: Account, dataset: Dataset, asked: Asked, heard: Heard, count: Count) -> Exception | None:
    """Hear the reader out; return what ended it early.

    A reader that stumbles over an answer costs its dataset only, and not what it had read completely before.
    """
    try:
        with clients.open_calls(account) as calls:
            count.watch(calls)
            for answer in dataset.read(calls, asked):
                heard.take(answer)
        heard.end()
    except PlatformError as trouble:
        log.info("reading %s of %s ended early: %s", dataset.name, account.account_id, trouble)
        return trouble
    except Exception as stumble:
        log.exception("reading %s of %s stumbled", dataset.name, account.account_id)
        return stumble
    return None
