"""What the Business API tells: insights of videos as they stand, retention, and an account's days and audience."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from math import isfinite
from typing import Any

from include.platforms.errors import AccountTrouble
from include.platforms.http import Calls
from include.platforms.reading import Answer, Asked, Dataset, Done, Missing, Refused, Row, Rows, Subject, in_pieces
from include.platforms.tiktok.business import MAX_DAYS, MAX_VIDEOS, NO_INSIGHTS, Business
from include.platforms.tiktok.fields import Fields
from include.releases.publication import Placement

VISIBLE_AFTER = timedelta(days=1)
UPDATED_DAYS = 365
"""TikTok's insights of a video stop then (reference A.12)."""
TEXTS = ("caption", "media_type", "is_ad", "video_duration")
PARTS = {
    "impression_sources": ("impression_source", "impression_source"),
    "audience_types": ("audience_type", "type"),
    "audience_genders": ("gender", "gender"),
    "audience_countries": ("country", "country"),
    "audience_cities": ("city", "city"),
    "audience_ages": ("age", "age"),
}
"""A list's field → our dimension, and the key that names a part."""
CURVES = {"video_view_retention": "watching", "engagement_likes": "liking"}


def quiet_without(read: Callable[[Calls, Asked], Iterator[Answer]]) -> Callable[[Calls, Asked], Iterator[Answer]]:
    """Return a reader that says once that an account has no business insights, instead of failing every day."""

    def reading(calls: Calls, asked: Asked) -> Iterator[Answer]:
        try:
            yield from read(calls, asked)
        except AccountTrouble as trouble:
            if trouble.code not in NO_INSIGHTS:
                raise
            yield Refused(field="business_insights", why=trouble.message)

    return reading


def business_of(calls: Calls, asked: Asked) -> Business:
    """Return the Business API of the account: its `open_id` is its business id."""
    return Business(calls, str(asked.account.get("platform_user_id") or ""))


def _pages(
    business: Business, asked: Asked, fields: Fields
) -> Iterator[tuple[tuple[Subject, ...], dict[str, dict[str, Any]]]]:
    for piece in in_pieces(tuple(one for one in asked.subjects if one.video_id.isdecimal()), MAX_VIDEOS):
        ids = [one.video_id for one in piece]
        videos = fields.ask(partial(business.videos, ids=ids))
        yield piece, {str(one["item_id"]): one for one in videos if str(one.get("item_id")) in ids}


def _gone(asked: Asked, piece: tuple[Subject, ...], shown: Mapping[str, Any]) -> Missing:
    old = [one.video_id for one in piece if asked.now - one.published_at > VISIBLE_AFTER]
    return Missing(video_ids=tuple(one for one in old if one not in shown))


