"""Tells people what needs them: once for as long as it stays so, and again when it changes.

`tell` writes rows; `delivery.py` sends what is due by e-mail and webhook and tries again. What *happens* (published,
failed, …) is told by `happenings.py`. Airflow loads this file when it parses a DAG, so everything heavier than a row is
imported when it is needed.
"""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger("release_desk.notices")

MAX_SUBJECT_CHARACTERS = 200


async def run_takes_long(**context: Any) -> None:
    """Say that a run is not through two minutes after it was queued (the triggerer calls this; it is no failure)."""
    run = (context.get("context") or context).get("dag_run") or {}
    log.warning(
        "The run %s is not through after two minutes; `desk publications list` shows what it waits for.",
        run.get("dag_run_id") or run.get("run_id"),
    )


def tell(owner: str, kind: str, about: str, fingerprint: str, subject: str, text: str) -> bool:
    """Note that `owner` must know something about an account or a publication; return whether it is news.

    `fingerprint` is what it says in short: the same one for the same `kind` and `about` is told once for as long as it
    stands (see `is_over`). Nothing is sent here. The texts must not hold a secret.
    """
    from psycopg.types.json import Jsonb

    from include.database import engine
    from include.publishing.recipients import send_to_all

    sql = _statements()
    known = {"kind": kind, "about": about, "fingerprint": fingerprint}
    row = known | {"owner": owner, "subject": subject[:MAX_SUBJECT_CHARACTERS], "body": text, "data": Jsonb({})}
    with engine.transaction(owner) as connection:
        _end(connection, known)
        notice_id = connection.exec_driver_sql(sql["keep_notice"], row).scalar()
        if notice_id is None:
            return False
        send_to_all(connection, owner, notice_id, kind, _jobs(connection, kind, about))
    log.info("%s about %s: %s", kind, about, subject)
    return True


def is_over(owner: str, kind: str, about: str) -> None:
    """Note that something is no longer so; when it happens again it is told again. What was not sent yet is not."""
    from include.database import engine

    with engine.transaction(owner) as connection:
        _end(connection, {"kind": kind, "about": about, "fingerprint": None})


def _jobs(connection: Any, kind: str, about: str) -> list[Any]:
    """Return the jobs a notice about a publication belongs to: their `webhook_url` is told, too."""
    if kind != "at_risk":
        return []
    from uuid import UUID

    from include.database import queries
    from include.publishing.recipients import job_of

    try:
        publication = {"publication_id": str(UUID(about))}
    except ValueError:
        return []
    rows = connection.exec_driver_sql(queries.load("happenings")["jobs_of_publication"], publication).mappings()
    return [job_of(row) for row in rows]


def _end(connection: Any, known: dict[str, Any]) -> None:
    sql = _statements()
    ended = connection.exec_driver_sql(sql["end_notice"], known).scalars().all()
    if ended:
        connection.exec_driver_sql(sql["forget_deliveries"], {"notice_ids": list(ended)})


def _statements() -> dict[str, str]:
    from include.database import queries

    return queries.load("notices")
