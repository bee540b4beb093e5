"""What we send to Instagram and what it answers, checked at the door."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator, model_validator

from include.platforms.contract import Posting
from include.platforms.instagram.limits import MAX_COLLABORATORS
from include.releases.publication import Placement

Upload = Literal["hosting", "bytes"]
"""How the video gets to Meta: it fetches our hosted file, or we send the bytes (Facebook Login only)."""

STUCK_CODE = 1363008
"""Inside `video_status`: the stored file was not found; the container stays IN_PROGRESS for ever (meta.md 2.2)."""
_LAST_NUMBER = re.compile(r"(\d{4,})(?!.*\d{4,})")


class UserTag(BaseModel):
    """A public account tagged in the video; `x` and `y` are shares of the picture from the upper left corner."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    username: str = Field(min_length=1)
    x: float | None = Field(None, ge=0, le=1)
    y: float | None = Field(None, ge=0, le=1)


class InstagramOptions(BaseModel):
    """What may stand in a target's `options` for Instagram; an unknown key is refused by name.

    `upload` stands above the account's setting of that name, and that above the setting for all. `thumb_offset`
    (milliseconds) takes the cover from the video, also when there is a thumbnail. `trial` posts a trial reel, shown to
    others than followers first. Without `ai_generated` the release's `synthetic_media` counts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    upload: Upload | None = None
    share_to_feed: bool | None = None
    thumb_offset: int | None = Field(None, ge=0, lt=2**31)
    location_id: str | None = Field(None, pattern=r"^\d+$")
    user_tags: tuple[UserTag, ...] = Field((), max_length=20)
    collaborators: tuple[str, ...] = Field((), max_length=MAX_COLLABORATORS)
    audio_name: str | None = Field(None, min_length=1)
    ai_generated: bool | None = None
    trial: Literal["manual", "performance"] | None = None


class _Answer(BaseModel):
    """An answer of Instagram: unknown fields are ignored, a null counts as left out."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class Created(_Answer):
    """A new container; `uri` is where its bytes go."""

    id: str
    uri: str | None = None


class Phase(_Answer):
    """One part of `video_status`."""

    status: str = ""
    bytes_transferred: int | None = Field(
        None,
        validation_alias=AliasChoices("bytes_transferred", "bytes_transfered"),  # Meta misspells it in places
    )


class VideoStatus(_Answer):
    """How far a container's bytes are; the only place where a stuck upload shows."""

    uploading_phase: Phase = Phase()
    processing_phase: Phase = Phase()


class Container(_Answer):
    """What is to become a post; `status` is a sentence that may end with an error's number."""

    id: str = ""
    status_code: str = ""
    status: str = ""
    video_status: VideoStatus = VideoStatus()

    @property
    def is_stuck(self) -> bool:
        """Say whether the upload failed inside Meta, whatever `status_code` says."""
        phases = (self.video_status.uploading_phase, self.video_status.processing_phase)
        return any(phase.status == "error" for phase in phases)

    @property
    def received(self) -> int:
        """Bytes that Meta has of a byte upload."""
        return self.video_status.uploading_phase.bytes_transferred or 0

    @property
    def subcode(self) -> int | None:
        """The error's number, when `status` names one."""
        found = _LAST_NUMBER.search(self.status)
        return int(found[1]) if found else None


class Limit(_Answer):
    """How many posts of this account the API has published within 24 hours, and how many it may."""

    quota_usage: int = 0
    quota_total: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, data: Any) -> Any:
        config = data.get("config") if isinstance(data, dict) else None
        return {**data, **config} if isinstance(config, dict) else data

    @property
    def is_used_up(self) -> bool:
        """Say whether nothing more may be published now; an unknown total counts as no."""
        return self.quota_total is not None and self.quota_usage >= self.quota_total


class Media(_Answer):
    """A post as Instagram shows it; a reel's `media_type` reads VIDEO, only `media_product_type` tells it."""

    id: str
    caption: str = ""
    timestamp: datetime | None = None
    media_type: str | None = None
    media_product_type: str | None = None
    permalink: str | None = None

    @field_validator("id", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value


def container_form(
    posting: Posting, options: InstagramOptions, *, share_to_feed: bool, video_url: str | None, cover_url: str | None
) -> dict[str, Any]:
    """Return the form that makes a container; without `video_url` the bytes are sent afterwards."""
    form: dict[str, Any] = {"video_url": video_url} if video_url else {"upload_type": "resumable"}
    if options.user_tags:
        form["user_tags"] = [tag.model_dump(exclude_none=True) for tag in options.user_tags]
    if posting.synthetic_media if options.ai_generated is None else options.ai_generated:
        form["is_ai_generated"] = True
    if posting.placement is Placement.STORY:
        return {"media_type": "STORIES", **form}
    return {"media_type": "REELS", **form, **_reel_fields(posting, options, share_to_feed, cover_url)}


def _reel_fields(
    posting: Posting, options: InstagramOptions, share_to_feed: bool, cover_url: str | None
) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "caption": posting.caption or None,
        "share_to_feed": share_to_feed,
        "thumb_offset": options.thumb_offset,
        "cover_url": cover_url,
        "location_id": options.location_id,
        "collaborators": list(options.collaborators) or None,
        "audio_name": options.audio_name,
    }
    if options.trial:
        strategy = {"manual": "MANUAL", "performance": "SS_PERFORMANCE"}[options.trial]
        fields["trial_params"] = {"graduation_strategy": strategy}
    return {name: value for name, value in fields.items() if value is not None}
