"""How comments are read: threads of a video or channel by page, answers below one, some by id (youtube.md 9.3, 9.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from include.platforms.errors import Rejected
from include.platforms.http import Calls
from include.platforms.reading import Asked, Row, Rows
from include.platforms.youtube.asking import Json, get, objects, part

PAGE_SIZE = 100
MAX_IDS = 50
OVERLAP = timedelta(hours=1)
"""Lists are eventually consistent: what came shortly before the newest we know may show up late."""
PLAIN: Mapping[str, Any] = {"maxResults": PAGE_SIZE, "textFormat": "plainText"}
LISTED: Mapping[str, Any] = {"part": "snippet,replies", "order": "time", **PLAIN}


@dataclass(kw_only=True)
class Threads:
    """Threads as they are listed; `whole` unless a cap or a dead cursor ended the list, or answers were left out.

    `pages_read` counts the calls of the list itself.
    """

    calls: Calls
    params: Mapping[str, Any]
    at_most: int
    whole: bool = True
    restarted: bool = False
    pages_read: int = 0
    seen: set[str] = field(default_factory=set)

    def pages(self) -> Iterator[list[Json]]:
        """Yield each page's threads that were not there before; a cursor that has expired is begun anew, once."""
        token: str | None = None
        for _ in range(self.at_most):
            self.pages_read += 1
            try:
                body = listed(self.calls, "commentThreads", {**self.params, **({"pageToken": token} if token else {})})
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


def listed(calls: Calls, name: str, params: Mapping[str, Any]) -> Json:
    """Return a page of `commentThreads` or `comments`."""
    return get(calls, "api", f"/youtube/v3/{name}", endpoint=f"{name}.list", params=params)


def by_id(calls: Calls, ids: Sequence[str]) -> list[Json]:
    """Return those of at most 50 comments that still exist, whether they are shown or held back."""
    return objects(listed(calls, "comments", {"part": "snippet", "id": ",".join(ids), "textFormat": "plainText"}))


def answers_below(calls: Calls, parent: str, at_most: int) -> tuple[list[Json], bool]:
    """Return the answers to a comment, and whether that is all of them after so many pages."""
    found: dict[str, Json] = {}
    params: dict[str, Any] = {"part": "snippet", "parentId": parent, **PLAIN}
    for _ in range(at_most):
        try:
            body = listed(calls, "comments", params)
        except Rejected as error:
            if error.code not in ("invalidPageToken", "commentNotFound"):
                raise
            break
        found |= {str(one.get("id")): one for one in objects(body)}
        if not body.get("nextPageToken"):
            return list(found.values()), True
        params["pageToken"] = str(body["nextPageToken"])
    return list(found.values()), False


def top_of(thread: Json) -> Json:
    """Return the comment a thread begins with."""
    return part(part(thread, "snippet"), "topLevelComment")


def count_of(thread: Json) -> int | None:
    """Return how many answers YouTube says there are."""
    count = part(thread, "snippet").get("totalReplyCount")
    return count if isinstance(count, int) else None


def shown_of(thread: Json) -> list[Json]:
    """Return the answers that come with a thread: a few of them only."""
    return objects(part(thread, "replies"), "comments")


def written_at(threads: Sequence[Json]) -> list[datetime]:
    """Return when these threads began."""
    times = (moment(part(top_of(one), "snippet").get("publishedAt")) for one in threads)
    return [one for one in times if one is not None]


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


def rows_of(asked: Asked, thread: Json, answers: Sequence[Json]) -> list[Row]:
    """Return a thread's rows: what it begins with, and these answers."""
    return [comment_row(asked, top_of(thread), count_of(thread)), *(comment_row(asked, one, None) for one in answers)]


def kept(rows: Sequence[Row]) -> Rows:
    """Return what is kept of rows: those that have an id."""
    return Rows(table="youtube.comment", rows=[row for row in rows if row["comment_id"]])


def moment(text: Any) -> datetime | None:
    """Read a time; None for anything else."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
