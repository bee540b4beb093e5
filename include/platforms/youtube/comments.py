"""What people write below the channel's videos: the newest every few hours, everything once a week (youtube.md 9.3).

YouTube tells nobody what is new. `comments` reads the newest threads of the whole channel up to those it knows: a call
for a hundred. `comment_sweeps` (sweeps.py) reads all threads, which is how answers to old threads, edits and deletions
are noticed. Both end after a number of pages (`comment_pages`, `sweep_pages` of config/analytics.yaml).
"""

from __future__ import annotations

from collections.abc import Iterator

from include.platforms.http import Calls
from include.platforms.reading import PACIFIC, Answer, Asked, Dataset, Remember, Row
from include.platforms.youtube.asking import Json
from include.platforms.youtube.auth import SCOPE
from include.platforms.youtube.sweeps import read_sweeps
from include.platforms.youtube.threads import (
    LISTED,
    OVERLAP,
    Threads,
    answers_below,
    comment_row,
    count_of,
    kept,
    moment,
    rows_of,
    shown_of,
    top_of,
    written_at,
)

COMMENT_PAGES = 20
HELD = ("heldForReview", "likelySpam")
NEEDS = (SCOPE + "youtube.force-ssl",)


def read_comments(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read the newest threads of the channel's videos, and what waits for the owner's yes."""
    channel = str(asked.account.get("platform_user_id") or "")
    known = moment(asked.state.get("newest"))
    params = {**LISTED, "allThreadsRelatedToChannelId": channel}
    newest = known
    threads = Threads(calls=calls, params=params, at_most=int(asked.settings.get("comment_pages", COMMENT_PAGES)))
    for page in threads.pages():
        yield kept([row for thread in page for row in _with_answers(calls, asked, thread, threads.at_most)])
        times = written_at(page)
        newest = max([one for one in (newest, *times) if one is not None], default=None)
        if known is not None and times and min(times) < known - OVERLAP:
            break
    for status in HELD:
        held = Threads(calls=calls, params={**params, "moderationStatus": status}, at_most=1)
        for page in held.pages():
            yield kept([comment_row(asked, top_of(one), None, status) for one in page])
    yield Remember(state={"newest": newest.isoformat() if newest else None})


def _with_answers(calls: Calls, asked: Asked, thread: Json, at_most: int) -> list[Row]:
    """Return the rows of a thread: the first comment and all answers, of which the list shows only a few."""
    answers, count = shown_of(thread), count_of(thread)
    if count is not None and count > len(answers):
        answers, _ = answers_below(calls, str(thread.get("id")), at_most)
    return rows_of(asked, thread, answers)


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
