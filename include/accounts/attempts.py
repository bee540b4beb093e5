"""Sign-ins that are under way: the rows behind `consent.py`.

A state is 32 random bytes; only its hash is stored. It belongs to one owner, counts once and lives 10 minutes by the
database's clock. What is secret in a row (the PKCE verifier, tokens that wait for a choice) is sealed for that row.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from include.accounts import vault
from include.database import engine, queries

SQL = queries.load("connecting")
LASTS = timedelta(minutes=10)
STATE_BYTES = 32
VERIFIER_BYTES = 64  # 86 letters; RFC 7636, 4.1 wants 43 to 128
OUR_PATH = re.compile(r"/desk(?:/[A-Za-z0-9._~-]+)*/?(?:\?[A-Za-z0-9._~=&%+-]*)?")
NOT_VALID = "This sign-in is not valid any more. Start again."
"""For a state that is unknown, another's, used or too old: the same words, so that nothing can be found out."""


class ConsentRefused(Exception):
    """A sign-in led to nothing; the message is a sentence for the person, and nothing was kept.

    `missing_scopes` are the permissions that were not given, when that is why.
    """

    def __init__(self, message: str, *, missing_scopes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.missing_scopes = missing_scopes


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One sign-in under way."""

    owner: str
    state: str = field(repr=False)
    platform: str
    account_id: str | None
    login: str | None
    redirect_uri: str
    return_to: str | None
    is_default: bool
    verifier: str = field(repr=False)
    expires_at: datetime


def begin(
    owner: str, platform: str, *, account_id: str | None, login: str | None, redirect_uri: str,
    return_to: str | None, is_default: bool,
) -> Attempt:  # fmt: skip
    """Write a new sign-in down, and forget those that are over."""
    state, verifier = secrets.token_urlsafe(STATE_BYTES), secrets.token_urlsafe(VERIFIER_BYTES)
    row: dict[str, Any] = {
        "owner": owner, "platform": platform, "account_id": account_id, "login": login, "redirect_uri": redirect_uri,
        "return_to": return_to, "is_default": is_default,
    }  # fmt: skip
    sealed = {"state": _hash(state), "verifier": _seal(owner, state, "verifier", verifier), "lasts": LASTS}
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["forget_attempts_over"])
        expires_at = connection.exec_driver_sql(SQL["keep_attempt"], row | sealed).scalar_one()
    return Attempt(**row, state=state, verifier=verifier, expires_at=expires_at)


def use(owner: str, state: str) -> Attempt:
    """Return the sign-in a callback is about, once; raise `ConsentRefused` when there is none (any more)."""
    return _attempt(owner, state, _change(owner, state, "use_attempt"))


def let_wait(attempt: Attempt, what: Mapping[str, Any]) -> None:
    """Keep tokens and choices sealed until the person has chosen, for 10 minutes more."""
    sealed = _seal(attempt.owner, attempt.state, "waiting", json.dumps(what))
    _change(attempt.owner, attempt.state, "let_wait", waiting=sealed, lasts=LASTS)


def take(owner: str, state: str) -> tuple[Attempt, dict[str, Any]]:
    """Return a sign-in and what waits there, once; raise `ConsentRefused` when nothing waits (any more)."""
    row = _change(owner, state, "take_choice")
    opened = vault.open_envelope(row["waiting"], belongs_to=_belongs_to(owner, state, "waiting"))
    waiting: dict[str, Any] = json.loads(opened)
    return _attempt(owner, state, row), waiting


def give_back(attempt: Attempt) -> None:
    """Let the person choose again."""
    _run(attempt.owner, attempt.state, "give_choice_back")


def forget(owner: str, state: str) -> None:
    """Delete a sign-in with all that waits there; one that is gone is fine."""
    _run(owner, state, "forget_attempt")


def forget_over(owner: str = "*") -> int:
    """Delete every sign-in that is over, of all owners, with the tokens that waited there; return how many."""
    with engine.transaction(owner) as connection:
        return int(connection.exec_driver_sql(SQL["forget_attempts_over"]).scalar_one())


def checked_path(return_to: str | None) -> str | None:
    """Return a path of ours to go back to; raise `ConsentRefused` for every other address."""
    if return_to is None:
        return None
    if not OUR_PATH.fullmatch(return_to) or ".." in return_to:
        raise ConsentRefused("The page to return to must be one of ours, such as /desk.")
    return return_to


def _attempt(owner: str, state: str, row: Mapping[str, Any]) -> Attempt:
    verifier = vault.open_envelope(row["verifier"], belongs_to=_belongs_to(owner, state, "verifier"))
    taken = {name: row[name] for name in Attempt.__dataclass_fields__ if name not in ("owner", "state", "verifier")}
    return Attempt(owner=owner, state=state, verifier=verifier, **taken)


def _change(owner: str, state: str, statement: str, **values: Any) -> Mapping[str, Any]:
    if not state or len(state) > 2 * STATE_BYTES:
        raise ConsentRefused(NOT_VALID)
    with engine.transaction(owner) as connection:
        row = connection.exec_driver_sql(SQL[statement], {"state": _hash(state), **values}).mappings().first()
    if row is None:
        raise ConsentRefused(NOT_VALID)
    return dict(row)


def _run(owner: str, state: str, statement: str) -> None:
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL[statement], {"state": _hash(state)})


def _hash(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()


def _seal(owner: str, state: str, name: str, secret: str) -> bytes:
    return vault.seal(secret, belongs_to=_belongs_to(owner, state, name))


def _belongs_to(owner: str, state: str, name: str) -> str:
    return f"attempt/{owner}/{_hash(state).hex()}/{name}"
