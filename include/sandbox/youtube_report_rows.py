"""What the YouTube Analytics API counts: a crowd's days, filtered, divided and added up (youtube.md 10.2, 10.6)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from include.sandbox.audience import METRICS, Crowd, dice
from include.sandbox.things import Account
from include.sandbox.world import World
from include.sandbox.youtube_life import is_short
from include.sandbox.youtube_numbers import MIX, crowds_of, pieces, reported
from include.sandbox.youtube_things import Video

Sums = Mapping[str, float]
POSSIBLE = "possible_seconds"
"""Engaged views × length: what percentages are measured against."""
POINTS = 100


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question that the API answers; days are Pacific, both included."""

    first: date
    last: date
    metrics: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]]


def _share(part: str, whole: str, times: float = 1.0) -> Callable[[Sums], float]:
    return lambda sums: round(times * sums[part] / sums[whole], 4) if sums[whole] else 0.0


def _whole(name: str, by: int = 1) -> Callable[[Sums], int]:
    return lambda sums: int(sums[name]) // by


def _gross(sums: Sums) -> float:
    return sums["revenue_micros"] / 550_000  # the channel's share is 55 %


def _thousands(of: str) -> Callable[[Sums], float]:
    return lambda sums: round(1000 * _gross(sums) / sums[of], 3) if sums[of] else 0.0


