"""Notices a wrong master key before anything is written with it.

The warehouse keeps a known text sealed under each key this installation has used (`desk.vault_key`). A key that is not
among them is accepted only at the very first start, or beside the one before it (a rotation); one that was rotated away
is not accepted again. What a process has found right once it does not ask for again.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from include import settings
from include.accounts import vault
from include.accounts.vault import VaultError
from include.database import engine, queries

log = logging.getLogger("release_desk.accounts")
SQL = queries.load("vault")
EVERYBODY = "*"
KNOWN_TEXT = "This installation's secrets are sealed with this key."

_right: set[tuple[str, tuple[bytes, ...]]] = set()
"""Warehouses and the key ids that were found right there by this process."""


def check(keys: tuple[str, ...] | None = None, warehouse: str | None = None) -> None:
    """Raise `VaultError` for a missing, short, malformed or wrong master key; else note it as this installation's.

    Keys and warehouse are those of the settings unless given. A process asks the warehouse once.
    """
    try:
        keys = settings.master_keys() if keys is None else keys
        warehouse = settings.warehouse_url() if warehouse is None else warehouse
    except settings.SettingsError as error:
        raise VaultError(str(error)) from None
    seen = (warehouse, vault.key_ids(keys))
    if seen in _right:
        return
    vault.check(keys)
    # a connection of its own: whoever seals may hold the last one of the pool
    with engine.transaction_alone(EVERYBODY, warehouse) as connection:
        connection.exec_driver_sql(SQL["lock_keys"])
        _accept(connection, keys)
    _right.add(seen)


def first_used_at(key_id: bytes) -> datetime | None:
    """Return since when secrets are sealed with a key; None for one that was never used here."""
    with engine.transaction(EVERYBODY) as connection:
        rows = connection.exec_driver_sql(SQL["list_keys"]).all()
    return next((row.first_used_at for row in rows if bytes(row.key_id) == key_id), None)


def retire_others(key_id: bytes) -> None:
    """Never accept another key than this one by itself again: nothing is sealed with them any more."""
    with engine.transaction(EVERYBODY) as connection:
        connection.exec_driver_sql(SQL["retire_other_keys"], {"key_id": key_id})
    _right.clear()


def _accept(connection: Any, keys: tuple[str, ...]) -> None:
    current, *previous = vault.key_ids(keys)
    rows = {bytes(row.key_id): row for row in connection.exec_driver_sql(SQL["list_keys"])}
    good = [key_id for key_id in (current, *previous) if key_id in rows and _opens(rows[key_id].envelope, keys)]
    in_use = [key_id for key_id in good if rows[key_id].retired_at is None]
    if current in in_use:
        return
    if in_use or (not rows and _nothing_is_sealed_otherwise(connection, keys)):
        envelope = vault.seal_with(keys, KNOWN_TEXT, belongs_to=_belongs_to(current))
        connection.exec_driver_sql(SQL["keep_key"], {"key_id": current, "envelope": envelope})
        log.info("secrets are sealed with master key %s from now on", current.hex())
        return
    raise VaultError(_refusal(rotated_away=current in good))


def _opens(envelope: bytes, keys: tuple[str, ...]) -> bool:
    try:
        vault.open_envelope(envelope, belongs_to=_belongs_to(vault.key_id_of(envelope)), keys=keys)
    except VaultError:
        return False
    return True


def _nothing_is_sealed_otherwise(connection: Any, keys: tuple[str, ...]) -> bool:
    """Look at what was sealed before keys were noted down: an older installation is not opened with another key."""
    known = set(vault.key_ids(keys))
    return all(bytes(row.key_id) in known for row in connection.exec_driver_sql(SQL["sealed_under"]))


def _belongs_to(key_id: bytes) -> str:
    return f"installation/{key_id.hex()}"


def _refusal(*, rotated_away: bool) -> str:
    if rotated_away:
        return (
            "SECRET_MASTER_KEY is an older key of this installation that was rotated away; nothing was written. "
            "Set the newest one."
        )
    return (
        "SECRET_MASTER_KEY is not the key this installation's secrets are sealed with; nothing was written. Set the "
        "right one, or, to change it, set SECRET_MASTER_KEY_PREVIOUS to the old one as well."
    )
