"""Whose turn it is, and everything of one account read in turn: what the DAGs and `desk analytics refresh` call."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import get_args

from include import settings
from include.accounts import accounts
from include.accounts.accounts import Account
from include.analytics import collect
from include.analytics.asking import Window, days_completed, names_due
from include.analytics.outcomes import Outcome
from include.database import engine, queries
from include.platforms import NAMES
from include.platforms.reading import Dataset, Kind, datasets

log = logging.getLogger("release_desk.analytics")
SQL = queries.load("collecting")
KINDS: tuple[Kind, ...] = get_args(Kind)
PATIENCE_SECONDS = 300.0
"""Days asked for are read by nobody else: how long their reading waits for another one of the same dataset."""
NOBODY = "-"
"""Acts for no owner: only the function that hands out names of accounts is asked."""


class NothingOfThatName(LookupError):
    """No platform has a dataset of this name."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be read of an account; without anything: what is due now.

    `day` reads that day again, `completed` the days that ended in an interval (a backfilled run's): only datasets with
    rows by day have past days. `everything` reads what is not due, too. `now` is the moment to act at.
    """

    kinds: tuple[Kind, ...] = KINDS
    dataset: str | None = None
    now: datetime | None = None
    day: date | None = None
    completed: tuple[datetime, datetime] | None = None
    everything: bool = False
    run_id: str | None = None

    @property
    def names_days(self) -> bool:
        """Say whether it wants certain days, and not what is due."""
        return self.completed is not None or self.day is not None

    def window(self, dataset: Dataset) -> Window | None:
        """Return the days a dataset is to read again; None for what is due."""
        if self.completed is not None:
            return days_completed(dataset, *self.completed)
        return Window(first=self.day, last=self.day) if self.day else None

    def is_for(self, dataset: Dataset) -> bool:
        """Say whether a dataset is meant."""
        if dataset.kind not in self.kinds or self.dataset not in (None, dataset.name):
            return False
        if not self.names_days:
            return True
        return dataset.daily and self.window(dataset) is not None


def accounts_to_read(kind: Kind, now: datetime | None = None) -> list[tuple[str, str]]:
    """Return owner and name of every connected account with something of this kind to read by now."""
    names = sorted({one.name for platform in NAMES for one in datasets(platform) if one.kind == kind})
    return _accounts(names, now or datetime.now(UTC)) if names else []


def accounts_for(order: Order) -> list[tuple[str, str]]:
    """Return owner and name of every connected account that is read directly; nobody when no dataset is meant."""
    is_meant = any(order.is_for(one) for platform in NAMES for one in datasets(platform))
    return _accounts([], datetime.now(UTC)) if is_meant else []


def _accounts(names: list[str], now: datetime) -> list[tuple[str, str]]:
    with engine.transaction(NOBODY) as connection:
        rows = connection.exec_driver_sql(SQL["accounts_to_read"], {"datasets": names, "now": now})
        return [(row.owner, row.account_id) for row in rows]


def accounts_of(owner: str) -> list[str]:
    """Return the names of an owner's connected accounts that are read directly."""
    return [
        one.account_id for one in accounts.list_all(owner) if one.state == "connected" and one.route == "direct"
    ]  # fmt: skip


def check_dataset(name: str | None) -> None:
    """Raise `NothingOfThatName`, with the names there are."""
    known = sorted({one.name for platform in NAMES for one in datasets(platform)})
    if name is not None and name not in known:
        raise NothingOfThatName(f"Nothing called '{name}' is read. There is: {', '.join(known)}.")


def read_account(
    owner: str, account_id: str, order: Order, begin: Callable[[str], None] = lambda name: None
) -> Iterator[Outcome]:
    """Read an account's datasets one after the other; `begin` is told the name of each before.

    Raises `UnknownAccount`. What fails in one dataset is that one's outcome; the others are read all the same. An
    account of which nothing is due costs one look for all its datasets.
    """
    account = accounts.read(owner, account_id)
    meant = [one for one in datasets(account.platform) if order.is_for(one)]
    due: frozenset[str] | None = None
    for number, dataset in enumerate(meant):
        begin(dataset.name)
        due = _due(account, meant[number:], order) if due is None else due
        if dataset.name not in due:
            yield Outcome(account_id=account_id, dataset=dataset.name, state="idle")
            continue
        due = None  # a reading takes its time: what became due meanwhile is read, too
        yield collect.collect(
            owner,
            account_id,
            dataset,
            now=order.now,
            window=order.window(dataset),
            run_id=order.run_id,
            everything=order.everything,
            patience=PATIENCE_SECONDS if order.names_days else 0.0,
        )


def _due(account: Account, meant: Sequence[Dataset], order: Order) -> frozenset[str]:
    """Return the datasets that are worth trying: those with something due, or all when it does not matter."""
    if order.names_days or order.everything:
        return frozenset(one.name for one in meant)
    return names_due(account, meant, order.now or datetime.now(UTC))


def resumes_at(outcomes: Sequence[Outcome]) -> datetime | None:
    """Return when the first of what a limit or the network ended goes on; None when nothing does."""
    return min((one.resumes_at for one in outcomes if one.resumes_at is not None), default=None)


def forget_old(owner: str, account_id: str) -> int:
    """Delete an account's history that is older than `keep_syncs_days` of config/analytics.yaml; return how much."""
    before = datetime.now(UTC) - timedelta(days=settings.analytics().keep_syncs_days)
    known = {"owner": owner, "account_id": account_id, "before": before}
    with engine.transaction(owner) as connection:
        return int(connection.exec_driver_sql(SQL["forget_syncs"], known).scalar_one())
