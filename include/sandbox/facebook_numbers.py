"""What each of Facebook's metrics is, of a crowd: meta.md 6 as data and arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from include.sandbox.audience import divided

Counts = Mapping[str, int]
Value = Callable[[Counts, str], Any]
"""Counts of a crowd and the name of the video → a metric's value."""
STEPS = 40
"""Of a retention graph (meta.md 6.1)."""
REACTIONS = {"like": 70, "love": 15, "wow": 5, "haha": 7, "sorry": 2, "anger": 1}
COUNTRIES = {"DE": 30, "US": 25, "ES": 15, "FR": 10, "BR": 8, "IN": 7, "JP": 5}
REGIONS = {"Berlin": 40, "Madrid": 30, "New York": 20, "Paris": 10}
AGES = {
    "U.13-17": 2, "F.18-24": 20, "M.18-24": 15, "F.25-34": 20, "M.25-34": 18, "F.35-44": 12, "M.35-44": 8, "M.45-54": 5,
}  # fmt: skip
DISTRIBUTION = {"page_owned": 70, "shared": 30}
EARNING_SOURCES = {"REELS": 70, "IN_STREAM_ADS": 20, "PERFORMANCE_BONUS": 10}
CENTS = 10_000
"""Micro amounts in a US cent."""


def graph_of(seen: Counts, name: str) -> dict[str, float]:
    """Return which share is still watching at each fortieth of a video: from all of them to those who completed it."""
    last = seen["completed"] / max(1, seen["views"])
    return {str(step): round(1 - (1 - last) * (step / (STEPS - 1)) ** 0.5, 4) for step in range(STEPS)}


def _map(metric: str, among: Mapping[str, int], times: int = 1, prefix: str = "") -> Value:
    def value(seen: Counts, name: str) -> dict[str, int]:
        parts = divided(seen[metric] * times, among, name, metric)
        return {f"{prefix}{key.upper() if prefix else key}": count for key, count in parts.items()}

    return value


def _count(metric: str, times: int = 1, part: int = 1) -> Value:
    return lambda seen, name: seen[metric] * times // part


def _reaction(kind: str) -> Value:
    return lambda seen, name: divided(seen["likes"], REACTIONS, name, "likes")[kind]


def _average(seen: Counts, name: str) -> int:
    return seen["watch_seconds"] * 1000 // max(1, seen["views"])


def _replays(seen: Counts, name: str) -> int:
    return seen["views"] // 10


