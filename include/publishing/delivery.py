"""Sends what is due, by e-mail and webhook, and tries again what did not go out.

Deliveries to one place (a lane) go one after the other, different places at the same time; places where something
failed have threads of their own, so that one that hangs keeps nobody waiting.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from include import settings
from include.accounts.vault import VaultError
from include.database import engine, queries
from include.publishing import digest, endpoints, happenings, letters, mail, webhook

log = logging.getLogger("release_desk.notices")
SQL = queries.load("notices")
COUNT = queries.load("happenings")["count"]
NOBODY = "*"
FIRST_WAIT = timedelta(minutes=5)
"""Before the second try; each further wait is twice as long. A try takes at most a minute, so two never meet."""
TRIES = 9
"""The first and eight more; the last one is 21 hours after the first."""
THREADS, THREADS_FOR_FAILING = 8, 4
AT_MOST = 500
"""Deliveries looked at in one go."""
FAILURES_IN_A_ROW = 2
"""After so many, the rest of a lane waits for the next look."""
FAILED = (
    mail.NotSent, webhook.NotTaken, webhook.NotAllowed, settings.SettingsError, VaultError,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """One try to send a notice; `trouble` is a sentence when it did not go out."""

    owner: str
    way: str
    subject: str
    trouble: str | None


class Sender:
    """Sends what is due without waiting for it: a look hands out work and returns. Close it at the end."""

    def __init__(self) -> None:
        self._pools = {
            False: ThreadPoolExecutor(THREADS, thread_name_prefix="notices"),
            True: ThreadPoolExecutor(THREADS_FOR_FAILING, thread_name_prefix="notices-again"),
        }
        self._busy: set[int] = set()
        self._lock = threading.Lock()

    def look(self) -> list[Future[list[Delivered]]]:
        """Make known what happened, and begin to send what is due; lanes somebody is at are left to them."""
        happenings.take_all()
        with engine.transaction(NOBODY) as connection:
            due = connection.exec_driver_sql(SQL["deliveries_due"], {"at_most": AT_MOST}).all()
        lanes: dict[int, list[Any]] = {}
        for row in due:
            lanes.setdefault(row.lane, []).append(row)
        begun = []
        for lane, rows in lanes.items():
            with self._lock:
                if lane in self._busy:
                    continue
                self._busy.add(lane)
            failing = any(row.is_failing for row in rows)
            begun.append(self._pools[failing].submit(self._send_lane, lane, rows))
        return begun

    def close(self, *, wait: bool = True) -> None:
        """Return when what was begun is through (at once without `wait`); what was not begun is left to others."""
        for pool in self._pools.values():
            pool.shutdown(wait=wait, cancel_futures=True)

    def _send_lane(self, lane: int, rows: Sequence[Any]) -> list[Delivered]:
        tried: list[Delivered] = []
        try:
            for row in rows:
                done = _deliver(row.owner, str(row.delivery_id))
                tried += [done] if done else []
                if len(tried) >= FAILURES_IN_A_ROW and all(each.trouble for each in tried[-FAILURES_IN_A_ROW:]):
                    break
        except Exception:  # the database is away: it is looked at again in a moment
            log.exception("notices could not be sent")
        finally:
            with self._lock:
                self._busy.discard(lane)
        return tried


def deliver_due() -> list[Delivered]:
    """Send everything that is due, of all owners, and return when it was tried; one that fails never stops the others.

    Also writes weekly digests whose time has come, and forgets old notices.
    """
    digest.write_due()
    forget_old()
    sender = Sender()
    try:
        return [each for lane in sender.look() for each in lane.result()]
    finally:
        sender.close()


def forget_old() -> int:
    """Remove notices older than `notices.keep_days`; return how many."""
    before = datetime.now(UTC) - timedelta(days=settings.distribution().notices.keep_days)
    with engine.transaction(NOBODY) as connection:
        return int(connection.exec_driver_sql(SQL["forget_notices"], {"before": before}).scalar_one())


def _deliver(owner: str, delivery_id: str) -> Delivered | None:
    with engine.transaction(owner) as connection:
        taken = {"delivery_id": delivery_id, "wait": FIRST_WAIT}
        found = connection.exec_driver_sql(SQL["take_delivery"], taken).mappings().first()
    if found is None:  # another worker has it
        return None
    notice, trouble = dict(found), None
    try:
        _send(notice)
    except FAILED as error:
        trouble = str(error)
        log.warning("A notice did not go out by %s: %s", notice["way"], trouble)
    _end(notice, trouble)
    return Delivered(owner=owner, way=notice["way"], subject=notice["subject"], trouble=trouble)


def _end(notice: Mapping[str, Any], trouble: str | None) -> None:
    again = trouble is not None and notice["attempts"] < TRIES
    ended = {"delivery_id": notice["delivery_id"], "again": again, "delivered": trouble is None, "trouble": trouble}
    outcome = "delivered" if trouble is None else "failed" if again else "given_up"
    with engine.transaction(notice["owner"]) as connection:
        connection.exec_driver_sql(SQL["end_delivery"], ended)
        count = {"owner": notice["owner"], "figure": "deliveries", "platform": notice["way"], "label": outcome}
        connection.exec_driver_sql(COUNT, count | {"add": 1})
        if notice["endpoint_id"] is None:
            return
        if trouble is None:
            endpoints.took(connection, notice["endpoint_id"])
        elif endpoints.failed(
            connection, notice["endpoint_id"], first_try_at=notice["first_try_at"], given_up=not again, trouble=trouble
        ):
            log.warning("A webhook of an owner is paused: nothing has arrived there for a day.")


def _send(notice: Mapping[str, Any]) -> None:
    wanted, notice_id = settings.distribution().notices, str(notice["notice_id"])
    if notice["way"] == "email" and (to := [notice["address"]] if notice["address"] else wanted.email_to):
        letter = letters.letter_of(notice, to_its_owner=bool(notice["address"]))
        mail.send(to, letter.subject, letter.text, message_id=f"{notice_id}.{_short(notice)}", html=letter.html)
    elif notice["endpoint_id"] is not None:
        with engine.transaction(notice["owner"]) as connection:
            address = endpoints.address_of(connection, notice["endpoint_id"])
            keys = endpoints.secrets(connection, notice["owner"])
        webhook.send(address, event(notice), event_id=notice_id, keys=keys)
    elif notice["way"] == "webhook" and wanted.webhook_url:
        webhook.send(wanted.webhook_url, event(notice), event_id=notice_id)
    else:
        raise settings.SettingsError(
            f"There is no address for notices by {notice['way']} any more (config/distribution.yaml)."
        )


def _short(notice: Mapping[str, Any]) -> str:
    """Return what tells the letters of one notice to different people apart."""
    return str(notice["delivery_id"]).split("-", 1)[0]


def event(notice: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notice as a webhook tells it; docs/notices.md says what is in it."""
    told = {name: notice[name] for name in ("owner", "about", "subject")}
    return {
        "id": str(notice["notice_id"]),
        "type": notice["kind"],
        "timestamp": notice["told_at"].isoformat(),
        "job_id": notice["job_id"] or None,
        "callback_data": notice["callback_data"],
        "data": told | {"text": notice["body"]} | notice["data"],
    }
