"""What LinkedIn keeps: videos and posts; plain data, each with an `id` (its URN), times as Unix time stamps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(kw_only=True)
class LinkedInVideo:
    """A video from `initializeUpload` on. `secret` opens its upload addresses, `etags` are by part number from 0.

    `finalised_at` is set when LinkedIn was told that all parts are there; processing begins with it.
    """

    id: str
    account: str
    app: str
    owner: str
    size: int
    secret: str
    created_at: float
    expires_at: float
    wants_thumbnail: bool
    etags: dict[str, str] = field(default_factory=dict)
    thumbnail: str | None = None
    forgotten: bool = False
    finalised_at: float | None = None
    sha256: str | None = None
    facts: dict[str, Any] | None = None
    fail: str | None = None

    @property
    def key(self) -> str:
        """The last part of the URN."""
        return self.id.rsplit(":", 1)[-1]


@dataclass(kw_only=True)
class LinkedInPost:
    """A post; `body` is what was asked for, `video` the URN in it. A deleted one stays, unseen."""

    id: str
    account: str
    app: str
    author: str
    video: str | None
    body: dict[str, Any]
    created_at: float
    modified_at: float
    state: str = "PUBLISHED"
    deleted: bool = False
