"""Removes hosted copies that nobody needs any more; never the export's own files.

A copy goes `VIDEO_RETENTION_DAYS` after an address for it was last asked for, when every address has expired and every
publication of its release is over (`unconfirmed` is not: somebody may still have to look).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import RowMapping

from include import settings
from include.database import engine, queries
from include.media import hosting
from include.media.local import LocalStore

log = logging.getLogger("release_desk.media")
SQL = queries.load("hosting")
NOBODY = "*"
"""An owner without files: the function tells names across owners, and nothing else is read."""
HALF_DAY_SECONDS = 43_200
"""No put takes this long; what is older was left half-way by a killed worker."""


class NotPurged(RuntimeError):
    """Some files could not be removed; the others were, and the next run tries again."""


@dataclass(frozen=True, kw_only=True)
class Purged:
    """What was removed: files, their bytes, and leftovers of killed workers."""

    files: int
    bytes: int
    leftovers: int


def purge() -> Purged:
    """Remove every hosted copy nobody needs; raise `NotPurged` at the end when some could not be."""
    since = datetime.now(UTC) - timedelta(days=settings.video_retention_days())
    with engine.transaction(NOBODY) as connection:
        found = connection.exec_driver_sql(SQL["hosted_files_past"], {"since": since}).mappings().all()
    removed, failed = [], []
    for row in found:
        try:
            removed.append(_remove(row, since))
        except Exception:  # whatever is wrong with one, the others are removed
            log.exception("the hosted file %s could not be removed", row["stored_name"])
            failed.append(row["stored_name"])
    if failed:
        raise NotPurged(f"{len(failed)} of {len(found)} hosted files could not be removed; the log says why.")
    sizes = [size for size in removed if size is not None]
    leftovers = LocalStore(settings.hosting_root()).sweep(HALF_DAY_SECONDS)
    return Purged(files=len(sizes), bytes=sum(sizes), leftovers=leftovers)


def _remove(row: RowMapping, since: datetime) -> int | None:
    """Remove one file and its rows, or none of them; return its size, None when it is needed again."""
    with engine.transaction(row["owner"]) as connection:
        connection.exec_driver_sql(SQL["lock_hosted_file"], {"stored_name": row["stored_name"]})
        forgotten = connection.exec_driver_sql(SQL["forget_hosted_file"], {**row, "since": since}).scalars().all()
        if not forgotten:
            return None
        hosting.store(row["kind"], row["place"]).expire(row["stored_name"])
    log.info("removed the hosted file %s (%s bytes)", row["stored_name"], forgotten[0])
    return int(forgotten[0])
