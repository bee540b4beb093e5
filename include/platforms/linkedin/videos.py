"""A page's videos day by day (videoAnalytics): one type of number of one post a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta

from include.platforms.errors import PlatformError, Rejected
from include.platforms.http import Calls
from include.platforms.linkedin.client import Client
from include.platforms.linkedin.readings import (
    client_of,
    day_of,
    elements_of,
    encoded,
    is_about,
    is_gone,
    milliseconds,
    page_of,
    posts_of,
)
from include.platforms.reading import Answer, Asked, Dataset, Done, Missing, Refused, Row, Rows, Subject, in_pieces

TYPES = {
    "VIDEO_VIEW": "video_view",
    "VIEWER": "viewer",
    "TIME_WATCHED": "time_watched",
    "TIME_WATCHED_FOR_VIDEO_VIEWS": "time_watched_for_video_views",
}
"""LinkedIn's types and our columns."""
KEPT_DAYS = 180
"""LinkedIn keeps about six months (reference B.5): the days of an older video are no longer all there."""
AT_ONCE = 20
"""So many videos' rows go on together."""

Days = Mapping[date, int]


@dataclass(kw_only=True)
class _Piece:
    """What was read of some videos."""

    rows: list[Row] = field(default_factory=list)
    totals: list[Row] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def answers(self) -> Iterator[Answer]:
        """Yield it."""
        yield Rows(table="linkedin.video_daily", rows=self.rows)
        yield Rows(table="linkedin.video_statistics", rows=self.totals)
        yield Missing(video_ids=tuple(self.gone))
        yield Done(video_ids=tuple(self.done))


def read_video_statistics(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read the days of a page's videos; what was read before a limit is reached is kept, video by video."""
    if page_of(asked) is None:
        return
    client, types = client_of(calls, asked), list(asked.fields())
    for subjects in in_pieces(posts_of(asked.subjects), AT_ONCE):
        piece = _Piece()
        try:
            for subject in subjects:
                yield from _video(client, asked, subject, types, piece)
        except PlatformError:
            yield from piece.answers()
            raise
        yield from piece.answers()


def _video(client: Client, asked: Asked, subject: Subject, types: list[str], piece: _Piece) -> Iterator[Answer]:
    """Read one video into `piece`; a type that LinkedIn refuses leaves `types`."""
    published = subject.published_at.astimezone(UTC).date()
    since = max(published, asked.last - timedelta(days=KEPT_DAYS))
    told: dict[str, Days] = {}
    for name in tuple(types):
        try:
            told[name] = _days(client, subject.video_id, name, since, asked.last)
        except Rejected as refusal:
            if is_gone(refusal):
                piece.gone.append(subject.video_id)
                return
            if not is_about(refusal, name):
                raise
            types.remove(name)
            yield Refused(field=name, why=refusal.message)
    first = max(asked.first, since)
    for number in range((asked.last - first).days + 1):
        day = first + timedelta(days=number)
        known = {"video_id": subject.video_id, "day": day, "provisional": asked.is_provisional(day)}
        piece.rows.append(
            known | {ours: told[name].get(day, 0) if name in told else None for name, ours in TYPES.items()}
        )
    if published == since and published <= asked.last:
        known = {"video_id": subject.video_id, "day": asked.last, "provisional": asked.is_provisional(asked.last)}
        sums = {ours: sum(told[name].values()) if name in told else None for name, ours in TYPES.items()}
        piece.totals.append(known | sums)
    piece.done.append(subject.video_id)


def _days(client: Client, urn: str, name: str, first: date, last: date) -> Days:
    if first > last:
        return {}
    span = f"timeRange.start={milliseconds(first)}&timeRange.end={milliseconds(last + timedelta(days=1))}"
    path = f"videoAnalytics?q=entity&entity={encoded(urn)}&type={name}&aggregation=DAY&{span}"
    found: dict[date, int] = {}
    for element in elements_of(client.read(path, "videoAnalytics.list")):
        day, value = day_of(element), element.get("value")
        if day is not None and isinstance(value, int) and first <= day <= last:
            found[day] = value
    return found


VIDEO_DATASETS = (
    Dataset(
        name="video_statistics",
        kind="analytics",
        of="video",
        read=read_video_statistics,
        tables=("linkedin.video_daily", "linkedin.video_statistics"),
        cadence="daily",
        looks_back_days=3,
        reaches_days=KEPT_DAYS,
        final_after_days=4,
        daily=True,
        needs=("r_organization_social",),
    ),
)
