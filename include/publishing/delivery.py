"""Sends notices that are due, by e-mail and webhook, and tries again what did not go out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from include import settings
from include.database import engine, queries
from include.publishing import mail, webhook

log = logging.getLogger("release_desk.notices")
SQL = queries.load("notices")
NOBODY = "*"
FIRST_WAIT = timedelta(minutes=5)
"""Before the second try; each further wait is twice as long. A try takes at most a minute, so two never meet."""
TRIES = 8
"""The last one is about 11 hours after the first."""


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """One try to send a notice; `trouble` is a sentence when it did not go out."""

    owner: str
    way: str
    subject: str
    trouble: str | None


def deliver_due() -> list[Delivered]:
    """Send everything that is due, of all owners; one that fails never stops the others."""
    with engine.transaction(NOBODY) as connection:
        due = connection.exec_driver_sql(SQL["notices_to_deliver"]).all()
    tried = [_deliver(row.owner, str(row.notice_id), row.way) for row in due]
    return [each for each in tried if each is not None]


def _deliver(owner: str, notice_id: str, way: str) -> Delivered | None:
    taken = {"notice_id": notice_id, "way": way}
    with engine.transaction(owner) as connection:
        found = connection.exec_driver_sql(SQL["take_delivery"], taken | {"wait": FIRST_WAIT}).mappings().first()
    if found is None:  # another worker has it
        return None
    notice, trouble = dict(found), None
    try:
        _send(way, notice)
    except (mail.NotSent, webhook.NotTaken, webhook.NotAllowed, settings.SettingsError) as error:
        trouble = str(error)
        log.warning("A notice did not go out by %s: %s", way, trouble)
    again = trouble is not None and notice["attempts"] < TRIES
    ended = taken | {"again": again, "delivered": trouble is None, "trouble": trouble}
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["end_delivery"], ended)
    return Delivered(owner=owner, way=way, subject=notice["subject"], trouble=trouble)


def _send(way: str, notice: Mapping[str, Any]) -> None:
    wanted, notice_id = settings.distribution().notices, str(notice["notice_id"])
    if way == "email" and wanted.email_to:
        whose = f"It is about what belongs to '{notice['owner']}'."
        text = f"{notice['body']}\n\n{whose} It is told once, and again only when it changes.\n"
        mail.send(wanted.email_to, f"[Release Desk] {notice['subject']}", text, message_id=notice_id)
    elif way == "webhook" and wanted.webhook_url:
        webhook.send(wanted.webhook_url, event(notice), event_id=notice_id)
    else:
        raise settings.SettingsError(f"There is no address for notices by {way} any more (config/distribution.yaml).")


def event(notice: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notice as a webhook tells it."""
    told = {name: notice[name] for name in ("owner", "about", "subject")}
    return {
        "id": str(notice["notice_id"]),
        "type": notice["kind"],
        "timestamp": notice["told_at"].isoformat(),
        "data": told | {"text": notice["body"]},
    }
