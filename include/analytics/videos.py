"""What is known of one video: its numbers by day, and whether the platform still shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.database import engine, queries

SQL = queries.load("collecting")
SHOWN = (
    "views_total", "likes_total", "comments_total", "shares_total", "saves_total", "views", "likes", "comments",
    "shares", "saves", "watch_seconds",
)  # fmt: skip


class UnknownVideo(LookupError):
    """No publication of this owner has this id."""


@dataclass(frozen=True, kw_only=True)
class Video:
    """A publication as the platform knows it, and its rows of the platform's staging view, the oldest first."""

    platform: str
    account_id: str
    placement: str
    video_id: str
    url: str | None
    title_id: str
    published_at: datetime | None
    read_at: datetime | None
    missing_since: datetime | None
    """Since when the platform no longer shows it; its history is kept."""
    days: tuple[Mapping[str, Any], ...]


def read(owner: str, video_id: str) -> list[Video]:
    """Return an owner's publications with this id of a platform's; raise `UnknownVideo` when there is none."""
    known = {"owner": owner, "video_id": video_id}
    found = []
    with engine.transaction(owner) as connection:
        for row in connection.exec_driver_sql(SQL["videos_called"], known).mappings().all():
            given = known | {"account_id": row["account_id"], "source": f"staging.stg_{row['platform']}__video_daily"}
            days = connection.exec_driver_sql(SQL["days_of_video"], given).scalars()
            found.append(Video(**row, days=tuple(days)))
    if not found:
        raise UnknownVideo("No publication of yours has this video id; `desk publications list` shows them.")
    return found
