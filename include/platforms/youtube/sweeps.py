"""Everything below the videos, read again with the fewest calls: that is how edits, answers and deletions are noticed.

Threads are listed a hundred a call. The channel's list holds those of all its videos, the newest first, and no comment
is older than its video: once the list has come to the time before a video came out, all of that video has been seen.
So the list is walked (`_walk`) as long as that costs fewer calls than a list for each video; the rest is read video by
video. Answers that a list leaves out are looked up by the ids known from before, 50 a call whatever they are below, and
listed anew only where their number or the ones shown tell of others.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from include.platforms.errors import AccountTrouble, Rejected
from include.platforms.http import Calls
from include.platforms.reading import Answer, Asked, Done, Missing, Remember, Row, Rows, Subject
from include.platforms.youtube.asking import Json, part
from include.platforms.youtube.threads import (
    LISTED,
    MAX_IDS,
    OVERLAP,
    PAGE_SIZE,
    Threads,
    answers_below,
    by_id,
    comment_row,
    count_of,
    kept,
    moment,
    rows_of,
    shown_of,
    top_of,
    written_at,
)

log = logging.getLogger("release_desk.analytics")
SWEEP_PAGES = 10
SHOWN_ANSWERS = 5
"""About as many answers come with a thread (youtube.md 9.3)."""
REMEMBERED = 300
"""Threads of a video that are remembered, to look after those that are no longer listed."""
REMEMBERED_ANSWERS = 1000
MEASURED_FOR = timedelta(days=30)
"""How long it is believed what a walk through the channel's list cost."""


def fewest_sweep_calls(answers: Sequence[int]) -> int:
    """Return how few calls bring all comments again, given how many answers each thread of the channel has.

    A list gives 100 threads of a whole channel a call, each with about 5 answers; the others come 100 a call below
    one comment, or 50 a call by ids that are known (youtube.md 9.3, 9.4). So threads cost a call for a hundred, and
    answers whichever way is cheaper for them.
    """
    listed, looked_up = math.ceil(len(answers) / PAGE_SIZE), 0
    for count in answers:
        if _is_looked_up(count, count - SHOWN_ANSWERS):
            looked_up += max(0, count - SHOWN_ANSWERS)
        else:
            listed += math.ceil(count / PAGE_SIZE)
    return max(1, listed + math.ceil(looked_up / MAX_IDS))


def _is_looked_up(count: int, left_out: int) -> bool:
    """Say whether answers that were left out cost less by their ids than as a list of all."""
    return left_out / MAX_IDS <= math.ceil(count / PAGE_SIZE)


@dataclass(kw_only=True, eq=False)
class _Below:
    """What lists have shown below one video so far.

    `to_list` are threads whose answers have to be listed (and how many there are), `to_look_up` ids and the thread
    each answers; none: it began one. Both wait until the video's list is at its end.
    """

    subject: Subject
    seen: set[str] = field(default_factory=set)
    answers: dict[str, list[Any]] = field(default_factory=dict)
    to_list: dict[str, int] = field(default_factory=dict)
    to_look_up: dict[str, str | None] = field(default_factory=dict)
    comments: int = 0
    oldest: datetime | None = None
    whole: bool = True

    def remembered(self) -> dict[str, Any]:
        """Return what is to be known the next time; the ids of answers only as far as there is room."""
        room, answers = REMEMBERED_ANSWERS, {}
        for thread, told in sorted(self.answers.items()):
            room -= len(told) - 1
            if room < 0:
                break
            answers[thread] = told
        return {"threads": sorted(self.seen)[:REMEMBERED], "count": len(self.seen), "answers": answers}


