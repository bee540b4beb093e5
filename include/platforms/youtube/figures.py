"""Reads days, sources, devices, people and retention of videos and channels from the Analytics API (youtube.md 10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from include.platforms.http import Calls
from include.platforms.reading import Answer, Asked, Done, Rows, in_pieces
from include.platforms.youtube.reports import (
    MAX_VIDEOS,
    Query,
    answered,
    by_day,
    by_video_and_day,
    pacific_day,
    since_published,
)

PEOPLE = ("ageGroup", "gender")


def read_video_daily(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read each video's own numbers of each day."""
    yield from by_video_and_day(calls, asked, "youtube.video_daily", ("day",))


def read_traffic(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read where each day's views of each video came from."""
    yield from by_video_and_day(calls, asked, "youtube.traffic_daily", ("insightTrafficSourceType", "day"))


def read_devices(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read on which devices each video was watched each day; systems are read of the channel only: too many rows."""
    yield from by_video_and_day(
        calls, asked, "youtube.device_daily", ("deviceType", "day"), more={"operating_system": ""}
    )


def read_channel_daily(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read the channel's numbers of each day: one call."""
    yield from by_day(
        calls, asked, "youtube.channel_daily", Query(first=asked.first, last=asked.last, dimensions=("day",))
    )


def read_channel_traffic(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read where the channel's views came from each day, videos we did not publish included: one call."""
    query = Query(first=asked.first, last=asked.last, dimensions=("insightTrafficSourceType", "day"))
    yield from by_day(calls, asked, "youtube.traffic_daily", query)


def read_channel_devices(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read on which devices the channel was watched each day: one call."""
    query = Query(first=asked.first, last=asked.last, dimensions=("deviceType", "operatingSystem", "day"))
    yield from by_day(calls, asked, "youtube.device_daily", query)


def read_demographics(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read who watched each video, from its first day to the last one asked: the API has no days here.

    A video with few views has no rows, for the viewers' privacy.
    """
    metrics = asked.metrics
    for piece in in_pieces(asked.subjects, MAX_VIDEOS):
        ids = tuple(one.video_id for one in piece)
        query = Query(
            first=since_published(asked, piece), last=asked.last, dimensions=PEOPLE, videos=ids, each_video=True
        )
        rows, metrics = yield from answered(calls, metrics, query)
        first_days = {one.video_id: pacific_day(one.published_at) for one in piece}
        yield _as_of(asked, rows, [{"first_day": first_days.get(row.get("video_id", ""))} for row in rows])
        yield Done(video_ids=ids)


def read_channel_demographics(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read who watched the channel in the days asked: one call."""
    query = Query(first=asked.first, last=asked.last, dimensions=PEOPLE)
    rows, _ = yield from answered(calls, asked.metrics, query)
    yield _as_of(asked, rows, [{"video_id": "", "first_day": asked.first}] * len(rows))


def _as_of(asked: Asked, rows: list[dict[str, Any]], more: list[dict[str, Any]]) -> Rows:
    return Rows(
        table="youtube.demographics",
        rows=[{**row, **extra, "day": asked.last} for row, extra in zip(rows, more, strict=True)],
    )


def read_retention(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read at which point people leave a video: a call each, because the API looks at the first id only."""
    metrics = asked.metrics
    for subject in asked.subjects:
        first = min(asked.last, pacific_day(subject.published_at))
        query = Query(
            first=first, last=asked.last, dimensions=("elapsedVideoTimeRatio",), videos=(subject.video_id,),
            each_video=True,
        )  # fmt: skip
        rows, metrics = yield from answered(calls, metrics, query)
        yield Rows(table="youtube.retention", rows=[{**row, "first_day": first, "day": asked.last} for row in rows])
        yield Done(video_ids=(subject.video_id,))
