"""Puts together what a platform is asked to post: the release's files and texts, the target's wishes, our settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from include import settings
from include.database import engine, queries
from include.media.hosting import for_posting
from include.platforms import get
from include.platforms.contract import Hosting, NoHosting, Picture, Posting, VideoFile
from include.platforms.errors import Rejected
from include.platforms.file_rules import Fit
from include.publishing import fitting
from include.releases.export import ExportError, FileChanged, find_release
from include.releases.picture import PictureError
from include.releases.publication import Placement, Publication
from include.releases.release import Metadata, Overrides, Texts, check_metadata, texts_for
from include.releases.video_facts import VideoFacts

SQL = queries.load("releases")
Way = Literal["ours", "theirs"]
WAYS: tuple[Way, Way] = ("ours", "theirs")
"""Who keeps a time: our queue, or the platform, which gets the video at once."""
OURS_ONLY = frozenset({"fit", "schedule"})
"""Options that are ours; no platform knows them."""
THUMBNAIL_MAX_BYTES = 52_428_800
"""50 MB, the largest any platform takes (YouTube, since 2026-09-14); smaller limits are the platforms' own."""


class ReleaseChanged(ValueError):
    """The exported video is not the one that was registered."""


@dataclass(frozen=True, kw_only=True)
class GoneVideo:
    """Stands for a video whose file is no longer as it was registered: enough to look for it, nothing to send."""

    name: str
    size: int
    content_type: str
    why: Exception

    def pieces(self, start: int, stop: int, piece_bytes: int = 1 << 20) -> Iterator[bytes]:
        """Raise why there is nothing to send."""
        raise self.why


def compose(
    *,
    publication_id: str,
    platform: str,
    placement: Placement,
    age_bucket: str,
    target: Mapping[str, Any],
    scheduled_for: datetime | None,
    metadata: Metadata,
    video: VideoFile,
    facts: VideoFacts,
    thumbnail: Picture | None,
    hosting: Hosting | None = None,
) -> Posting:
    """Return the posting for one platform; texts and options are merged, nothing is checked against its rules."""
    texts = _texts(metadata, platform, target, age_bucket)
    privacy = _privacy(texts, platform)
    wished = wishes(metadata, platform, target).get("schedule")
    if wished is not None and wished not in WAYS:
        raise Rejected(f"options.schedule must be ours or theirs, not {wished!r}.")
    later = scheduled_for is not None and scheduled_for > datetime.now(UTC)
    return Posting(
        publication_id=publication_id,
        placement=placement,
        title=texts.title,
        description=texts.description,
        caption=texts.caption,
        tags=texts.tags,
        privacy=privacy,
        language=texts.language,
        category=texts.category,
        made_for_kids=texts.made_for_kids,
        synthetic_media=texts.synthetic_media,
        publish_at=scheduled_for if later and _schedules_itself(platform, privacy, wished) else None,
        options=_options(metadata, platform, target),
        video=video,
        facts=facts,
        thumbnail=thumbnail,
        hosting=hosting or NoHosting(),
    )


def posting_for(publication: Publication, *, to_send: bool, sent: bool = False) -> Posting:
    """Return the posting of a registered publication, its video converted where the placement needs it.

    Raises `ReleaseChanged`, `ExportError` or `PictureError` when its files are no longer what was registered, but only
    when they are still `to_send`: what the platform already has is followed to its end without them. Nothing is
    converted once everything was `sent`. Raises `ConversionFailed`, and `Rejected` for an unusable `fit`.
    """
    row = _release(publication)
    facts = VideoFacts(**row["facts"])
    metadata = check_metadata(row["metadata"])
    fit = fitting.fit_for(publication.platform, wishes(metadata, publication.platform, publication.target))
    video, thumbnail = _files(publication, row, facts, to_send=to_send)
    content = str(row["video_sha256"])
    if not isinstance(video, GoneVideo):
        video, facts, content = _fitted(publication, fit, video, facts, content, sent=sent)
    if thumbnail is not None:
        thumbnail = fitting.cut_to_size(publication.platform, publication.placement, thumbnail, video, facts, fit)
    hosting = for_posting(
        owner=publication.owner,
        release_id=publication.release_id,
        publication_id=publication.publication_id,
        video=video,
        content=content,
    )
    return _composed(publication, row, metadata, video=video, facts=facts, thumbnail=thumbnail, hosting=hosting)


def posting_as_made(publication: Publication) -> tuple[Posting, fitting.Shown]:
    """Return the posting with its video as far as it was converted already, and what is still to come.

    For people who look before they say yes: nothing is converted and nothing put on any hosting. Raises what
    `posting_for` raises for files that are no longer what was registered.
    """
    row = _release(publication)
    facts = VideoFacts(**row["facts"])
    metadata = check_metadata(row["metadata"])
    platform, placement = publication.platform, publication.placement
    fit = fitting.fit_for(platform, wishes(metadata, platform, publication.target))
    video, thumbnail = _files(publication, row, facts, to_send=True)
    shown = fitting.as_made(platform, placement, fit, video, facts, str(row["video_sha256"]))
    made = shown.fitted
    picture = fitting.cut_to_size(platform, placement, thumbnail, made.video, made.facts, fit)
    posting = _composed(publication, row, metadata, video=made.video, facts=made.facts, thumbnail=picture)
    return posting, shown


