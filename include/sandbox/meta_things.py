"""What Meta keeps: people, Pages, Instagram accounts, tokens, uploads; ids and times as Meta writes them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(kw_only=True)
class MetaPerson:
    """A person with a Facebook login; Pages and Instagram accounts name their person."""

    id: str
    name: str


@dataclass(kw_only=True)
class MetaPage:
    """A Facebook Page. Its `id` is also that of its `Account`, which has its name and traits."""

    id: str
    person: str
    category: str = "Media"


@dataclass(kw_only=True)
class IgProfile:
    """An Instagram account. Its `id` is also that of its `Account`; `scoped_id` is what `/me` calls `id`.

    `page` is the Page it is linked to (None: Instagram Login only).
    """

    id: str
    person: str
    scoped_id: str
    page: str | None = None


@dataclass(kw_only=True)
class MetaToken:
    """A token. `kind` is user, page or instagram; `subject` the person, Page or Instagram account it stands for.

    `expires_at` 0 is never. `ended` is the subcode of error 190 when it ended otherwise (458, 460 …).
    """

    id: str
    kind: str
    app: str
    person: str
    subject: str
    scopes: list[str]
    created_at: float
    expires_at: float
    data_access_expires_at: float
    long_lived: bool
    ended: int | None = None


@dataclass(kw_only=True)
class MetaUpload:
    """An upload of the Resumable Upload API (meta.md 5.2); `handle` is what `/videos` takes."""

    id: str
    person: str
    total: int
    file: str
    created_at: float
    handle: str


@dataclass(kw_only=True)
class IgContainer:
    """An Instagram container. `source` is url or resumable; the bytes received are the size of its file.

    `uploaded_at` is set with the last byte, `finished_at` when it may be published, `failed` is the subcode of the
    error, `stuck` a failed upload Meta never says anything about except in `video_status`.
    """

    id: str
    profile: str
    app: str
    kind: str
    source: str
    params: dict[str, Any]
    created_at: float
    total: int | None = None
    uploaded_at: float | None = None
    size: int = 0
    sha256: str | None = None
    facts: dict[str, Any] | None = None
    cover: str | None = None
    finished_at: float | None = None
    failed: str | None = None
    detail: str | None = None
    stuck: bool = False
    fail: str | None = None
    published_at: float | None = None
    media: str | None = None
    asked_at: float = 0.0


@dataclass(kw_only=True)
class IgMedia:
    """A published post, reel or story; `file` is the container's."""

    id: str
    container: str
    profile: str
    product: str
    shortcode: str
    params: dict[str, Any]
    created_at: float
    file: str
    size: int
    sha256: str | None = None
    facts: dict[str, Any] | None = None
    cover: str | None = None
    comments_on: bool = True


@dataclass(kw_only=True)
class IgComment:
    """A comment or, with `parent`, a reply. `by_crowd`: somebody out there wrote it, and the API changed it since."""

    id: str
    media: str
    author: str
    username: str
    text: str
    created_at: float
    parent: str | None = None
    hidden: bool = False
    likes: int = 0
    by_crowd: bool = False
    deleted: bool = False


@dataclass(kw_only=True)
class FbComment:
    """A comment on a Page's video or, with `parent`, a reply. `author` is the Page's id for its own.

    `by_crowd` as with `IgComment`; `edited_at` is when its text was changed last.
    """

    id: str
    video: str
    author: str
    name: str
    text: str
    created_at: float
    parent: str | None = None
    hidden: bool = False
    likes: int = 0
    by_crowd: bool = False
    deleted: bool = False
    edited_at: float | None = None


@dataclass(kw_only=True)
class FbVideo:
    """A video of a Page from its start on. `kind` is video, reel or story; `session` is that of a chunked upload.

    The bytes received are the size of its file. `finished_at` is when the publishing call came, `wanted` what it
    asked for (PUBLISHED, SCHEDULED, DRAFT), `finishes` how often it came. `errors` are what processing found.
    """

    id: str
    page: str
    kind: str
    created_at: float
    session: str | None = None
    total: int | None = None
    params: dict[str, Any] = field(default_factory=dict)
    uploaded_at: float | None = None
    size: int = 0
    sha256: str | None = None
    facts: dict[str, Any] | None = None
    upload_error: dict[str, Any] | None = None
    finished_at: float | None = None
    finishes: int = 0
    wanted: str = "PUBLISHED"
    processed_at: float | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    fail: str | None = None
    published_at: float | None = None
    post: str | None = None
    thumbnails: list[dict[str, Any]] = field(default_factory=list)
    origin: str | None = None


DIGITS = "0123456789"


def digits(count: int) -> str:
    """Return random digits."""
    return "".join(secrets.choice(DIGITS) for _ in range(count))


def new_person_id() -> str:
    """Make a person's id: 16 digits."""
    return "9" + digits(15)


def new_page_id() -> str:
    """Make a Page's id: 15 digits (meta.md 9.2); the 10 at the start is ours, so that addresses tell what they name."""
    return "10" + digits(13)


def new_profile_id() -> str:
    """Make an Instagram account's id: 17841 and 12 digits."""
    return "17841" + digits(12)


def new_container_id() -> str:
    """Make a container's id: 17 digits; the 178 at the start is ours."""
    return "1788" + digits(13)


def new_media_id() -> str:
    """Make a media id: 17 digits."""
    return "179" + digits(14)


def new_comment_id() -> str:
    """Make the id of an Instagram comment: 17 digits."""
    return "180" + digits(14)


def new_video_id() -> str:
    """Make the id of a Facebook video: 16 digits."""
    return "12" + digits(14)


def stamp(moment: float) -> str:
    """Write a time as Meta does: `2026-11-21T09:15:00+0000`."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
