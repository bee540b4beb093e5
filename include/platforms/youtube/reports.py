"""Questions to the YouTube Analytics API: one query, its rows, and what it no longer knows (youtube.md 10)."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx

from include.platforms.errors import PlatformError, Rejected, TryAgain
from include.platforms.http import Calls
from include.platforms.reading import PACIFIC, Answer, Asked, Done, Metric, Refused, Rows, Subject, Whole, in_pieces
from include.platforms.youtube.asking import object_of, patiently, refusal
from include.platforms.youtube.errors import reason_of

Row = dict[str, Any]
ENDPOINT = "reports.query"
MAX_VIDEOS = 500
"""The most ids in a `video` filter (youtube.md 10.4, checked 2026-11-21)."""
MAX_CELLS = 50_000
"""Videos × days of a traffic query (revision history of 2024-11-15); kept for all, as it also bounds an answer."""
LONGEST_ADDRESS = 2000
"""Longer queries go as a POST that says it is a GET, as Google's own client does from 2,048 characters on."""
UNKNOWN = re.compile(r"Unknown identifier \((\w+)\)")
COLUMNS: Mapping[str, str] = {
    "video": "video_id", "day": "day", "month": "month", "insightTrafficSourceType": "source",
    "deviceType": "device_type", "operatingSystem": "operating_system", "country": "country", "ageGroup": "age_group",
    "gender": "gender", "elapsedVideoTimeRatio": "position", "adType": "ad_type",
}  # fmt: skip
"""Dimensions → our columns; metrics have theirs in config/metrics/youtube.yaml."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """One question; `videos` filters. With `each_video` the answer tells them apart."""

    first: date
    last: date
    dimensions: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    each_video: bool = False
    currency: str | None = None

    def params(self, fields: Sequence[str]) -> dict[str, str]:
        """Return the query's parameters; a single video is no dimension, which YouTube promises for several only."""
        named = ("video", *self.dimensions) if self.each_video and len(self.videos) > 1 else self.dimensions
        found = {
            "ids": "channel==MINE", "startDate": self.first.isoformat(), "endDate": self.last.isoformat(),
            "metrics": ",".join(fields),
        }  # fmt: skip
        if named:
            found["dimensions"] = ",".join(named)
        if self.videos:
            found["filters"] = f"video=={','.join(self.videos)}"
        if self.currency:
            found["currency"] = self.currency
        return found


class _NotKnown(Exception):
    """YouTube refuses the query for a metric; `name` when it says which."""

    def __init__(self, name: str | None, why: str, error: PlatformError) -> None:
        super().__init__(why)
        self.name = name
        self.why = why
        self.error = error


def answered(
    calls: Calls, metrics: Sequence[Metric], query: Query
) -> Generator[Refused, None, tuple[list[Row], tuple[Metric, ...]]]:
    """Return the rows by our columns, and the metrics that are left.

    A metric YouTube does not know (any more) is told as `Refused`, and the rest is asked again without it. When
    YouTube does not say which it is, each is asked alone, once.
    """
    left = tuple(metrics)
    while left:
        try:
            return _rows(calls, left, query), left
        except _NotKnown as refused:
            gone = {refused.name} if refused.name else _culprits(calls, left, query)
            if not gone or not gone & {one.field for one in left}:
                raise refused.error from None
            for name in sorted(gone):
                yield Refused(field=name, why=refused.why)
            left = tuple(one for one in left if one.field not in gone)
    return [], left


def _culprits(calls: Calls, metrics: Sequence[Metric], query: Query) -> set[str]:
    """Return which metrics are refused alone; nothing when all are, for then it is not the metrics."""
    found = set()
    for one in metrics if len(metrics) > 1 else ():
        try:
            _rows(calls, (one,), query)
        except _NotKnown:
            found.add(one.field)
    return found if len(found) < len(metrics) else set()


