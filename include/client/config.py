"""What a script asks to be published; the server checks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

EACH = ("placement", "privacy", "title", "description", "caption", "tags", "hashtags", "category", "language",
        "made_for_kids", "synthetic_media", "options")  # fmt: skip
"""What is wished for every account; without `accounts` the server's own texts and settings count."""


@dataclass(frozen=True, kw_only=True)
class PublishConfig:
    """One release and where it goes.

    `accounts` are names of accounts that get the same texts; `targets` are accounts with texts of their own, as the
    API has them. Without both, `platforms` or every default account is used. `scheduled_for` is a local time in
    `timezone`, without an offset. What is None is left to the server.
    """

    segment: str
    age_bucket: str
    title_id: str
    export_root: str | None = None
    accounts: Sequence[str] = ()
    platforms: Sequence[str] = ()
    targets: Sequence[Mapping[str, Any]] = ()
    placement: str | None = None
    privacy: str | None = None
    title: str | None = None
    description: str | None = None
    caption: str | None = None
    tags: Sequence[str] | None = None
    hashtags: Sequence[str] | None = None
    category: str | None = None
    language: str | None = None
    made_for_kids: bool | None = None
    synthetic_media: bool | None = None
    options: Mapping[str, Any] | None = None
    scheduled_for: datetime | str | None = None
    timezone: str | None = None
    priority: int | None = None
    max_retries: int | None = None
    campaign: str | None = None
    webhook_url: str | None = None
    callback_data: Mapping[str, Any] = field(default_factory=dict)
    require_approval: bool = False
    force: bool = False

    def body(self) -> dict[str, Any]:
        """Return the body of a request; raise `ValueError` for texts that no account is named for."""
        each = {name: getattr(self, name) for name in EACH if getattr(self, name) is not None}
        if each and not self.accounts:
            raise ValueError(f"Name the accounts that {', '.join(each)} is for, or use targets.")
        known = {one.name: getattr(self, one.name) for one in fields(self)}
        plain = {name: value for name, value in known.items() if name not in (*EACH, "accounts", "targets") and value}
        targets = [*({"account": name, **each} for name in self.accounts), *map(dict, self.targets)]
        if isinstance(self.scheduled_for, datetime):
            if self.scheduled_for.tzinfo is not None:
                raise ValueError("scheduled_for is a local time without an offset; its zone stands in timezone.")
            plain["scheduled_for"] = self.scheduled_for.isoformat(timespec="seconds")
        for name in ("platforms", "callback_data"):
            if name in plain:
                plain[name] = list(plain[name]) if name == "platforms" else dict(plain[name])
        return plain | ({"targets": targets} if targets else {})

    def row(self) -> dict[str, Any]:
        """Return the row of a batch."""
        return self.body()
