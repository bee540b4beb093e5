"""What people write below the channel's videos: the newest every few hours, everything once a week (youtube.md 9.3).

YouTube tells nobody what is new. `comments` reads the newest threads of the whole channel up to those it knows: a call
for a hundred. `comment_sweeps` reads all of a video's threads, which is how answers to old threads, edits and
deletions are noticed. Both end after a number of pages (`comment_pages`, `sweep_pages` of config/analytics.yaml).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from include.platforms.errors import AccountTrouble, Rejected
from include.platforms.http import Calls
from include.platforms.reading import PACIFIC, Answer, Asked, Dataset, Done, Missing, Remember, Row, Rows, Subject
from include.platforms.youtube.asking import Json, get, objects, part
from include.platforms.youtube.auth import SCOPE

PAGE_SIZE = 100
MAX_IDS = 50
COMMENT_PAGES = 20
SWEEP_PAGES = 10
OVERLAP = timedelta(hours=1)
"""Lists are eventually consistent: what came shortly before the newest we know may show up late."""
REMEMBERED = 300
"""Threads of a video that are remembered, to look after those that are no longer listed."""
HELD = ("heldForReview", "likelySpam")
NEEDS = (SCOPE + "youtube.force-ssl",)


@dataclass(kw_only=True)
class _Threads:
    """Threads as they are listed; `whole` unless a cap or a dead cursor ended the list, or answers were left out."""

    calls: Calls
    params: Mapping[str, Any]
    at_most: int
    whole: bool = True
    restarted: bool = False
    seen: set[str] = field(default_factory=set)

    def pages(self) -> Iterator[list[Json]]:
        """Yield each page's threads that were not there before; a cursor that has expired is begun anew, once."""
        token: str | None = None
        for _ in range(self.at_most):
            try:
                body = _list(self.calls, "commentThreads", {**self.params, **({"pageToken": token} if token else {})})
            except Rejected as error:
                if error.code != "invalidPageToken" or self.restarted:
                    if error.code != "invalidPageToken":
                        raise
                    break
                self.restarted, token = True, None
                continue
            found = [one for one in objects(body) if one.get("id") not in self.seen]
            self.seen.update(str(one.get("id")) for one in found)
            yield found
            token = str(body["nextPageToken"]) if body.get("nextPageToken") else None
            if token is None:
                return
        self.whole = False


def _list(calls: Calls, name: str, params: Mapping[str, Any]) -> Json:
    return get(calls, "api", f"/youtube/v3/{name}", endpoint=f"{name}.list", params=params)


