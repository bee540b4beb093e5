"""Good rows of a batch on their way to jobs: at once when they are few, else kept until a worker registers them."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy.exc import DataError

from include import settings
from include.database import engine, queries
from include.publishing import orders, queue
from include.publishing.batch import Good
from include.publishing.orders import Order
from include.publishing.registration import Refused

log = logging.getLogger("release_desk.publishing")
SQL = queries.load("batches")
NOBODY = "*"
"""Whoever looks which owners have something to do; it has nothing itself."""


class UnknownBatch(LookupError):
    """No batch of this id belongs to this owner."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """How far a batch is: rows that wait to be registered, that are jobs, and that were refused after all."""

    batch_id: str
    created_at: datetime
    asked_rows: int
    waiting: int
    registered: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class KeptRow:
    """One kept row: its number in the file, the job it became, and why it was refused."""

    row: int
    state: str
    job_id: str | None
    problems: tuple[str, ...]


def is_long(rows: Sequence[Good]) -> bool:
    """Say whether a batch goes to the queue instead of being started while somebody waits."""
    return len(rows) > settings.distribution().rest.started_at_once


def wishes_of(conf: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was asked for, out of the conf it became."""
    return {name: value for name, value in conf.items() if name != "owner"}


def keep(owner: str, rows: Sequence[Good], asked_rows: int) -> str:
    """Keep rows for a worker to register, in one transaction; return the batch's id."""
    told = json.dumps([{"row_number": each.row, "conf": dict(each.conf)} for each in rows])
    with engine.transaction(owner) as connection:
        batch_id = connection.exec_driver_sql(
            SQL["keep_batch"], {"owner": owner, "asked_rows": asked_rows}
        ).scalar_one()
        connection.exec_driver_sql(SQL["keep_rows"], {"owner": owner, "batch_id": batch_id, "rows": told})
    return str(batch_id)


def keep_orders(owner: str, placed: Mapping[int, Order], asked_rows: int) -> str:
    """Keep rows whose jobs are known already, by row; return the batch's id."""
    with engine.transaction(owner) as connection:
        batch_id = connection.exec_driver_sql(
            SQL["keep_batch"], {"owner": owner, "asked_rows": asked_rows}
        ).scalar_one()
        for row, order in placed.items():
            fields = {"owner": owner, "batch_id": batch_id, "row_number": row, "job_id": order.job_id}
            connection.exec_driver_sql(SQL["keep_row"], fields | {"conf": Jsonb(dict(order.conf))})
    return str(batch_id)


def read(owner: str, batch_id: str, *, after: int = 0, at_most: int = 200) -> tuple[Batch, tuple[KeptRow, ...]]:
    """Return a batch and some of its rows, those after row `after`; raise `UnknownBatch`."""
    wanted = {"batch_id": batch_id, "after": after, "at_most": at_most}
    try:
        with engine.transaction(owner) as connection:
            found = connection.exec_driver_sql(SQL["read_batch"], wanted).mappings().first()
            rows = connection.exec_driver_sql(SQL["rows_of_batch"], wanted).mappings().all()
    except DataError:  # no UUID
        found = None
    if found is None:
        raise UnknownBatch("You have no batch of this id.")
    kept = (
        KeptRow(row=row["row_number"], state=row["state"], job_id=row["job_id"], problems=tuple(row["problems"]))
        for row in rows
    )
    return Batch(**{**found, "batch_id": str(found["batch_id"])}), tuple(kept)


def register_waiting(*, at_most: int = 50) -> int:
    """Register rows that wait, each as its owner, and hand them to the queue; return how many were looked at.

    Batches take turns. Several workers may do this at once; a row whose worker died is taken again after ten minutes,
    which registers nothing twice.
    """
    done = 0
    with engine.transaction(NOBODY) as connection:
        open_batches = [(str(row.owner), row.batch_id) for row in connection.exec_driver_sql(SQL["batches_waiting"])]
    while open_batches and done < at_most:
        for batch in list(open_batches):
            if not _register_one(*batch):
                open_batches.remove(batch)
                continue
            done += 1
            if done == at_most:
                break
    return done


def _register_one(owner: str, batch_id: Any) -> bool:
    """Take one row of a batch as far as the queue; return False when none waits."""
    wanted = {"owner": owner, "batch_id": batch_id}
    with engine.transaction(owner) as connection:
        taken = connection.exec_driver_sql(SQL["take_row"], wanted).mappings().first()
    if taken is None:
        return False
    wanted["row_number"] = taken["row_number"]
    try:
        order = orders.place(owner, wishes_of(taken["conf"]))
        queue.schedule(owner, order.publications)
        ended = {"state": "registered", "job_id": order.job_id, "problems": Jsonb([])}
    except Refused as refused:
        ended = {"state": "refused", "job_id": None, "problems": Jsonb(refused.problems)}
    except BaseException:
        with engine.transaction(owner) as connection:
            connection.exec_driver_sql(SQL["give_row_back"], wanted)
        raise
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["end_row"], wanted | ended)
    log.info("row %s of batch %s is %s", taken["row_number"], batch_id, ended["state"])
    return True
