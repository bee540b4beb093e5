"""Insights of an Instagram account: daily totals, series, breakdowns, demographics, online times (meta.md 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from include.sandbox.audience import divided
from include.sandbox.instagram_insights import MANAGE, as_of, retired, row, wanted_metrics
from include.sandbox.instagram_numbers import (
    ACCOUNT,
    ACCOUNT_BREAKDOWNS,
    BREAKDOWNS,
    DEMOGRAPHICS,
    FOLLOWERS_NEEDED,
    PRODUCT_NAMES,
    SERIES,
    TOTALS,
    online_at,
)
from include.sandbox.meta_crowds import crowds_of, days_between, end_of, followers, on_day
from include.sandbox.meta_errors import invalid
from include.sandbox.meta_fields import whole
from include.sandbox.meta_things import IgProfile, stamp
from include.sandbox.meta_tokens import need

if TYPE_CHECKING:
    from include.sandbox.meta_asking import Ask

DAY = 86_400
MAX_SECONDS = 30 * DAY
LIFETIME = frozenset({"online_followers", "follower_demographics", "engaged_audience_demographics"})
KNOWN = TOTALS | SERIES | LIFETIME
TIMEFRAMES = ("this_week", "this_month")


async def of_profile(ask: Ask, profile: IgProfile) -> Any:
    """`GET /{ig-user-id}/insights`; too few followers, or nothing known: the metric is simply missing."""
    need(ask, *MANAGE)
    asked = wanted_metrics(ask.text("metric"), KNOWN - retired(ask))
    lifetime = [one for one in asked if one in LIFETIME]
    if lifetime and (len(lifetime) < len(asked) or ask.text("period") != "lifetime"):
        raise invalid(f"The metric {lifetime[0]} is only available for the lifetime period.")
    if lifetime:
        return {"data": [told for one in asked for told in lifetime_row(ask, profile, one)]}
    check_totals(ask, asked)
    if ask.text("period") not in (None, "day"):
        raise invalid("Param period must be day for these metrics")
    days = asked_days(ask)
    if "follows_and_unfollows" in asked and len(days) < 2:
        raise invalid("The metric follows_and_unfollows needs a range of more than one day.")
    small = followers(ask.world, profile.id) < FOLLOWERS_NEEDED
    hidden = {"follower_count", "follows_and_unfollows"} if small else set()
    return {"data": [account_row(ask, profile, one, days) for one in asked if one not in hidden]}


def check_totals(ask: Ask, asked: list[str]) -> None:
    """Want `metric_type=total_value` for the metrics that have no series, and breakdowns that fit."""
    totals = [one for one in asked if one in TOTALS]
    if totals and ask.text("metric_type") != "total_value":
        raise invalid(
            f"The following metrics ({','.join(totals)}) should be specified with parameter metric_type=total_value"
        )
    if "follower_count" in asked and ask.text("metric_type") == "total_value":
        raise invalid("The metric follower_count does not support metric_type=total_value")
    for dimension in dimensions(ask):
        fitting = ACCOUNT_BREAKDOWNS.get(dimension, frozenset())
        if odd := [one for one in asked if one not in fitting]:
            raise invalid(f"Incompatible breakdowns ({dimension}) with metrics ({','.join(odd)})")


def dimensions(ask: Ask) -> list[str]:
    """Return the asked breakdowns."""
    return [one for one in (ask.text("breakdown") or "").split(",") if one]


def asked_days(ask: Ask) -> list[date]:
    """Return the asked days: without since and until the last 24 hours' day; at most 30."""
    now = ask.world.now()
    since, until = whole(ask.params, "since"), whole(ask.params, "until")
    ends = float(until or now)
    begins = float(since if since is not None else ends - DAY)
    if ends < begins or ends - begins > MAX_SECONDS:
        raise invalid(
            f"There cannot be more than 30 days ({MAX_SECONDS} s) between since and until (since: {since}, "
            f"until: {until})"
        )
    return days_between(begins, min(ends, now) if begins < now else ends)


