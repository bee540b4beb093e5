"""What TikTok keeps: posts; plain data, each with an `id`, times as Unix time stamps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(kw_only=True)
class Post:
    """A TikTok post from `init` on. `received` bytes are whole chunks; `secret` opens its upload address.

    `uploaded_at` is set with the last byte, `done_at` with the end of processing; `polls` counts status calls since.
    """

    id: str
    account: str
    app: str
    kind: str
    info: dict[str, Any]
    total: int
    chunk: int
    count: int
    upload: str
    secret: str
    created_at: float
    received: int = 0
    forgotten: bool = False
    uploaded_at: float | None = None
    sha256: str | None = None
    facts: dict[str, Any] | None = None
    done_at: float | None = None
    fail: str | None = None
    failed: str | None = None
    post: int | None = None
    polls: int = 0
    pulled_from: str | None = None
