"""Signed addresses of hosted files: whoever has one may read one file, as it is now, until a time.

`{public address}/hosted/{name}?until={Unix time}&token={signature}`. The signature also covers size and time of the
file, so an address never gives out another content than the one it was made for. The parameter is called `token`
because Airflow's access log hides parameters of that name.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from urllib.parse import urlencode

from include.accounts import vault

PREFIX = "/hosted"
"""Where the desk serves files, below the public address."""
NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{2,4}")
"""What a hosted file is called: a hash of its owner and content, and an ending that tells its type."""

_PURPOSE = "release-desk hosted addresses 1"


def content_mark(status: os.stat_result) -> str:
    """Return what changes whenever somebody writes to the file: its size and the time of the last write."""
    return f"{status.st_size:x}-{status.st_mtime_ns:x}"


def signed_path(name: str, until: int, mark: str) -> str:
    """Return path and query of an address that works until the Unix time `until` for a file that stands as `mark`."""
    token = _signature(vault.keys_for(_PURPOSE)[0], name, str(until), mark)
    return f"{PREFIX}/{name}?{urlencode({'until': until, 'token': token})}"


def is_signed(name: str, until: str, token: str, mark: str) -> bool:
    """Say whether we made this address; takes the same time for every wrong one. Expiry is not looked at."""
    given = token.encode()
    fits = [hmac.compare_digest(_signature(key, name, until, mark).encode(), given) for key in vault.keys_for(_PURPOSE)]
    return any(fits)


def _signature(key: bytes, name: str, until: str, mark: str) -> str:
    digest = hmac.new(key, f"{name}\n{until}\n{mark}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
