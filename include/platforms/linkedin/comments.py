"""Comments below a page's posts, with their replies: read where the number changed, and all of them once a week.

LinkedIn's Comments API (learn.microsoft.com, community-management, comments-api) lists what is there; what is not there
any more is noticed by comparing with what was there. Members' comments need `r_member_social`, which is closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from include.platforms.errors import Rejected
from include.platforms.http import Calls
from include.platforms.linkedin.client import Client
from include.platforms.linkedin.readings import (
    POSTS_A_CALL,
    author_of,
    client_of,
    encoded,
    is_gone,
    moment,
    page_of,
    posts_of,
)
from include.platforms.linkedin.social import READ_SOCIAL, metadata_of
from include.platforms.reading import Answer, Asked, Dataset, Done, Missing, Remember, Row, Rows, Subject, in_pieces

PAGE = 100
PAGES = 10
"""Of one post's comments, unless `comment_pages` in config/analytics.yaml says otherwise."""
ALL_AGAIN = timedelta(days=7)
"""Edits do not change the number of comments: so often all are read, changed or not."""
ASKED_WEEKLY = timedelta(days=30)
"""From this age on a post is asked once a week (config/analytics.yaml, `comments`), so each time all are read."""


@dataclass(kw_only=True)
class Seen:
    """What was read of one post; `known` is what was there before: id → [id of its parent, number of replies]."""

    known: dict[str, list[Any]]
    gone_before: set[str]
    now: dict[str, list[Any]] = field(default_factory=dict)
    comments: list[dict[str, Any]] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    """Comments whose replies were not read this time."""
    whole: bool = True

    def take(self, comment: dict[str, Any]) -> None:
        """Keep one comment."""
        key = str(comment["commentUrn"])
        self.comments.append(comment)
        self.now[key] = [comment.get("parentComment"), replies_of(comment)]

    def keep_unread(self) -> None:
        """Let what was not looked at stay as it was known."""
        for key, (parent, replies) in self.known.items():
            if key not in self.now and (not self.whole or parent in self.unread):
                self.now[key] = [parent, replies]

    def gone(self) -> list[str]:
        """Return the comments that were there and are not any more."""
        return [key for key in self.known if key not in self.now]