def read_sweeps(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read everything below each video, and note what was read: comments it did not show are deleted."""
    sweep = _Sweep(calls=calls, asked=asked, pages=int(asked.settings.get("sweep_pages", SWEEP_PAGES)))
    covered: set[str] = set()
    subjects, at_most = _worth_a_walk(asked, sweep.pages)
    if subjects:
        yield from sweep.walk(subjects, at_most, covered)
    for subject in asked.subjects:
        if subject.video_id not in covered:
            yield from sweep.video(subject)
    yield from sweep.look_up(everything=True)


def _worth_a_walk(asked: Asked, most_pages: int) -> tuple[Sequence[Subject], int]:
    """Return for which of the videos, the newest, to walk through the channel's list, and for how many pages at most.

    A walk is worth what lists for each of the videos would cost. What a walk costs is known from the last one; without
    one it is tried out.
    """
    lists = [min(most_pages, max(1, math.ceil(one.state.get("count", 0) / PAGE_SIZE))) for one in asked.subjects]
    if len(lists) < 2:
        return (), 0
    last = asked.state.get("walk") or {}
    at = moment(last.get("at"))
    if at is None or asked.now - at > MEASURED_FOR:
        return asked.subjects, sum(lists)
    best, gain, instead = 0, 0.0, 0
    for number, subject in enumerate(asked.subjects, 1):
        instead += lists[number - 1]
        costs = last["pages"] * _days(asked.now - subject.published_at) / last["days"]
        costs = min(costs, last["pages"]) if last["ended"] else costs
        if instead - costs > gain:
            best, gain = number, instead - costs
    return asked.subjects[:best], sum(lists[:best])


def _days(time: timedelta) -> float:
    return max(1 / 24, time.total_seconds() / 86_400)


@dataclass(kw_only=True)
class _Sweep:
    """One reading of everything below the videos whose turn it is; `waiting` are those with ids left to look up."""

    calls: Calls
    asked: Asked
    pages: int
    queue: dict[str, _Below] = field(default_factory=dict)
    waiting: list[_Below] = field(default_factory=list)

    def walk(self, subjects: Sequence[Subject], at_most: int, covered: set[str]) -> Iterator[Answer]:
        """Walk through the channel's list; `covered` are the videos it has shown all of."""
        channel = str(self.asked.account.get("platform_user_id") or "")
        params = {**LISTED, "allThreadsRelatedToChannelId": channel}
        threads = Threads(calls=self.calls, params=params, at_most=at_most)
        ahead = {one.video_id: _Below(subject=one) for one in subjects}
        reached, ended = self.asked.now, False
        try:
            for page in threads.pages():
                yield kept([row for thread in page for row in self._listed(ahead, thread)])
                reached = max(written_at(page), default=reached)  # the newest of the page: all that follow are older
                yield from self._pass(ahead, reached + OVERLAP, covered)
                if not ahead:
                    break
            else:
                ended = threads.whole
        except (Rejected, AccountTrouble) as error:  # asked video by video it says why, if it still matters
            log.info("the list of a channel's comments ended early: %s", error)
        if ended:
            yield from self._pass(ahead, None, covered)
        walk = {
            "at": self.asked.now.isoformat(), "pages": threads.pages_read, "days": _days(self.asked.now - reached),
            "ended": ended,
        }  # fmt: skip
        yield Remember(state={"walk": walk})

    def _listed(self, ahead: Mapping[str, _Below], thread: Json) -> list[Row]:
        below = ahead.get(str(part(top_of(thread), "snippet").get("videoId")))
        return self._thread(below, thread) if below else []

    def _pass(self, ahead: dict[str, _Below], before: datetime | None, covered: set[str]) -> Iterator[Answer]:
        """Take out the videos that came out after `before`: the list has shown all of them.

        One below which nothing is left is not covered: asked alone it says whether there still is such a video.
        """
        passed = [key for key, one in ahead.items() if before is None or one.subject.published_at > before]
        for below in [ahead.pop(key) for key in passed]:
            if below.seen or not below.subject.state.get("threads"):
                covered.add(below.subject.video_id)
                yield from self._is_listed(below)

    def video(self, subject: Subject) -> Iterator[Answer]:
        """Read everything below one video."""
        below = _Below(subject=subject)
        try:
            threads = Threads(calls=self.calls, params={**LISTED, "videoId": subject.video_id}, at_most=self.pages)
            for page in threads.pages():
                yield kept([row for thread in page for row in self._thread(below, thread)])
            below.whole = threads.whole
        except (Rejected, AccountTrouble) as error:
            if error.code == "videoNotFound":
                yield Missing(video_ids=(subject.video_id,))
            elif error.code != "commentsDisabled":
                raise
            yield Done(video_ids=(subject.video_id,))
            return
        yield from self._is_listed(below)

    def _thread(self, below: _Below, thread: Json) -> list[Row]:
        """Return the rows a list shows of a thread, and note which of its answers it leaves out."""
        key, count, shown = str(thread.get("id")), count_of(thread), shown_of(thread)
        below.seen.add(key)
        below.comments += 1 + len(shown)
        below.oldest = min([one for one in (below.oldest, *written_at([thread])) if one is not None], default=None)
        if count is not None and count > len(shown):
            told, *ids = (below.subject.state.get("answers") or {}).get(key) or (None,)
            seen = {str(one.get("id")) for one in shown}
            left_out = [one for one in ids if one not in seen]
            if told == count and seen <= set(ids) and _is_looked_up(count, len(left_out)):
                below.answers[key] = [told, *ids]
                below.to_look_up |= dict.fromkeys(left_out, key)
            else:
                below.to_list[key] = count
        return rows_of(self.asked, thread, shown)

    def _is_listed(self, below: _Below) -> Iterator[Answer]:
        """Go on with what a video's list left out; what it no longer shows may be held back, which is not deleted."""
        for thread, count in below.to_list.items():
            yield self._answers(below, thread, count)
        lost = [one for one in below.subject.state.get("threads") or () if one not in below.seen]
        below.to_look_up |= dict.fromkeys(lost, None)
        self.queue |= dict.fromkeys(below.to_look_up, below)
        self.waiting.append(below)
        yield from self.look_up()

    def _answers(self, below: _Below, thread: str, count: int) -> Rows:
        found, whole = answers_below(self.calls, thread, self.pages)
        below.whole = below.whole and whole
        below.answers[thread] = [count, *(str(one.get("id")) for one in found)]
        below.comments += len(found)
        return kept([comment_row(self.asked, one, None) for one in found])

    def look_up(self, *, everything: bool = False) -> Iterator[Answer]:
        """Look up what waits, 50 ids a call, the last few with `everything`; end the videos that wait for nothing."""
        while len(self.queue) >= MAX_IDS or (everything and self.queue):
            ids = list(self.queue)[:MAX_IDS]
            there = {str(one.get("id")): one for one in by_id(self.calls, ids)}
            yield kept([comment_row(self.asked, one, None) for one in there.values()])
            for one in ids:
                below = self.queue.pop(one)
                thread = below.to_look_up.pop(one)
                if one in there:
                    below.comments += 1
                    if thread is None:
                        below.seen.add(one)
                elif thread in below.answers:  # another one came in its place: their number is the same
                    yield self._answers(below, thread, below.answers.pop(thread)[0])
        for below in [one for one in self.waiting if not one.to_look_up]:
            yield from self._end(below)
        self.waiting = [one for one in self.waiting if one.to_look_up]

    def _end(self, below: _Below) -> Iterator[Answer]:
        key = below.subject.video_id
        sweep = {"video_id": key, "swept_at": self.asked.now, "whole": below.whole, "comments": below.comments,
                 "reaches_to": None if below.whole else below.oldest}  # fmt: skip
        yield Rows(table="youtube.comment_sweep", rows=[sweep])
        yield Remember(state=below.remembered(), video_id=key)
        yield Done(video_ids=(key,))