def account_row(ask: Ask, profile: IgProfile, metric: str, days: list[date]) -> dict[str, Any]:
    """Return one account metric: a total of the days, or their series."""
    shown, value = row(profile, metric, None, "day"), ACCOUNT[metric]
    crowds, now = crowds_of(ask.world, profile.id), as_of(ask)
    if ask.text("metric_type") == "total_value":
        del shown["values"]
        total = sum(value(on_day(crowds, day, now)) for day in days)
        return {**shown, "total_value": {"value": total, **broken_down(ask, profile, metric, days, total)}}
    shown["values"] = [{"value": value(on_day(crowds, day, now)), "end_time": stamp(end_of(day))} for day in days]
    return shown


def broken_down(ask: Ask, profile: IgProfile, metric: str, days: list[date], total: int) -> dict[str, Any]:
    """Return a total's parts by the asked dimensions; they add up to it."""
    asked = dimensions(ask)
    if not asked:
        return {}
    parts: dict[tuple[str, ...], int] = {(): total}
    for dimension in asked:
        split = {
            (*names, name): count
            for names, whole_part in parts.items()
            for name, count in along(ask, profile, metric, days, dimension, whole_part).items()
        }
        parts = split
    results = [{"dimension_values": list(names), "value": count} for names, count in parts.items() if count]
    return {"breakdowns": [{"dimension_keys": asked, "results": results}]}


def along(ask: Ask, profile: IgProfile, metric: str, days: list[date], dimension: str, total: int) -> Mapping[str, int]:
    """Divide a count along one dimension."""
    if dimension == "media_product_type":
        return by_product(ask, profile, metric, days, total)
    if metric == "follows_and_unfollows":
        crowds, now = crowds_of(ask.world, profile.id), as_of(ask)
        seen = [on_day(crowds, day, now) for day in days]
        gained = sum(one["followers_gained"] for one in seen)
        return {"FOLLOWER": gained, "NON_FOLLOWER": sum(one["followers_lost"] for one in seen)}
    return divided(total, BREAKDOWNS[dimension], profile.id, metric, days[0], len(days))


def by_product(ask: Ask, profile: IgProfile, metric: str, days: list[date], total: int) -> Mapping[str, int]:
    """Divide a count by the product it happened on; what rounding leaves over is the last one's."""
    found: dict[str, int] = {}
    for product, name in PRODUCT_NAMES.items():
        crowds = crowds_of(ask.world, profile.id, product)
        found[name] = sum(ACCOUNT[metric](on_day(crowds, day, as_of(ask))) for day in days)
    left = total - sum(found.values())
    largest = max(found, key=lambda name: found[name])
    return {name: count + (left if name == largest else 0) for name, count in found.items()}


def lifetime_row(ask: Ask, profile: IgProfile, metric: str) -> list[dict[str, Any]]:
    """Return demographics or online times; nothing for accounts that are too small."""
    people = followers(ask.world, profile.id)
    if people < FOLLOWERS_NEEDED:
        return []
    shown = row(profile, metric, None, "lifetime")
    if metric == "online_followers":
        shown["values"] = [
            {"value": online_at(followers(ask.world, profile.id, end_of(day)), day), "end_time": stamp(end_of(day))}
            for day in asked_days(ask)
            if end_of(day) <= ask.world.now()
        ]
        return [shown]
    del shown["values"]
    dimension, timeframe = ask.text("breakdown"), ask.text("timeframe")
    if dimension is None or dimension not in DEMOGRAPHICS or ask.text("metric_type") != "total_value":
        raise invalid(f"{metric} needs metric_type=total_value and one breakdown of {', '.join(DEMOGRAPHICS)}")
    if timeframe not in (None, *TIMEFRAMES) or (timeframe is None and metric != "follower_demographics"):
        raise invalid(f"Param timeframe must be one of {{{', '.join(TIMEFRAMES)}}}")
    total = people if metric == "follower_demographics" else people // 3
    keys = ["timeframe", dimension] if timeframe else [dimension]
    parts = divided(total, DEMOGRAPHICS[dimension], profile.id, metric, dimension)
    results = [
        {"dimension_values": [*([timeframe.upper()] if timeframe else []), name], "value": count}
        for name, count in parts.items()
    ]
    return [{**shown, "total_value": {"breakdowns": [{"dimension_keys": keys, "results": results}]}}]
