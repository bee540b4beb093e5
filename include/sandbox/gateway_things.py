"""What the gateways keep: Blotato's media and posts, upload-post.com's uploads; plain data, each with an `id`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(kw_only=True)
class BlotatoMedia:
    """A file at Blotato. `id` is the end of its public address, `secret` opens its upload address until `until`."""

    id: str
    user: str
    name: str
    secret: str
    until: float
    created_at: float
    arrived_at: float | None = None
    size: int = 0


@dataclass(kw_only=True)
class BlotatoPost:
    """A post at Blotato. `id` is the submission's, `listed` what the list of posts calls it; `item` is as it was sent.

    `uploaded_at` is when its media were there, `done_at` when it was out, `failed` why it never will be.
    """

    id: str
    listed: str
    user: str
    account: str
    platform: str
    username: str
    item: Json
    created_at: float
    scheduled_for: float | None = None
    uploaded_at: float | None = None
    size: int = 0
    sha256: str | None = None
    facts: Json | None = None
    fail: str | None = None
    failed: str | None = None
    done_at: float | None = None
    post: str | None = None
    url: str | None = None


@dataclass(kw_only=True)
class UploadJob:
    """One upload to upload-post.com, for some platforms. `id` is its request id with the profile before it.

    `fields` are as they were sent; `results` appear, by platform, when it is worked on.
    """

    id: str
    request_id: str
    user: str
    key: str | None
    platforms: list[str]
    fields: dict[str, list[str]]
    created_at: float
    video_url: str | None = None
    job_id: str | None = None
    scheduled_for: float | None = None
    uploaded_at: float | None = None
    size: int = 0
    sha256: str | None = None
    facts: Json | None = None
    fail: str | None = None
    polls: int = 0
    results: dict[str, Json] = field(default_factory=dict)
    done_at: float | None = None

    def text(self, name: str) -> str:
        """Return a field's first value, "" without one."""
        return next(iter(self.fields.get(name, [])), "")

    def is_true(self, name: str) -> bool:
        """Tell whether a field says true."""
        return self.text(name).lower() == "true"
