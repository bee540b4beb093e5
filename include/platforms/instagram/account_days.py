"""An Instagram account's days: its totals, series and breakdowns, the hours its followers are there (meta.md 3.2).

Everything of a window goes out as one batch. Follows and unfollows refuse a span of one day, so they are asked of
growing spans that begin two days earlier, and a day is the difference of two of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from include.platforms.errors import Rejected
from include.platforms.http import Calls
from include.platforms.instagram.client import Client
from include.platforms.meta_graph.batch import Read
from include.platforms.meta_graph.days import ONE, day_of, days, pieces, series, span
from include.platforms.meta_graph.insights import Insights, Wanted, by_name, parts_of
from include.platforms.reading import Answer, Asked, Done, Rows

LONGEST_DAYS = 30
"""Of one span (meta.md 3.2)."""
LEVELS = ("followers_count", "follows_count", "media_count")
TOTALS = (
    "views", "accounts_engaged", "total_interactions", "likes", "comments", "saves", "shares", "reposts", "replies",
    "profile_links_taps", "profile_views", "website_clicks", "content_views",
)  # fmt: skip
FOLLOWS = "follows_and_unfollows"
BREAKDOWNS = {
    "media_product_type": (
        "reach", "views", "total_interactions", "likes", "comments", "saves", "shares", "reposts",
    ),
    "follow_type": ("reach", "views"),
    "contact_button_type": ("profile_links_taps",),
}  # fmt: skip
"""Which metric is broken down by what (meta.md 3.2)."""
RECENT_DAYS = 30
"""New followers and online times are kept so long."""
Found = Mapping[str, list[dict[str, Any]] | Rejected]


def read_account(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read the account's levels as they are now, and its days of the window."""
    client = Client.of(calls, asked.account, asked.settings)
    insights = Insights(graph=client.graph)
    levels = Read(path=client.user, params={"fields": ",".join(("id", "username", *LEVELS))})
    found = insights.read(list(_wanted(client, asked)), {"levels": levels})
    yield from insights.answers()
    yield from _levels(asked, found)
    yield Rows(table="instagram.account_daily", rows=_daily(asked, found))
    yield Rows(table="instagram.account_insight", rows=list(_broken_down(asked, found)))
    yield Rows(table="instagram.online_followers", rows=list(_online(found)))
    yield Done()


def _wanted(client: Client, asked: Asked) -> Iterator[Wanted]:
    known, path = set(asked.fields()), f"{client.user}/insights"
    for first, last in pieces(asked.first, asked.last, LONGEST_DAYS):
        yield from _of_span(path, known, asked, first, last)
        for day in days(first, last):
            params = {"period": "day", "metric_type": "total_value", **span(day, day)}
            totals = tuple(name for name in TOTALS if name in known)
            yield Wanted(key=f"totals {day}", path=path, metrics=totals, params=params)
            for dimension, names in BREAKDOWNS.items():
                metrics = tuple(name for name in names if name in known)
                key = f"{dimension} {day}"
                yield Wanted(key=key, path=path, metrics=metrics, params={**params, "breakdown": dimension})
    if FOLLOWS in known:
        yield from _spans_of_follows(path, asked)


def _of_span(path: str, known: set[str], asked: Asked, first: date, last: date) -> Iterator[Wanted]:
    """Ask what comes as a series; some only of the last thirty days."""
    by_day = {"period": "day", "metric_type": "time_series"}
    if "reach" in known:
        yield Wanted(key=f"reach {first}", path=path, metrics=("reach",), params={**by_day, **span(first, last)})
    recent = max(first, day_of(asked.now) - timedelta(days=RECENT_DAYS - 1))
    if recent > last:
        return
    if "follower_count" in known:
        params = {**by_day, **span(recent, last)}
        yield Wanted(key=f"follower_count {first}", path=path, metrics=("follower_count",), params=params)
    if "online_followers" in known:
        params = {"period": "lifetime", **span(recent, last)}
        yield Wanted(key=f"online {first}", path=path, metrics=("online_followers",), params=params)


