"""Puts together what a platform is asked to post: the release's files and texts, the target's wishes, our settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from include import settings
from include.database import engine, queries
from include.platforms.contract import Posting
from include.releases.export import ExportedFiles, find_release
from include.releases.publication import Placement, Publication
from include.releases.release import Metadata, Overrides, check_metadata, texts_for
from include.releases.video_facts import VideoFacts

SQL = queries.load("releases")
THUMBNAIL_MAX_BYTES = 52_428_800
"""50 MB, the largest any platform takes (YouTube, since 2026-09-14); smaller limits are the platforms' own."""


class ReleaseChanged(ValueError):
    """The exported video is not the one that was registered."""


def compose(
    *,
    publication_id: str,
    platform: str,
    placement: Placement,
    age_bucket: str,
    target: Mapping[str, Any],
    scheduled_for: datetime | None,
    metadata: Metadata,
    files: ExportedFiles,
    facts: VideoFacts,
) -> Posting:
    """Return the posting for one platform; texts and options are merged, nothing is checked against its rules."""
    distribution = settings.distribution()
    mine = distribution.platforms.get(platform, {})
    texts = texts_for(metadata, platform, target, age_bucket=age_bucket, age_buckets=distribution.age_buckets)
    later = scheduled_for is not None and scheduled_for > datetime.now(UTC)
    return Posting(
        publication_id=publication_id,
        placement=placement,
        title=texts.title,
        description=texts.description,
        caption=texts.caption,
        tags=texts.tags,
        privacy=texts.privacy or mine.get("privacy") or "",
        language=texts.language,
        category=texts.category,
        made_for_kids=texts.made_for_kids,
        synthetic_media=texts.synthetic_media,
        publish_at=scheduled_for if later and _schedules_itself(platform) else None,
        options=_options(metadata, platform, target),
        video=files.video,
        facts=facts,
        thumbnail=files.thumbnail(max_bytes=THUMBNAIL_MAX_BYTES),
    )


def posting_for(publication: Publication) -> Posting:
    """Return the posting of a registered publication; raise `ReleaseChanged` when its video was replaced since."""
    with engine.transaction(publication.owner) as connection:
        row = connection.exec_driver_sql(SQL["read_release"], {"release_id": publication.release_id}).mappings().one()
    files = find_release(row["export_root"], row["segment"], row["age_bucket"], row["title_id"])
    if files.video.fingerprint != row["video_fingerprint"]:
        raise ReleaseChanged("The video was replaced after the release was registered; trigger it again.")
    return compose(
        publication_id=publication.publication_id,
        platform=publication.platform,
        placement=publication.placement,
        age_bucket=row["age_bucket"],
        target=publication.target,
        scheduled_for=publication.scheduled_for,
        metadata=check_metadata(row["metadata"]),
        files=files,
        facts=VideoFacts(**row["facts"]),
    )


def waits_here_until(publication: Publication) -> datetime | None:
    """Return when a publication in our own queue is due, or None: it is due, or the platform holds it itself."""
    due = publication.scheduled_for
    if due is None or due <= datetime.now(UTC) or _schedules_itself(publication.platform):
        return None
    return due


def _schedules_itself(platform: str) -> bool:
    return bool(settings.distribution().platforms.get(platform, {}).get("schedule") == "theirs")


def _options(metadata: Metadata, platform: str, target: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is the platform's own business: keys that are no texts, the target's winning."""
    overrides = metadata.platforms.get(platform)
    wished = dict(overrides.model_extra or {}) if overrides else {}
    wished |= target.get("options") or {}
    return {key: value for key, value in wished.items() if key not in Overrides.model_fields}
