"""Reads comments below many posts, the newest first, a page of each a batch; notices what is gone.

A post's comments are read until a page ends with one that is known; once a week, and the first time, to the end. What
is known is remembered as id and time, so that a comment that is no longer listed, though newer ones and older ones are,
can be told to be gone. At most so many pages are read of a post at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from include.platforms.errors import Rejected
from include.platforms.meta_graph.batch import MAX_PARTS, Read
from include.platforms.meta_graph.errors import is_missing
from include.platforms.meta_graph.graph import Graph
from include.platforms.meta_graph.insights import read_each
from include.platforms.meta_graph.ours import entries_of, moment_of
from include.platforms.reading import Answer, Asked, Done, Missing, Remember, Rows, Subject, in_pieces

PAGES = 20
"""Of one post at a time; the rest is read the next time it is swept."""
SWEEP_EVERY = timedelta(days=7)
REMEMBERED = 2_000
"""Comments of a post whose disappearance is noticed: the newest."""


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One comment as a row, with the time it is sorted by in the list (an answer by that of what it answers)."""

    row: dict[str, Any]
    listed_at: float


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a page said: its comments, and what to read for the rest of some."""

    remarks: Sequence[Remark]
    more: Sequence[Read] = ()


@dataclass(frozen=True, kw_only=True)
class Talk:
    """How a platform's comments are read.

    `first` makes the read of a post's first page, `understand` takes an answer apart.
    """

    table: str
    graph: Graph
    columns: tuple[str, ...]
    first: Callable[[Subject], Read]
    understand: Callable[[Subject, Mapping[str, Any]], Page]

    def read(self, asked: Asked) -> Iterator[Answer]:
        """Yield everything that is new, changed or gone."""
        for some in in_pieces(asked.subjects, MAX_PARTS):
            posts = [Post(subject=one, asked=asked) for one in some]
            yield from self._together(posts)
            for post in posts:
                yield from self._told(post)
            yield Done(video_ids=tuple(one.video_id for one in some))

    def _together(self, posts: Sequence[Post]) -> Iterator[Answer]:
        open_ones: list[tuple[Post, Read, bool]] = [(post, self.first(post.subject), True) for post in posts]
        while open_ones:
            answers = read_each(self.graph, [read for _, read, _ in open_ones])
            following: list[tuple[Post, Read, bool]] = []
            for (post, read, is_list), answer in zip(open_ones, answers, strict=True):
                if isinstance(answer, Rejected):
                    post.refused(answer)
                elif not isinstance(answer, dict):
                    raise answer
                else:
                    entries_of(answer)
                    page = self.understand(post.subject, answer)
                    goes_on = post.take(page, is_list)
                    following += [(post, each, False) for each in page.more]
                    after = next_of(answer)
                    if after and (goes_on or not is_list):
                        following.append((post, Read(path=read.path, params={**read.params, "after": after}), is_list))
                    elif is_list and not after:
                        post.whole = True
            open_ones = following
        gone = tuple(post.subject.video_id for post in posts if post.missing)
        if gone:
            yield Missing(video_ids=gone)

    def _told(self, post: Post) -> Iterator[Answer]:
        if post.missing or post.closed:
            return
        empty = dict.fromkeys(self.columns)
        if post.rows:
            yield Rows(table=self.table, rows=[{**empty, **row} for row in post.rows.values()])
        gone = post.gone()
        if gone:
            ended = {"video_id": post.subject.video_id, "deleted_at": post.asked.now}
            yield Rows(table=self.table, rows=[{**empty, **ended, "comment_id": one} for one in gone])
        yield Remember(video_id=post.subject.video_id, state=post.state(gone))


@dataclass(kw_only=True)
class Post:
    """One post while its comments are read."""

    subject: Subject
    asked: Asked
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    pages: int = 0
    oldest: float | None = None
    whole: bool = False
    missing: bool = False
    closed: bool = False

    @property
    def known(self) -> dict[str, float]:
        """Comments of earlier readings: id → when."""
        found = self.subject.state.get("known")
        return {str(key): float(value) for key, value in found.items()} if isinstance(found, dict) else {}

    @property
    def sweeps(self) -> bool:
        """Whether everything is read this time."""
        last = moment_of(self.subject.state.get("swept_at"))
        return last is None or self.asked.now - last >= SWEEP_EVERY

    def take(self, page: Page, is_list: bool) -> bool:
        """Keep a page; say whether the next one is wanted."""
        known = self.known
        listed = [one for one in page.remarks if one.row["parent_id"] is None] or list(page.remarks)
        oldest_is_new = bool(listed) and str(min(listed, key=_time).row["comment_id"]) not in known
        for one in page.remarks:
            key = str(one.row["comment_id"])
            self.rows[key] = one.row
            parent = one.row.get("parent_id")
            self.seen[key] = one.listed_at if is_list else self.seen.get(str(parent), one.listed_at)
        if not is_list:
            return True
        self.pages += 1
        times = [one.listed_at for one in page.remarks]
        self.oldest = min([*times, *([] if self.oldest is None else [self.oldest])], default=None)
        limit = int(self.asked.settings.get("comment_pages", PAGES))
        return self.pages < limit and (self.sweeps or oldest_is_new)

    def refused(self, error: Rejected) -> None:
        """Note why a post's comments cannot be read: it is gone, or they are switched off."""
        if is_missing(error):
            self.missing = True
        elif str(error.code or "").startswith("10"):
            self.closed = True
        else:
            raise error

    def gone(self) -> list[str]:
        """Return known comments that should have been listed; an empty list is believed the second time."""
        if not self.seen and not self.subject.state.get("was_empty"):
            return []
        begin = float("-inf") if self.whole else self.oldest
        if begin is None:
            return []
        return [key for key, at in self.known.items() if key not in self.seen and (self.whole or at > begin)]

    def state(self, gone: Sequence[str]) -> dict[str, Any]:
        """Return what to know the next time."""
        known = {key: at for key, at in self.known.items() if key not in set(gone)} | self.seen
        newest = dict(sorted(known.items(), key=lambda pair: -pair[1])[:REMEMBERED])
        swept = self.asked.now.isoformat() if self.whole else self.subject.state.get("swept_at")
        return {"known": newest, "swept_at": swept, "was_empty": not self.seen}


def _time(remark: Remark) -> float:
    return remark.listed_at


def next_of(answer: Mapping[str, Any]) -> str | None:
    """Return the cursor of the next page, if there is one."""
    paging = answer.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    return (paging.get("cursors") or {}).get("after")


def stamp_of(value: Any) -> tuple[datetime | None, float]:
    """Return a time as it is and as a number to sort by."""
    moment = moment_of(value)
    return moment, moment.timestamp() if moment else 0.0
