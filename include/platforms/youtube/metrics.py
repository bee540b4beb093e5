"""What YouTube tells about videos and the channel: every dataset but comments and money, and the fewest calls.

Counters come from the Data API, days from the Analytics API, reach and countries from the files of the Reporting API.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from include.platforms.http import Calls
from include.platforms.reading import PACIFIC, Answer, Asked, Dataset, Done, Missing, Row, Rows, Subject, in_pieces
from include.platforms.youtube.asking import Json, get, objects, part
from include.platforms.youtube.auth import SCOPE
from include.platforms.youtube.bulk import read_bulk
from include.platforms.youtube.figures import (
    read_channel_daily,
    read_channel_demographics,
    read_channel_devices,
    read_channel_traffic,
    read_demographics,
    read_devices,
    read_retention,
    read_traffic,
    read_video_daily,
)
from include.platforms.youtube.reports import MAX_VIDEOS, pacific_day
from include.platforms.youtube.sweeps import fewest_sweep_calls

MAX_IDS = 50
"""Ids of `videos.list` and `videos.batchGetStats` (youtube.md 4.1, 4.3, checked 2026-11-21)."""
DATA = "|".join(SCOPE + name for name in ("youtube.readonly", "youtube.force-ssl", "youtube"))
FIGURES = "|".join(SCOPE + name for name in ("yt-analytics.readonly", "yt-analytics-monetary.readonly"))
RESTATED_DAYS = 7
"""Days settle after 48 to 72 hours; a week is read again each day (youtube.md 10.9)."""
FINAL_AFTER_DAYS = 5
DURATION = re.compile(r"^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$")
VIDEO_PARTS = "snippet,contentDetails,status,statistics,topicDetails"


def read_video_counters(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read what each video's counters show now, 50 videos a call.

    The call may leave videos out, so those are looked for with `videos.list`; what that does not know either is gone.
    """
    for piece in in_pieces(asked.subjects, MAX_IDS):
        params = {"part": "id,statistics,contentDetails", "id": ",".join(one.video_id for one in piece)}
        body = get(calls, "api", "/youtube/v3/videos:batchGetStats", endpoint="videos.batchGetStats", params=params)
        items = {str(item.get("id")): item for item in objects(body)}
        left_out = [one for one in piece if one.video_id not in items]
        items |= _videos(calls, left_out, "id,statistics,contentDetails")
        yield Rows(
            table="youtube.video_counter",
            rows=[
                _slot(asked.slots[one.video_id]) | {"video_id": one.video_id} | counted(items[one.video_id])
                for one in piece
                if one.video_id in items
            ],
        )
        yield Missing(video_ids=tuple(one.video_id for one in piece if one.video_id not in items))
        yield Done(video_ids=tuple(one.video_id for one in piece))


def _slot(slot: datetime) -> dict[str, Any]:
    return {"day": slot.astimezone(ZoneInfo(PACIFIC)).date(), "slot": slot}


def counted(item: Json) -> dict[str, Any]:
    """Return a video's counters; one that is hidden or switched off is not told, which is None."""
    statistics = part(item, "statistics")
    return {"views": statistics.get("viewCount"), "likes": statistics.get("likeCount"),
            "comments": statistics.get("commentCount")}  # fmt: skip


def _videos(calls: Calls, subjects: Iterable[Subject], parts: str) -> dict[str, Json]:
    ids = ",".join(one.video_id for one in subjects)
    if not ids:
        return {}
    body = get(calls, "api", "/youtube/v3/videos", endpoint="videos.list", params={"part": parts, "id": ids})
    return {str(item.get("id")): item for item in objects(body)}


