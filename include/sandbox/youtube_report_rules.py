"""Which questions the YouTube Analytics API answers: the table of youtube.md 10.3 as data."""

from __future__ import annotations

from dataclasses import dataclass

TIME = frozenset({"day", "month"})
PLACE = frozenset({"country", "continent", "subContinent"})
WHICH = frozenset({"video", "group"})
KIND = frozenset({"creatorContentType"})
MONEY = frozenset(
    {
        "estimatedRevenue", "estimatedAdRevenue", "grossRevenue", "estimatedRedPartnerRevenue", "monetizedPlaybacks",
        "playbackBasedCpm", "adImpressions", "cpm",
    }
)  # fmt: skip
CARDS = frozenset(
    {
        "annotationClickThroughRate", "annotationCloseRate", "annotationImpressions",
        "annotationClickableImpressions", "annotationClosableImpressions", "annotationClicks", "annotationCloses",
        "cardClickRate", "cardTeaserClickRate", "cardImpressions", "cardTeaserImpressions", "cardClicks",
        "cardTeaserClicks",
    }
)  # fmt: skip
WATCHED = frozenset({"views", "engagedViews", "estimatedMinutesWatched"})
DURATIONS = frozenset({"averageViewDuration", "averageViewPercentage"})
PROVINCE = WATCHED | DURATIONS | CARDS | {"redViews", "estimatedRedMinutesWatched"}
SUBSCRIBED = PROVINCE | {"likes", "dislikes", "shares", "videosAddedToPlaylists", "videosRemovedFromPlaylists"}
ALL = SUBSCRIBED | {"comments", "subscribersGained", "subscribersLost"} | MONEY
PLAYBACK = (WATCHED - {"engagedViews"}) | DURATIONS | {"redViews", "estimatedRedMinutesWatched"}
RETENTION = frozenset(
    {
        "audienceWatchRatio", "relativeRetentionPerformance", "startedWatching", "stoppedWatching",
        "totalSegmentImpressions",
    }
)  # fmt: skip
THUMBNAILS = frozenset({"videoThumbnailImpressions", "videoThumbnailImpressionsClickRate"})
"""In the papers, and refused by every dated live probe (10.7)."""
METRIC_NAMES = ALL | RETENTION | THUMBNAILS | {"viewerPercentage"}
ON_PLAYER = frozenset({"liveOrOnDemand", "subscribedStatus", "youtubeProduct"})


@dataclass(frozen=True, kw_only=True)
class Report:
    """One row of the table. `needs` are filters that must be there (with a value, or any)."""

    name: str
    metrics: frozenset[str]
    required: frozenset[str] = frozenset()
    one_of: frozenset[str] = frozenset()
    """At least one of these dimensions."""
    optional: frozenset[str] = frozenset()
    filters: frozenset[str] = PLACE | WHICH
    needs: tuple[tuple[str, str | None], ...] = ()
    sorted_at_most: int | None = None
    """Sorted downwards, with `maxResults` up to this."""

    def fits(self, dimensions: frozenset[str], filters: dict[str, str], metrics: frozenset[str]) -> bool:
        """Say whether a question is one of this report's."""
        rest = dimensions - self.required
        return (
            self.required <= dimensions
            and rest <= self.one_of | self.optional
            and (not self.one_of or bool(dimensions & self.one_of))
            and len(dimensions & (TIME | {"country", "province"})) <= (2 if "city" in dimensions else 1)
            and set(filters) <= self.filters
            and len(PLACE & set(filters)) <= 1
            and all(filters.get(name) == value if value else name in filters for name, value in self.needs)
            and metrics <= self.metrics
        )


