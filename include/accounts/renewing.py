"""Which accounts are renewed before they are needed, and which end soon; names only, across owners."""

from __future__ import annotations

from datetime import datetime, timedelta

from include.accounts.accounts import SQL
from include.database import engine
from include.platforms import NAMES, get

NOBODY = "*"
"""An owner without accounts: the dispatch functions tell names across owners, and nothing else is read."""
USUALLY_BEFORE = timedelta(minutes=65)
"""How long before its end an access token is renewed where a platform has no `RENEW_BEFORE`: more than the hour between
two rounds, so that no task meets one that has ended."""


def margin(platform: str) -> timedelta:
    """Return how long before its end a platform's access token is renewed."""
    found: timedelta = getattr(get(platform), "RENEW_BEFORE", USUALLY_BEFORE)
    return found


def due(now: datetime) -> list[tuple[str, str]]:
    """Return (owner, account) of every token that ends within its platform's margin, the most urgent of each first.

    Dead accounts are left out: a person has to connect them again. So are those without a refresh token.
    """
    with engine.transaction(NOBODY) as connection:
        return [
            (row.owner, row.account_id)
            for platform in NAMES
            for row in connection.exec_driver_sql(
                SQL["accounts_to_renew"], {"platform": platform, "before": now + margin(platform)}
            )
        ]


def of_concern(before: datetime) -> list[tuple[str, str]]:
    """Return (owner, account) of what is dead, ends before a time, or was told to be so."""
    with engine.transaction(NOBODY) as connection:
        rows = connection.exec_driver_sql(SQL["accounts_of_concern"], {"before": before})
        return [(row.owner, row.account_id) for row in rows]
