"""What each of Instagram's metrics is, of a crowd: the table of meta.md 3.1 and 3.2 as data and arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from include.sandbox.audience import divided

Counts = Mapping[str, int]
ALL = {"views", "reach", "total_interactions", "shares", "reposts", "total_views", "facebook_views"}
POSTS = ALL | {"likes", "comments", "saved", "total_likes", "total_comments"}
OF_PROFILE = {"follows", "profile_visits", "profile_activity"}
METRICS = {
    "FEED": POSTS | OF_PROFILE,
    "REELS": POSTS
    | {"ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "reels_skip_rate", "crossposted_views"},
    "STORY": ALL | OF_PROFILE | {"navigation", "replies", "link_clicks"},
}
"""Which metric which product has, November 2026 (meta.md 3.1)."""
KNOWN: frozenset[str] = frozenset().union(*METRICS.values())
ONLY_FACEBOOK = frozenset({"total_likes", "total_comments", "total_views", "link_clicks"})
ONLY_CROSSPOSTED = frozenset({"crossposted_views", "facebook_views"})
"""An error of media that were not shared to Facebook; the sandbox shares none."""
BREAKDOWNS: Mapping[str, Mapping[str, int]] = {
    "story_navigation_action_type": {"swipe_forward": 10, "tap_back": 8, "tap_exit": 20, "tap_forward": 62},
    "action_type": {"bio_link_clicked": 60, "call": 5, "direction": 5, "email": 10, "other": 15, "text": 5},
    "follow_type": {"FOLLOWER": 30, "NON_FOLLOWER": 65, "UNKNOWN": 5},
    "contact_button_type": {"BOOK_NOW": 10, "CALL": 20, "DIRECTION": 20, "EMAIL": 40, "TEXT": 10},
}
"""Dimension values and how much of a count each has, per hundred."""
BROKEN_DOWN_BY = {"navigation": "story_navigation_action_type", "profile_activity": "action_type"}
DEMOGRAPHICS: Mapping[str, Mapping[str, int]] = {
    "age": {"13-17": 4, "18-24": 30, "25-34": 34, "35-44": 17, "45-54": 9, "55-64": 4, "65+": 2},
    "gender": {"F": 55, "M": 40, "U": 5},
    "country": {"DE": 30, "US": 25, "ES": 15, "FR": 10, "BR": 8, "IN": 7, "JP": 5},
    "city": {
        "Berlin, Berlin": 40, "Madrid, Comunidad de Madrid": 25, "New York, New York": 20, "Paris, Île-de-France": 15,
    },
}  # fmt: skip
FOLLOWERS_NEEDED = 100
"""Below them there are no demographics, online times and new followers (meta.md 3.2)."""

MEDIA: Mapping[str, Callable[[Counts], Any]] = {
    "views": lambda seen: seen["views"],
    "total_views": lambda seen: seen["views"],
    "reach": lambda seen: seen["reach"],
    "likes": lambda seen: seen["likes"],
    "total_likes": lambda seen: seen["likes"],
    "comments": lambda seen: seen["comments"],
    "total_comments": lambda seen: seen["comments"],
    "saved": lambda seen: seen["saves"],
    "shares": lambda seen: seen["shares"],
    "reposts": lambda seen: seen["shares"] // 4,
    "total_interactions": lambda seen: seen["likes"] + seen["comments"] + seen["saves"] + seen["shares"],
    "ig_reels_avg_watch_time": lambda seen: seen["watch_seconds"] * 1000 // max(1, seen["views"]),
    "ig_reels_video_view_total_time": lambda seen: seen["watch_seconds"] * 1000,
    "reels_skip_rate": lambda seen: round(100 * (seen["views"] - seen["engaged_views"]) / max(1, seen["views"]), 2),
    "follows": lambda seen: seen["followers_gained"],
    "profile_visits": lambda seen: seen["profile_visits"],
    "profile_activity": lambda seen: seen["clicks"],
    "navigation": lambda seen: seen["views"],
    "replies": lambda seen: seen["comments"],
    "link_clicks": lambda seen: seen["clicks"],
}
"""Metric of a post → its value of what its crowd did until now; times in milliseconds, the skip rate in percent."""
ACCOUNT: Mapping[str, Callable[[Counts], int]] = {
    "views": lambda seen: seen["views"],
    "reach": lambda seen: seen["reach"],
    "accounts_engaged": lambda seen: seen["likes"],
    "total_interactions": lambda seen: seen["likes"] + seen["comments"] + seen["saves"] + seen["shares"],
    "likes": lambda seen: seen["likes"],
    "comments": lambda seen: seen["comments"],
    "saves": lambda seen: seen["saves"],
    "shares": lambda seen: seen["shares"],
    "reposts": lambda seen: seen["shares"] // 4,
    "replies": lambda seen: 0,
    "profile_links_taps": lambda seen: seen["clicks"],
    "follows_and_unfollows": lambda seen: seen["followers_gained"] + seen["followers_lost"],
    "profile_views": lambda seen: seen["profile_visits"],
    "website_clicks": lambda seen: seen["clicks"] // 2,
    "content_views": lambda seen: seen["views"],
    "follower_count": lambda seen: seen["followers_gained"],
}
"""Metric of an account → its value of what all its crowds did."""
TOTALS = frozenset(ACCOUNT) - {"reach", "follower_count"}
"""Account metrics that exist as `total_value` only."""
SERIES = frozenset({"reach", "follower_count"})
BY_PRODUCT = frozenset({"reach", "views", "total_interactions", "likes", "comments", "saves", "shares", "reposts"})
ACCOUNT_BREAKDOWNS: Mapping[str, frozenset[str]] = {
    "media_product_type": BY_PRODUCT,
    "follow_type": frozenset({"reach", "views", "follows_and_unfollows"}),
    "contact_button_type": frozenset({"profile_links_taps"}),
}
"""Which account metric can be broken down by what."""
PRODUCT_NAMES = {"REELS": "REEL", "FEED": "POST", "STORY": "STORY"}
"""An account's insights call the products differently than the media do."""


def online_at(followers: int, day: Any) -> dict[str, int]:
    """Return how many followers were online in each hour of a day, keyed as Meta does."""
    hours = {str(hour): 20 + (hour * 7) % 24 * 3 for hour in range(24)}
    return divided(followers * 3, hours, "online", day)
