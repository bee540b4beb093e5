"""Keeps secrets encrypted: AES-256-GCM with a key that never enters the database.

An envelope is: 1 byte version, 8 bytes key id, 12 bytes random nonce, ciphertext and tag. What a secret belongs to
(account and field) is authenticated with it, so a token moved to another row does not open. Before a process seals its
first secret, `master_key.py` looks whether the key is the installation's own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from include import settings

VERSION = 1
KEY_BYTES = 32
KEY_ID_BYTES = 8
NONCE_BYTES = 12  # 96 bits: NIST SP 800-38D, 8.2


class VaultError(RuntimeError):
    """A secret cannot be kept or opened; the message says why and never shows it."""


def _key(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise VaultError(f"{name} is not base64.") from None
    if len(key) != KEY_BYTES:
        raise VaultError(f"{name} must be {KEY_BYTES} bytes, base64-encoded; it is {len(key)} bytes.")
    return key


def _raw(keys: tuple[str, ...]) -> list[bytes]:
    names = ("SECRET_MASTER_KEY", "SECRET_MASTER_KEY_PREVIOUS")
    return [_key(text, name) for text, name in zip(keys, names, strict=False)]


@cache
def _ciphers(keys: tuple[str, ...]) -> dict[bytes, AESGCM]:
    """Return the ciphers by key id, newest first."""
    return {hashlib.sha256(key).digest()[:KEY_ID_BYTES]: AESGCM(key) for key in _raw(keys)}


@cache
def _derived(keys: tuple[str, ...], purpose: str) -> tuple[bytes, ...]:
    return tuple(
        HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(key)
        for key in _raw(keys)
    )


def keys_for(purpose: str) -> tuple[bytes, ...]:
    """Return keys for one purpose only, derived from the master keys (HKDF, RFC 5869), newest first.

    They stay the same over restarts; what the older ones signed stays valid while the master key is rotated.
    """
    return _derived(settings.master_keys(), purpose)


def check(keys: tuple[str, ...] | None = None) -> None:
    """Raise `VaultError` for a missing, short or malformed master key; `keys` are those set unless given.

    Whether it is the *right* key, only the warehouse knows: see `master_key.check`.
    """
    try:
        _ciphers(settings.master_keys() if keys is None else keys)
    except settings.SettingsError as error:
        raise VaultError(str(error)) from None


def key_ids(keys: tuple[str, ...] | None = None) -> tuple[bytes, ...]:
    """Return the ids of the master keys, newest first; an id gives nothing of its key away."""
    return tuple(_ciphers(settings.master_keys() if keys is None else keys))


def key_id_of(envelope: bytes) -> bytes:
    """Return the id of the key an envelope was sealed with."""
    return bytes(envelope[1 : 1 + KEY_ID_BYTES])


def seal(secret: str, *, belongs_to: str) -> bytes:
    """Return the envelope of `secret`; only `open_envelope` with the same `belongs_to` gives it back.

    Raises `VaultError` when the key is not the one this installation's secrets are sealed with.
    """
    from include.accounts import master_key  # it seals, too

    master_key.check()
    return seal_with(settings.master_keys(), secret, belongs_to=belongs_to)


def seal_with(keys: tuple[str, ...], secret: str, *, belongs_to: str) -> bytes:
    """Seal with the first of `keys`, without asking whether it is the right one."""
    key_id, cipher = next(iter(_ciphers(keys).items()))
    nonce = os.urandom(NONCE_BYTES)
    head = bytes([VERSION]) + key_id
    return head + nonce + cipher.encrypt(nonce, secret.encode(), head + belongs_to.encode())


def open_envelope(envelope: bytes, *, belongs_to: str, keys: tuple[str, ...] | None = None) -> str:
    """Return the secret; raise `VaultError` for an unknown key, a changed envelope or another row's envelope."""
    envelope = bytes(envelope)
    head, rest = envelope[: 1 + KEY_ID_BYTES], envelope[1 + KEY_ID_BYTES :]
    if len(rest) <= NONCE_BYTES or head[0] != VERSION:
        raise VaultError("This is not an envelope of ours.")
    cipher = _ciphers(settings.master_keys() if keys is None else keys).get(head[1:])
    if cipher is None:
        raise VaultError("This was sealed with a master key that is not set; set SECRET_MASTER_KEY_PREVIOUS to it.")
    try:
        return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], head + belongs_to.encode()).decode()
    except InvalidTag:
        raise VaultError("This envelope was changed, or belongs to another row.") from None
