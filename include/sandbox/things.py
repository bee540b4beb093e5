"""The kinds of things the sandbox keeps; plain data, each with an `id`, times as Unix time stamps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(kw_only=True)
class App:
    """A registered client (YouTube: a project with its quota). `loopback` allows any http address of this machine."""

    id: str
    platform: str
    secret: str
    redirect_uris: list[str] = field(default_factory=list)
    loopback: bool = True


@dataclass(kw_only=True)
class Account:
    """A channel or creator. `traits` are per-account switches, see `accounts.py`."""

    id: str
    platform: str
    name: str
    handle: str
    created_at: float
    traits: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class Grant:
    """What a person allowed an app to do; it ends for good with `revoked`."""

    id: str
    platform: str
    app: str
    account: str
    scopes: list[str]
    created_at: float
    revoked: bool = False


@dataclass(kw_only=True)
class Token:
    """An access or refresh token; `id` is the token itself, `use` says which."""

    id: str
    use: str
    grant: str
    created_at: float
    expires_at: float


@dataclass(kw_only=True)
class Code:
    """A one-time authorization code and what it was bound to."""

    id: str
    platform: str
    app: str
    account: str
    scopes: list[str]
    redirect_uri: str
    challenge: str | None
    challenge_method: str | None
    offline: bool
    expires_at: float
    used_by: str | None = None


@dataclass(kw_only=True)
class Count:
    """A counter of a bucket in a period; `id` names both."""

    id: str
    value: int = 0


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
class Post:
    """A TikTok post from `init` on. `received` bytes are whole chunks; `secret` opens its upload address.

    `uploaded_at` is set with the last byte, `done_at` with the end of processing; `polls` counts status calls since.
    """

    id: str
    account: str
    app: str
    kind: str
    info: dict[str, Any]
    total: int
    chunk: int
    count: int
    upload: str
    secret: str
    created_at: float
    received: int = 0
    forgotten: bool = False
    uploaded_at: float | None = None
    sha256: str | None = None
    facts: dict[str, Any] | None = None
    done_at: float | None = None
    fail: str | None = None
    failed: str | None = None
    post: int | None = None
    polls: int = 0
    pulled_from: str | None = None
