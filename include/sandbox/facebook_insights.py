"""A Page's, its videos' and its posts' insights: live metrics only, true to the crowds (meta.md 6)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from include.sandbox.accounts import trait
from include.sandbox.audience import divided
from include.sandbox.facebook_life import settle
from include.sandbox.facebook_numbers import (
    EARNING_SOURCES,
    MONEY,
    MONEY_BREAKDOWNS,
    PAGE,
    POST,
    POST_MONEY,
    REEL,
    VIDEO,
)
from include.sandbox.facebook_remarks import counted
from include.sandbox.instagram_insights import as_of, retired, row
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_crowds import crowds_of, days_between, end_of, followers, on_day
from include.sandbox.meta_crowds import of_video as crowd_of
from include.sandbox.meta_errors import GraphError, invalid
from include.sandbox.meta_fields import whole
from include.sandbox.meta_people import account, tasks_of
from include.sandbox.meta_things import FbVideo, MetaPage, stamp
from include.sandbox.meta_tokens import has

if TYPE_CHECKING:
    from include.sandbox.meta_fields import Field

DAY = 86_400
MAX_DAYS = 90
LIKES_NEEDED = 100
PERIODS = ("day", "week", "days_28", "month", "lifetime", "total_over_range")
SPANS = {"week": 7, "days_28": 28}
"""Rolling windows, one for each day."""
PAGE_KNOWN = frozenset(PAGE) | frozenset(MONEY) | {"page_follows"}
VIDEO_KNOWN = frozenset(VIDEO) | frozenset(REEL)
POST_KNOWN = frozenset(POST) | frozenset(POST_MONEY)
MONEY_NAMES = frozenset(POST_MONEY)
MIXED = "(#2) An unexpected error has occurred. Please retry your request later."
"""What a money metric together with others is answered (meta.md 6.4): it looks passing and is not."""


def read_metrics(ask: Ask, known: frozenset[str], text: Any = None) -> list[str]:
    """Return the asked metrics; raises for none, and fails wholly for one that is dead or unknown."""
    asked = [str(one) for one in (text if text is not None else ask.data("metric", list) or [])]
    if not asked:
        raise GraphError(3001, "(#3001) Invalid query: No metric was specified to be fetched.", 1504028)
    if set(asked) - (known - retired(ask)):
        raise invalid("The value must be a valid insights metric")
    if 0 < len(MONEY_NAMES & set(asked)) < len(set(asked)):
        raise GraphError(2, MIXED, transient=True, status=500)
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
    """`GET /{page-id}/insights`: one value a day, named by the end of a Pacific day; at most 90 days."""
    may_read(ask, page)
    asked = read_metrics(ask, PAGE_KNOWN)
    period = ask.text("period") or "day"
    if period not in PERIODS:
        raise invalid(f"Param period must be one of {{{', '.join(PERIODS)}}}")
    days = days_of(ask)
    if followers(ask.world, page.id) < LIKES_NEEDED or (set(asked) & MONEY_NAMES and not monetized(ask, page)):
        return {"data": []}
    await ask.workshop.looked_at(one for one in ask.world.shelf(FbVideo) if one.page == page.id)
    return {"data": [series(ask, page, one, period, days) for one in asked]}


def monetized(ask: Ask, page: MetaPage) -> bool:
    """Tell whether the Page is in the program; if not there is no error, and no number."""
    return bool(trait(account(ask, page), "monetized"))


def days_of(ask: Ask) -> list[date]:
    """Return the asked days that are over: without since and until the last two."""
    now = ask.world.now()
    until = float(whole(ask.params, "until") or now)
    since = float(whole(ask.params, "since") or until - 2 * DAY)
    if until < since or until - since > MAX_DAYS * DAY + 3601:
        raise invalid(f"There cannot be more than {MAX_DAYS} days ({MAX_DAYS * DAY} s) between since and until")
    return [day for day in days_between(since, until) if end_of(day) <= now]


def series(ask: Ask, page: MetaPage, metric: str, period: str, days: list[date]) -> dict[str, Any]:
    """Return one metric of a Page."""
    shown = row(page, metric, None, period)
    shown["values"] = [
        {"value": value, "end_time": stamp(end_of(day))}
        for day in days
        for value in [of_day(ask, page, metric, period, day)]
    ]
    return shown


def of_day(ask: Ask, page: MetaPage, metric: str, period: str, day: date) -> Any:
    """Return the value of a day, or of the window that ends with it."""
    if metric == "page_follows":
        return followers(ask.world, page.id, end_of(day) - 0.001)
    span = SPANS.get(period, 1)
    crowds = crowds_of(ask.world, page.id)
    days = days_between(end_of(day) - span * DAY + 7200, end_of(day))
    seen = [on_day(crowds, one, as_of(ask)) for one in days]
    total = {name: sum(one[name] for one in seen) for name in seen[0]}
    value = {**PAGE, **MONEY}[metric](total, f"{page.id} {day}")
    return broken_down(ask, metric, value, day)


def broken_down(ask: Ask, metric: str, value: Any, day: date) -> Any:
    """Return a value's parts by the asked breakdown."""
    asked = ask.text("breakdown")
    if asked is None:
        return value
    if metric in MONEY_BREAKDOWNS and asked == MONEY_BREAKDOWNS[metric]:
        total = value["microAmount"] if isinstance(value, dict) else round(value * 1_000_000)
        parts = divided(total, EARNING_SOURCES, metric, day)
        if isinstance(value, dict):
            return {name: {"currency": value["currency"], "microAmount": part} for name, part in parts.items()}
        return {name: part / 1_000_000 for name, part in parts.items()}
    if metric == "page_media_view" and asked in ("is_from_ads", "is_from_followers"):
        return divided(int(value), {"0": 70, "1": 0 if asked == "is_from_ads" else 30}, metric, day)
    raise invalid(f"Param breakdown is not valid for {metric}")


