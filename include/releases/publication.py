"""One release on one account in one placement: the thing that has a state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Placement(StrEnum):
    """The kind of post on a platform."""

    VIDEO = "video"
    SHORT = "short"
    REEL = "reel"
    STORY = "story"
    FEED = "feed"
    POST = "post"
    INBOX = "inbox"


class State(StrEnum):
    """How far a publication is. The same remarks stand in the migration that creates the type."""

    PLANNED = "planned"  # registered, nothing looked at yet
    SCHEDULED = "scheduled"  # waits for its time in our queue
    VALIDATED = "validated"  # the platform's rules are met
    UPLOADING = "uploading"  # an upload was begun; the platform may have some or all bytes
    PROCESSING = "processing"  # the platform has all bytes and works on them
    FINISHING = "finishing"  # processing is over; the last step was begun or is next
    PUBLISHED = "published"  # end: it is out
    WAITING_QUOTA = "waiting_quota"  # waits for a limit of the platform to reset
    WAITING_ACCOUNT = "waiting_account"  # waits for a person to reconnect the account
    WAITING_APPROVAL = "waiting_approval"  # waits for a person's yes
    REJECTED = "rejected"  # end: the release or its options must change
    FAILED = "failed"  # end: tries used up
    UNCONFIRMED = "unconfirmed"  # the platform may have acted and we could not tell; nobody uploads again
    CANCELLED = "cancelled"  # end: a person stopped it


ENDS = frozenset({State.PUBLISHED, State.REJECTED, State.FAILED, State.CANCELLED, State.UNCONFIRMED})
"""States in which a run has nothing more to do (`unconfirmed` is resolved by `reconcile_publications` or a person)."""

PARKED = frozenset({State.SCHEDULED, State.WAITING_QUOTA, State.WAITING_ACCOUNT})
"""States that wait for something outside: no run has to stay open for them, `publish_due` takes them on."""


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A publication's row, as read from the ledger; `target` is what the run's conf asked for this account."""

    publication_id: str
    owner: str
    release_id: str
    account_id: str
    platform: str
    placement: Placement
    route: str
    state: State
    target: Mapping[str, Any]
    scheduled_for: datetime | None
    timezone: str
    priority: int
    max_retries: int
    attempts: int
    next_try_at: datetime | None
    error: Mapping[str, Any] | None
    video_id: str | None
    url: str | None
    bytes_sent: int
    bytes_total: int
    warnings: Sequence[str]
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime
    scheduled_local: datetime | None = None
    """Its time as it was given, by the clocks of `timezone`; `scheduled_for` is the instant that was computed of it."""
    queued_at: datetime | None = None
    """Since when the queue looks after it; None: a run does."""
    asks: bool = False
    """Whether a person has to say yes before it is begun."""
    version: int = 0
    """One more with every move, new time or priority."""

    @property
    def is_over(self) -> bool:
        """Say whether no step of a run has anything left to do."""
        return self.state in ENDS

    @property
    def is_parked(self) -> bool:
        """Say whether it waits for its time, a limit or its account, and needs no run meanwhile."""
        return self.state in PARKED