def read_video_insights(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read videos' insights as they stand today, 20 a call."""
    fields = Fields("item_id", (*TEXTS, *asked.fields()))
    for piece, shown in _pages(business_of(calls, asked), asked, fields):
        yield from fields.told()
        at = {one.video_id: one.published_at for one in piece}
        yield Rows(
            table="tiktok.video_insight", rows=[_insight(asked, key, one, at[key]) for key, one in shown.items()]
        )
        day = _today(asked)
        parts = [
            {"video_id": key, "day": day, **part}
            for key, one in shown.items()
            for field in PARTS
            for part in parts_of(field, one.get(field))
        ]
        yield Rows(table="tiktok.video_part", rows=parts)
        yield _gone(asked, piece, shown)
        yield Done(video_ids=tuple(shown))


def _today(asked: Asked) -> date:
    return asked.now.astimezone(UTC).date()


def _insight(asked: Asked, key: str, video: Mapping[str, Any], published_at: datetime) -> Row:
    known: dict[str, Any] = {"video_id": key, "day": _today(asked)}
    known["provisional"] = asked.now - published_at < timedelta(days=UPDATED_DAYS)
    known |= {metric.name: _blank(video.get(metric.field)) for metric in asked.metrics if metric.field not in PARTS}
    known |= {name: _blank(video.get(name)) for name in TEXTS}
    names = {"item_id", "create_time", *TEXTS, *PARTS, *asked.fields()}
    return known | {name: value for name, value in video.items() if name not in names}


def _blank(value: Any) -> Any:
    """Return None for what TikTok leaves blank after a week without activity."""
    return None if value == "" else value


def parts_of(field: str, listed: Any) -> list[Row]:
    """Return the parts of one list, each with its share brought to 0–1; none for a blank or odd one."""
    dimension, key = PARTS[field]
    rows = [one for one in listed if isinstance(one, dict) and one.get(key)] if isinstance(listed, list) else []
    told = [_number(one.get("percentage")) for one in rows]
    whole = 100.0 if _is_per_cent([one for one in told if one is not None]) else 1.0
    return [
        {
            "dimension": dimension, "value": str(one[key]), "percentage": one.get("percentage"),
            "share": part / whole if part is not None else None,
        }
        for one, part in zip(rows, told, strict=True)
    ]  # fmt: skip


def _is_per_cent(told: Sequence[float]) -> bool:
    # fractions of a list add up to one; whether TikTok tells them or per cent is not documented (reference A.12)
    return bool(told) and (max(told) > 1.0 or sum(told) > 1.5)


def _number(value: Any) -> float | None:
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if isfinite(found) else None


def read_retention(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read how many still watch at each second; apart from the rest, because not every app may ask it (A.12)."""
    if not asked.metrics:
        return
    fields = Fields("item_id", asked.fields())
    for piece, shown in _pages(business_of(calls, asked), asked, fields):
        yield from fields.told()
        day = _today(asked)
        rows = [{"video_id": key, "day": day, **row} for key, one in shown.items() for row in curve_of(one)]
        yield Rows(table="tiktok.retention", rows=rows)
        yield _gone(asked, piece, shown)
        yield Done(video_ids=tuple(shown))
        if not fields.asked:
            return


def curve_of(video: Mapping[str, Any]) -> list[Row]:
    """Return a video's curves, second by second."""
    points: dict[int, dict[str, Any]] = {}
    for field, name in CURVES.items():
        listed = video.get(field)
        for point in listed if isinstance(listed, list) else []:
            second = _number(point.get("second")) if isinstance(point, dict) else None
            if second is not None:
                points.setdefault(int(second), dict.fromkeys(CURVES.values()))[name] = point.get("percentage")
    return [{"second": second} | told for second, told in sorted(points.items())]


def read_account_daily(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read an account's days and who follows it, 60 days a call."""
    business, fields = business_of(calls, asked), Fields("username", asked.fields())
    first = asked.first
    while first <= asked.last:
        last = min(asked.last, first + timedelta(days=MAX_DAYS - 1))
        told = fields.ask(partial(business.account, first=first, last=last))
        yield from fields.told()
        listed = told.get("metrics")
        days = [row for one in (listed if isinstance(listed, list) else []) if (row := _day(asked, one)) is not None]
        yield Rows(table="tiktok.account_daily", rows=days)
        if last == asked.last:
            day = _today(asked)
            parts = [{"day": day, **part} for field in PARTS for part in parts_of(field, told.get(field))]
            yield Rows(table="tiktok.audience", rows=parts)
        first = last + timedelta(days=1)


def _day(asked: Asked, told: Any) -> Row | None:
    """Return a day's row; None for what has no day."""
    try:
        day = date.fromisoformat(str(told["date"])[:10])
    except (KeyError, TypeError, ValueError):
        return None
    counts = {metric.name: _blank(told.get(metric.field)) for metric in asked.metrics if metric.field not in PARTS}
    unknown = {name: value for name, value in told.items() if name not in {"date", *asked.fields()}}
    return {"day": day, "provisional": asked.is_provisional(day)} | counts | unknown


VIDEO_DATASETS = (
    Dataset(
        name="video_insights",
        kind="analytics",
        of="video",
        read=quiet_without(read_video_insights),
        tables=("tiktok.video_insight", "tiktok.video_part"),
        cadence="daily",
        needs=("video.insights",),
        placements=(Placement.VIDEO,),
    ),
    Dataset(
        name="retention",
        kind="analytics",
        of="video",
        read=quiet_without(read_retention),
        tables=("tiktok.retention",),
        cadence="retention",
        needs=("video.insights",),
        placements=(Placement.VIDEO,),
    ),
)
ACCOUNT_DATASETS = (
    Dataset(
        name="account_daily",
        kind="accounts",
        of="account",
        read=quiet_without(read_account_daily),
        tables=("tiktok.account_daily", "tiktok.audience"),
        cadence="daily",
        looks_back_days=3,
        reaches_days=MAX_DAYS - 1,
        final_after_days=4,
        daily=True,
        needs=("user.insights",),
    ),
)