VIDEO: Mapping[str, Value] = {
    "total_video_views": _count("views"),
    "total_video_views_autoplayed": _count("views", 3, 4),
    "total_video_views_clicked_to_play": lambda seen, name: seen["views"] - seen["views"] * 3 // 4,
    "total_video_views_organic": _count("views"),
    "total_video_views_paid": lambda seen, name: 0,
    "total_video_views_sound_on": _count("views", 1, 3),
    "total_video_10s_views": _count("engaged_views"),
    "total_video_15s_views": _count("engaged_views", 9, 10),
    "total_video_30s_views": _count("engaged_views", 7, 10),
    "total_video_60s_excludes_shorter_views": _count("engaged_views", 4, 10),
    "total_video_complete_views": _count("completed"),
    "total_video_avg_time_watched": _average,
    "total_video_view_total_time": _count("watch_seconds", 1000),
    "total_video_retention_graph": graph_of,
    "total_video_reactions_by_type_total": _map("likes", REACTIONS),
    "total_video_stories_by_action_type": lambda seen, name: {
        "like": seen["likes"], "comment": seen["comments"], "share": seen["shares"],
    },
    "total_video_views_by_distribution_type": _map("views", DISTRIBUTION),
    "total_video_view_time_by_distribution_type": _map("watch_seconds", DISTRIBUTION, 1000),
    "total_video_view_time_by_country_id": _map("watch_seconds", COUNTRIES, 1000),
    "total_video_view_time_by_region_id": _map("watch_seconds", REGIONS, 1000),
    "total_video_view_time_by_age_bucket_and_gender": _map("watch_seconds", AGES, 1000),
}  # fmt: skip
REEL: Mapping[str, Value] = {
    "blue_reels_play_count": _count("views"),
    "fb_reels_total_plays": lambda seen, name: seen["views"] + _replays(seen, name),
    "fb_reels_replay_count": _replays,
    "post_video_avg_time_watched": _average,
    "post_video_view_time": _count("watch_seconds", 1000),
    "post_video_retention_graph": graph_of,
    "post_video_likes_by_reaction_type": _map("likes", REACTIONS, prefix="REACTION_"),
    "post_video_social_actions": lambda seen, name: {"SHARE": seen["shares"], "COMMENT": seen["comments"]},
    "post_video_followers": _count("followers_gained"),
}
"""Metrics of the two kinds of videos (meta.md 6.1): asked of the other kind they are simply missing."""
POST: Mapping[str, Value] = {
    "post_media_view": _count("views"),
    "post_total_media_view_unique": _count("reach"),
    "post_clicks": _count("clicks"),
    "post_clicks_by_type": _map("clicks", {"video play": 60, "link clicks": 25, "other clicks": 15}),
    "post_reactions_by_type_total": _map("likes", REACTIONS),
    "post_reactions_like_total": _reaction("like"),
    "post_activity_by_action_type": lambda seen, name: {
        "like": seen["likes"], "comment": seen["comments"], "share": seen["shares"],
    },
    "post_video_views": _count("views"),
    "post_video_avg_time_watched": _average,
    "post_video_view_time": _count("watch_seconds", 1000),
    "post_video_complete_views_30s": _count("completed"),
}  # fmt: skip
PAGE: Mapping[str, Value] = {
    "page_media_view": _count("views"),
    "page_total_media_view_unique": _count("reach"),
    "page_post_engagements": lambda seen, name: seen["likes"] + seen["comments"] + seen["shares"] + seen["clicks"],
    "page_total_actions": _count("clicks"),
    "page_views_total": _count("profile_visits"),
    "page_daily_follows": _count("followers_gained"),
    "page_daily_follows_unique": _count("followers_gained"),
    "page_daily_unfollows_unique": _count("followers_lost"),
    "page_video_views": _count("views"),
    "page_video_views_paid": lambda seen, name: 0,
    "page_video_views_organic": _count("views"),
    "page_video_views_autoplayed": _count("views", 3, 4),
    "page_video_views_click_to_play": lambda seen, name: seen["views"] - seen["views"] * 3 // 4,
    "page_video_view_time": _count("watch_seconds", 1000),
    "page_video_complete_views_30s": _count("completed"),
    **{f"page_actions_post_reactions_{kind}_total": _reaction(kind) for kind in REACTIONS},
    "page_actions_post_reactions_total": _count("likes"),
}  # fmt: skip
"""A day's metrics of a Page; `page_follows` is a level and stands in `facebook_insights.py`."""
MONEY: Mapping[str, Value] = {
    "content_monetization_earnings": lambda seen, name: {"currency": "USD", "microAmount": seen["revenue_micros"]},
    "monetization_approximate_earnings": lambda seen, name: seen["revenue_micros"] / 1_000_000,
}
POST_MONEY: Mapping[str, Value] = {
    **MONEY,
    "post_video_ad_break_earnings": lambda seen, name: seen["revenue_micros"] // CENTS,
    "post_video_ad_break_ad_impressions": _count("ad_impressions"),
    "post_video_ad_break_ad_cpm": lambda seen, name: (
        seen["revenue_micros"] * 1000 // max(1, seen["ad_impressions"]) // CENTS
    ),
    "creator_monetization_qualified_views": _count("monetized_playbacks"),
}
"""Money (meta.md 6.4): alone or with other money only."""
MONEY_BREAKDOWNS = {
    "content_monetization_earnings": "earning_source", "monetization_approximate_earnings": "monetization_tool",
}  # fmt: skip
