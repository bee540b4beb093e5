"""What we send to Facebook and what it answers, checked at the door."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from include.platforms.contract import Posting
from include.releases.publication import Placement

PUBLISHED, SCHEDULED, DRAFT = "PUBLISHED", "SCHEDULED", "DRAFT"
"""What a post is to become: Facebook's `video_state` for reels, and our word for the same of videos."""
PUBLIC, UNLISTED, PRIVATE = "public", "unlisted", "private"
"""Our words for who may see it. A Page's private video is one that is not published (reference 5.5, Visibility)."""

Category = Literal[
    "BEAUTY_FASHION", "BUSINESS", "CARS_TRUCKS", "COMEDY", "CUTE_ANIMALS", "ENTERTAINMENT", "FAMILY", "FOOD_HEALTH",
    "HOME", "LIFESTYLE", "MUSIC", "NEWS", "OTHER", "POLITICS", "SCIENCE", "SPORTS", "TECHNOLOGY", "VIDEO_GAMING",
]  # fmt: skip
CATEGORIES = frozenset(get_args(Category))


class LostFinish(BaseModel):
    """How often, and every how many seconds, to look before a lost publishing call counts as not made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    looks: int = Field(3, ge=2)
    every_seconds: float = Field(5.0, gt=0)


class FacebookSettings(BaseModel):
    """`platforms.facebook` of config/distribution.yaml; an unknown key is refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    placement: Literal["auto", "video", "reel"] = "auto"
    graph_version: str = Field("v26.0", pattern=r"^v\d+\.\d+$")
    privacy: str = PUBLIC
    schedule: Literal["theirs", "ours"] = "theirs"
    lost_finish: LostFinish = LostFinish()


class FacebookOptions(BaseModel):
    """What may stand in a target's `options` for Facebook; an unknown key is refused by name.

    `targeting` and `feed_targeting` are Facebook's own objects. `content_tags` are ids of Facebook interests, unlike
    the release's tags, which become labels that only the Page sees. `place` is the id of a place's Page. `crosspost_to`
    are ids of Pages that may show the video, too; `instagram_media_id` ties a video to the same one on Instagram.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    ai_generated: bool | None = None
    targeting: dict[str, Any] | None = None
    feed_targeting: dict[str, Any] | None = None
    content_category: Category | None = None
    content_tags: tuple[str, ...] = ()
    place: str | None = Field(None, pattern=r"^\d+$")
    no_story: bool | None = None
    embeddable: bool | None = None
    instagram_media_id: str | None = Field(None, pattern=r"^\d+$")
    crosspost_to: tuple[str, ...] = ()
    crosspost_in_business: bool | None = None
    backdated_to: AwareDatetime | None = None
    backdated_granularity: Literal["year", "month", "day", "hour", "min"] = "min"


class _Answer(BaseModel):
    """An answer of Facebook: unknown fields are ignored, a null counts as left out."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class VideoBegun(_Answer):
    """The answer of `upload_phase=start`: the server chooses the chunks, offsets are texts (reference 5.1)."""

    video_id: str
    upload_session_id: str
    start_offset: int
    end_offset: int


class ReelBegun(_Answer):
    """The answer of a reel's start."""

    video_id: str
    upload_url: str = Field(repr=False)


class Offsets(_Answer):
    """Which bytes Facebook wants next; equal when it has all of them."""

    start_offset: int
    end_offset: int


class PhaseError(_Answer):
    """Why a phase failed."""

    code: int | None = None
    message: str = ""


class Phase(_Answer):
    """One of the three phases of a video's status."""

    status: str = ""
    errors: tuple[PhaseError, ...] = ()
    bytes_transferred: int | None = Field(
        None, validation_alias=AliasChoices("bytes_transferred", "bytes_transfered")
    )  # the documents spell it both ways (reference 5.3)
    publish_status: str = ""

    @model_validator(mode="before")
    @classmethod
    def _one_error_is_a_list_of_one(cls, data: Any) -> Any:
        if not isinstance(data, dict) or data.get("errors") or not isinstance(data.get("error"), dict):
            return data
        return {**data, "errors": [data["error"]]}

    @property
    def is_complete(self) -> bool:
        """Say whether the phase is over and went well."""
        return self.status in {"complete", "completed"}

    @property
    def is_begun(self) -> bool:
        """Say whether anything of the phase has happened; `publish_status` alone says so, too."""
        return bool(self.publish_status) or self.status not in {"", "not_started"}


