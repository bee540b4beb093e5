"""Seals everything anew under the newest master key, in batches, while publishing goes on.

Only what is still under another key is touched, row by row under a lock; rows somebody works on are left for the next
round. Whatever ends it half-way, the next call goes on: what is done does not come up again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.accounts import master_key, vault
from include.database import engine, queries

log = logging.getLogger("release_desk.accounts")
SQL = queries.load("vault") | {name: queries.load("ledger")[name] for name in ("notes_to_rekey", "rekey_note")}
NOBODY = "*"
BATCH = 500
"""Rows a transaction: some milliseconds of work, so that nobody waits long for one of them."""
ROUNDS, PAUSE_SECONDS = 20, 0.5
"""How often what others had locked is tried again, and the wait between."""

on_batch: Callable[[int], None] | None = None
"""Set by the test that kills the process: called before each commit with the number of rows sealed so far."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far it is: rows sealed anew so far, and how many there were to do."""

    sealed: int
    of: int


@dataclass(frozen=True, kw_only=True)
class Rekeyed:
    """What it came to.

    `left` counts rows that are still under another key: somebody held them all the time, or they cannot be opened
    (`unreadable`). `old_key_until` is when the old key can be removed: None when that is now.
    """

    key_id: str
    sealed: int
    left: int
    unreadable: int
    old_key_until: datetime | None

    @property
    def done(self) -> bool:
        """Say whether nothing is sealed with another key any more."""
        return self.left == 0


def to_do() -> int:
    """Return how many secrets are sealed with another key than the newest one."""
    current = vault.key_ids()[0]
    with engine.transaction(NOBODY) as connection:
        rows = connection.exec_driver_sql(SQL["sealed_under"]).all()
    return sum(row.sealed for row in rows if bytes(row.key_id) != current)


def rekey(say: Callable[[Progress], None] = lambda progress: None, *, batch: int = BATCH) -> Rekeyed:
    """Seal everything anew that is not under SECRET_MASTER_KEY; the old key is SECRET_MASTER_KEY_PREVIOUS.

    Raises `VaultError` when the key is not this installation's. Other keys are not accepted any more once nothing is
    left under them.
    """
    master_key.check()
    current = vault.key_ids()[0]
    of, sealed, unreadable = to_do(), 0, 0
    for _ in range(ROUNDS):
        unreadable = 0
        for done, failed in _round(current, batch):
            sealed, unreadable = sealed + done, unreadable + failed
            say(Progress(sealed=sealed, of=max(of, sealed)))
        left = to_do()
        if left <= unreadable:
            break
        time.sleep(PAUSE_SECONDS)
    else:
        left = to_do()
    if left == 0:
        master_key.retire_others(current)
        log.info("everything is sealed with master key %s; %d secrets were sealed anew", current.hex(), sealed)
    return Rekeyed(
        key_id=current.hex(), sealed=sealed, left=left, unreadable=unreadable, old_key_until=_addresses_until(current)
    )


def _round(current: bytes, batch: int) -> Iterator[tuple[int, int]]:
    """Go once through all owners; yield how many secrets each batch sealed, and how many it could not open."""
    with engine.transaction(NOBODY) as connection:
        owners = connection.exec_driver_sql(SQL["owners_to_rekey"], {"key_id": current}).scalars().all()
    before = 0
    for owner in owners:
        for kind in KINDS:
            after: dict[str, Any] | None = dict.fromkeys(kind.keys)
            while after is not None:
                with engine.transaction(owner) as connection:
                    wanted = {"key_id": current, "at_most": batch} | {f"after_{key}": after[key] for key in after}
                    rows = [dict(row) for row in connection.exec_driver_sql(SQL[kind.find], wanted).mappings()]
                    made = [(row, kind.sealed_anew(owner, row, current)) for row in rows]
                    anew = [found for _, found in made if found is not None]
                    if anew:
                        connection.exec_driver_sql(SQL[kind.write], anew)  # all in one go to the server
                    done = sum(kind.count(row, current) for row, found in made if found is not None)
                    before += done
                    if on_batch is not None:
                        on_batch(before)
                if rows:
                    yield done, sum(kind.count(row, current) for row in rows) - done
                after = {key: rows[-1][key] for key in kind.keys} if len(rows) == batch else None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One table that holds envelopes: which rows, in which columns, and what each envelope is sealed for."""

    find: str
    write: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    place: Callable[[str, Mapping[str, Any], str], str]

    def count(self, row: Mapping[str, Any], current: bytes) -> int:
        """Return how many envelopes of a row are not sealed with the newest key."""
        found = [row[column] for column in self.columns]
        return sum(envelope is not None and vault.key_id_of(envelope) != current for envelope in found)

    def sealed_anew(self, owner: str, row: Mapping[str, Any], current: bytes) -> dict[str, Any] | None:
        """Return a row's keys and new envelopes; None when one does not open."""
        anew = {key: row[key] for key in self.keys}
        for column in self.columns:
            envelope = row[column]
            if envelope is not None and vault.key_id_of(envelope) != current:
                envelope = _sealed_anew(envelope, self.place(owner, row, column))
                if envelope is None:
                    return None
            anew[column] = envelope
        return anew


KINDS = (
    Kind(
        find="secrets_to_rekey", write="rekey_secret", keys=("account_id", "field"), columns=("envelope",),
        place=lambda owner, row, _: f"account/{owner}/{row['account_id']}/{row['field']}",  # accounts.py
    ),
    Kind(
        find="notes_to_rekey", write="rekey_note", keys=("publication_id",), columns=("note",),
        place=lambda _, row, __: f"publication/{row['publication_id']}/note",  # ledger.py
    ),
    Kind(
        find="sign_ins_to_rekey", write="rekey_sign_in", keys=("state_sha256",), columns=("verifier", "waiting"),
        place=lambda owner, row, column: f"attempt/{owner}/{bytes(row['state_sha256']).hex()}/{column}",  # attempts.py
    ),
    Kind(
        find="webhook_secrets_to_rekey", write="rekey_webhook_secret", keys=("secret_id",), columns=("envelope",),
        place=lambda owner, row, _: f"webhook/{owner}/{row['secret_id']}",  # publishing/endpoints.py
    ),
)  # fmt: skip
"""Everything that is sealed; a test looks through the catalogue for columns that are missing here."""


def _sealed_anew(envelope: bytes, place: str) -> bytes | None:
    """Return the same secret under the newest key; None for an envelope that does not open (it is logged)."""
    try:
        return vault.seal(vault.open_envelope(envelope, belongs_to=place), belongs_to=place)
    except vault.VaultError as error:
        log.error("%s cannot be sealed anew: %s", place, error)
        return None


def _addresses_until(current: bytes) -> datetime | None:
    """Return until when the old key is needed to recognise addresses of hosted files that it has signed."""
    since = master_key.first_used_at(current)
    with engine.transaction(NOBODY) as connection:
        found: datetime | None = connection.exec_driver_sql(SQL["addresses_until"], {"given_before": since}).scalar()
    return found
