"""What YouTube keeps: upload sessions, videos, playlists; plain data, each with an `id`, times as Unix time stamps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(kw_only=True)
class Session:
    """A YouTube resumable upload. `received` bytes are safely stored; `answer` is set when it is complete.

    `target` is the video of a thumbnail, None for a video. `file` is where the bytes are. `fail` is a
    planned failure of the processing.
    """

    id: str
    channel: str
    app: str
    target: str | None
    resource: dict[str, Any]
    parts: list[str]
    file: str
    file_name: str
    content_type: str
    total: int | None
    created_at: float
    received: int = 0
    forgotten: bool = False
    answer: dict[str, Any] | None = None
    video: str | None = None
    fail: str | None = None


@dataclass(kw_only=True)
class Video:
    """A YouTube video. `resource` has the writable parts as they stand; `facts` what PyAV saw, None until it looked.

    `shows_at` is when it reaches the uploads list. `published_at` is set when it first became public.
    """

    id: str
    channel: str
    resource: dict[str, Any]
    file: str
    file_name: str
    size: int
    created_at: float
    shows_at: float
    sha256: str | None = None
    facts: dict[str, Any] | None = None
    processed_at: float | None = None
    fail: str | None = None
    locked_private: bool = False
    published_at: float | None = None
    thumbnail: str | None = None
    tried_thumbnails: int = 0


@dataclass(kw_only=True)
class Playlist:
    """A YouTube playlist; `resource` has its writable parts."""

    id: str
    channel: str
    resource: dict[str, Any]
    created_at: float


@dataclass(kw_only=True)
class PlaylistEntry:
    """One place in a playlist; the same video may have several."""

    id: str
    playlist: str
    video: str
    position: int
    created_at: float
    note: str | None = None


@dataclass(kw_only=True)
class ReportJob:
    """A job of the Reporting API; what files it has follows from when it was made."""

    id: str
    channel: str
    report_type: str
    name: str
    created_at: float


@dataclass(kw_only=True)
class YouTubeComment:
    """A comment that was written through the API; those of the crowd are no things. `parent` is a top-level id."""

    id: str
    video: str
    author: str
    text: str
    at: float
    parent: str | None = None


@dataclass(kw_only=True)
class YouTubeCommentState:
    """What became of a comment (`id`), the crowd's or one of ours: edited, deleted, held or rejected."""

    id: str
    text: str | None = None
    edited_at: float | None = None
    deleted: bool = False
    moderation: str = "published"
