"""Opens the client of one account: addresses, tokens, limits and the call log, put together for one step."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from include import settings
from include.accounts import master_key
from include.accounts.accounts import Account
from include.accounts.tokens import AccountTokens
from include.database import engine, queries
from include.platforms import get
from include.platforms.contract import Publisher
from include.platforms.http import CallRecord, Calls
from include.platforms.tokens import Tokens
from include.publishing.quotas import PostgresMeter

log = logging.getLogger("release_desk.publishing")
SQL = queries.load("ledger")


class CallLog:
    """Writes each call into the call log, committed on its own, while the next call is already under way.

    `close` waits for what is still being written. A row that cannot be written is a warning: nothing depends on it.
    """

    def __init__(self, owner: str, account_id: str, publication_id: str | None) -> None:
        self._owner = owner
        self._known = {"owner": owner, "account_id": account_id, "publication_id": publication_id}
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="call-log")

    def record(self, record: CallRecord) -> None:
        """Take one call's record."""
        self._writer.submit(self._write, record)

    def close(self) -> None:
        """Return when everything is written."""
        self._writer.shutdown()

    def _write(self, record: CallRecord) -> None:
        try:
            with engine.transaction(self._owner, durable=False) as connection:
                connection.exec_driver_sql(SQL["log_call"], vars(record) | self._known)
        except SQLAlchemyError as error:
            log.warning("A call to %s is missing in the call log: %s", record.endpoint, error)


@contextmanager
def open_calls(account: Account, publication_id: str | None = None) -> Iterator[Calls]:
    """Open the one door to an account's platform; closed at the end."""
    master_key.check()
    platform = get(account.platform)
    app = settings.app(account.platform)
    bases = settings.endpoints()[account.platform]
    calls_made = CallLog(account.owner, account.account_id, publication_id)
    record = calls_made.record
    meter = PostgresMeter(
        account.owner,
        account.platform,
        account.account_id,
        app.client_id,
        settings.distribution().quotas.get(account.platform, {}),
        pauses=getattr(platform, "TELLS_USAGE", False),
    )

    def refresh(refresh_token: str) -> Tokens:
        with Calls(platform=account.platform, bases=bases, record=record) as plain:
            tokens: Tokens = platform.refresh_tokens(
                plain, app.client_id, app.client_secret.get_secret_value(), refresh_token, account_facts(account)
            )
            return tokens

    tokens = AccountTokens(account.owner, account.account_id, refresh)
    try:
        with Calls(platform=account.platform, bases=bases, tokens=tokens, meter=meter, record=record) as calls:
            yield calls
    finally:
        calls_made.close()


@contextmanager
def open_publisher(account: Account, publication_id: str | None = None) -> Iterator[Publisher]:
    """Open the publisher of an account for one step."""
    known = settings.distribution().platforms.get(account.platform, {})
    mine = {key: value for key, value in known.items() if key != "fit"}  # fitting.py's, and no platform knows it
    with open_calls(account, publication_id) as calls:
        publisher: Publisher = get(account.platform).Publisher(
            calls,
            settings=mine,
            account=account_facts(account),
        )
        yield publisher


def account_facts(account: Account) -> dict[str, Any]:
    """Return what a platform may know of the account: what it said itself when the account was added."""
    return dict(account.profile) | {
        "platform_user_id": account.platform_user_id,
        "username": account.username,
    }
