"""Access tokens that renew themselves, one refresh at a time per account.

The account's row is locked while the platform is asked, so of many workers that meet an expired token one refreshes and
the others find its result. A refresh token that rotates is stored in the same transaction, and so is a dead account's
trouble. Threads of one process take turns before they ask for the lock, so that those who wait hold no connection.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from include.accounts import accounts
from include.database import engine
from include.platforms.errors import AccountTrouble, OutcomeUnknown, TryAgain
from include.platforms.tokens import Tokens

log = logging.getLogger("release_desk.accounts")

MARGIN = timedelta(minutes=5)
"""A token that expires sooner is renewed before it is used (Google asks for 60–300 s; covers 5 min of clock skew)."""

_turns: dict[tuple[str, str], threading.Lock] = {}
os.register_at_fork(after_in_child=_turns.clear)  # a turn that another thread of the parent had would never end

Refresh = Callable[[str], Tokens]
"""Asks the platform: refresh token in, new tokens out; raises AccountTrouble for a dead grant."""


class AccountTokens:
    """The `TokenSource` of one account; `refresh` is the platform's own `refresh_tokens`, bound to our app."""

    def __init__(self, owner: str, account_id: str, refresh: Refresh) -> None:
        self._owner = owner
        self._account_id = account_id
        self._ask_platform = refresh
        self._known: tuple[str, datetime | None] | None = None

    def token(self) -> str:
        """Return a token that is valid for the next minutes; raise `AccountTrouble` when the account is dead."""
        if self._known is not None and not _expires_soon(self._known[1]):
            return self._known[0]
        return self._renew(refused=None)

    def refresh(self, refused: str) -> str:
        """Return a token other than `refused`; the platform is asked only when nobody has renewed it yet."""
        return self._renew(refused=refused)

    def _renew(self, refused: str | None) -> str:
        turn = _turns.setdefault((self._owner, self._account_id), threading.Lock())
        with turn, engine.transaction(self._owner) as connection:
            try:
                return self._renew_locked(connection, refused)
            except AccountTrouble as error:
                trouble = error  # raised below, once it is written down
                self._mark(connection, "expire_account", error.message)
        raise trouble

    def _renew_locked(self, connection: Any, refused: str | None) -> str:
        row = connection.exec_driver_sql(accounts.SQL["lock_account"], {"account_id": self._account_id}).first()
        stored = accounts.read_tokens(connection, self._owner, self._account_id)
        if row is None or stored.access_token is None:
            raise AccountTrouble(f"The account '{self._account_id}' is not connected. Connect it again.")
        if stored.access_token != refused and not _expires_soon(stored.expires_at):
            return self._remember(stored.access_token, stored.expires_at)
        if stored.refresh_token is None:
            raise AccountTrouble(
                f"The access of '{self._account_id}' has ended and cannot be renewed. Connect it again."
            )
        fresh = self._ask(stored.refresh_token)
        accounts.keep_secret(
            connection,
            self._owner,
            self._account_id,
            "access_token",
            SecretStr(fresh.access_token),
            fresh.expires_at,
        )
        if fresh.refresh_token is not None:
            accounts.keep_secret(
                connection, self._owner, self._account_id, "refresh_token",
                SecretStr(fresh.refresh_token), fresh.refresh_expires_at,
            )  # fmt: skip
        self._mark(connection, "revive_account", None)
        log.info("renewed the access of account %s, valid until %s", self._account_id, fresh.expires_at)
        return self._remember(fresh.access_token, fresh.expires_at)

    def _ask(self, refresh_token: str) -> Tokens:
        try:
            return self._ask_platform(refresh_token)
        except OutcomeUnknown:
            # the answer was lost; the old refresh token is usually still accepted, and only the platform knows
            pass
        try:
            return self._ask_platform(refresh_token)
        except OutcomeUnknown as lost:  # about tokens only: nothing of a publication can have happened
            raise TryAgain(lost.message, code=lost.code, status=lost.status, request_id=lost.request_id) from None

    def _mark(self, connection: Any, statement: str, trouble: str | None) -> None:
        connection.exec_driver_sql(accounts.SQL[statement], {"account_id": self._account_id, "trouble": trouble})

    def _remember(self, token: str, expires_at: datetime | None) -> str:
        self._known = (token, expires_at)
        return token


def _expires_soon(expires_at: datetime | None) -> bool:
    return expires_at is not None and expires_at < datetime.now(UTC) + MARGIN