def _spans_of_follows(path: str, asked: Asked) -> Iterator[Wanted]:
    for first, last in pieces(asked.first, asked.last, LONGEST_DAYS - 2):
        for day in days(first - ONE, last):
            params = {
                "period": "day", "metric_type": "total_value", "breakdown": "follow_type",
                **span(first - 2 * ONE, day),
            }  # fmt: skip
            yield Wanted(key=f"follows {first} {day}", path=path, metrics=(FOLLOWS,), params=params)


def _levels(asked: Asked, found: Found) -> Iterator[Answer]:
    answer = next(iter(_rows(found, "levels")), {})
    row = {"day": day_of(asked.now), **{name: answer.get(name) for name in LEVELS}, "username": answer.get("username")}
    yield Rows(table="instagram.account_counter", rows=[row])


def _rows(found: Found, key: str) -> list[dict[str, Any]]:
    rows = found.get(key)
    return rows if isinstance(rows, list) else []


def _daily(asked: Asked, found: Found) -> list[dict[str, Any]]:
    by_day: dict[date, dict[str, Any]] = {day: {} for day in days(asked.first, asked.last)}
    for first, _ in pieces(asked.first, asked.last, LONGEST_DAYS):
        for name in ("reach", "follower_count"):
            for row in _rows(found, f"{name} {first}"):
                for day, value in series(row).items():
                    by_day.get(day, {})[name] = value
    follows = _follows(asked, found)
    rows = []
    for day, values in by_day.items():
        totals = by_name(_rows(found, f"totals {day}"))
        gained, lost = follows.get(day, (None, None))
        rows.append(
            {
                "day": day, "reach": values.get("reach"), "follower_count": values.get("follower_count"),
                **{name: totals.get(name) for name in TOTALS}, "follows": gained, "unfollows": lost,
                "provisional": asked.is_provisional(day),
                "extra": {name: value for name, value in totals.items() if name not in TOTALS},
            }
        )  # fmt: skip
    return rows


def _follows(asked: Asked, found: Found) -> dict[date, tuple[int, int]]:
    """Return each day's follows and unfollows: what a span has more than the one that ends a day earlier."""
    told: dict[date, tuple[int, int]] = {}
    for first, last in pieces(asked.first, asked.last, LONGEST_DAYS - 2):
        before = _moved(found, f"follows {first} {first - ONE}")
        for day in days(first, last):
            until = _moved(found, f"follows {first} {day}")
            if before is not None and until is not None:
                told[day] = (until[0] - before[0], until[1] - before[1])
            before = until
    return told


def _moved(found: Found, key: str) -> tuple[int, int] | None:
    rows = _rows(found, key)
    if not rows:
        return None
    counts = {keys.get("follow_type", "").upper(): count for keys, count in parts_of(rows[0])}
    return _count(counts.get("FOLLOWER")), _count(counts.get("NON_FOLLOWER"))


def _count(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _broken_down(asked: Asked, found: Found) -> Iterator[dict[str, Any]]:
    for day in days(asked.first, asked.last):
        for dimension in BREAKDOWNS:
            for row in _rows(found, f"{dimension} {day}"):
                for keys, count in parts_of(row):
                    yield {
                        "day": day, "metric": str(row.get("name")), "dimension": dimension,
                        "value": keys.get(dimension, ""), "count": count, "provisional": asked.is_provisional(day),
                    }  # fmt: skip


def _online(found: Found) -> Iterator[dict[str, Any]]:
    for key in found:
        for row in _rows(found, key) if key.startswith("online ") else []:
            for day, hours in series(row).items():
                for hour, followers in hours.items() if isinstance(hours, dict) else ():
                    yield {"day": day, "hour": hour, "followers": followers}
