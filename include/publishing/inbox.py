"""The notices of one owner: listed with what became of each delivery, and sent again when asked."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from include.database import engine, queries

SQL = queries.load("notices")
NOTHING = "You have no notice of this id."


class UnknownNotice(LookupError):
    """This owner has no such notice."""


class BadCursor(ValueError):
    """This is no cursor that a page of ours has ended with."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One way a notice goes out; `address` is '' for the installation's own."""

    delivery_id: str
    way: str
    address: str
    job_id: str
    attempts: int
    next_try_at: datetime | None
    delivered_at: datetime | None
    held: bool
    trouble: str | None

    @property
    def state(self) -> str:
        """Return one word: delivered, waiting, held (its address is paused) or given_up."""
        if self.delivered_at is not None:
            return "delivered"
        if self.held:
            return "held"
        return "given_up" if self.next_try_at is None else "waiting"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something a person or program was told."""

    notice_id: str
    kind: str
    about: str
    subject: str
    text: str
    data: Mapping[str, Any]
    told_at: datetime
    over_at: datetime | None
    is_event: bool
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some notices, the newest first; `cursor` leads to those before, None at the end."""

    notices: tuple[Notice, ...]
    cursor: str | None


def list_page(
    owner: str, *, kind: str | None = None, about: str | None = None, at_most: int = 50, cursor: str | None = None
) -> Page:
    """Return a page of an owner's notices; raise `BadCursor` for one that is not ours."""
    before_time, before_id = _position(cursor) if cursor else (None, None)
    found = _read(
        owner, kind=kind, about=about, before_time=before_time, before_id=before_id, at_most=at_most + 1
    )  # fmt: skip
    shown = found[:at_most]
    return Page(notices=tuple(shown), cursor=_cursor(shown[-1]) if len(found) > at_most else None)


def read(owner: str, notice_id: str) -> Notice:
    """Return one notice; raise `UnknownNotice`."""
    try:
        found = _read(owner, notice_id=str(UUID(notice_id)))
    except ValueError:
        raise UnknownNotice(NOTHING) from None
    if not found:
        raise UnknownNotice(NOTHING)
    return found[0]


def replay(owner: str, notice_id: str) -> Notice:
    """Send a notice again everywhere it went, with the same id; raise `UnknownNotice`.

    What is still on its way stays as it is, and what is held for a paused address goes out when that is resumed.
    """
    read(owner, notice_id)
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["replay"], {"notice_id": notice_id})
    return read(owner, notice_id)


def _read(owner: str, **wanted: Any) -> list[Notice]:
    usual = {
        "kind": None, "about": None, "notice_id": None, "before_time": None, "before_id": None, "at_most": 1,
    }  # fmt: skip
    with engine.transaction(owner) as connection:
        rows = [dict(row) for row in connection.exec_driver_sql(SQL["list_notices"], usual | wanted).mappings()]
        ids = {"notice_ids": [row["notice_id"] for row in rows]}
        sent = connection.exec_driver_sql(SQL["deliveries_of"], ids).mappings().all()
    return [_notice(row, [each for each in sent if each["notice_id"] == row["notice_id"]]) for row in rows]


def _notice(row: Mapping[str, Any], sent: list[Any]) -> Notice:
    same = ("kind", "about", "subject", "data", "told_at", "over_at", "is_event")
    names = Delivery.__dataclass_fields__
    return Notice(
        **{name: row[name] for name in same},
        notice_id=str(row["notice_id"]),
        text=row["body"],
        deliveries=tuple(
            Delivery(**{name: each[name] for name in names} | {"delivery_id": str(each["delivery_id"])})
            for each in sent
        ),
    )  # fmt: skip


def _cursor(last: Notice) -> str:
    return base64.urlsafe_b64encode(json.dumps([last.told_at.isoformat(), last.notice_id]).encode()).decode()


def _position(cursor: str) -> tuple[datetime, str]:
    try:
        at, notice_id = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        return datetime.fromisoformat(at), str(UUID(notice_id))
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise BadCursor("This cursor is not one of ours; begin without it.") from None
