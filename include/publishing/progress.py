"""What a step came to, as plain values that Airflow's tasks and the reconciler turn into their own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from include.releases.publication import Publication


@dataclass(frozen=True, kw_only=True)
class Done:
    """The step is through; the next one may run."""

    publication: Publication


@dataclass(frozen=True, kw_only=True)
class Later:
    """Nothing to do before `at` (UTC); `why` is a sentence for the log."""

    at: datetime
    why: str


@dataclass(frozen=True, kw_only=True)
class Over:
    """The publication reached an end (`published`, `rejected`, `failed`, `unconfirmed` or `cancelled`)."""

    publication: Publication


Progress = Done | Later | Over
