"""Insights of stories, which Instagram gives only while they are shown: 24 hours (meta.md 3.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from include.platforms.errors import Rejected
from include.platforms.http import Calls
from include.platforms.instagram.client import Client
from include.platforms.instagram.counters import ONLY_FACEBOOK
from include.platforms.meta_graph.days import slot_key
from include.platforms.meta_graph.insights import Insights, Wanted, by_name, parts_of, value_of
from include.platforms.reading import Answer, Asked, Done, Missing, Rows, Subject, in_pieces

LIFE = timedelta(hours=24)
AT_ONCE = 16
"""Stories a batch: three parts each."""
TOTALS = (
    "views", "reach", "total_interactions", "shares", "reposts", "replies", "follows", "profile_visits", "link_clicks",
    "total_views",
)  # fmt: skip
BREAKDOWNS = {"navigation": "story_navigation_action_type", "profile_activity": "action_type"}
MOVES = ("swipe_forward", "tap_back", "tap_exit", "tap_forward")


def read_stories(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read the stories that are still shown; one that is over is done without a call, its last reading stays."""
    client = Client.of(calls, asked.account, asked.settings)
    insights = Insights(graph=client.graph)
    over = [one for one in asked.subjects if asked.now - one.published_at >= LIFE]
    if over:
        yield Done(video_ids=tuple(one.video_id for one in over))
    live = [one for one in asked.subjects if asked.now - one.published_at < LIFE]
    for some in in_pieces(live, AT_ONCE):
        wanted = [each for one in some for each in _wanted(client, asked, one)]
        found = insights.read(wanted)
        rows = [row for one in some if (row := _row(asked, one, found)) is not None]
        missing = tuple(one.video_id for one in some if isinstance(found.get(f"{one.video_id} totals"), Rejected))
        yield from insights.answers()
        if rows:
            yield Rows(table="instagram.story", rows=rows)
        if missing:
            yield Missing(video_ids=missing)
        yield Done(video_ids=tuple(one.video_id for one in some))


def _wanted(client: Client, asked: Asked, subject: Subject) -> Iterator[Wanted]:
    own = client.graph.base == "instagram_graph"
    known = [name for name in asked.fields("STORY") if not (own and name in ONLY_FACEBOOK)]
    path = f"{subject.video_id}/insights"
    totals = tuple(name for name in TOTALS if name in known)
    yield Wanted(key=f"{subject.video_id} totals", path=path, metrics=totals)
    for name, breakdown in BREAKDOWNS.items():
        if name in known:
            key = f"{subject.video_id} {name}"
            yield Wanted(key=key, path=path, metrics=(name,), params={"breakdown": breakdown})


def _row(asked: Asked, subject: Subject, found: Mapping[str, list[dict[str, Any]] | Rejected]) -> dict[str, Any] | None:
    """Return a story's row; None when there is no number (too few viewers, or over), which is no zero."""
    totals = found.get(f"{subject.video_id} totals")
    if not totals or isinstance(totals, Rejected):
        return None
    values = by_name(totals)
    parts = {name: _parts(found.get(f"{subject.video_id} {name}")) for name in BREAKDOWNS}
    return {
        **slot_key(asked, subject),
        **{name: values.get(name) for name in TOTALS},
        "navigation": parts["navigation"][0],
        **{name: parts["navigation"][1].get(name) for name in MOVES},
        "profile_activity": parts["profile_activity"][0],
        "profile_actions": parts["profile_activity"][1] or None,
        "extra": {name: value for name, value in values.items() if name not in TOTALS},
    }  # fmt: skip


def _parts(rows: list[dict[str, Any]] | Rejected | None) -> tuple[Any, dict[str, Any]]:
    """Return a metric's total and its parts by the (lower-case) value of their dimension."""
    if not rows or isinstance(rows, Rejected):
        return None, {}
    return value_of(rows[0]), {next(iter(keys.values()), "").lower(): count for keys, count in parts_of(rows[0])}
