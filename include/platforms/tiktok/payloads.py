"""What we send to TikTok and what it answers, checked at the door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator, model_validator

from include.platforms.contract import Posting
from include.platforms.tiktok.chunks import ChunkPlan

PUBLIC, FRIENDS, FOLLOWERS, PRIVATE = (
    "PUBLIC_TO_EVERYONE",
    "MUTUAL_FOLLOW_FRIENDS",
    "FOLLOWER_OF_CREATOR",
    "SELF_ONLY",
)
PRIVACY_WORDS = {"public": PUBLIC, "friends": FRIENDS, "followers": FOLLOWERS, "private": PRIVATE}
"""Our words → TikTok's; TikTok's own are accepted too."""
MOST_OPEN_FIRST = (PUBLIC, FOLLOWERS, FRIENDS, PRIVATE)


class TikTokOptions(BaseModel):
    """What may stand in a target's `options` for TikTok; an unknown key is refused by name.

    Without a word on comments, duet and stitch the creator's own setting is kept; without `ai_generated` the
    release's `synthetic_media` counts. `cover_timestamp_ms` picks the cover's picture, in milliseconds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    privacy: str | None = None
    disable_comment: bool | None = None
    disable_duet: bool | None = None
    disable_stitch: bool | None = None
    cover_timestamp_ms: int | None = Field(None, ge=0, lt=2**31)
    brand_content: bool = False
    brand_organic: bool = False
    ai_generated: bool | None = None


class _Answer(BaseModel):
    """An answer of TikTok: unknown fields are ignored, a null counts as left out."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class CreatorInfo(_Answer):
    """What the creator's account allows right now; it changes, so ask just before every post."""

    creator_username: str = ""
    creator_nickname: str = ""
    creator_avatar_url: str | None = None
    privacy_level_options: tuple[str, ...] = ()
    comment_disabled: bool = False
    duet_disabled: bool = False
    stitch_disabled: bool = False
    max_video_post_duration_sec: int | None = None

    @property
    def only_private(self) -> bool:
        """Say whether nothing but private is offered: how TikTok may show that our app is not audited."""
        return set(self.privacy_level_options) == {PRIVATE}


class Begun(_Answer):
    """The answer of both init calls. `upload_url` is a secret and lives one hour."""

    publish_id: str
    upload_url: str = Field(repr=False)


class PublishStatus(_Answer):
    """How far a publish is; `post_ids` appear only after moderation of a public post."""

    status: str
    fail_reason: str = ""
    post_ids: tuple[str, ...] = Field(
        (),
        validation_alias=AliasChoices(
            "publicaly_available_post_id", "publicly_available_post_id"
        ),  # TikTok misspells it
    )
    uploaded_bytes: int | None = None

    @field_validator("post_ids", mode="before")
    @classmethod
    def _as_texts(cls, value: Any) -> Any:
        """Keep int64 ids as text; a lone id counts as a list of one."""
        ids = value if isinstance(value, (list, tuple)) else [value]
        return tuple(str(each) for each in ids if each not in ("", 0, None))


class UserInfo(_Answer):
    """Who an account is; which fields are there depends on the granted scopes."""

    open_id: str
    username: str | None = None
    display_name: str | None = None
    avatar_url: str | None = None
    follower_count: int | None = None


def privacy_asked(posting: Posting, options: TikTokOptions, settings: Mapping[str, Any]) -> str | None:
    """Return the privacy asked for, in the asker's word: the option, else the release's, else the setting."""
    return options.privacy or posting.privacy or settings.get("privacy") or None


def privacy_level(asked: str | None, offered: tuple[str, ...]) -> str | None:
    """Return TikTok's word for `asked` when it is offered (None: the most open one offered), else None."""
    if asked is None:
        return next((level for level in MOST_OPEN_FIRST if level in offered), None)
    level = PRIVACY_WORDS.get(asked.lower(), asked)
    return level if level in offered else None


def direct_body(
    posting: Posting, options: TikTokOptions, creator: CreatorInfo, level: str, plan: ChunkPlan
) -> dict[str, Any]:
    """Return the body of a direct post; every flag is always sent, so that no default can surprise us."""

    def disabled(asked: bool | None, by_creator: bool) -> bool:
        return by_creator or bool(asked)  # what the creator switched off stays off, whatever we send

    post_info: dict[str, Any] = {
        "privacy_level": level,
        "disable_comment": disabled(options.disable_comment, creator.comment_disabled),
        "disable_duet": disabled(options.disable_duet, creator.duet_disabled),
        "disable_stitch": disabled(options.disable_stitch, creator.stitch_disabled),
        "brand_content_toggle": options.brand_content,
        "brand_organic_toggle": options.brand_organic,
        "is_aigc": posting.synthetic_media if options.ai_generated is None else options.ai_generated,
    }
    if posting.caption:
        post_info["title"] = posting.caption
    if options.cover_timestamp_ms is not None:
        post_info["video_cover_timestamp_ms"] = options.cover_timestamp_ms
    return {"post_info": post_info, "source_info": plan.source_info()}


def inbox_body(plan: ChunkPlan) -> dict[str, Any]:
    """Return the body of an inbox draft: the file only, the creator adds everything else in the app."""
    return {"source_info": plan.source_info()}
