"""What each user wants to read by e-mail, and at which address; without a choice nobody is written to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from include.database import engine, queries
from include.publishing.wording import MAIL_KINDS

SQL = queries.load("notices")
ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]\x00-\x1f]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
"""One plain address: what a mail server takes as a recipient without any quoting."""


class Refused(ValueError):
    """This cannot be chosen; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An address and the kinds told there."""

    address: str
    kinds: tuple[str, ...]


def read(owner: str) -> Choice | None:
    """Return an owner's choice; None: nothing is sent."""
    with engine.transaction(owner) as connection:
        row = connection.exec_driver_sql(SQL["read_choice"]).first()
    return Choice(address=row.address, kinds=tuple(row.kinds)) if row else None


def choose(owner: str, address: str, kinds: Sequence[str] = MAIL_KINDS) -> Choice:
    """Keep an owner's choice; raise `Refused` for what is no address or no kind. The first digest comes next Monday."""
    if not ADDRESS.fullmatch(address) or ".." in address:
        raise Refused("This is no e-mail address like you@example.com.")
    unknown = sorted(set(kinds) - set(MAIL_KINDS))
    if unknown:
        raise Refused(f"There is no e-mail about {', '.join(unknown)}; there are {', '.join(MAIL_KINDS)}.")
    chosen = [kind for kind in MAIL_KINDS if kind in kinds]
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["keep_choice"], {"owner": owner, "address": address, "kinds": chosen})
    return Choice(address=address, kinds=tuple(chosen))


def forget(owner: str) -> None:
    """Write no e-mail to an owner any more."""
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["forget_choice"])
