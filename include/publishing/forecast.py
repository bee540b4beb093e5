"""Says whether our counted limits leave room for a publication at its time. No call is made, nothing is reserved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from include import gateways, settings
from include.accounts import keys
from include.accounts.accounts import Account
from include.database import engine, queries
from include.platforms import get
from include.platforms.errors import AccountTrouble
from include.publishing import limits
from include.publishing.limits import EVERYBODY
from include.publishing.quotas import SPANS, day_began
from include.releases.publication import Publication

QUOTAS, UPCOMING = queries.load("quotas"), queries.load("upcoming")


def full_buckets(publication: Publication, account: Account, due_at: datetime) -> dict[str, str]:
    """Return the limits that will have no room when a publication is due, each with a sentence.

    Counted are calls made so far and what is due before, of this owner; limits of a minute pass too quickly to matter.
    `account` is the one it goes by. A gateway's own caps are not counted here: it does not tell them beforehand.
    """
    way = _way(publication)
    calls = getattr(gateways.get(way) if way in gateways.ROUTES else get(way), "calls_of_a_post", lambda placement: ())
    mine = calls(publication.placement.value)
    found = {}
    with engine.transaction(publication.owner) as connection:
        for name, quota in settings.distribution().quotas.get(way, {}).items():
            if limits.is_rate(quota) or not any(endpoint in quota.costs for endpoint in mine):
                continue
            row, since = _row(publication, account, name, quota, due_at)
            used = int(connection.exec_driver_sql(UPCOMING[_used(quota)], row).scalar_one())
            before = {
                "platform": publication.platform if publication.route == "direct" else None,
                "route": publication.route,
                "account_id": publication.account_id if quota.shared_by == "account" else None,
                "since": max(since, datetime.now(UTC)),
                "due_at": due_at,
            }
            placements = connection.exec_driver_sql(UPCOMING["due_by_then"], before).scalars().all()
            to_come = sum(quota.costs.get(endpoint, 0) for each in placements for endpoint in calls(each))
            if used + to_come > quota.limit:
                what = f"{quota.limit} {name.replace('_', ' ')} a day"
                found[name] = (
                    f"{gateways.title(way)}'s limit of {what} will be used up by then: {used} are used, and "
                    f"{to_come} are planned."
                )
    return found


def paused_until(publication: Publication, account: Account) -> datetime | None:
    """Return until when the platform or gateway wants no calls for this account; None when it takes them."""
    row = {
        "platform": _way(publication), "owner": publication.owner, "account_id": account.account_id,
        "app_id": _app_id(publication, account), "now": datetime.now(UTC),
    }  # fmt: skip
    with engine.transaction(publication.owner) as connection:
        found = connection.exec_driver_sql(QUOTAS["read_pause"], row).first()
    return found.until if found else None


def _way(publication: Publication) -> str:
    """Return whose limits hold: the platform's, or those of the gateway it goes through."""
    return publication.platform if publication.route == "direct" else publication.route


def _app_id(publication: Publication, account: Account) -> str:
    """Return what limits that several accounts share are counted under: our app, or the gateway's key."""
    if publication.route == "direct":
        return settings.app(publication.platform).client_id
    try:
        return keys.fingerprint(keys.key_of(account))
    except AccountTrouble:  # without a key nothing is counted; that the account is dead is told by itself
        return ""


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
        "platform": _way(publication),
        "bucket": bucket,
        "scope": _app_id(publication, account) if shared else account.account_id,
    }
    return row | {"window_start": since, "since": since}, since
