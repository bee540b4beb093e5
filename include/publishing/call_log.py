"""Keeps every call to a platform in the call log, without a call having to wait for it."""

from __future__ import annotations

import logging
from queue import SimpleQueue
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

from include.database import engine, queries
from include.platforms.http import CallRecord

log = logging.getLogger("release_desk.publishing")
SQL = queries.load("ledger")

TOGETHER_SECONDS = 0.05
"""How long a call's row waits for those of the next calls: a large upload makes a hundred calls a second."""


class CallLog:
    """Writes calls into the call log in a thread of its own, those of one moment in one transaction.

    `close` returns when everything is written. A killed process loses the rows of its last moment, and rows that cannot
    be written are a warning: nothing depends on them.
    """

    def __init__(self, owner: str, account_id: str, publication_id: str | None) -> None:
        self._owner = owner
        self._known = {"owner": owner, "account_id": account_id, "publication_id": publication_id}
        self._coming: SimpleQueue[CallRecord | None] = SimpleQueue()
        self._closing = Event()
        self._writer: Thread | None = None

    def record(self, record: CallRecord) -> None:
        """Take one call's record."""
        self._coming.put(record)
        if self._writer is None:
            self._writer = Thread(target=self._write_all, name="call-log", daemon=True)
            self._writer.start()

    def close(self) -> None:
        """Return when everything is written."""
        if self._writer is not None:
            self._closing.set()
            self._coming.put(None)
            self._writer.join()

    def _write_all(self) -> None:
        over = False
        while not over:
            found = [self._coming.get()]
            self._closing.wait(TOGETHER_SECONDS)
            while not self._coming.empty():
                found.append(self._coming.get())
            over = None in found
            self._write([record for record in found if record is not None])

    def _write(self, records: list[CallRecord]) -> None:
        if not records:
            return
        try:
            with engine.transaction(self._owner, durable=False) as connection:
                connection.exec_driver_sql(SQL["log_call"], [vars(record) | self._known for record in records])
        except SQLAlchemyError as error:
            missing = ", ".join(record.endpoint for record in records)
            log.warning("Calls are missing in the call log (%s): %s", missing, error)