NUMBERS: Mapping[str, Callable[[Sums], float]] = {
    "views": _whole("views"), "engagedViews": _whole("engaged_views"), "redViews": _whole("views", 20),
    "estimatedMinutesWatched": _whole("watch_seconds", 60),
    "estimatedRedMinutesWatched": _whole("watch_seconds", 1200),
    "averageViewDuration": lambda sums: int(sums["watch_seconds"] // sums["engaged_views"])
    if sums["engaged_views"] else 0,
    "averageViewPercentage": _share("watch_seconds", POSSIBLE, 100),
    "likes": _whole("likes"), "dislikes": _whole("dislikes"), "comments": _whole("comments"),
    "shares": _whole("shares"), "subscribersGained": _whole("followers_gained"),
    "subscribersLost": _whole("followers_lost"), "videosAddedToPlaylists": _whole("saves"),
    "videosRemovedFromPlaylists": _whole("saves", 10),
    "cardImpressions": _whole("views", 4), "cardClicks": _whole("clicks"), "cardTeaserImpressions": _whole("views", 2),
    "cardTeaserClicks": _whole("clicks"), "cardClickRate": _share("clicks", "views", 4),
    "cardTeaserClickRate": _share("clicks", "views", 2),
    "estimatedRevenue": lambda sums: sums["revenue_micros"] / 1_000_000,
    "estimatedAdRevenue": lambda sums: sums["revenue_micros"] * 9 // 10 / 1_000_000,
    "estimatedRedPartnerRevenue": lambda sums: (sums["revenue_micros"] - sums["revenue_micros"] * 9 // 10) / 1_000_000,
    "grossRevenue": lambda sums: round(_gross(sums), 6), "cpm": _thousands("ad_impressions"),
    "playbackBasedCpm": _thousands("monetized_playbacks"), "monetizedPlaybacks": _whole("monetized_playbacks"),
    "adImpressions": _whole("ad_impressions"),
}  # fmt: skip
"""Each metric from what was added up; those of annotations, which are history, are 0."""


class _Noted(dict[str, float]):
    """Sums that note which of them a number is made of."""

    def __missing__(self, name: str) -> float:
        self[name] = 1.0
        return 1.0


@cache
def made_of(metrics: tuple[str, ...]) -> frozenset[str]:
    """Return what has to be added up for these metrics: of a whole channel only that is worth dividing."""
    noted = _Noted()
    for name in metrics:
        NUMBERS.get(name, NUMBERS["views"])(noted)  # shares of viewers and curves are made of views
    return frozenset(noted)


def rows_of(world: World, account: Account, asked: Question) -> list[list[Any]]:
    """Return the rows of an answer, in the order of their dimensions; none where nothing happened."""
    if "elapsedVideoTimeRatio" in asked.dimensions:
        return _retention(world, account, asked)
    if asked.metrics == ("viewerPercentage",):
        return _percentages(world, account, asked)
    found = []
    for key, sums in sorted(_added(world, account, asked).items()):
        numbers = [NUMBERS.get(name, _nothing)(sums) for name in asked.metrics]
        if any(numbers):
            found.append([*key, *numbers])
    return found


def _nothing(sums: Sums) -> float:
    return 0


def _added(world: World, account: Account, asked: Question) -> dict[tuple[str, ...], Sums]:
    """Return what was added up for each combination of the dimensions' values: no more than the metrics are made of."""
    needed = made_of(asked.metrics)
    possible = POSSIBLE in needed
    wanted = [name for name in METRICS if name in needed or (possible and name == "engaged_views")]
    totals: dict[tuple[str, ...], list[float]] = {}
    for key, crowd, counts in _cells(world, account, asked, wanted):
        more = (*counts, counts[wanted.index("engaged_views")] * crowd.seconds) if possible else counts
        before = totals.get(key)
        totals[key] = list(more) if before is None else [one + other for one, other in zip(before, more, strict=True)]
    names = [*wanted, POSSIBLE] if possible else wanted
    return {key: defaultdict(float, zip(names, sums, strict=True)) for key, sums in totals.items()}


def _cells(
    world: World, account: Account, asked: Question, wanted: list[str]
) -> Iterator[tuple[tuple[str, ...], Crowd, tuple[int, ...]]]:
    """Yield every video and day, divided as asked: the values of the dimensions, and the wanted counts."""
    divided = [name for name in MIX if name in asked.dimensions or name in asked.filters]
    places = [("video", "day", "month", "creatorContentType", *divided).index(one) for one in asked.dimensions]
    for video_id, crowd in crowds_of(world, account.id, asked.filters.get("video")):
        video = world.shelf(Video).get(video_id)
        kind = "shorts" if video and is_short(world, video) else "videoOnDemand"
        day = max(asked.first, crowd.first_day())
        while day <= asked.last:
            whole = reported(world, crowd, day)
            if whole is None:
                break
            counts = tuple([whole[name] for name in wanted])
            known = (video_id, day.isoformat(), f"{day:%Y-%m}", kind)
            for values, part in _divided(counts, divided, asked, f"{video_id}\x1f{day}"):
                there = known + values
                yield tuple([there[place] for place in places]), crowd, part
            day += timedelta(days=1)


def _divided(
    counts: tuple[int, ...], divided: list[str], asked: Question, salt: str
) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
    """Return the parts of a video's day: the value of each dimension it is divided by, and its counts."""
    if not divided:
        return [((), counts)]
    dimension, *rest = divided
    found = zip(MIX[dimension], pieces(counts, dimension, salt), strict=True)
    only = asked.filters.get(dimension)
    if only is not None:
        found = ((value, part) for value, part in found if value in only)  # type: ignore[assignment]
    if not rest:
        return [((value,), part) for value, part in found]
    return [
        ((value, *values), below)
        for value, part in found
        for values, below in _divided(part, rest, asked, f"{salt}\x1f{value}")
    ]


def _percentages(world: World, account: Account, asked: Question) -> list[list[Any]]:
    """Return who watched in percent; groups with too few views are kept back."""
    added = _added(world, account, asked)
    people = [place for place, name in enumerate(asked.dimensions) if name in ("ageGroup", "gender")]

    def group(key: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(value for place, value in enumerate(key) if place not in people)

    views: dict[tuple[str, ...], float] = defaultdict(float)
    for key, sums in added.items():
        views[group(key)] += sums["views"]
    least = max(1, world.switches.youtube_demographics_min_views)
    return [
        [*key, round(100 * sums["views"] / views[group(key)], 4)]
        for key, sums in sorted(added.items())
        if views[group(key)] >= least and sums["views"]
    ]


def _retention(world: World, account: Account, asked: Question) -> list[list[Any]]:
    """Return the curve of the first video that was named; the others are silently left out."""
    one = Question(
        first=asked.first, last=asked.last, metrics=("views",), filters={"video": asked.filters["video"][:1]}
    )
    sums = _added(world, account, one).get((), {})
    if sums.get("views", 0) < max(1, world.switches.youtube_retention_min_views):
        return []
    return [
        [
            point / POINTS,
            *(retention_at(asked.filters["video"][0], point, sums["views"])[name] for name in asked.metrics),
        ]
        for point in range(1, POINTS + 1)
    ]


def retention_at(video: str, point: int, views: float) -> dict[str, float]:
    """Return a video's curve at one of its hundred points."""
    left = 0.25 + 0.35 * dice(video, "left")
    ratio = left + (1.05 - left) * math.exp(-point / 35) + 0.02 * dice(video, "bump", point)
    return {
        "audienceWatchRatio": round(ratio, 4),
        "relativeRetentionPerformance": round(0.2 + 0.6 * dice(video, "relative", point), 4),
        "startedWatching": math.floor(views) if point == 1 else math.floor(views * dice(video, "in", point) / 50),
        "stoppedWatching": math.floor(views * dice(video, "out", point) / 50),
        "totalSegmentImpressions": math.floor(views * ratio),
    }
