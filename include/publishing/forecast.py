"""Says whether our counted limits leave room for a publication at its time. No call is made, nothing is reserved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from include import settings
from include.accounts.accounts import Account
from include.database import engine, queries
from include.platforms import get, title
from include.publishing import limits
from include.publishing.limits import EVERYBODY
from include.publishing.quotas import SPANS, day_began
from include.releases.publication import Publication

QUOTAS, UPCOMING = queries.load("quotas"), queries.load("upcoming")


def full_buckets(publication: Publication, account: Account, due_at: datetime) -> dict[str, str]:
    """Return the limits that will have no room when a publication is due, each with a sentence.

    Counted are calls made so far and what is due before, of this owner; limits of a minute pass too quickly to matter.
    """
    calls = getattr(get(publication.platform), "calls_of_a_post", lambda placement: ())
    mine = calls(publication.placement.value)
    found = {}
    with engine.transaction(publication.owner) as connection:
        for name, quota in settings.distribution().quotas.get(publication.platform, {}).items():
            if limits.is_rate(quota) or not any(endpoint in quota.costs for endpoint in mine):
                continue
            row, since = _row(publication, account, name, quota, due_at)
            used = int(connection.exec_driver_sql(UPCOMING[_used(quota)], row).scalar_one())
            before = {
                "platform": publication.platform,
                "account_id": account.account_id if quota.shared_by == "account" else None,
                "since": max(since, datetime.now(UTC)),
                "due_at": due_at,
            }
            placements = connection.exec_driver_sql(UPCOMING["due_by_then"], before).scalars().all()
            to_come = sum(quota.costs.get(endpoint, 0) for each in placements for endpoint in calls(each))
            if used + to_come > quota.limit:
                what = f"{quota.limit} {name.replace('_', ' ')} a day"
                found[name] = (
                    f"{title(publication.platform)}'s limit of {what} will be used up by then: {used} are used, and "
                    f"{to_come} are planned."
                )
    return found


def paused_until(publication: Publication, account: Account) -> datetime | None:
    """Return until when the platform wants no calls for this account; None when it takes them."""
    row = {
        "platform": publication.platform, "owner": publication.owner, "account_id": account.account_id,
        "app_id": settings.app(publication.platform).client_id, "now": datetime.now(UTC),
    }  # fmt: skip
    with engine.transaction(publication.owner) as connection:
        found = connection.exec_driver_sql(QUOTAS["read_pause"], row).first()
    return found.until if found else None


def _used(quota: settings.Quota) -> str:
    return "used_of_day" if quota.per == "day" else "used_of_span"


def _row(
    publication: Publication, account: Account, bucket: str, quota: settings.Quota, due_at: datetime
) -> tuple[dict[str, Any], datetime]:
    """Return which count is meant, and since when calls count at the publication's time."""
    shared = quota.shared_by == "app"
    since = day_began(due_at, quota.resets) if quota.per == "day" else due_at - SPANS.get(quota.per, timedelta(days=1))
    row = {
        "owner": EVERYBODY if shared else publication.owner,
        "platform": publication.platform,
        "bucket": bucket,
        "scope": settings.app(publication.platform).client_id if shared else account.account_id,
    }
    return row | {"window_start": since, "since": since}, since