def read_comments(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read the comments of a page's posts; one call tells of 90 posts whether there is anything new."""
    if page_of(asked) is None:
        return
    client, batch = client_of(calls, asked), bool(asked.settings.get("batch_get", True))
    for piece in in_pieces(posts_of(asked.subjects), POSTS_A_CALL):
        told, gone = metadata_of(client, [one.video_id for one in piece], batch=batch)
        yield Missing(video_ids=tuple(gone))
        for subject in piece:
            if subject.video_id not in told:
                continue
            count = count_of(told[subject.video_id])
            if is_due(subject, count, asked.now):
                yield from _post(client, asked, subject, count)
            yield Done(video_ids=(subject.video_id,))


def count_of(metadata: Any) -> int | None:
    """Return how many comments a post has; None when LinkedIn does not tell."""
    summary = metadata.get("commentSummary") if isinstance(metadata, Mapping) else None
    count = summary.get("count") if isinstance(summary, Mapping) else None
    return count if isinstance(count, int) else None


def is_due(subject: Subject, count: int | None, now: datetime) -> bool:
    """Say whether a post's comments have to be read."""
    return count is None or count != subject.state.get("count") or wants_all(subject, now)


def wants_all(subject: Subject, now: datetime) -> bool:
    """Say whether all comments are to be read, changed or not: after a week, or when the next chance is a week away."""
    all_on = subject.state.get("all_on")
    again = timedelta(days=1) if now - subject.published_at >= ASKED_WEEKLY else ALL_AGAIN
    return all_on is None or date.fromisoformat(all_on) + again <= now.date()


def _post(client: Client, asked: Asked, subject: Subject, count: int | None) -> Iterator[Answer]:
    state, today = subject.state, asked.now.date()
    again = wants_all(subject, asked.now)
    seen = Seen(known=dict(state.get("known") or {}), gone_before=set(state.get("gone") or ()))
    pages = int(asked.settings.get("comment_pages", PAGES))
    try:
        seen.whole = _list(client, subject.video_id, pages, seen)
        for comment in list(seen.comments):
            _replies(client, comment, pages, seen, again=again)
    except Rejected as refusal:
        if not is_gone(refusal):
            raise
        yield Missing(video_ids=(subject.video_id,))
        return
    seen.keep_unread()
    yield from _rows(asked, subject.video_id, seen)
    yield Remember(
        video_id=subject.video_id,
        state={
            "count": count,
            "all_on": today.isoformat() if again else state["all_on"],
            "known": seen.now,
            "gone": sorted((seen.gone_before | set(seen.gone())) - set(seen.now)),
        },
    )


def _list(client: Client, urn: str, pages: int, seen: Seen) -> bool:
    """Read what stands below a post or comment; say whether that was all."""
    sizes = []
    for elements in client.read_all(f"socialActions/{encoded(urn)}/comments", "comments.list", page=PAGE, pages=pages):
        sizes.append(len(elements))
        for comment in elements:
            if comment.get("commentUrn"):
                seen.take(comment)
    return len(sizes) < pages or sizes[-1] < PAGE


def _replies(client: Client, comment: dict[str, Any], pages: int, seen: Seen, *, again: bool) -> None:
    key = str(comment["commentUrn"])
    replies = replies_of(comment)
    if not replies:
        return
    if not again and seen.known.get(key, [None, None])[1] == replies:
        seen.unread.add(key)
        return
    try:
        whole = _list(client, key, pages, seen)
    except Rejected as refusal:
        if not is_gone(refusal):
            raise
        return
    if not whole:
        seen.unread.add(key)


def replies_of(comment: Mapping[str, Any]) -> int:
    """Return how many replies a comment has; those without any do not say so."""
    summary = comment.get("commentsSummary")
    count = summary.get("aggregatedTotalComments") if isinstance(summary, Mapping) else None
    return count if isinstance(count, int) else 0


def _rows(asked: Asked, video_id: str, seen: Seen) -> Iterator[Answer]:
    author = author_of(asked)
    comments = [_comment(video_id, one, author) for one in seen.comments]
    yield Rows(table="linkedin.comment", rows=comments)
    yield Rows(
        table="linkedin.comment_version",
        rows=[
            {"comment_id": one["comment_id"], "said_at": one["edited_at"] or one["published_at"], "text": one["text"]}
            for one in comments
            if one["published_at"] is not None
        ],
    )
    back = [key for key in seen.now if key in seen.gone_before]
    yield Rows(
        table="linkedin.comment_gone",
        rows=[
            *({"comment_id": key, "deleted_at": asked.now} for key in seen.gone()),
            *({"comment_id": key, "deleted_at": None} for key in back),
        ],
    )


def _comment(video_id: str, told: Mapping[str, Any], author: str) -> Row:
    message, likes = told.get("message"), told.get("likesSummary")
    created, changed = (moment(_of(told.get(name), "time")) for name in ("created", "lastModified"))
    return {
        "comment_id": str(told["commentUrn"]),
        "video_id": video_id,
        "parent_id": told.get("parentComment"),
        "author_id": told.get("actor"),
        "author_name": None,
        "text": _of(message, "text"),
        "likes": _of(likes, "totalLikes"),
        "replies": replies_of(told),
        "published_at": created,
        "edited_at": changed if created and changed and changed > created else None,
        "is_own": told.get("actor") == author,
    }


def _of(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


DATASETS = (
    Dataset(
        name="comments",
        kind="comments",
        of="video",
        read=read_comments,
        tables=("linkedin.comment", "linkedin.comment_version", "linkedin.comment_gone"),
        cadence="comments",
        needs=(READ_SOCIAL,),
    ),
)
