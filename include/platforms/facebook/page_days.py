"""A Page's days: how often its things were seen, by how many, who began and ceased to follow (meta.md 6.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from include.platforms.facebook.watching import graph_of, page_of
from include.platforms.http import Calls
from include.platforms.meta_graph.batch import Read
from include.platforms.meta_graph.days import day_of, days, pieces, series, span
from include.platforms.meta_graph.insights import Insights, Wanted
from include.platforms.reading import Answer, Asked, Done, Rows

LONGEST_DAYS = 89
"""Of one call: 90 days at most, and a day may have 25 hours (meta.md 6.3)."""
LEVELS = ("followers_count", "fan_count")
METRICS = (
    "page_media_view", "page_total_media_view_unique", "page_post_engagements", "page_total_actions",
    "page_views_total", "page_follows", "page_daily_follows", "page_daily_follows_unique",
    "page_daily_unfollows_unique", "page_video_views", "page_video_views_paid", "page_video_views_organic",
    "page_video_views_autoplayed", "page_video_views_click_to_play", "page_video_view_time",
    "page_video_complete_views_30s", "page_actions_post_reactions_like_total",
    "page_actions_post_reactions_love_total", "page_actions_post_reactions_wow_total",
    "page_actions_post_reactions_haha_total", "page_actions_post_reactions_sorry_total",
    "page_actions_post_reactions_anger_total", "page_actions_post_reactions_total",
)  # fmt: skip


def read_page(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read the Page's levels as they are now, and its days of the window; below 100 likes Facebook tells no days."""
    graph, page = graph_of(calls, asked), page_of(asked)
    insights = Insights(graph=graph)
    wanted = [
        Wanted(
            key=f"{first}",
            path=f"{page}/insights",
            metrics=tuple(asked.fields()),
            params={"period": "day", **span(first, last)},
        )
        for first, last in pieces(asked.first, asked.last, LONGEST_DAYS)
    ]
    found = insights.read(wanted, {"levels": Read(path=page, params={"fields": ",".join(LEVELS)})})
    yield from insights.answers()
    by_day: dict[date, dict[str, Any]] = {}
    for one in wanted:
        rows = found.get(one.key)
        for row in rows if isinstance(rows, list) else []:
            for day, value in series(row).items():
                by_day.setdefault(day, {})[str(row.get("name"))] = total_of(value)
    levels = found.get("levels")
    level = levels[0] if isinstance(levels, list) and levels else {}
    now = {"day": day_of(asked.now), **{name: level.get(name) for name in LEVELS}}
    yield Rows(table="facebook.page_counter", rows=[now])
    yield Rows(table="facebook.page_daily", rows=[_row(asked, day, by_day) for day in days(asked.first, asked.last)])
    yield Done()


def total_of(value: Any) -> Any:
    """Return a value that may come in parts as one number (meta.md 6.3)."""
    if isinstance(value, dict) and value and all(isinstance(part, int | float) for part in value.values()):
        return sum(value.values())
    return value


def _row(asked: Asked, day: date, by_day: dict[date, dict[str, Any]]) -> dict[str, Any]:
    values = by_day.get(day, {})
    return {
        "day": day, **{name: values.get(name) for name in METRICS}, "provisional": asked.is_provisional(day),
        "extra": {name: value for name, value in values.items() if name not in METRICS},
    }  # fmt: skip