def _rows(calls: Calls, metrics: Sequence[Metric], query: Query) -> list[Row]:
    body = patiently(calls, lambda: _ask(calls, query.params([one.field for one in metrics])))
    names = {**COLUMNS, **{one.field: one.name for one in metrics}}
    headers = body.get("columnHeaders")
    rows = body.get("rows") or []  # absent when there is no data
    if not isinstance(headers, list) or not isinstance(rows, list):
        raise TryAgain("YouTube answered reports.query in a shape of its own.")
    columns = [names.get(str(one.get("name")), str(one.get("name"))) for one in headers]
    alone = {"video_id": query.videos[0]} if query.each_video and len(query.videos) == 1 else {}
    return [alone | dict(zip(columns, row, strict=False)) for row in rows if isinstance(row, list)]


def _ask(calls: Calls, params: Mapping[str, str]) -> Row:
    address = calls.address("analytics", "/v2/reports")
    if len(urlencode(params)) <= LONGEST_ADDRESS:
        response = calls.send("GET", address, endpoint=ENDPOINT, changes=False, params=params)
    else:
        headers = {"X-HTTP-Method-Override": "GET"}
        response = calls.send("POST", address, endpoint=ENDPOINT, changes=False, headers=headers, form=params)
    if response.is_success:
        return object_of(response, ENDPOINT)
    error = refusal(calls, response, ENDPOINT)
    if isinstance(error, Rejected) and response.status_code == httpx.codes.BAD_REQUEST:
        _, text = reason_of(response)
        found = UNKNOWN.search(text)
        if found or "not supported" in text:
            raise _NotKnown(found.group(1) if found else None, text, error)
    raise error


def pacific_day(moment: datetime) -> date:
    """Return the day YouTube counts a moment to."""
    return moment.astimezone(ZoneInfo(PACIFIC)).date()


def by_day(calls: Calls, asked: Asked, table: str, query: Query) -> Generator[Answer, None, None]:
    """Read daily rows of the channel into a table whose `video_id`, if it has one, is ''."""
    rows, _ = yield from answered(calls, asked.metrics, query)
    yield from told(asked, table, rows, {"video_id": ""} if query.dimensions != ("day",) else {}, None)


def by_video_and_day(
    calls: Calls,
    asked: Asked,
    table: str,
    dimensions: tuple[str, ...],
    currency: str | None = None,
    more: Mapping[str, Any] | None = None,
) -> Iterator[Answer]:
    """Read daily rows of up to 500 videos a call; videos that came out later than the days asked need none."""
    metrics = asked.metrics
    there = [one for one in asked.subjects if pacific_day(one.published_at) <= asked.last]
    yield Done(video_ids=tuple(one.video_id for one in asked.subjects if one not in there))
    days = (asked.last - asked.first).days + 1
    for piece in in_pieces(there, max(1, min(MAX_VIDEOS, MAX_CELLS // days))):
        ids = tuple(one.video_id for one in piece)
        query = Query(
            first=asked.first, last=asked.last, dimensions=dimensions, videos=ids, each_video=True, currency=currency
        )
        rows, metrics = yield from answered(calls, metrics, query)
        yield from told(asked, table, rows, {"currency": currency} if currency else more or {}, ids)
        yield Done(video_ids=ids)


def told(
    asked: Asked, table: str, rows: list[Row], more: Mapping[str, Any], ids: tuple[str, ...] | None
) -> Iterator[Answer]:
    """Yield rows by day: they are all there are for the days they speak of, which may end before the last one asked."""
    if not rows:
        return
    days = sorted({date.fromisoformat(str(row["day"])) for row in rows})
    if ids is not None:  # of the channel: days that are not there may be late, and no row is ever taken back
        yield Whole(table=table, first=days[0], last=days[-1], video_ids=ids)
    provisional = {day.isoformat(): asked.is_provisional(day) for day in days}
    yield Rows(table=table, rows=[{**more, **row, "provisional": provisional[str(row["day"])]} for row in rows])


def since_published(asked: Asked, subjects: Sequence[Subject]) -> date:
    """Return the first day any of these videos can have numbers."""
    return min(asked.last, *(pacific_day(one.published_at) for one in subjects))
