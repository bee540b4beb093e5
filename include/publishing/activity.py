"""Who published, connected, scheduled, changed, cancelled, confirmed, through which door; and how the desk is used.

Rows are only ever added, by `happenings.py`. Who acts, the doors say (`engine.act_as`): REST, the command line, a run
that somebody started in Airflow, the export folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from include.database import engine, queries
from include.publishing import happenings

SQL = queries.load("activity")
NOBODY = "*"
What = Literal[
    "connected", "disconnected", "published", "scheduled", "refused", "changed", "cancelled", "retried", "confirmed",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing somebody did; `about` is the account's, job's or publication's id."""

    activity_id: int
    at: datetime
    who: str
    door: str
    what: str
    about: str
    details: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Adoption:
    """How the desk is used; shares are between 0 and 1, None when there is nothing to take a share of."""

    since: datetime
    users: int
    """With an account."""
    users_publishing: int
    releases: int
    multi_platform_releases: int
    publications: int
    scheduled: int
    ended: int
    """Published, refused, failed, or nobody knows; cancelled ones are left out."""
    published: int
    first_publications: int
    """Users whose first publication came out in this time."""
    median_seconds_to_first_publication: float | None
    """From the first connected account to the first publication."""

    @property
    def multi_platform_share(self) -> float | None:
        """Return the share of releases that went to more than one platform."""
        return _share(self.multi_platform_releases, self.releases)

    @property
    def scheduled_share(self) -> float | None:
        """Return the share of publications with a time of their own."""
        return _share(self.scheduled, self.publications)

    @property
    def success_rate(self) -> float | None:
        """Return the share of ended publications that are out."""
        return _share(self.published, self.ended)


def read(owner: str, *, what: str | None = None, at_most: int = 50, before_id: int | None = None) -> list[Act]:
    """Return what was done with an owner's things, the newest first, what has just happened included."""
    happenings.take(owner)
    wanted = {"what": what, "at_most": at_most, "before_id": before_id}
    with engine.transaction(owner) as connection:
        return [Act(**row) for row in connection.exec_driver_sql(SQL["list_activity"], wanted).mappings()]


def adoption(owner: str | None, days: float = 30) -> Adoption:
    """Return an owner's figures of the last days, or everybody's for None (counts only; for admins)."""
    since = datetime.now(UTC) - timedelta(days=days)
    with engine.transaction(owner or NOBODY) as connection:
        statement = SQL["adoption" if owner else "adoption_of_all"]
        row = connection.exec_driver_sql(statement, {"since": since}).mappings().one()
    return Adoption(since=since, **row)


def _share(part: int, of: int) -> float | None:
    return part / of if of else None