async def of_video(ask: Ask, video: FbVideo) -> Any:
    """`GET /{video-id}/video_insights`: metrics of the other kind of video are simply missing."""
    asked = read_metrics(ask, VIDEO_KNOWN)
    await ask.workshop.looked_at([video])
    return video_rows(ask, video, asked)


def expanded_video(ask: Ask, video: FbVideo, field: Field) -> Any:
    """Return `video_insights.metric(…)` inside a video."""
    return video_rows(ask, video, read_metrics(ask, VIDEO_KNOWN, listed(field)))


def listed(field: Field) -> list[str]:
    """Return the metrics in a field's arguments."""
    return [one for one in field.arguments.get("metric", "").split(",") if one]


def video_rows(ask: Ask, video: FbVideo, asked: list[str]) -> dict[str, Any]:
    """Return a video's insights."""
    page = ask.world.shelf(MetaPage).get(video.page)
    if page is not None:
        may_read(ask, page)
    if settle(ask.world, video).published_at is None:
        return {"data": []}
    mine = REEL if video.kind == "reel" else VIDEO
    seen = seen_of(ask, video)
    return {"data": [row(video, one, mine[one](seen, video.id)) for one in asked if one in mine]}


def seen_of(ask: Ask, video: FbVideo) -> dict[str, int]:
    """Return what a video's crowd did, and how many comments it has."""
    return crowd_of(video).until(as_of(ask)) | {"comments": counted(ask.world, video, as_of(ask))}


async def of_post(ask: Ask, video: FbVideo) -> Any:
    """`GET /{page}_{post}/insights`: totals until now, or (money) by day."""
    asked = read_metrics(ask, POST_KNOWN)
    period = ask.text("period") or "lifetime"
    if period not in ("lifetime", "day"):
        raise invalid("Param period must be one of {lifetime, day}")
    return post_rows(ask, video, asked, period)


def expanded_post(ask: Ask, video: FbVideo, field: Field) -> Any:
    """Return `insights.metric(…)` inside a post."""
    return post_rows(ask, video, read_metrics(ask, POST_KNOWN, listed(field)), "lifetime")


def post_rows(ask: Ask, video: FbVideo, asked: list[str], period: str) -> dict[str, Any]:
    """Return a post's insights; a Page outside the program has no money."""
    page = ask.world.shelf(MetaPage).get(video.page)
    if page is None or video.post is None:
        return {"data": []}
    may_read(ask, page)
    if set(asked) & MONEY_NAMES and not monetized(ask, page):
        return {"data": []}
    known = {**POST, **POST_MONEY}
    if period == "lifetime":
        return {"data": [row(video, one, known[one](seen_of(ask, video), video.id)) for one in asked]}
    rows = []
    for one in asked:
        shown = row(video, one, None, period)
        shown["values"] = [
            {"value": known[one](on_day((crowd_of(video),), day, as_of(ask)), video.id), "end_time": stamp(end_of(day))}
            for day in days_of(ask)
            if day >= crowd_of(video).first_day()
        ]
        rows.append(shown)
    return {"data": rows}
