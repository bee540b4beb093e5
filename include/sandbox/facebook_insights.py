"""A Page's and its videos' insights: live metrics only, true to the Page's own counters (meta.md 6)."""

from __future__ import annotations

from typing import Any

from include.sandbox.accounts import trait
from include.sandbox.instagram_insights import row
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_errors import GraphError, invalid
from include.sandbox.meta_fields import whole
from include.sandbox.meta_people import account, tasks_of
from include.sandbox.meta_things import FbVideo, MetaPage, stamp
from include.sandbox.meta_tokens import has

DAY = 86_400
MAX_DAYS = 90
PERIODS = ("day", "week", "days_28", "month", "lifetime", "total_over_range")
PAGE_METRICS = {
    "page_media_view", "page_total_media_view_unique", "page_post_engagements", "page_total_actions",
    "page_views_total", "page_follows", "page_daily_follows", "page_daily_follows_unique",
    "page_daily_unfollows_unique", "page_video_views", "page_video_view_time", "page_video_complete_views_30s",
    "page_actions_post_reactions_like_total", "page_actions_post_reactions_total",
}  # fmt: skip
VIDEO_METRICS = {
    "total_video_views", "total_video_10s_views", "total_video_15s_views", "total_video_30s_views",
    "total_video_60s_excludes_shorter_views", "total_video_complete_views", "total_video_avg_time_watched",
    "total_video_view_total_time",
}  # fmt: skip
REEL_METRICS = {
    "blue_reels_play_count", "fb_reels_total_plays", "fb_reels_replay_count", "post_video_avg_time_watched",
    "post_video_view_time", "post_video_followers",
}  # fmt: skip
"""November 2026 (meta.md 6): the names that died in 2025 and 2026 are errors."""


def read_metrics(ask: Ask, known: set[str]) -> list[str]:
    """Return the asked metrics; raises for none, and fails wholly for one that is dead or unknown."""
    asked = [str(one) for one in ask.data("metric", list) or []]
    if not asked:
        raise GraphError(3001, "(#3001) Invalid query: No metric was specified to be fetched.", 1504028)
    if set(asked) - known:
        raise invalid("The value must be a valid insights metric")
    return asked


def may_read(ask: Ask, page: MetaPage) -> None:
    """Want a Page token with `read_insights` and the task ANALYZE."""
    if ask.caller.kind != "page":
        raise GraphError(190, "This method must be called with a Page Access Token")
    if not (has(ask.world, ask.caller, "read_insights") and has(ask.world, ask.caller, "pages_read_engagement")):
        raise GraphError(200, "(#200) Requires read_insights and pages_read_engagement permission to manage the object")
    if "ANALYZE" not in tasks_of(ask, page):
        raise GraphError(200, "(#200) Provide valid app ID")


async def of_page(ask: Ask, page: MetaPage) -> Any:
    """`GET /{page-id}/insights`: one value a day, the end of a Pacific day; at most 90 days."""
    may_read(ask, page)
    asked = read_metrics(ask, PAGE_METRICS)
    period = ask.text("period") or "day"
    if period not in PERIODS:
        raise invalid(f"Param period must be one of {{{', '.join(PERIODS)}}}")
    days = days_of(ask)
    return {"data": [series(ask, page, one, period, days) for one in asked]}


def days_of(ask: Ask) -> list[float]:
    """Return the ends of the asked days: without since and until the last two."""
    now = ask.world.now()
    last = (now - 8 * 3600) // DAY * DAY + 8 * 3600
    until = float(whole(ask.params, "until") or last)
    since = float(whole(ask.params, "since") or until - 2 * DAY)
    if until < since or until - since > MAX_DAYS * DAY + 1:
        raise invalid(f"There cannot be more than {MAX_DAYS} days ({MAX_DAYS * DAY} s) between since and until")
    first = (since - 8 * 3600) // DAY * DAY + 8 * 3600 + DAY
    return [first + number * DAY for number in range(int((until - first) // DAY) + 1)]


def series(ask: Ask, page: MetaPage, metric: str, period: str, days: list[float]) -> dict[str, Any]:
    """Return one metric of a Page."""
    shown = row(page, metric, None, period)
    shown["values"] = [{"value": level(ask, page, metric), "end_time": stamp(day)} for day in days]
    return shown


def level(ask: Ask, page: MetaPage, metric: str) -> int:
    """Return a value: the followers are the Page's; nobody watches in a sandbox."""
    return int(trait(account(ask, page), "followers")) if metric == "page_follows" else 0


async def of_video(ask: Ask, video: FbVideo) -> Any:
    """`GET /{video-id}/video_insights`: metrics of the other kind of video are simply missing."""
    page = ask.world.shelf(MetaPage).get(video.page)
    if page is not None:
        may_read(ask, page)
    mine = REEL_METRICS if video.kind == "reel" else VIDEO_METRICS
    asked = read_metrics(ask, REEL_METRICS | VIDEO_METRICS)
    return {"data": [row(video, one, 0) for one in asked if one in mine]}