def read_comments(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read the newest threads of the channel's videos, and what waits for the owner's yes."""
    channel = str(asked.account.get("platform_user_id") or "")
    known = _moment(asked.state.get("newest"))
    params = {"part": "snippet,replies", "allThreadsRelatedToChannelId": channel, "maxResults": PAGE_SIZE,
              "order": "time", "textFormat": "plainText"}  # fmt: skip
    newest = known
    threads = _Threads(calls=calls, params=params, at_most=int(asked.settings.get("comment_pages", COMMENT_PAGES)))
    for page in threads.pages():
        yield _rows(asked, [row for thread in page for row in _of_thread(calls, asked, thread, threads)])
        times = [at for thread in page if (at := _moment(_top(thread).get("publishedAt"))) is not None]
        newest = max([one for one in (newest, *times) if one is not None], default=None)
        if known is not None and times and min(times) < known - OVERLAP:
            break
    for status in HELD:
        held = _Threads(calls=calls, params={**params, "moderationStatus": status}, at_most=1)
        for page in held.pages():
            yield _rows(asked, [comment_row(asked, part(part(one, "snippet"), "topLevelComment"), None, status)
                                for one in page])  # fmt: skip
    yield Remember(state={"newest": newest.isoformat() if newest else None})


def read_sweeps(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read everything below each video, and note what was read: comments it did not show are deleted."""
    for subject in asked.subjects:
        try:
            yield from _sweep(calls, asked, subject)
        except (Rejected, AccountTrouble) as error:
            if error.code == "videoNotFound":
                yield Missing(video_ids=(subject.video_id,))
            elif error.code != "commentsDisabled":
                raise
        yield Done(video_ids=(subject.video_id,))


def _sweep(calls: Calls, asked: Asked, subject: Subject) -> Iterator[Answer]:
    params = {"part": "snippet,replies", "videoId": subject.video_id, "maxResults": PAGE_SIZE, "order": "time",
              "textFormat": "plainText"}  # fmt: skip
    threads = _Threads(calls=calls, params=params, at_most=int(asked.settings.get("sweep_pages", SWEEP_PAGES)))
    count, oldest = 0, None
    for page in threads.pages():
        rows = [row for thread in page for row in _of_thread(calls, asked, thread, threads)]
        count += len(rows)
        times = [at for thread in page if (at := _moment(_top(thread).get("publishedAt"))) is not None]
        oldest = min([one for one in (oldest, *times) if one is not None], default=None)
        yield _rows(asked, rows)
    lost = [one for one in subject.state.get("threads") or () if one not in threads.seen]
    for start in range(0, len(lost), MAX_IDS):  # held back or rejected is not deleted
        ids = ",".join(lost[start : start + MAX_IDS])
        body = _list(calls, "comments", {"part": "snippet", "id": ids, "textFormat": "plainText"})
        yield _rows(asked, [comment_row(asked, one, None) for one in objects(body)])
    sweep = {"video_id": subject.video_id, "swept_at": asked.now, "whole": threads.whole, "comments": count,
             "reaches_to": None if threads.whole else oldest}  # fmt: skip
    yield Rows(table="youtube.comment_sweep", rows=[sweep])
    yield Remember(state={"threads": sorted(threads.seen)[:REMEMBERED]}, video_id=subject.video_id)


def _top(thread: Json) -> Json:
    return part(part(part(thread, "snippet"), "topLevelComment"), "snippet")


def _of_thread(calls: Calls, asked: Asked, thread: Json, threads: _Threads) -> list[Row]:
    """Return the rows of a thread: the first comment and all answers, of which the list shows only a few."""
    snippet = part(thread, "snippet")
    replies = objects(part(thread, "replies"), "comments")
    count = snippet.get("totalReplyCount")
    if isinstance(count, int) and count > len(replies):
        replies = _replies(calls, str(thread.get("id")), threads)
    first = comment_row(asked, part(snippet, "topLevelComment"), count if isinstance(count, int) else None)
    return [first, *(comment_row(asked, one, None) for one in replies)]


def _replies(calls: Calls, parent: str, threads: _Threads) -> list[Json]:
    found: dict[str, Json] = {}
    params: dict[str, Any] = {
        "part": "snippet", "parentId": parent, "maxResults": PAGE_SIZE, "textFormat": "plainText"
    }  # fmt: skip
    for _ in range(threads.at_most):
        try:
            body = _list(calls, "comments", params)
        except Rejected as error:
            if error.code not in ("invalidPageToken", "commentNotFound"):
                raise
            break
        found |= {str(one.get("id")): one for one in objects(body)}
        if not body.get("nextPageToken"):
            return list(found.values())
        params["pageToken"] = str(body["nextPageToken"])
    threads.whole = False
    return list(found.values())


def comment_row(asked: Asked, comment: Json, replies: int | None, status: str | None = None) -> Row:
    """Return what YouTube tells of a comment; edited when it was updated after it was published."""
    snippet = part(comment, "snippet")
    published, updated = snippet.get("publishedAt"), snippet.get("updatedAt")
    author = part(snippet, "authorChannelId").get("value")
    moderation = status or snippet.get("moderationStatus")
    key = str(comment.get("id") or "")
    return {
        "comment_id": key, "video_id": snippet.get("videoId"),
        "parent_id": snippet.get("parentId") or (key.split(".")[0] if "." in key else None),
        "author_id": author, "author_name": snippet.get("authorDisplayName"),
        "author_picture": snippet.get("authorProfileImageUrl"),
        "is_own": author is not None and author == asked.account.get("platform_user_id"),
        "text": snippet.get("textOriginal", snippet.get("textDisplay")), "likes": snippet.get("likeCount"),
        "replies": replies, "moderation_status": moderation,
        "hidden": moderation not in (None, "published"), "published_at": published,
        "edited_at": updated if updated != published else None, "deleted_at": None, "last_seen_at": asked.now,
    }  # fmt: skip


def _rows(asked: Asked, rows: list[Row]) -> Rows:
    return Rows(table="youtube.comment", rows=[row for row in rows if row["comment_id"]])


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


DATASETS = (
    Dataset(
        name="comments", kind="comments", of="account", read=read_comments, tables=("youtube.comment",),
        cadence="comments", zone=PACIFIC, needs=NEEDS,
    ),
    Dataset(
        name="comment_sweeps", kind="comments", of="video", read=read_sweeps,
        tables=("youtube.comment", "youtube.comment_sweep"), cadence="sweeps", zone=PACIFIC, needs=NEEDS,
    ),
)  # fmt: skip
