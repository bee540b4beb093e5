"""Basic insights: which metric exists for which kind of post, true to what the sandbox knows (meta.md 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from include.sandbox.meta_errors import GraphError, invalid
from include.sandbox.meta_things import IgComment, IgMedia, IgProfile, stamp

if TYPE_CHECKING:
    from include.sandbox.meta_asking import Ask
    from include.sandbox.meta_fields import Field

ALL = {"views", "reach", "total_interactions", "shares", "reposts", "total_views"}
POSTS = ALL | {"likes", "comments", "saved", "total_likes", "total_comments"}
METRICS = {
    "FEED": POSTS | {"follows", "profile_visits", "profile_activity"},
    "REELS": POSTS | {"ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "reels_skip_rate"},
    "STORY": ALL | {"follows", "profile_visits", "profile_activity", "navigation", "replies", "link_clicks"},
}
"""November 2026 (meta.md 3.1)."""
KNOWN = set().union(*METRICS.values())
ONLY_FACEBOOK = {"total_likes", "total_comments", "total_views", "link_clicks"}
ACCOUNT_TOTALS = {
    "views", "accounts_engaged", "total_interactions", "likes", "comments", "saves", "shares", "reposts", "replies",
    "profile_links_taps", "follows_and_unfollows", "profile_views", "website_clicks", "content_views",
}  # fmt: skip
ACCOUNT_SERIES = {"reach", "follower_count"}
DAY = 86_400


def wanted_metrics(text: str | None, known: set[str]) -> list[str]:
    """Return the metrics of a call; raises for none and for unknown ones, which fail the whole call."""
    asked = [one for one in (text or "").replace('"', "").strip("[]").split(",") if one]
    if not asked:
        raise GraphError(3001, "(#3001) Invalid query: No metric was specified to be fetched.", 1504028)
    for number, one in enumerate(asked):
        if one not in known:
            raise invalid(f"metric[{number}] must be one of the following values: {', '.join(sorted(known))}")
    return asked


def row(thing: Any, metric: str, value: Any, period: str = "lifetime") -> dict[str, Any]:
    """Return one metric in Meta's shape."""
    title = metric.replace("_", " ").capitalize()
    return {
        "name": metric, "period": period, "values": [{"value": value}], "title": title, "description": title,
        "id": f"{thing.id}/insights/{metric}/{period}",
    }  # fmt: skip


def media_rows(ask: Ask, media: IgMedia, text: str | None) -> dict[str, Any]:
    """Return a post's insights."""
    asked = wanted_metrics(text, KNOWN)
    for one in asked:
        only = one in ONLY_FACEBOOK and ask.host == "instagram_graph"
        if one not in METRICS[media.product] or only:
            message = f"The Media Insights API does not support the {one} metric for this media product type."
            raise invalid(message)
    if media.product == "STORY":
        if ask.world.now() > media.created_at + DAY:
            return {"data": []}
        raise GraphError(10, "(#10) Not enough viewers for the media to show insights")
    comments = sum(one.media == media.id for one in ask.world.shelf(IgComment))
    counted = {"comments": comments, "total_comments": comments, "total_interactions": comments}
    return {"data": [row(media, one, counted.get(one, 0)) for one in asked]}


async def of_media(ask: Ask, media: IgMedia) -> Any:
    """`GET /{media-id}/insights`: totals until now."""
    from include.sandbox.meta_tokens import need

    need(ask, "instagram_manage_insights", "instagram_business_manage_insights")
    return media_rows(ask, media, ask.text("metric"))


def expanded(ask: Ask, media: IgMedia, field: Field) -> Any:
    """Return `insights.metric(…)` inside a node."""
    from include.sandbox.meta_tokens import need

    need(ask, "instagram_manage_insights", "instagram_business_manage_insights")
    return media_rows(ask, media, field.arguments.get("metric"))


async def of_profile(ask: Ask, profile: IgProfile) -> Any:
    """`GET /{ig-user-id}/insights`: a day's totals, or the daily series of reach and new followers."""
    from include.sandbox.meta_tokens import need

    need(ask, "instagram_manage_insights", "instagram_business_manage_insights")
    asked = wanted_metrics(ask.text("metric"), ACCOUNT_TOTALS | ACCOUNT_SERIES)
    totals = [one for one in asked if one in ACCOUNT_TOTALS]
    if totals and ask.text("metric_type") != "total_value":
        raise invalid(
            f"The following metrics ({','.join(totals)}) should be specified with parameter metric_type=total_value"
        )
    if ask.text("period") not in (None, "day"):
        raise invalid("Param period must be day for these metrics")
    return {"data": [account_row(ask, profile, one) for one in asked]}


def account_row(ask: Ask, profile: IgProfile, metric: str) -> dict[str, Any]:
    """Return one account metric."""
    mine = {one.id for one in ask.world.shelf(IgMedia) if one.profile == profile.id}
    comments = sum(one.media in mine for one in ask.world.shelf(IgComment))
    value = comments if metric in ("comments", "total_interactions") else 0
    shown = row(profile, metric, value, "day")
    if ask.text("metric_type") == "total_value":
        del shown["values"]
        return {**shown, "total_value": {"value": value}}
    shown["values"] = [{"value": value, "end_time": stamp(ask.world.now() // DAY * DAY + 8 * 3600)}]
    return shown
