"""Whether a post whose answer was lost was made: Blotato's list of posts is all there is to ask.

The list shows what is out, scheduled or failed, under ids of its own. What it tells of the content is not documented:
where it tells too little, only a person can say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from include.gateways.blotato.client import Client
from include.gateways.blotato.payloads import Listed
from include.platforms.contract import Note

CLOCK_SLACK = timedelta(minutes=10)
"""How far our clock and Blotato's may be apart."""
LOOK_BACK = timedelta(hours=24)
"""How far back posts with the same text are counted before ours is made."""


class Verdict(Enum):
    """What a look at the list said."""

    OURS = auto()
    NOT_THERE = auto()
    UNREADABLE = auto()  # too little is shown, or several could be it


@dataclass(frozen=True, kw_only=True)
class Trace:
    """A verdict, and the item when it is ours."""

    verdict: Verdict
    item: Listed | None = None


UNREADABLE = Trace(verdict=Verdict.UNREADABLE)


def before_posting(client: Client, platform: str, account: str, text: str, now: datetime) -> Note:
    """Return what the note has to say of the list before a post is made: how many with this text are in it already.

    Without it, an earlier post with the same text would be taken for ours. Raises `TryAgain`; nothing was made then.
    """
    since = now - LOOK_BACK
    items = client.posts(platform, since, now + CLOCK_SLACK)
    before = None if items is None else len(_same(_of(items, account), text))
    return {"listed_since": since.isoformat(), "before": before}


def look(client: Client, note: Note, platform: str, now: datetime) -> Trace:
    """Look once for the post of `note`, which has `account`, `text`, `media` and what `before_posting` says.

    An item with our media is ours: each upload has an address of its own. Where media are not shown, the one item with
    our text that was not there before is. Not finding it is no proof as long as it may be in progress.
    """
    items = client.posts(platform, datetime.fromisoformat(note["listed_since"]), now + CLOCK_SLACK)
    if items is None:
        return UNREADABLE
    mine = _of(items, str(note["account"]))
    by_media = [item for item in mine if item.media is not None and str(note["media"]) in item.media]
    if by_media:
        return Trace(verdict=Verdict.OURS, item=by_media[0])
    open_ones = [item for item in mine if item.media is None]  # those with other media are not ours
    if any(item.text is None for item in open_ones):
        return UNREADABLE
    same, before = _same(open_ones, str(note["text"])), note.get("before")
    new = len(same) - int(before or 0)
    if not same or (before is not None and new < 1):
        return Trace(verdict=Verdict.NOT_THERE)
    newest = max(same, key=lambda item: item.post_time)
    if before is None or new > 1 or newest.account is None or not str(note["text"]).strip():
        return UNREADABLE
    return Trace(verdict=Verdict.OURS, item=newest)


def _of(items: Sequence[Listed], account: str) -> list[Listed]:
    return [item for item in items if item.account in (None, account)]


def _same(items: Sequence[Listed], text: str) -> list[Listed]:
    # white space may have been changed on the way
    return [item for item in items if (item.text or "").split() == text.split()]