def posting_as_it_lies(publication: Publication) -> tuple[Posting, bool]:
    """Return the posting with its video not converted, and whether it would be; nothing is put on any hosting.

    For looks ahead: cheap, and raises what `posting_for` raises for files that are no longer what was registered.
    """
    row = _release(publication)
    facts = VideoFacts(**row["facts"])
    metadata = check_metadata(row["metadata"])
    fit = fitting.fit_for(publication.platform, wishes(metadata, publication.platform, publication.target))
    video, thumbnail = _files(publication, row, facts, to_send=True)
    posting = _composed(publication, row, metadata, video=video, facts=facts, thumbnail=thumbnail)
    return posting, fitting.recipe_for(publication.platform, publication.placement, facts, fit) is not None


def _composed(
    publication: Publication,
    row: Mapping[str, Any],
    metadata: Metadata,
    *,
    video: VideoFile,
    facts: VideoFacts,
    thumbnail: Picture | None,
    hosting: Hosting | None = None,
) -> Posting:
    return compose(
        publication_id=publication.publication_id,
        platform=publication.platform,
        placement=publication.placement,
        age_bucket=row["age_bucket"],
        target=publication.target,
        scheduled_for=publication.scheduled_for,
        metadata=metadata,
        video=video,
        facts=facts,
        thumbnail=thumbnail,
        hosting=hosting,
    )


def _release(publication: Publication) -> Mapping[str, Any]:
    with engine.transaction(publication.owner) as connection:
        found = connection.exec_driver_sql(SQL["read_release"], {"release_id": publication.release_id})
        return dict(found.mappings().one())


def _fitted(
    publication: Publication, fit: Fit, video: VideoFile, facts: VideoFacts, sha256: str, *, sent: bool
) -> tuple[VideoFile, VideoFacts, str]:
    platform, placement = publication.platform, publication.placement
    if sent and fitting.recipe_for(platform, placement, facts, fit) is not None:
        why = ReleaseChanged("The converted video was sent already.")
        gone = GoneVideo(name=video.name, size=publication.bytes_total, content_type=video.content_type, why=why)
        return gone, facts, sha256
    made = fitting.fitted(platform, placement, fit, video, facts, sha256)
    return made.video, made.facts, made.content


def _files(
    publication: Publication, row: Mapping[str, Any], facts: VideoFacts, *, to_send: bool
) -> tuple[VideoFile, Picture | None]:
    try:
        files = find_release(row["export_root"], row["segment"], row["age_bucket"], row["title_id"])
        if files.video.fingerprint != row["video_fingerprint"]:
            raise ReleaseChanged("The video was replaced after the release was registered; trigger it again.")
        return files.video, files.thumbnail(max_bytes=THUMBNAIL_MAX_BYTES)
    except (ReleaseChanged, FileChanged, ExportError, PictureError) as error:
        if to_send:
            raise
        name = f"{row['title_id']}.mp4"
        gone = GoneVideo(name=name, size=publication.bytes_total, content_type=facts.content_type, why=error)
        return gone, None


def waits_here_until(publication: Publication) -> datetime | None:
    """Return until when a publication waits in our own queue, or None: it is due, or the platform keeps its time."""
    due = publication.scheduled_for
    if due is None or due <= datetime.now(UTC):
        return None
    if not _is_left_to_it(publication):
        return due
    waits_until = getattr(get(publication.platform), "waits_until", None)
    found: datetime | None = waits_until(publication.placement, due, datetime.now(UTC)) if waits_until else None
    return found


def way_of(publication: Publication) -> Way | None:
    """Return who keeps a publication's time: our queue, or the platform; None when it has no time.

    A platform that cannot keep this very time (too near, too far) does not count; once its window opens, it does.
    """
    due = publication.scheduled_for
    if due is None:
        return None
    return "theirs" if _is_left_to_it(publication) and _keeps_time(publication, due) else "ours"


def _is_left_to_it(publication: Publication) -> bool:
    if publication.route != "direct":  # a gateway is asked when it is time
        return False
    row = _release(publication)
    metadata = check_metadata(row["metadata"])
    texts = _texts(metadata, publication.platform, publication.target, row["age_bucket"])
    wished = wishes(metadata, publication.platform, publication.target).get("schedule")
    return _schedules_itself(publication.platform, _privacy(texts, publication.platform), wished)


def _keeps_time(publication: Publication, due: datetime) -> bool:
    """Say whether the platform can keep this time, asked now; ours waits when it is too near or too far for theirs."""
    keeps_time = getattr(get(publication.platform), "keeps_time", None)
    return keeps_time is None or bool(keeps_time(publication.placement, due, datetime.now(UTC)))


def _texts(metadata: Metadata, platform: str, target: Mapping[str, Any], age_bucket: str) -> Texts:
    buckets = settings.distribution().age_buckets
    return texts_for(metadata, platform, target, age_bucket=age_bucket, age_buckets=buckets)


def _privacy(texts: Texts, platform: str) -> str:
    return texts.privacy or settings.distribution().platforms.get(platform, {}).get("privacy") or ""


def _schedules_itself(platform: str, privacy: str, wished: object) -> bool:
    """Say whether the platform keeps the time; it makes public what is due, so only public videos are left to it."""
    way = wished if wished in WAYS else settings.distribution().platforms.get(platform, {}).get("schedule")
    return way == "theirs" and privacy == "public" and bool(getattr(get(platform), "SCHEDULES", False))


def _options(metadata: Metadata, platform: str, target: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is the platform's own business."""
    return {key: value for key, value in wishes(metadata, platform, target).items() if key not in OURS_ONLY}


def wishes(metadata: Metadata, platform: str, target: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys that are no texts, the target's winning."""
    overrides = metadata.platforms.get(platform)
    wished = dict(overrides.model_extra or {}) if overrides else {}
    wished |= target.get("options") or {}
    return {key: value for key, value in wished.items() if key not in Overrides.model_fields}
