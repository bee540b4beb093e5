"""The weekly digest: what came out, what did not, what is next, and which accounts need their owner. One e-mail."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from include.accounts import accounts
from include.accounts.health import health
from include.database import engine, queries
from include.publishing.recipients import send_to_all
from include.publishing.wording import place

log = logging.getLogger("release_desk.notices")
SQL = queries.load("notices")
NOBODY = "*"
WEEK = timedelta(days=7)
HOUR = 7
"""Of Monday, UTC: before people begin to work in Europe."""
WORDS = {"published": "published", "failed": "failed", "rejected": "refused", "unconfirmed": "nobody knows yet"}


def write_due(now: datetime | None = None) -> int:
    """Write the digest of everybody who wants one and has not had this week's; return how many."""
    now = now or datetime.now(UTC)
    before = last_monday(now)
    with engine.transaction(NOBODY) as connection:
        owners = connection.exec_driver_sql(SQL["digests_due"], {"before": before}).scalars().all()
    written = 0
    for owner in owners:
        try:
            written += write(owner, now)
        except Exception:  # one owner's trouble stops no other
            log.exception("a weekly digest could not be written")
    return written


def last_monday(now: datetime) -> datetime:
    """Return the last time digests were due: Monday at 7:00 UTC."""
    monday = (now - timedelta(days=now.weekday())).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return monday if monday <= now else monday - WEEK


def write(owner: str, now: datetime) -> bool:
    """Write one owner's digest of the seven days before; False when somebody else has just done so."""
    lines = _accounts(owner, now)
    week = f"{last_monday(now):%G-W%V}"
    with engine.transaction(owner) as connection:
        if connection.exec_driver_sql(SQL["take_digest"], {"before": last_monday(now)}).first() is None:
            return False
        since = {"since": now - WEEK}
        states = connection.exec_driver_sql(SQL["digest_states"], since).all()
        out = connection.exec_driver_sql(SQL["digest_published"], since).all()
        to_come = connection.exec_driver_sql(SQL["digest_to_come"]).all()
        row = {
            "owner": owner, "kind": "weekly", "about": week, "fingerprint": week, "at": now,
            "subject": f"Your week: {sum(each.publications for each in states if each.state == 'published')} published",
            "body": "\n\n".join(_parts(states, out, to_come, lines)), "data": Jsonb({}),
        }  # fmt: skip
        notice_id = connection.exec_driver_sql(SQL["keep_event"], row).scalar()
        if notice_id is None:
            return False
        send_to_all(connection, owner, notice_id, "weekly")
    return True


def _parts(states: Sequence[Any], out: Sequence[Any], to_come: Sequence[Any], accounts_: Sequence[str]) -> list[str]:
    told = [
        f"- {place(each.platform)}: {each.publications} {WORDS[each.state]}" for each in states if each.state in WORDS
    ]
    parts = ["\n".join(["In the last seven days:", *told]) if told else "Nothing was published in the last seven days."]
    if out:
        parts.append(
            "\n".join(["What came out:", *(f"- {each.title}: {each.url or place(each.platform)}" for each in out)])
        )
    if to_come:
        next_ = [f"- {each.due_at:%a %Y-%m-%d %H:%M} UTC: {each.title} on {place(each.platform)}" for each in to_come]
        parts.append("\n".join(["What comes next:", *next_]))
    if accounts_:
        parts.append("\n".join(["Accounts that need you:", *accounts_]))
    return parts


def _accounts(owner: str, now: datetime) -> list[str]:
    found = [(each, health(each, now)) for each in accounts.list_all(owner)]
    return [
        f"- {place(each.platform)} ({each.account_id}): {how.why}"
        for each, how in found
        if how.state in ("expired", "expires_soon")
    ]
