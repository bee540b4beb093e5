"""What Supabase Storage keeps: buckets, objects, resumable uploads; plain data, times as Unix time stamps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(kw_only=True)
class Bucket:
    """A bucket; None is no limit."""

    id: str
    created_at: float
    public: bool = False
    file_size_limit: int | None = None
    allowed_mime_types: list[str] | None = None


@dataclass(kw_only=True)
class StoredObject:
    """A whole object; `id` is `bucket/path`, `file` the name of its bytes below `World.files`."""

    id: str
    uuid: str
    bucket: str
    path: str
    file: str
    size: int
    content_type: str
    cache_control: str
    created_at: float
    updated_at: float


@dataclass(kw_only=True)
class Resumable:
    """A resumable upload on its way; `id` is the end of its address."""

    id: str
    bucket: str
    path: str
    file: str
    size: int
    content_type: str
    cache_control: str
    upsert: bool
    created_at: float
    received: int = 0
    over: bool = False
