"""What a platform can tell about what happened out there, and how it is asked: the contract of readers.

A *dataset* is one thing read of an account in one way: the counters of its videos, its daily rows, its comments. Each
platform lists its own in `metrics.py`, `comments.py` and `revenue.py`, as a tuple `DATASETS`. A dataset's `read` knows
nothing but HTTP: it gets `Asked` and yields, as it reads,

| answer      | means                                                                                          |
|-------------|------------------------------------------------------------------------------------------------|
| `Rows`      | rows of one table; keys are its columns, keys it does not have are kept in its `extra`           |
| `Whole`     | before the `Rows` it speaks of: what we hold of this slice and is not read again now is gone     |
| `Done`      | these subjects are read completely: what came before is safe to keep if the next call fails       |
| `Missing`   | the platform no longer shows these subjects (deleted, private); their history is kept             |
| `Refused`   | the platform does not know (or no longer gives) a metric: it is null, and not asked again for a month |
| `Remember`  | what this dataset wants to be told the next time (`Asked.state`): ids of jobs, newest comment     |

Reading never changes the platform; a `read` may be repeated freely, and the same rows again change nothing. Errors are
those of `platforms/errors.py`: `QuotaExhausted` and `TryAgain` keep everything up to the last `Done`. One retired
metric must not cost the others: a reader that sees the refusal yields `Refused`, and asks again without it.

Numbers are kept as the platform tells them: its own units in columns named after its own field (`average_view_duration`
in seconds if it says seconds), unknown is None and never 0, ids are text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any, Literal

from include.platforms.http import Calls
from include.releases.publication import Placement

Row = Mapping[str, Any]
Kind = Literal["analytics", "comments", "accounts", "revenue"]
"""Which DAG reads it: `load_analytics`, `load_comments`, `load_accounts`, `load_revenue`."""
MODULES = ("metrics", "comments", "revenue")
PACIFIC = "America/Los_Angeles"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One video or post of ours, as the platform knows it."""

    video_id: str
    published_at: datetime
    placement: Placement
    state: Mapping[str, Any] = field(default_factory=dict)
    """What the dataset remembered of it (`Remember` with its `video_id`)."""


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One number of a platform as data: our `name`, the platform's `field`, and where and when it exists.

    `products` are the placements (or the platform's own product types) that have it; empty: all. `since` and `until`
    are the first and the last day the platform gives it.
    """

    name: str
    field: str
    dataset: str
    unit: str
    products: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One reading of one dataset of one account.

    `first` and `last` are days of the dataset's zone, both included. `subjects` are the videos whose turn it is (none
    for a dataset of the account itself), the newest first. `slots` tells under which time a subject's counters are
    kept: the beginning of the hour, six hours or day they were due in, so that a repeated reading replaces its row.
    """

    now: datetime
    first: date
    last: date
    subjects: tuple[Subject, ...] = ()
    slots: Mapping[str, datetime] = field(default_factory=dict)
    account: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    metrics: tuple[Metric, ...] = ()
    """The dataset's metrics that exist today and were not refused."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """The platform's section of config/analytics.yaml."""
    scopes: frozenset[str] = frozenset()
    final_after_days: int = 0

    def fields(self, product: str | None = None) -> tuple[str, ...]:
        """Return the platform's names of the metrics to ask, for one product (None: those that every product has)."""
        return tuple(
            metric.field
            for metric in self.metrics
            if (not metric.products if product is None else not metric.products or product in metric.products)
        )

    def is_provisional(self, day: date) -> bool:
        """Say whether the platform may still change the numbers of a day of the window."""
        return day > self.now.date() - timedelta(days=self.final_after_days)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of one table, such as ``youtube.video_daily``; `owner`, `account_id` and `collected_at` are added.

    All rows of one `Rows` have the same keys. A row given twice counts once, the last one.
    """

    table: str
    rows: Sequence[Row]


@dataclass(frozen=True, kw_only=True)
class Whole:
    """The rows of `table` read from here on are all there are for these days (and videos): what else we hold goes."""

    table: str
    first: date
    last: date
    video_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Done:
    """These subjects are read completely; without ids: everything up to here may be kept."""

    video_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Missing:
    """The platform no longer shows these videos."""

    video_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The platform refused a metric by its own `field` name; `why` is its sentence."""

    field: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Remember:
    """Tell this the next time; of the dataset as a whole, or of one video."""

    state: Mapping[str, Any]
    video_id: str | None = None


Answer = Rows | Whole | Done | Missing | Refused | Remember
Read = Callable[[Calls, Asked], Iterator[Answer]]


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """One thing that is read of an account.

    `of` says whether it is read for videos whose turn it is, or for the account. `cadence` is a name in
    config/analytics.yaml. Days are days in `zone`; each reading goes back `looks_back_days` from the day before
    today, because the platform may still change them, and further where days were missed, at most `reaches_days`. Days
    older than `final_after_days` are final. `daily` datasets have rows by day, so a past day can be read again. `needs`
    are permissions without which it is not asked at all; of several in one string with `|` one is enough.
    """

    name: str
    kind: Kind
    of: Literal["video", "account"]
    read: Read
    tables: tuple[str, ...]
    cadence: str
    zone: str = "UTC"
    looks_back_days: int = 0
    reaches_days: int = 90
    final_after_days: int = 0
    daily: bool = False
    needs: tuple[str, ...] = ()
    placements: tuple[Placement, ...] = ()
    """Only for videos of these placements; empty: all."""

    def is_allowed(self, scopes: frozenset[str]) -> bool:
        """Say whether an account with these permissions can be asked."""
        return all(any(one in scopes for one in need.split("|")) for need in self.needs)


def datasets(platform: str) -> tuple[Dataset, ...]:
    """Return everything a platform can tell, from its three modules; empty for one that tells nothing."""
    found: list[Dataset] = []
    for name in MODULES:
        full = f"include.platforms.{platform}.{name}"
        try:
            module = import_module(full)
        except ModuleNotFoundError as error:
            if error.name != full:
                raise
            continue
        found.extend(module.DATASETS)
    return tuple(found)


def in_pieces(subjects: Sequence[Subject], size: int) -> Iterator[tuple[Subject, ...]]:
    """Yield the subjects in groups of at most `size`, in order."""
    for start in range(0, len(subjects), size):
        yield tuple(subjects[start : start + size])
