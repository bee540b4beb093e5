"""Where a user's webhooks go, what they are signed with, and which are paused because nothing arrives there."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from include import settings
from include.accounts import vault
from include.database import engine, queries
from include.publishing import webhook
from include.publishing.wording import KINDS

SQL = queries.load("webhooks")
AT_MOST = 20
"""Endpoints of one user: each event goes to all of them."""
SECRET_BYTES = 32
OVERLAP = timedelta(days=1)
"""How long an old secret signs along after a new one was made."""
MAX_URL_CHARACTERS = 2048


class Refused(ValueError):
    """This cannot be an endpoint; the message says why."""


class UnknownEndpoint(LookupError):
    """This owner has no such endpoint."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One address; `kinds` empty: it is told everything. Paused ones keep what would go there until resumed."""

    endpoint_id: str
    url: str
    kinds: tuple[str, ...]
    for_jobs: bool
    created_at: datetime
    failing_since: datetime | None
    failures: int
    last_trouble: str | None
    paused_at: datetime | None


def add(owner: str, url: str, kinds: Sequence[str] = ()) -> Endpoint:
    """Keep an address for one's webhooks, or change its kinds; raise `Refused` for one we would not call."""
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise Refused(f"There is no notice called {', '.join(unknown)}; there are {', '.join(KINDS)}.")
    _expect_address(url)
    row = {"owner": owner, "url": url, "kinds": sorted(set(kinds))}
    with engine.transaction(owner) as connection:
        if connection.exec_driver_sql(SQL["count_endpoints"], {"url": url}).scalar_one() >= AT_MOST:
            raise Refused(f"You have {AT_MOST} webhooks; remove one first.")
        return _endpoint(connection.exec_driver_sql(SQL["add_endpoint"], row).one())


def _expect_address(url: str) -> None:
    if len(url) > MAX_URL_CHARACTERS or re.search(r"[\s\x00-\x1f]", url):
        raise Refused(f"A webhook's address has up to {MAX_URL_CHARACTERS} characters and no spaces.")
    try:
        webhook.checked(httpx.URL(url), settings.webhook_inside())
    except httpx.InvalidURL:
        raise Refused("This is no address like https://example.com/hooks.") from None
    except (webhook.NotAllowed, webhook.NotTaken) as refused:
        raise Refused(str(refused)) from None


def list_all(owner: str) -> list[Endpoint]:
    """Return an owner's endpoints, the oldest first; also those that the `webhook_url` of jobs made."""
    with engine.transaction(owner) as connection:
        return [_endpoint(row) for row in connection.exec_driver_sql(SQL["list_endpoints"])]


def remove(owner: str, endpoint_id: str) -> Endpoint:
    """Remove an endpoint and everything on its way there; raise `UnknownEndpoint`."""
    return _one(owner, "remove_endpoint", endpoint_id)


def resume(owner: str, endpoint_id: str) -> Endpoint:
    """Send again what a paused endpoint has kept, and what comes; raise `UnknownEndpoint`."""
    found = _one(owner, "resume_endpoint", endpoint_id)
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["release_deliveries"], {"endpoint_id": endpoint_id})
    return found


def _one(owner: str, statement: str, endpoint_id: str) -> Endpoint:
    try:
        known = str(UUID(endpoint_id))
    except ValueError:
        raise UnknownEndpoint("You have no webhook of this id.") from None
    with engine.transaction(owner) as connection:
        row = connection.exec_driver_sql(SQL[statement], {"endpoint_id": known}).first()
    if row is None:
        raise UnknownEndpoint("You have no webhook of this id.")
    return _endpoint(row)


def took(connection: Any, endpoint_id: Any) -> None:
    """Note that an endpoint has taken something."""
    connection.exec_driver_sql(SQL["endpoint_took"], {"endpoint_id": endpoint_id})


def failed(connection: Any, endpoint_id: Any, *, first_try_at: datetime, given_up: bool, trouble: str) -> bool:
    """Note that an endpoint has not taken something; return whether that paused it.

    It is paused when an event was given up and nothing at all has arrived since that event's first try.
    """
    known = {"endpoint_id": endpoint_id, "first_try_at": first_try_at, "given_up": given_up, "trouble": trouble}
    found = connection.exec_driver_sql(SQL["endpoint_failed"], known).first()
    paused = bool(found and found.paused_now)
    if paused:
        connection.exec_driver_sql(SQL["hold_deliveries"], {"endpoint_id": endpoint_id})
    return paused


def address_of(connection: Any, endpoint_id: Any) -> str:
    """Return where an endpoint is."""
    return str(connection.exec_driver_sql(SQL["read_endpoint"], {"endpoint_id": endpoint_id}).one().url)


def new_secret(owner: str) -> str:
    """Make a new secret for one's webhooks and return it, this once; the one before signs along for a day."""
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["lock_secrets"], {"owner": owner})
        connection.exec_driver_sql(SQL["forget_secrets"])
        connection.exec_driver_sql(SQL["end_secrets"], {"overlap": OVERLAP})
        return webhook.PREFIX + base64.b64encode(_make(connection, owner)).decode()


def has_secret(owner: str) -> bool:
    """Say whether an owner's webhooks have a secret already."""
    with engine.transaction(owner) as connection:
        return connection.exec_driver_sql(SQL["list_secrets"]).first() is not None


def secrets(connection: Any, owner: str) -> tuple[bytes, ...]:
    """Return what an owner's webhooks are signed with, the newest first; the first is made when there is none."""
    connection.exec_driver_sql(SQL["lock_secrets"], {"owner": owner})
    rows = connection.exec_driver_sql(SQL["list_secrets"]).all()
    if not rows:
        return (_make(connection, owner),)
    return tuple(
        base64.b64decode(vault.open_envelope(row.envelope, belongs_to=_belongs_to(owner, row.secret_id)))
        for row in rows
    )


def _make(connection: Any, owner: str) -> bytes:
    key, secret_id = os.urandom(SECRET_BYTES), uuid4()
    envelope = vault.seal(base64.b64encode(key).decode(), belongs_to=_belongs_to(owner, secret_id))
    row = {"owner": owner, "secret_id": secret_id, "envelope": envelope}
    connection.exec_driver_sql(SQL["keep_secret"], row)
    return key


def _belongs_to(owner: str, secret_id: UUID) -> str:
    return f"webhook/{owner}/{secret_id}"


def _endpoint(row: Any) -> Endpoint:
    values = {name: getattr(row, name) for name in Endpoint.__dataclass_fields__}
    return Endpoint(**values | {"endpoint_id": str(row.endpoint_id), "kinds": tuple(row.kinds)})
