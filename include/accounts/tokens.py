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
from include.accounts.accounts import StoredTokens
from include.database import engine
from include.platforms.errors import AccountTrouble, OutcomeUnknown, TryAgain
from include.platforms.tokens import Tokens

log = logging.getLogger("release_desk.accounts")

MARGIN = timedelta(minutes=5)
"""A token that expires sooner is renewed before it is used (Google asks for 60–300 s; covers 5 min of clock skew)."""

FAULTS_OF_OUR_APP = frozenset({"invalid_client", "unauthorized_client", "deleted_client", "disabled_client"})
"""Codes (RFC 6749, 5.2, and Google's) that are about us, not about a grant: a wrong app secret marks no account."""

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
        self._asked = 0

    def token(self) -> str:
        """Return a token that is valid for the next minutes; raise `AccountTrouble` when the account is dead."""
        if self._known is not None and not _expires_soon(self._known[1]):
            return self._known[0]
        return self._renew(refused=None)

    def refresh(self, refused: str) -> str:
        """Return a token other than `refused`; the platform is asked only when nobody has renewed it yet."""
        return self._renew(refused=refused)

    def renew_within(self, margin: timedelta) -> bool:
        """Renew a token that ends within `margin`, unless somebody else just did; return whether this call renewed it.

        Raises `AccountTrouble` when the grant is dead (the account is marked then), `TryAgain` for a passing fault.
        """
        before = self._asked
        self._renew(refused=None, margin=margin)
        return self._asked > before

    def _renew(self, refused: str | None, margin: timedelta = MARGIN) -> str:
        turn = _turns.setdefault((self._owner, self._account_id), threading.Lock())
        with turn, engine.transaction(self._owner) as connection:
            try:
                return self._renew_locked(connection, refused, margin)
            except AccountTrouble as error:
                trouble = error  # raised below, once it is written down
                if error.code not in FAULTS_OF_OUR_APP:
                    self._mark(connection, "expire_account", error.message)
        raise trouble

    def _renew_locked(self, connection: Any, refused: str | None, margin: timedelta) -> str:
        stored = accounts.read_tokens(connection, self._owner, self._account_id)
        if (token := _usable(stored, refused, margin)) is not None:  # as a rule; a lock would cost a write to the disk
            return self._remember(token, stored.expires_at)
        connection.exec_driver_sql(accounts.SQL["lock_account"], {"account_id": self._account_id})
        stored = accounts.read_tokens(connection, self._owner, self._account_id)  # somebody may have been quicker
        if stored.access_token is None:
            raise AccountTrouble(f"The account '{self._account_id}' is not connected. Connect it again.")
        if (token := _usable(stored, refused, margin)) is not None:
            return self._remember(token, stored.expires_at)
        if stored.refresh_token is None:
            raise AccountTrouble(
                f"The access of '{self._account_id}' has ended and cannot be renewed. Connect it again."
            )
        fresh = self._ask(stored.refresh_token)
        self._keep(connection, fresh, stored.refresh_token)
        self._mark(connection, "revive_account", None)
        log.info("renewed the access of account %s, valid until %s", self._account_id, fresh.expires_at)
        return self._remember(fresh.access_token, fresh.expires_at)

    def _keep(self, connection: Any, fresh: Tokens, used: str) -> None:
        accounts.keep_secret(
            connection,
            self._owner,
            self._account_id,
            "access_token",
            SecretStr(fresh.access_token),
            fresh.expires_at,
        )
        if fresh.refresh_token not in (None, used):
            accounts.keep_secret(
                connection, self._owner, self._account_id, "refresh_token",
                SecretStr(str(fresh.refresh_token)), fresh.refresh_expires_at,
            )  # fmt: skip
        elif fresh.refresh_expires_at is not None:
            connection.exec_driver_sql(
                accounts.SQL["extend_refresh_token"],
                {"account_id": self._account_id, "expires_at": fresh.refresh_expires_at},
            )
        connection.exec_driver_sql(accounts.SQL["note_access_end"], {"account_id": self._account_id})

    def _ask(self, refresh_token: str) -> Tokens:
        self._asked += 1
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


def _usable(stored: StoredTokens, refused: str | None, margin: timedelta) -> str | None:
    """Return the stored token when it lasts and is another than `refused`."""
    lasts = stored.access_token != refused and not _expires_soon(stored.expires_at, margin)
    return stored.access_token if lasts else None


def _expires_soon(expires_at: datetime | None, margin: timedelta = MARGIN) -> bool:
    return expires_at is not None and expires_at < datetime.now(UTC) + margin