DETAIL = WHICH | PLACE | {"province"}
REPORTS = (
    Report(name="basic", metrics=ALL),
    Report(name="by time", metrics=ALL, one_of=TIME, optional=KIND),
    Report(
        name="by country", metrics=ALL, required=frozenset({"country"}), optional=KIND,
        filters=WHICH | {"continent", "subContinent"},
    ),
    Report(
        name="by province", metrics=PROVINCE, required=frozenset({"province"}), filters=WHICH | {"country"},
        needs=(("country", "US"),),
    ),
    Report(
        name="by city", metrics=(WATCHED - {"engagedViews"}) | DURATIONS, required=frozenset({"city"}),
        optional=TIME | KIND | {"country", "province", "subscribedStatus"}, filters=DETAIL, sorted_at_most=25,
    ),
    Report(
        name="subscribed status", metrics=SUBSCRIBED, optional=TIME | KIND | {"subscribedStatus"},
        filters=WHICH | PLACE | {"subscribedStatus"},
    ),
    Report(
        name="playback details", metrics=PLAYBACK, one_of=ON_PLAYER | KIND, optional=TIME | {"country", "province"},
        filters=DETAIL | ON_PLAYER,
    ),
    Report(
        name="playback location", metrics=WATCHED, required=frozenset({"insightPlaybackLocationType"}),
        optional=KIND | {"day", "liveOrOnDemand", "subscribedStatus"},
        filters=DETAIL | {"liveOrOnDemand", "subscribedStatus"},
    ),
    Report(
        name="location detail", metrics=WATCHED, required=frozenset({"insightPlaybackLocationDetail"}),
        filters=DETAIL | {"insightPlaybackLocationType"}, needs=(("insightPlaybackLocationType", "EMBEDDED"),),
        sorted_at_most=25,
    ),
    Report(
        name="traffic source", metrics=WATCHED, required=frozenset({"insightTrafficSourceType"}),
        optional=KIND | {"day", "liveOrOnDemand", "subscribedStatus"},
        filters=DETAIL | {"liveOrOnDemand", "subscribedStatus"},
    ),
    Report(
        name="traffic detail", metrics=WATCHED, required=frozenset({"insightTrafficSourceDetail"}), optional=KIND,
        filters=DETAIL | {"insightTrafficSourceType"}, needs=(("insightTrafficSourceType", None),), sorted_at_most=25,
    ),
    Report(
        name="device", metrics=WATCHED, one_of=frozenset({"deviceType", "operatingSystem"}),
        optional=KIND | ON_PLAYER | {"day"}, filters=DETAIL | ON_PLAYER,
    ),
    Report(
        name="demographics", metrics=frozenset({"viewerPercentage"}), one_of=frozenset({"ageGroup", "gender"}),
        optional=KIND | {"liveOrOnDemand", "subscribedStatus"},
        filters=DETAIL | {"liveOrOnDemand", "subscribedStatus"},
    ),
    Report(
        name="sharing", metrics=frozenset({"shares"}), required=frozenset({"sharingService"}),
        optional=KIND | {"subscribedStatus"},
    ),
    Report(
        name="retention", metrics=RETENTION, required=frozenset({"elapsedVideoTimeRatio"}), optional=KIND,
        filters=frozenset({"video", "audienceType", "subscribedStatus", "youtubeProduct"}), needs=(("video", None),),
    ),
    Report(
        name="top videos", metrics=ALL - {"adImpressions"}, required=frozenset({"video"}), optional=KIND,
        filters=PLACE, sorted_at_most=200,
    ),
    Report(
        name="ad performance", metrics=frozenset({"grossRevenue", "adImpressions", "cpm"}),
        required=frozenset({"adType"}), optional=frozenset({"day"}),
    ),
)  # fmt: skip
DIMENSION_NAMES = frozenset().union(*(one.required | one.one_of | one.optional | one.filters for one in REPORTS))


def report_for(
    dimensions: frozenset[str], filters: dict[str, str], metrics: frozenset[str], *, sort: str, most: int | None,
    one_video_is_enough: bool,
) -> Report | None:  # fmt: skip
    """Return the report that answers a question, or None.

    A `video` filter with several values may also be a dimension where the table does not list it.
    """
    videos = filters.get("video", "").split(",") if "video" in filters else []
    several = len(videos) > 1 or (one_video_is_enough and len(videos) == 1)
    if "video" in dimensions and "adImpressions" in metrics:
        return None
    for report in REPORTS:
        shape = dimensions
        if "video" in dimensions and "video" not in report.required:
            if not several or report.name == "retention":
                continue
            shape = dimensions - {"video"}
        limit = report.sorted_at_most
        downwards = bool(sort) and all(one.startswith("-") for one in sort.split(","))
        if limit is not None and not (downwards and most is not None and most <= limit):
            continue
        if report.fits(shape, filters, metrics):
            return report
    return None
