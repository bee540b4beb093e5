"""What the files of the Reporting API hold, and when there are which (youtube.md 11.2 to 11.5)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from include.sandbox.audience import Crowd
from include.sandbox.world import World
from include.sandbox.youtube_numbers import crowds_of, parts
from include.sandbox.youtube_things import ReportJob

DAY = 86_400.0
KEYS = ("date", "channel_id", "video_id", "live_or_on_demand", "subscribed_status", "country_code")
WATCHED = ("views", "engaged_views", "watch_time_minutes", "average_view_duration_seconds",
           "average_view_duration_percentage", "red_views", "red_watch_time_minutes")  # fmt: skip
TRAFFIC_CODES = {
    "SHORTS": "24", "YT_SEARCH": "5", "SUBSCRIBER": "3", "RELATED_VIDEO": "7", "YT_CHANNEL": "4", "EXT_URL": "9",
    "NOTIFICATION": "17",
}  # fmt: skip
DEVICE_CODES = {"MOBILE": "104", "DESKTOP": "101", "TV": "102", "TABLET": "105"}
SUBSCRIBED_WORDS = {"SUBSCRIBED": "subscribed", "UNSUBSCRIBED": "not_subscribed"}


@dataclass(frozen=True, kw_only=True)
class Type:
    """A report type: its name and the columns of its files."""

    name: str
    columns: tuple[str, ...]


TYPES: Mapping[str, Type] = {
    "channel_basic_a3": Type(
        name="User activity",
        columns=(*KEYS, "views", "engaged_views", "comments", "likes", "dislikes", "shares", "watch_time_minutes",
                 "average_view_duration_seconds", "average_view_duration_percentage", "videos_added_to_playlists",
                 "videos_removed_from_playlists", "subscribers_gained", "subscribers_lost", "red_views",
                 "red_watch_time_minutes"),
    ),
    "channel_traffic_source_a3": Type(
        name="Traffic sources", columns=(*KEYS, "traffic_source_type", "traffic_source_detail", *WATCHED)
    ),
    "channel_device_os_a3": Type(name="Device and OS", columns=(*KEYS, "device_type", "operating_system", *WATCHED)),
    "channel_reach_basic_a1": Type(
        name="Reach basic",
        columns=("date", "channel_id", "video_id", "video_thumbnail_impressions", "video_thumbnail_impressions_ctr"),
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ReportFile:
    """One file of a job: a Pacific day, when it was made, and how much of the day's numbers it has."""

    id: str
    day: date
    begins_at: float
    ends_at: float
    created_at: float
    percent: int


def files_of(world: World, job: ReportJob) -> list[ReportFile]:
    """Return the files there are by now and that have not expired, the oldest day first.

    A day that was not settled when its file was made gets a second, corrected file.
    """
    switches, now = world.switches, world.now()
    clock = Crowd(key="", began_at=job.created_at)
    day = clock.day_at(job.created_at) - timedelta(days=switches.youtube_reporting_backfill_days)
    found = []
    while clock.midnight(day) < now:
        begins, ends = clock.midnight(day), clock.midnight(day + timedelta(days=1))
        backfilled = ends <= job.created_at
        first = max(job.created_at + switches.youtube_reporting_first_hours * 3600,
                    ends + switches.youtube_reports_lag_hours * 3600)  # fmt: skip
        settled = ends + switches.youtube_reports_settle_hours * 3600
        made = [(first, 100 if first >= settled else switches.youtube_reports_provisional_percent)]
        if first < settled:
            made.append((settled, 100))
        days = switches.youtube_reporting_keep_backfill_days if backfilled else switches.youtube_reporting_keep_days
        for version, (created, percent) in enumerate(made):
            if created <= now < created + days * DAY:
                key = f"{int(job.created_at) % 10**6:06d}{day:%Y%m%d}{version}"
                found.append(
                    ReportFile(id=key, day=day, begins_at=begins, ends_at=ends, created_at=created, percent=percent)
                )
        day += timedelta(days=1)
    return found


def csv_of(world: World, job: ReportJob, one: ReportFile) -> str:
    """Return a file; only the line of names when nothing happened."""
    columns = TYPES[job.report_type].columns
    file = io.StringIO()
    writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for video_id, crowd in crowds_of(world, job.channel):
        counts = {name: count * one.percent // 100 for name, count in crowd.of_day(one.day).items()}
        if not counts["views"]:
            continue
        known = {"date": f"{one.day:%Y%m%d}", "channel_id": job.channel, "video_id": video_id}
        if job.report_type == "channel_reach_basic_a1":
            writer.writerow(known | reach_of(counts))
            continue
        rows = (known | row for row in _rows(job.report_type, crowd, counts, (video_id, one.day)))
        writer.writerows({name: value for name, value in row.items() if name in columns} for row in rows)
    return file.getvalue()


def reach_of(counts: Mapping[str, int]) -> dict[str, object]:
    """Return how often a thumbnail was shown, and the share that clicked it."""
    shown = counts["impressions"]
    return {
        "video_thumbnail_impressions": shown,
        "video_thumbnail_impressions_ctr": round(counts["clicks"] / shown, 6) if shown else 0,
    }


def _rows(kind: str, crowd: Crowd, counts: Mapping[str, int], salt: tuple[object, ...]) -> Iterator[dict[str, object]]:
    fixed: dict[str, object] = {"live_or_on_demand": "on_demand"}
    if kind == "channel_basic_a3":
        for country, here in parts(counts, "country", *salt).items():
            for status, part in parts(here, "subscribedStatus", *salt, country).items():
                if any(part.values()):
                    yield fixed | {
                        "country_code": country, "subscribed_status": SUBSCRIBED_WORDS[status],
                    } | _numbers(part, crowd)  # fmt: skip
        return
    fixed |= {"country_code": "ZZ", "subscribed_status": "not_subscribed"}
    if kind == "channel_traffic_source_a3":
        for source, part in parts(counts, "insightTrafficSourceType", *salt).items():
            yield fixed | {"traffic_source_type": TRAFFIC_CODES[source]} | _numbers(part, crowd)
        return
    for device, part in parts(counts, "deviceType", *salt).items():
        yield fixed | {"device_type": DEVICE_CODES[device], "operating_system": "1"} | _numbers(part, crowd)


def _numbers(part: Mapping[str, int], crowd: Crowd) -> dict[str, object]:
    seconds, engaged = part["watch_seconds"], part["engaged_views"]
    return {
        "views": part["views"], "engaged_views": engaged, "comments": part["comments"], "likes": part["likes"],
        "dislikes": part["dislikes"], "shares": part["shares"], "watch_time_minutes": round(seconds / 60, 4),
        "average_view_duration_seconds": round(seconds / engaged, 4) if engaged else 0,
        "average_view_duration_percentage": round(100 * seconds / engaged / crowd.seconds, 4) if engaged else 0,
        "videos_added_to_playlists": part["saves"], "videos_removed_from_playlists": part["saves"] // 10,
        "subscribers_gained": part["followers_gained"], "subscribers_lost": part["followers_lost"],
        "red_views": part["views"] // 20, "red_watch_time_minutes": round(seconds / 1200, 4),
    }  # fmt: skip