def read_videos(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read what each video is: texts, tags, category, topics, settings, state; and the names of the categories."""
    categories: set[str] = set()
    for piece in in_pieces(asked.subjects, MAX_IDS):
        items = _videos(calls, piece, VIDEO_PARTS)
        rows = [video_row(item) for item in items.values()]
        categories |= {str(row["category_id"]) for row in rows if row["category_id"]}
        yield Rows(table="youtube.video", rows=rows)
        yield Missing(video_ids=tuple(one.video_id for one in piece if one.video_id not in items))
        yield Done(video_ids=tuple(one.video_id for one in piece))
    if categories:
        params = {"part": "snippet", "id": ",".join(sorted(categories))}
        body = get(calls, "api", "/youtube/v3/videoCategories", endpoint="videoCategories.list", params=params)
        yield Rows(
            table="youtube.category",
            rows=[
                {"category_id": item.get("id"), "title": part(item, "snippet").get("title"),
                 "assignable": part(item, "snippet").get("assignable")}
                for item in objects(body)
            ],
        )  # fmt: skip


def video_row(item: Json) -> Row:
    """Return what `videos.list` tells of a video."""
    snippet, content, status = (part(item, name) for name in ("snippet", "contentDetails", "status"))
    statistics, topics = part(item, "statistics"), part(item, "topicDetails")
    region = part(content, "regionRestriction")
    return {
        "video_id": item.get("id"), "title": snippet.get("title"), "description": snippet.get("description"),
        "tags": snippet.get("tags") or [], "category_id": snippet.get("categoryId"),
        "topic_categories": topics.get("topicCategories") or [], "topic_ids": topics.get("relevantTopicIds") or [],
        "default_language": snippet.get("defaultLanguage"),
        "default_audio_language": snippet.get("defaultAudioLanguage"), "published_at": snippet.get("publishedAt"),
        "live_broadcast_content": snippet.get("liveBroadcastContent"), "thumbnails": snippet.get("thumbnails"),
        "duration_seconds": seconds_of(content.get("duration")), "dimension": content.get("dimension"),
        "definition": content.get("definition"), "caption": content.get("caption") == "true",
        "licensed_content": content.get("licensedContent"), "projection": content.get("projection"),
        "has_custom_thumbnail": content.get("hasCustomThumbnail"), "region_allowed": region.get("allowed"),
        "region_blocked": region.get("blocked"), "content_rating": content.get("contentRating"),
        "upload_status": status.get("uploadStatus"), "failure_reason": status.get("failureReason"),
        "rejection_reason": status.get("rejectionReason"), "privacy_status": status.get("privacyStatus"),
        "publish_at": status.get("publishAt"), "license": status.get("license"), "embeddable": status.get("embeddable"),
        "public_stats_viewable": status.get("publicStatsViewable"), "made_for_kids": status.get("madeForKids"),
        "self_declared_made_for_kids": status.get("selfDeclaredMadeForKids"),
        "contains_synthetic_media": status.get("containsSyntheticMedia"), "views": statistics.get("viewCount"),
        "likes": statistics.get("likeCount"), "dislikes": statistics.get("dislikeCount"),
        "comments": statistics.get("commentCount"),
    }  # fmt: skip


def seconds_of(duration: Any) -> float | None:
    """Read `PT1M2S` (or P0D, while a video is processed) as seconds; None for anything else."""
    found = DURATION.match(duration) if isinstance(duration, str) else None
    if found is None:
        return None
    days, hours, minutes, seconds = (float(one or 0) for one in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def read_channel(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read what the channel shows now: subscribers (rounded down by YouTube), views, videos, whether it may earn."""
    params = {"part": "snippet,statistics,status", "mine": "true"}
    body = get(calls, "api", "/youtube/v3/channels", endpoint="channels.list", params=params)
    rows = []
    for item in objects(body)[:1]:
        snippet, statistics, status = (part(item, name) for name in ("snippet", "statistics", "status"))
        rows.append(
            {
                "day": pacific_day(asked.now), "slot": asked.now.replace(minute=0, second=0, microsecond=0),
                "title": snippet.get("title"), "handle": snippet.get("customUrl"), "country": snippet.get("country"),
                "subscribers": None if statistics.get("hiddenSubscriberCount") else statistics.get("subscriberCount"),
                "hidden_subscribers": statistics.get("hiddenSubscriberCount"), "views": statistics.get("viewCount"),
                "videos": statistics.get("videoCount"), "monetized": status.get("isChannelMonetizationEnabled"),
                "long_uploads_status": status.get("longUploadsStatus"), "made_for_kids": status.get("madeForKids"),
            }
        )  # fmt: skip
    yield Rows(table="youtube.channel_counter", rows=rows)


def fewest_calls(videos: int, answers: Sequence[int] = ()) -> Mapping[str, int]:
    """Return how few calls YouTube allows for one daily load of so many videos, by dataset, retention included.

    Sources: 50 ids a call (youtube.md 4.1, 4.3); 500 ids a query (10.4); one video a retention query (10.6); a list and
    a file a job and day, of two jobs (11.1, 11.2); one query for anything of the channel itself (10.3); a list of
    comments shows those of one `moderationStatus`: published, held for review or likely spam, so three (9.3). Sweeps
    cost what people wrote, not what is out: `answers` tells of each thread of the channel how many it has.
    """
    by_50, by_500 = math.ceil(videos / MAX_IDS), math.ceil(videos / MAX_VIDEOS)
    return {
        "video_counters": by_50, "videos": by_50 + 1, "video_daily": by_500, "traffic": by_500, "devices": by_500,
        "demographics": by_500, "retention": videos, "channel": 1, "channel_daily": 1, "channel_traffic": 1,
        "channel_devices": 1, "channel_demographics": 1, "bulk_reports": 4, "comments": 3,
        "comment_sweeps": fewest_sweep_calls(answers), "revenue": 1, "revenue_ad_types": 1, "revenue_countries": 1,
        "revenue_videos": by_500,
    }  # fmt: skip


_DAYS: dict[str, Any] = {
    "cadence": "daily", "zone": PACIFIC, "looks_back_days": RESTATED_DAYS, "final_after_days": FINAL_AFTER_DAYS,
    "daily": True, "needs": (FIGURES, DATA), "reaches_days": 365,
}  # fmt: skip
_LIFE: dict[str, Any] = {"zone": PACIFIC, "needs": (FIGURES, DATA)}
DATASETS = (
    Dataset(
        name="video_counters", kind="analytics", of="video", read=read_video_counters,
        tables=("youtube.video_counter",), cadence="counters", zone=PACIFIC, needs=(DATA,),
    ),
    Dataset(
        name="videos", kind="analytics", of="video", read=read_videos, tables=("youtube.video", "youtube.category"),
        cadence="weekly", zone=PACIFIC, needs=(DATA,),
    ),
    Dataset(
        name="video_daily", kind="analytics", of="video", read=read_video_daily, tables=("youtube.video_daily",),
        **_DAYS,
    ),
    Dataset(
        name="traffic", kind="analytics", of="video", read=read_traffic, tables=("youtube.traffic_daily",), **_DAYS
    ),
    Dataset(name="devices", kind="analytics", of="video", read=read_devices, tables=("youtube.device_daily",), **_DAYS),
    Dataset(
        name="demographics", kind="analytics", of="video", read=read_demographics, tables=("youtube.demographics",),
        cadence="weekly", **_LIFE,
    ),
    Dataset(
        name="retention", kind="analytics", of="video", read=read_retention, tables=("youtube.retention",),
        cadence="retention", **_LIFE,
    ),
    Dataset(
        name="bulk_reports", kind="analytics", of="account", read=read_bulk,
        tables=("youtube.reporting_job", "youtube.report_file", "youtube.reach_daily", "youtube.country_daily"),
        cadence="daily", zone=PACIFIC, final_after_days=FINAL_AFTER_DAYS, needs=(FIGURES,),
    ),
    Dataset(
        name="channel", kind="accounts", of="account", read=read_channel, tables=("youtube.channel_counter",),
        cadence="daily", zone=PACIFIC, needs=(DATA,),
    ),
    Dataset(
        name="channel_daily", kind="accounts", of="account", read=read_channel_daily, tables=("youtube.channel_daily",),
        **_DAYS,
    ),
    Dataset(
        name="channel_traffic", kind="accounts", of="account", read=read_channel_traffic,
        tables=("youtube.traffic_daily",), **_DAYS,
    ),
    Dataset(
        name="channel_devices", kind="accounts", of="account", read=read_channel_devices,
        tables=("youtube.device_daily",), **_DAYS,
    ),
    Dataset(
        name="channel_demographics", kind="accounts", of="account", read=read_channel_demographics,
        tables=("youtube.demographics",), cadence="weekly", looks_back_days=timedelta(days=27).days, **_LIFE,
    ),
)  # fmt: skip
