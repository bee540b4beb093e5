"""Whether a post whose answer was lost was made: the author's own list of posts knows, where we may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from include.platforms.contract import Note
from include.platforms.errors import AccountTrouble, Rejected
from include.platforms.linkedin.client import Client
from include.platforms.linkedin.payloads import PostSeen

CLOCK_SLACK = timedelta(hours=1)
"""How far our clock and LinkedIn's may be apart; posts older than that before our try are not ours."""
MAX_PAGES = 10
FORBIDDEN = 403
FAILED_STATES = frozenset({"PUBLISH_FAILED"})


class Verdict(Enum):
    """What a look said about the post with our video."""

    OURS = auto()
    NOT_OURS = auto()
    UNREADABLE = auto()  # LinkedIn does not let us look, or shows too little


@dataclass(frozen=True, kw_only=True)
class Trace:
    """A verdict, and the post's URN when it is ours."""

    verdict: Verdict
    urn: str | None = None


UNREADABLE = Trace(verdict=Verdict.UNREADABLE)
NOT_OURS = Trace(verdict=Verdict.NOT_OURS)


def look(client: Client, note: Note) -> Trace:
    """Look once for a post with the note's video: the one LinkedIn named as a duplicate, then the author's list.

    A video is used in one post only, ours, so a match is proof. Not finding it once is no proof: the list may lag.
    Raises `Rejected` when LinkedIn took the post and then failed to publish it.
    """
    named = note.get("duplicate_of")
    if named:
        trace = read(client, str(named), str(note["video"]))
        if trace.verdict is Verdict.OURS:
            return trace
    return _listed(client, note)


def read(client: Client, urn: str, video: str) -> Trace:
    """Say whether the post `urn` shows our video; unreadable when we may not read it or it is gone."""
    try:
        post = client.post(urn)
    except Rejected:
        return UNREADABLE
    except AccountTrouble as error:
        if error.status == FORBIDDEN:
            return UNREADABLE
        raise
    return _ours(post) if post.media == video else NOT_OURS


def _listed(client: Client, note: Note) -> Trace:
    video = str(note["video"])
    since = datetime.fromisoformat(note["posting_at"]) - CLOCK_SLACK
    start = 0
    for _ in range(MAX_PAGES):
        try:
            page = client.posts_of(str(note["author"]), start)
        except Rejected:  # it is the list that was refused, never the post
            return UNREADABLE
        except AccountTrouble as error:
            if error.status == FORBIDDEN:
                return UNREADABLE
            raise
        ours = next((post for post in page if post.media == video), None)
        if ours is not None:
            return _ours(ours)
        if not page or all(post.at is not None and post.at < since for post in page):
            return NOT_OURS
        start += len(page)
    return UNREADABLE


def _ours(post: PostSeen) -> Trace:
    if post.lifecycle_state in FAILED_STATES:
        raise Rejected("LinkedIn took the post and then could not publish it.", code=post.lifecycle_state)
    return Trace(verdict=Verdict.OURS, urn=post.id)
