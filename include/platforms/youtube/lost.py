"""Whether an upload whose session is gone became a video: the channel's own list of uploads knows"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from include.platforms.errors import Rejected
from include.platforms.youtube.client import Client

PARTS = "snippet,status,fileDetails,processingDetails"
CLOCK_SLACK = timedelta(hours=1)
"""How far our clock and YouTube's may be apart; older uploads than that before our start are not ours."""


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What the uploads list says: our video, or that some video may be ours but does not tell its file."""

    video: dict[str, Any] | None
    undecided: bool


def look(client: Client, *, file_name: str, size: int, title: str, since: datetime) -> Trace:
    """Look once through the uploads since `since` for the file we named `file_name`; 2 units a page.

    The list is eventually consistent: finding nothing once proves nothing.
    """
    undecided = False
    for videos in _recent(client, since - CLOCK_SLACK):
        for video in videos:
            file = video.get("fileDetails") or {}
            if file.get("fileName") == file_name and _as_number(file.get("fileSize")) == size:
                return Trace(video=video, undecided=False)
            same_title = (video.get("snippet") or {}).get("title") == title
            undecided = undecided or (same_title and not file.get("fileName"))
    return Trace(video=None, undecided=undecided)


def _recent(client: Client, since: datetime) -> Iterator[list[dict[str, Any]]]:
    """Yield the uploads since `since`, newest first, in whole pages."""
    channel = client.my_channel(parts="contentDetails")
    uploads = ((channel.get("contentDetails") or {}).get("relatedPlaylists") or {}).get("uploads")
    if not uploads:
        return
    pages = client.playlist_pages(str(uploads), parts="contentDetails,snippet")
    while (page := _next(pages)) is not None:
        ids = [str((item.get("contentDetails") or {}).get("videoId") or "") for item in page]
        found = client.videos([video for video in ids if video], parts=PARTS) if any(ids) else {}
        yield list(found.values())
        if not page or _added(page[-1]) < since:
            return


def _next(pages: Iterator[list[dict[str, Any]]]) -> list[dict[str, Any]] | None:
    try:
        return next(pages, None)
    except Rejected as error:
        if error.status == 404:
            return None
        raise


def _added(item: dict[str, Any]) -> datetime:
    """Return when a video came into the list; far in the future when unknown, so that we read on."""
    try:
        return datetime.fromisoformat(str((item.get("snippet") or {}).get("publishedAt")))
    except ValueError:
        return datetime.fromisoformat("9999-01-01T00:00:00+00:00")


def _as_number(value: Any) -> int | None:
    try:
        return int(value)  # 64-bit numbers are texts (youtube.md 12.5)
    except (TypeError, ValueError):
        return None
