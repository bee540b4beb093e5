"""Meta's days: they are days in California, named in answers by the moment they end (meta.md 3.2, 6.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from include.platforms.meta_graph.ours import moment_of
from include.platforms.reading import PACIFIC, Asked, Subject

ZONE = ZoneInfo(PACIFIC)
ONE = timedelta(days=1)


def day_of(moment: datetime) -> date:
    """Return the day of a moment."""
    return moment.astimezone(ZONE).date()


def slot_key(asked: Asked, subject: Subject) -> dict[str, Any]:
    """Return the key of a video's row: its id, and the slot it is read for with its day."""
    slot = asked.slots[subject.video_id]
    return {"video_id": subject.video_id, "day": day_of(slot), "slot": slot}


def begin(day: date) -> int:
    """Return when a day begins, as Unix time; a day has 23 to 25 hours."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp())


def span(first: date, last: date) -> dict[str, int]:
    """Return `since` and `until` for some days, both included."""
    return {"since": begin(first), "until": begin(last + ONE)}


def days(first: date, last: date) -> list[date]:
    """Return every day from the first to the last."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def pieces(first: date, last: date, longest: int) -> Iterator[tuple[date, date]]:
    """Yield the days in pieces of at most `longest`."""
    while first <= last:
        end = min(last, first + timedelta(days=longest - 1))
        yield first, end
        first = end + ONE


def series(row: Mapping[str, Any]) -> dict[date, Any]:
    """Return the values of a daily series by day; a value without a readable end is left out."""
    found: dict[date, Any] = {}
    for each in row.get("values") or []:
        ends = moment_of(each.get("end_time")) if isinstance(each, dict) else None
        if ends is not None:
            found[day_of(ends - timedelta(seconds=1))] = each.get("value")
    return found
