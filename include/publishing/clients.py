"""Opens the client of one account: addresses, tokens, limits and the call log, put together for one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from include import settings
from include.accounts.accounts import Account
from include.accounts.tokens import AccountTokens
from include.database import engine, queries
from include.platforms import get
from include.platforms.contract import Publisher
from include.platforms.http import CallRecord, Calls
from include.platforms.tokens import Tokens
from include.publishing.quotas import PostgresMeter

SQL = queries.load("ledger")


def call_log(owner: str, account_id: str, publication_id: str | None) -> Callable[[CallRecord], None]:
    """Return a recorder that writes each call into the call log, committed on its own."""

    def write(record: CallRecord) -> None:
        with engine.transaction(owner, durable=False) as connection:  # a disk at work makes one wait 0.1 s
            connection.exec_driver_sql(
                SQL["log_call"],
                vars(record) | {"owner": owner, "account_id": account_id, "publication_id": publication_id},
            )

    return write


@contextmanager
def open_calls(account: Account, publication_id: str | None = None) -> Iterator[Calls]:
    """Open the one door to an account's platform; closed at the end."""
    platform = get(account.platform)
    app = settings.app(account.platform)
    bases = settings.endpoints()[account.platform]
    record = call_log(account.owner, account.account_id, publication_id)
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
    with Calls(platform=account.platform, bases=bases, tokens=tokens, meter=meter, record=record) as calls:
        yield calls


@contextmanager
def open_publisher(account: Account, publication_id: str | None = None) -> Iterator[Publisher]:
    """Open the publisher of an account for one step."""
    with open_calls(account, publication_id) as calls:
        publisher: Publisher = get(account.platform).Publisher(
            calls,
            settings=settings.distribution().platforms.get(account.platform, {}),
            account=account_facts(account),
        )
        yield publisher


def account_facts(account: Account) -> dict[str, Any]:
    """Return what a platform may know of the account: what it said itself when the account was added."""
    return dict(account.profile) | {
        "platform_user_id": account.platform_user_id,
        "username": account.username,
    }
