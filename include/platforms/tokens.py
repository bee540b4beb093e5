"""What an OAuth token endpoint hands out, in one form for every platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """An access token with all that is needed to renew it.

    Both times are aware and in UTC. `refresh_token` is None when the platform sent no new one and the old one
    goes on, `refresh_expires_at` when the platform does not say. Neither token appears in the repr.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime
    refresh_expires_at: datetime | None
    scopes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a time without a zone: comparing it later would fail far from here."""
        for moment in (self.expires_at, self.refresh_expires_at):
            if moment is not None and moment.utcoffset() is None:
                raise ValueError("A token's times must carry their time zone (UTC).")