class Status(_Answer):
    """How far a video is (reference 5.4); unknown words count as "still working"."""

    video_status: str = ""
    processing_progress: float | None = None
    uploading_phase: Phase = Phase()
    processing_phase: Phase = Phase()
    publishing_phase: Phase = Phase()


class VideoNode(_Answer):
    """A video of the Page; which fields are there depends on how far it is."""

    id: str
    status: Status = Status()
    published: bool | None = None
    permalink_url: str | None = None
    post_id: str | None = None
    title: str = ""
    description: str = ""
    scheduled_publish_time: str | None = None


class PageNode(_Answer):
    """Who a Page is; how much it tells depends on the permissions."""

    id: str
    name: str | None = None
    username: str | None = None
    followers_count: int | None = None
    picture: dict[str, Any] = {}

    @property
    def picture_address(self) -> str | None:
        """Address of the Page's picture."""
        data = self.picture.get("data")
        return str(data["url"]) if isinstance(data, dict) and data.get("url") else None


def title_of(posting: Posting) -> str:
    """Return the title as sent."""
    return posting.title.strip()


def description_of(posting: Posting) -> str:
    """Return the post's text: the caption, which carries the hashtags, else the description."""
    return (posting.caption or posting.description).strip()


def privacy_of(posting: Posting, settings: FacebookSettings) -> str:
    """Return who may see it, in our words."""
    return (posting.privacy or settings.privacy).lower()


def state_of(privacy: str, publish_at: datetime | None, now: datetime) -> str:
    """Return what the post is to become; whether Facebook can keep `publish_at` was asked before."""
    if privacy == PRIVATE:
        return DRAFT
    return SCHEDULED if publish_at is not None and publish_at > now else PUBLISHED


def finish_fields(posting: Posting, options: FacebookOptions, state: str, privacy: str) -> dict[str, Any]:
    """Return what the publishing call says of the post, besides which upload it is about."""
    ai_generated = posting.synthetic_media if options.ai_generated is None else options.ai_generated
    at = posting.publish_at
    fields: dict[str, Any] = {
        "title": title_of(posting) or None,
        "description": description_of(posting) or None,
        "scheduled_publish_time": int(at.timestamp()) if at is not None and state == SCHEDULED else None,
        "targeting": options.targeting,
        "feed_targeting": options.feed_targeting,
        "is_ai_generated": True if ai_generated else None,
    }
    if posting.placement is Placement.REEL:
        return fields | {"video_state": state, "place": options.place}
    category = posting.category if posting.category in CATEGORIES else None
    return fields | {
        "published": state == PUBLISHED,
        "unpublished_content_type": None if state == PUBLISHED else state,
        "secret": True if privacy == UNLISTED else None,
        "no_story": options.no_story,
        "embeddable": options.embeddable,
        "content_category": options.content_category or category,
        "content_tags": list(options.content_tags) or None,
        "custom_labels": list(posting.tags) or None,
        "source_instagram_media_id": options.instagram_media_id,
    }


def detail_fields(posting: Posting, options: FacebookOptions) -> dict[str, Any]:
    """Return what can only be said once the video is there; empty when nothing is wanted."""
    fields: dict[str, Any] = {}
    if options.crosspost_to:
        fields["allow_crossposting_for_pages"] = [{"page_id": page, "allow": True} for page in options.crosspost_to]
    if options.crosspost_in_business is not None:
        fields["allow_bm_crossposting"] = options.crosspost_in_business
    if options.backdated_to is not None:
        fields["backdated_time"] = int(options.backdated_to.timestamp())
        fields["backdated_time_granularity"] = options.backdated_granularity
    if posting.placement is Placement.REEL:
        fields |= {"content_tags": list(options.content_tags)} if options.content_tags else {}
        fields |= {"content_category": options.content_category} if options.content_category else {}
    return fields
