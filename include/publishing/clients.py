"""Opens the client of one account: addresses, tokens, limits and the call log, put together for one step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from include import gateways, settings
from include.accounts import keys, master_key
from include.accounts.accounts import Account
from include.accounts.tokens import AccountTokens
from include.platforms import get
from include.platforms.contract import Publisher
from include.platforms.errors import AccountTrouble, Rejected
from include.platforms.http import Calls
from include.platforms.tokens import Tokens
from include.publishing.call_log import CallLog
from include.publishing.quotas import PostgresMeter, Turn


@contextmanager
def open_calls(account: Account, publication_id: str | None = None, *, turn: Turn | None = None) -> Iterator[Calls]:
    """Open the one door to an account's platform; closed at the end. Without a `turn` its calls yield to publishing."""
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
        turn=turn,
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
def open_publisher(
    account: Account, publication_id: str | None = None, *, turn: Turn | None = None
) -> Iterator[Publisher]:
    """Open the publisher of an account for one step: its platform's own, or that of the gateway it goes through."""
    opened = _open_direct if account.route == "direct" else _open_gateway
    with opened(account, publication_id, turn) as publisher:
        yield publisher


@contextmanager
def _open_direct(account: Account, publication_id: str | None, turn: Turn | None) -> Iterator[Publisher]:
    known = settings.distribution().platforms.get(account.platform, {})
    mine = {key: value for key, value in known.items() if key != "fit"}  # fitting.py's, and no platform knows it
    with open_calls(account, publication_id, turn=turn) as calls:
        publisher: Publisher = get(account.platform).Publisher(
            calls,
            settings=mine,
            account=account_facts(account),
        )
        yield publisher


@contextmanager
def _open_gateway(account: Account, publication_id: str | None, turn: Turn | None) -> Iterator[Publisher]:
    master_key.check()
    if account.route not in gateways.ROUTES:
        raise Rejected(f"'{account.account_id}' goes through {account.route}, which publishes nothing.")
    distribution, key = settings.distribution(), keys.key_of(account)
    calls_made = CallLog(account.owner, account.account_id, publication_id)
    meter = PostgresMeter(
        account.owner,
        account.route,
        account.account_id,
        keys.fingerprint(key),
        distribution.quotas.get(account.route, {}),
        turn=turn,
    )
    bases = settings.endpoints()[account.route]
    try:
        with Calls(platform=account.route, bases=bases, meter=meter, record=calls_made.record) as calls:
            publisher: Publisher = gateways.get(account.route).Publisher(
                calls,
                key=key,
                platform=account.platform,
                settings=distribution.gateways.get(account.route, {}),
                platform_settings={
                    name: value for name, value in distribution.platforms.get(account.platform, {}).items()
                    if name != "fit"
                },
                account=account_facts(account),
            )  # fmt: skip
            yield publisher
    except AccountTrouble as trouble:
        keys.note_refusal(account, trouble)
        raise
    finally:
        calls_made.close()


def account_facts(account: Account) -> dict[str, Any]:
    """Return what a platform may know of the account: what it said itself when the account was added."""
    return dict(account.profile) | {
        "platform_user_id": account.platform_user_id,
        "username": account.username,
    }
