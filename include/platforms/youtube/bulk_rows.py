"""What the columns of YouTube's bulk reports become: rows by video and day, or by video, day and country.

Columns are found by their names: YouTube adds some and changes their order (youtube.md 11.2). What a report splits
further (subscribed or not, live or not) is added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

Row = dict[str, Any]
TABLES: Mapping[str, str] = {
    "channel_reach_basic_a": "youtube.reach_daily",
    "channel_basic_a": "youtube.country_daily",
}
"""Report type without its number → our table."""
COUNTRY_SUMS = (
    "views", "engaged_views", "likes", "dislikes", "comments", "shares", "watch_time_minutes",
    "videos_added_to_playlists", "videos_removed_from_playlists", "subscribers_gained", "subscribers_lost", "red_views",
    "red_watch_time_minutes",
)  # fmt: skip
MINUTES = {"watch_time_minutes", "red_watch_time_minutes"}
SHOWN, RATE = "video_thumbnail_impressions", "video_thumbnail_impressions_ctr"


def rows_of(family: str, lines: Iterable[Mapping[str, Any]], provisional: bool) -> list[Row]:
    """Return a report's rows as our table has them; a line without a day is left out."""
    keyed = [(line, day) for line in lines if (day := _day(line.get("date"))) is not None]
    if family == "channel_reach_basic_a":
        return [{**row, "provisional": provisional} for row in _reach(keyed)]
    return [{**row, "provisional": provisional} for row in _countries(keyed)]


def _day(text: Any) -> Any:
    try:
        return datetime.strptime(str(text), "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def _number(text: Any) -> Decimal | None:
    """Read a number; an empty or strange value is unknown."""
    try:
        found = Decimal(str(text))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _reach(keyed: Iterable[tuple[Mapping[str, Any], Any]]) -> Iterable[Row]:
    """Add up impressions, and weigh click rates by them (youtube.md 11.5)."""
    shown: dict[tuple[str, Any], Decimal] = {}
    clicked: dict[tuple[str, Any], Decimal] = {}
    for line, day in keyed:
        key = (str(line.get("video_id") or ""), day)
        impressions, rate = _number(line.get(SHOWN)) or Decimal(0), _number(line.get(RATE)) or Decimal(0)
        shown[key] = shown.get(key, Decimal(0)) + impressions
        clicked[key] = clicked.get(key, Decimal(0)) + impressions * rate
    for (video_id, day), impressions in shown.items():
        share = clicked[video_id, day] / impressions if impressions else None
        yield {
            "video_id": video_id, "day": day, "thumbnail_impressions": int(impressions),
            "thumbnail_click_rate": None if share is None else round(share, 8),
        }  # fmt: skip


def _countries(keyed: Iterable[tuple[Mapping[str, Any], Any]]) -> Iterable[Row]:
    sums: dict[tuple[str, Any, str], list[Decimal | None]] = {}
    for line, day in keyed:
        key = (str(line.get("video_id") or ""), day, str(line.get("country_code") or "ZZ"))
        before = sums.setdefault(key, [None] * len(COUNTRY_SUMS))
        for place, name in enumerate(COUNTRY_SUMS):
            number = _number(line.get(name))
            if number is not None:
                before[place] = (before[place] or Decimal(0)) + number
    for (video_id, day, country), found in sums.items():
        numbers = {
            name: number if number is None or name in MINUTES else int(number)
            for name, number in zip(COUNTRY_SUMS, found, strict=True)
        }
        yield {"video_id": video_id, "day": day, "country": country} | numbers
