"""What TikTok tells about videos and accounts: counters of everybody, business insights of who has them.

The Display API has counters only. Watch time, reach, saves, sources and audiences are the Business API's; without its
scopes those datasets are not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from typing import Any

from include.platforms.http import Calls
from include.platforms.reading import Answer, Asked, Dataset, Done, Missing, Row, Rows, Subject, in_pieces
from include.platforms.tiktok.client import Client
from include.platforms.tiktok.fields import Fields
from include.platforms.tiktok.insights import ACCOUNT_DATASETS, VIDEO_DATASETS
from include.releases.publication import Placement

MAX_IDS = 20
"""Of one video/query (reference A.11)."""
TEXTS = ("title", "video_description", "create_time", "duration", "width", "height", "share_url")
VISIBLE_AFTER = timedelta(days=1)
"""A video that is younger may still be with TikTok's moderators: it is not missing yet."""


def own_videos(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """Return those TikTok knows by a number: a private post has a publish id only, and is never shown."""
    return tuple(one for one in subjects if one.video_id.isdecimal())


def not_shown(asked: Asked, piece: tuple[Subject, ...], found: set[str]) -> tuple[str, ...]:
    """Return the videos of a piece that TikTok should show and does not."""
    return tuple(
        one.video_id
        for one in piece
        if one.video_id not in found and asked.now - one.published_at > VISIBLE_AFTER
    )  # fmt: skip


def read_video_counters(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read the counters of videos, 20 a call."""
    client, fields = Client(calls), Fields("id", (*TEXTS, *asked.fields()))
    metrics = {metric.field: metric.name for metric in asked.metrics}
    for piece in in_pieces(own_videos(asked.subjects), MAX_IDS):
        ids = [one.video_id for one in piece]
        videos = [one for one in fields.ask(partial(client.videos, ids=ids)) if one.get("id")]
        yield from fields.told()
        shown = {str(one["id"]): one for one in videos if str(one["id"]) in ids}
        yield Rows(table="tiktok.video", rows=[_video(key, one) for key, one in shown.items()])
        yield Rows(
            table="tiktok.video_counter",
            rows=[_counter(asked, key, one, metrics) for key, one in shown.items()],
        )
        yield Missing(video_ids=not_shown(asked, piece, set(shown)))
        yield Done(video_ids=tuple(shown))


def _video(key: str, video: Mapping[str, Any]) -> Row:
    created = video.get("create_time")
    at = datetime.fromtimestamp(created, UTC) if isinstance(created, int) and 0 < created < 10**11 else None
    return {"video_id": key, "created_at": at} | {
        name: video.get(name) for name in TEXTS if name != "create_time"
    }  # fmt: skip


def _counter(asked: Asked, key: str, video: Mapping[str, Any], metrics: Mapping[str, str]) -> Row:
    slot = asked.slots[key]
    known = {"video_id": key, "day": slot.astimezone(UTC).date(), "slot": slot}
    counts = {name: video.get(field) for field, name in metrics.items()}
    unknown = {name: value for name, value in video.items() if name not in {"id", *TEXTS, *metrics}}
    return known | counts | unknown


def read_user_counters(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read the account's counters: one call."""
    client, fields = Client(calls), Fields("open_id", asked.fields())
    user = fields.ask(client.user_fields)
    yield from fields.told()
    counts = {metric.name: user.get(metric.field) for metric in asked.metrics}
    unknown = {name: value for name, value in user.items() if name not in {"open_id", *asked.fields()}}
    day = asked.now.astimezone(UTC).date()
    yield Rows(table="tiktok.user_counter", rows=[{"day": day} | counts | unknown])


DATASETS = (
    Dataset(
        name="video_counters",
        kind="analytics",
        of="video",
        read=read_video_counters,
        tables=("tiktok.video", "tiktok.video_counter"),
        cadence="counters",
        needs=("video.list",),
        placements=(Placement.VIDEO,),
    ),
    *VIDEO_DATASETS,
    Dataset(
        name="user_counters",
        kind="accounts",
        of="account",
        read=read_user_counters,
        tables=("tiktok.user_counter",),
        cadence="daily",
        needs=("user.info.stats",),
    ),
    *ACCOUNT_DATASETS,
)


def fewest_calls(videos: int) -> Mapping[str, int]:
    """Return the fewest calls of a daily load of so many videos, by dataset.

    Both video/query and business/video/list take at most 20 ids (developers.tiktok.com, reference A.11 and A.12);
    retention may not be asked together with the rest (A.12); user/info and business/get are one call each, the latter
    for up to 60 days.
    """
    pages = ceil(videos / MAX_IDS)
    return {
        "video_counters": pages, "video_insights": pages, "retention": pages, "user_counters": 1, "account_daily": 1,
    }  # fmt: skip
