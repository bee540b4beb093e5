"""Tells people what collecting cannot mend by itself: reports that are about to be lost, marts that cannot be built.

Told as everything is (docs/notices.md): once for as long as it stays so, by e-mail and webhook, to whom it belongs and
to the installation's own addresses.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from include.database import engine, queries
from include.platforms import title
from include.publishing import notices

SQL, POLICY = queries.load("alarms"), queries.load("policy")
NOBODY = "-"
"""Asks across owners; owns nothing."""
REPORT_EXPIRES, CHECK_FAILED = "report_expires", "check_failed"
WARN_BEFORE = timedelta(days=7)
"""Files are read every day: one that has a week left and is not read will hardly be read by itself."""
TELL_OF_LOST_FOR = timedelta(days=30)
MARTS = "marts"
"""What a notice about the warehouse is about: there is one for each owner."""


def reports_expire(now: datetime | None = None) -> int:
    """Tell every owner of YouTube's report files that end within a week, or have ended, unread; return how many are.

    The count is of accounts. Run once a day, also for accounts that nobody can read: it is they that lose files.
    """
    now = now or datetime.now(UTC)
    with engine.transaction(NOBODY) as connection:
        owners = list(connection.exec_driver_sql(POLICY["owners_on"], {"platform": "youtube"}).scalars())
    return sum(_report_files(owner, now) for owner in owners)


def _report_files(owner: str, now: datetime) -> int:
    known = {"owner": owner, "now": now, "until": now + WARN_BEFORE, "not_before": now - TELL_OF_LOST_FOR}
    with engine.transaction(owner) as connection:
        rows = connection.exec_driver_sql(SQL["report_files"], known).all()
    waiting = [row for row in rows if row.soon or row.lost]
    for row in rows:
        if row not in waiting:
            notices.is_over(owner, REPORT_EXPIRES, row.account_id)
    for row in waiting:
        _tell_of_files(owner, row)
    return len(waiting)


def _tell_of_files(owner: str, row: Any) -> None:
    where = f"{title('youtube')} ({row.account_id})"
    subject = (
        f"{where} throws reports away at {row.ends_at:%Y-%m-%d %H:%M} UTC" if row.soon else f"{where}: reports are lost"
    )
    told = []
    if row.soon:
        told.append(f"Files not read yet: {row.soon}; the first ends at {row.ends_at:%Y-%m-%d %H:%M} UTC.")
    if row.lost:
        told.append(f"Files that ended unread in the last {TELL_OF_LOST_FOR.days} days: {row.lost}.")
    text = (
        f"{where}: {' '.join(told)} They tell thumbnail impressions, click rates and countries of {row.first_day} to "
        f"{row.last_day}, and nothing else does.\n\nWhy they are not read: ./desk analytics history --account "
        f"{row.account_id}. Read them now: ./desk analytics refresh --account {row.account_id} --dataset bulk_reports"
    )
    fingerprint = " and ".join(name for name, count in (("soon", row.soon), ("lost", row.lost)) if count)
    notices.tell(owner, REPORT_EXPIRES, row.account_id, fingerprint, subject, text)


def not_built(owner: str, what: str, check: str, why: str) -> None:
    """Tell an owner that a check found bad rows; `what` is the day, or the summary, and `why` has the first rows."""
    text = (
        f"{why}\n\nNothing of it was kept. What was built before stays, later days wait. Repair the rows, or the "
        "check, and trigger the DAG build_warehouse: the day is still on its list."
    )
    notices.tell(owner, CHECK_FAILED, MARTS, f"{check} {what}", f"The marts stand still: {what}, {check}", text)


def built(owner: str) -> None:
    """Note that everything of an owner could be built."""
    notices.is_over(owner, CHECK_FAILED, MARTS)
