"""Finds our own posts in an account's list, with as few pages as the list allows (meta.md 8.4).

The list shows everything of the account, the newest first, also what we did not publish. It is asked for the time our
posts are from, left as soon as all were seen, and entered again further down where a page brought none of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from include.platforms.errors import Rejected, TryAgain
from include.platforms.meta_graph.graph import Graph
from include.platforms.meta_graph.paging import MAX_PAGES
from include.platforms.reading import Subject

MARGIN = timedelta(hours=6)
"""How far our own time of a publication may be from the platform's."""
TRIES = 3
PAUSE_SECONDS = 2.0
PASSING_CODES = frozenset({"-1", "1", "2"})
"""About one call of insights in a hundred fails with them and works the next time (meta.md 6)."""


def patiently(graph: Graph, read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what `read` returns, asked again twice after Meta's own passing faults."""
    for left in reversed(range(TRIES)):
        try:
            return read()
        except TryAgain as error:
            passing = str(error.code or "").split("/")[0] in PASSING_CODES
            if not left or not passing or is_too_much(error):
                raise
        graph.calls.pause(PAUSE_SECONDS)
    raise TryAgain("Meta had a fault of its own.")


def is_too_much(error: TryAgain) -> bool:
    """Say whether Meta wants a smaller page."""
    return "reduce the amount of data" in error.message


@dataclass(kw_only=True)
class Ours:
    """A walk through one list for `subjects`.

    `params` gives what to ask for (its fields), anew for each page; `refused` is told when Meta refuses a page, and
    says whether it is worth asking again (because `params` now asks less). `time_field` is when an entry is from.
    """

    graph: Graph
    path: str
    endpoint: str
    time_field: str
    params: Callable[[], Mapping[str, Any]]
    refused: Callable[[Rejected], bool]
    subjects: Sequence[Subject]
    size: int = 50
    left: dict[str, Subject] = field(default_factory=dict)
    """Those not seen so far; after the walk, those the list does not show."""

    def pages(self) -> Iterator[list[dict[str, Any]]]:
        """Yield our entries of every page that has any."""
        self.left = {one.video_id: one for one in self.subjects}
        open_ones = dict(self.left)
        for _ in range(MAX_PAGES):
            if not open_ones:
                return
            yield from self._from(open_ones)

    def _from(self, open_ones: dict[str, Subject]) -> Iterator[list[dict[str, Any]]]:
        """Read from the newest open one on; ends where it is better to begin anew. Takes ended ones out."""
        until = max(one.published_at for one in open_ones.values()) + MARGIN
        since = min(one.published_at for one in open_ones.values()) - MARGIN
        window = {"since": int(since.timestamp()), "until": int(until.timestamp())}
        after = None
        while open_ones:
            try:
                answer = self._page(window, after)
            except Rejected as error:
                if after is None or "cursor" not in error.message.lower():
                    raise
                return  # the cursor has expired: begin anew
            data = entries_of(answer)
            mine = [one for one in data if str(one.get("id")) in open_ones]
            for one in mine:
                open_ones.pop(str(one["id"]))
                self.left.pop(str(one["id"]), None)
            if mine:
                yield mine
            paging = answer.get("paging") or {}
            after = (paging.get("cursors") or {}).get("after")
            if not paging.get("next") or not after:
                open_ones.clear()
                return
            if self._is_behind(data, open_ones) and not mine:
                return

    def _is_behind(self, data: list[dict[str, Any]], open_ones: dict[str, Subject]) -> bool:
        """Forget what a page has passed; say whether the next of ours is far enough down to begin anew there."""
        last = moment_of(data[-1].get(self.time_field)) if data else None
        if last is None:
            return False
        for key in [key for key, one in open_ones.items() if one.published_at - MARGIN > last]:
            open_ones.pop(key)
        return bool(open_ones) and max(one.published_at for one in open_ones.values()) + MARGIN < last

    def _page(self, window: Mapping[str, int], after: str | None) -> dict[str, Any]:
        while True:
            try:
                return patiently(self.graph, lambda: self._ask(window, after))
            except TryAgain as error:
                if not is_too_much(error) or self.size <= 1:
                    raise
                self.size = max(1, self.size // 2)
            except Rejected as error:
                if not self.refused(error):
                    raise

    def _ask(self, window: Mapping[str, int], after: str | None) -> dict[str, Any]:
        asked = {**self.params(), **window, "limit": self.size, "after": after}
        return self.graph.get(self.path, endpoint=self.endpoint, params=asked)


def entries_of(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the entries of a list; raises `TryAgain` for an answer that is none: nothing may be concluded from it."""
    data = answer.get("data")
    if not isinstance(data, list):
        raise TryAgain("Meta's answer is not the list we asked for.")
    return [one for one in data if isinstance(one, dict)]


def moment_of(value: Any) -> datetime | None:
    """Return a time of the Graph API, or None for anything else."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else None
