"""Writes the JSON files other programs read: one for each video and day, once numbers of the day are there.

`analytics/{platform}/{segment}/{age}/{title_id}_{YYYYMMDD}_analytics.json` under the output root, whole or not at all,
and again whenever the platform restates the day. What a platform does not tell is null, never 0.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from include import settings
from include.accounts import accounts
from include.accounts.accounts import Account
from include.database import engine, queries
from include.publishing import output

SQL, RETENTION = queries.load("collecting"), queries.load("retention")
MARGIN = timedelta(minutes=10)
"""What another run read in this time before may have been kept only after we looked: it is looked at twice."""
COUNTS = ("views", "likes", "comments", "shares", "saves")
AUDIENCE = {"age_ranges": "age", "gender": "gender", "top_countries": "country", "devices": "device"}
"""Keys of the file → `dimension` of the staging view."""
Told = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Of:
    """What a file says of one video beside its row: where it came from, who watched it, and how far."""

    release: Any
    traffic: tuple[Told, ...]
    audience: tuple[Told, ...]
    retention: Told | None = None


def write_new(owner: str, account_id: str) -> int:
    """Write the files of all days that were read since the last time; return how many. Repeating it is harmless."""
    account = accounts.read(owner, account_id)
    until = datetime.now(UTC)
    known = {"owner": owner, "account_id": account_id, "until": until, "source": _view(account, "video_daily")}
    with engine.transaction(owner) as connection:
        written = connection.exec_driver_sql(SQL["files_written_until"], known).scalar()
        after = datetime.fromisoformat(written) - MARGIN if written else datetime(1970, 1, 1, tzinfo=UTC)
        days = list(connection.exec_driver_sql(SQL["days_read"], known | {"after": after}).scalars())
    count = sum(_write_day(account, day, known | {"after": after}) for day in days)
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["note_files"], known | {"until": until.isoformat()})
    return count


def _view(account: Account, grain: str) -> str:
    return f"staging.stg_{account.platform}__{grain}"


def _write_day(account: Account, day: date, known: Mapping[str, Any]) -> int:
    with engine.transaction(account.owner) as connection:
        given = dict(known) | {"day": day}
        rows = list(connection.exec_driver_sql(SQL["videos_read"], given).scalars())
        releases = {row.video_id: row for row in connection.exec_driver_sql(SQL["videos_of_account"], given)}
        traffic = _by_video(connection, given | {"source": _view(account, "traffic_daily")})
        audience = _by_video(connection, given | {"source": _view(account, "audience_daily")})
        given["video_ids"] = [row["video_id"] for row in rows if row["video_id"] in releases]
        retention = _retention(connection, account.platform, given)
    count = 0
    for row in rows:
        release = releases.get(row["video_id"])
        if release is not None:  # a video we did not publish has no release to name a file after
            of = Of(
                release=release,
                traffic=tuple(traffic.get(row["video_id"], ())),
                audience=tuple(audience.get(row["video_id"], ())),
                retention=retention.get(row["video_id"]),
            )
            output.put(address_of(account, release, day), as_file(account.platform, row, of))
            count += 1
    return count


def _by_video(connection: Connection, given: Mapping[str, Any]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = {}
    for row in connection.exec_driver_sql(SQL["last_of_videos"], dict(given)).scalars():
        found.setdefault(row["video_id"], []).append(row)
    return found


def _retention(connection: Connection, platform: str, given: Mapping[str, Any]) -> dict[str, Told]:
    """Return each video's curve as it was told last by the day; nothing where the platform tells none."""
    if platform not in RETENTION:
        return {}
    rows = connection.exec_driver_sql(RETENTION[platform], dict(given))
    return {row.video_id: {"day": row.day.isoformat(), "along": row.along, "points": row.points} for row in rows}


def address_of(account: Account, release: Any, day: date) -> str:
    """Return where the file of a release's video and a day stands; the release's oldest account has the plain name."""
    name = release.title_id if release.is_first else f"{release.title_id}_{account.account_id}_{release.placement}"
    where = f"analytics/{account.platform}/{release.segment}/{release.age_bucket}"
    return f"{settings.output_root().rstrip('/')}/{where}/{name}_{day:%Y%m%d}_analytics.json"


def as_file(platform: str, row: Told, of: Of) -> bytes:
    """Return the file's content: what a video had by the end of a day, as `analytics`."""
    metrics = _metrics(row, of.release.published_at)
    content = {
        "platform": platform,
        "video_id": row["video_id"],
        "title_id": of.release.title_id,
        "collected_at": row["collected_at"],
        "metrics": metrics,
        "engagement": _engagement(metrics),
        "audience": {
            key: _shares((one for one in of.audience if one["dimension"] == dimension), "value")
            for key, dimension in AUDIENCE.items()
        },
        "traffic_sources": _shares(of.traffic, "source"),
        "retention": of.retention,
        "provisional": row["provisional"],
    }
    return json.dumps({"analytics": content}, ensure_ascii=False, indent=2).encode() + b"\n"


def _metrics(row: Told, published_at: datetime) -> dict[str, Any]:
    """Return lifetime numbers: the platform's own, else the sum of its days if we have them from the first one on."""
    whole = date.fromisoformat(row["sum_first_day"]) <= published_at.date() + timedelta(days=1)
    sums = {name: row[f"sum_{name}"] if whole else None for name in (*COUNTS, "watch_seconds", "impressions", "clicks")}
    metrics = {name: _first(row[f"{name}_total"], sums[name]) for name in COUNTS}
    watched = _first(row["watch_seconds_total"], sums["watch_seconds"])
    return metrics | {
        "watch_time_seconds": watched,
        "average_view_duration": _first(row["average_view_seconds"], _share(watched, metrics["views"])),
        "completion_rate": row["completion_rate"],
        "ctr": _share(sums["clicks"], sums["impressions"]),
        "impressions": sums["impressions"],
    }


def _engagement(metrics: Told) -> dict[str, Any]:
    acts = [metrics[name] for name in COUNTS[1:]]
    known = [one for one in acts if one is not None]
    return {
        "engagement_rate": _share(sum(known) if known else None, metrics["views"]),
        "like_rate": _share(metrics["likes"], metrics["views"]),
        "comment_rate": _share(metrics["comments"], metrics["views"]),
        "share_rate": _share(metrics["shares"], metrics["views"]),
    }


def _shares(rows: Iterable[Told], name: str) -> dict[str, Any] | None:
    """Return the share of each part, as the platform tells it or of the views of all parts; None without rows."""
    parts = list(rows)
    whole = sum(one["views"] or 0 for one in parts)
    return {one[name]: _first(one["share"], _share(one["views"], whole)) for one in parts} or None


def _share(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def _first(*values: Any) -> Any:
    return next((one for one in values if one is not None), None)
