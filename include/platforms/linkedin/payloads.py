"""What we send to LinkedIn and what it answers, checked at the door."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic.alias_generators import to_camel

from include.platforms.contract import Posting
from include.platforms.linkedin import versions
from include.platforms.linkedin.little_text import escaped
from include.releases.publication import Placement

PUBLIC, CONNECTIONS, LOGGED_IN = "PUBLIC", "CONNECTIONS", "LOGGED_IN"
VISIBILITY_WORDS = {"public": PUBLIC, "connections": CONNECTIONS, "logged_in": LOGGED_IN}
"""Our words → LinkedIn's; LinkedIn's own are accepted too. CONTAINER (groups) needs a group we do not know of."""

PERSON, ORGANIZATION = "urn:li:person:", "urn:li:organization:"
WORKING, AVAILABLE, FAILED, WAITING = "PROCESSING", "AVAILABLE", "PROCESSING_FAILED", "WAITING_UPLOAD"


class LostPost(BaseModel):
    """When a post that is not in the author's list, after its answer was lost, counts as never made.

    So many looks, so far apart, over so long; longer for a post without a text, because LinkedIn's own check for
    duplicates would not stop a second one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    looks: int = Field(4, ge=2)
    every_seconds: float = Field(30, gt=0)
    certain_after_seconds: float = Field(120, ge=0)
    certain_without_text_seconds: float = Field(1800, ge=0)


class LinkedInSettings(BaseModel):
    """`platforms.linkedin` of config/distribution.yaml; an unknown key is refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    placement: Literal[Placement.POST] = Placement.POST
    privacy: str | None = None
    schedule: Literal["ours"] = "ours"
    version: str = versions.VERSION
    lost_post: LostPost = LostPost()

    @field_validator("version")
    @classmethod
    def _is_a_version(cls, value: str) -> str:
        versions.end_of(value)
        return value


class LinkedInOptions(BaseModel):
    """What may stand in a target's `options` for LinkedIn; an unknown key is refused by name.

    `in_feed` false posts without showing it in the followers' feeds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    visibility: str | None = None
    disable_reshare: bool = False
    in_feed: bool = True


class _Answer(BaseModel):
    """An answer of LinkedIn: unknown fields are ignored, a null counts as left out."""

    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class Part(_Answer):
    """One piece of the file and where it goes; `last_byte` counts too."""

    upload_url: str = Field(repr=False)
    first_byte: int
    last_byte: int


class Begun(_Answer):
    """The answer of `initializeUpload`; every address in it is a secret."""

    video: str
    upload_instructions: tuple[Part, ...]
    upload_token: str = ""
    upload_urls_expire_at: int | None = None
    thumbnail_upload_url: str | None = Field(None, repr=False)

    def covers(self, size: int) -> bool:
        """Say whether the parts hold every byte of a file of `size` bytes, in order and once."""
        at = 0
        for part in self.upload_instructions:
            if part.first_byte != at or part.last_byte < part.first_byte:
                return False
            at = part.last_byte + 1
        return at == size

    @property
    def expires_at(self) -> datetime | None:
        """When the addresses stop working; None when LinkedIn does not say."""
        return datetime.fromtimestamp(self.upload_urls_expire_at / 1000, UTC) if self.upload_urls_expire_at else None


class VideoSeen(_Answer):
    """How far LinkedIn is with a video."""

    status: str
    owner: str | None = None
    processing_failure_reason: str | None = None


class PostSeen(_Answer):
    """A post as LinkedIn shows it; `at` is when it last changed."""

    id: str
    lifecycle_state: str = "PUBLISHED"
    content: dict[str, Any] = Field(default_factory=dict)
    created_at: int | None = None
    last_modified_at: int | None = None

    @property
    def media(self) -> str | None:
        """The URN of the video (or picture) in it."""
        media = self.content.get("media")
        return media.get("id") if isinstance(media, dict) else None

    @property
    def at(self) -> datetime | None:
        """When it was made or last changed, whichever is later; None when LinkedIn does not say."""
        newest = max(self.created_at or 0, self.last_modified_at or 0)
        return datetime.fromtimestamp(newest / 1000, UTC) if newest else None


class UserInfo(_Answer):
    """Who a member is."""

    sub: str
    name: str | None = None
    picture: str | None = None


def visibility_asked(posting: Posting, options: LinkedInOptions, settings: LinkedInSettings) -> str:
    """Return the visibility asked for, in the asker's word: the option, else the release's, else the setting."""
    return options.visibility or posting.privacy or settings.privacy or "public"


def visibility_of(asked: str) -> str | None:
    """Return LinkedIn's word for `asked`; None when there is none."""
    word = VISIBILITY_WORDS.get(asked.lower(), asked.upper())
    return word if word in VISIBILITY_WORDS.values() else None


def begin_body(owner: str, size: int, *, thumbnail: bool) -> dict[str, Any]:
    """Return the body of `initializeUpload`."""
    return {
        "initializeUploadRequest": {
            "owner": owner,
            "fileSizeBytes": size,
            "uploadCaptions": False,
            "uploadThumbnail": thumbnail,
        }
    }


def finish_upload_body(video: str, token: str, part_ids: list[str]) -> dict[str, Any]:
    """Return the body of `finalizeUpload`; token and part ids exactly as they came."""
    return {"finalizeUploadRequest": {"video": video, "uploadToken": token, "uploadedPartIds": part_ids}}


def post_body(
    posting: Posting, options: LinkedInOptions, *, author: str, video: str, visibility: str
) -> dict[str, Any]:
    """Return the body of the post; every switch is always sent, so that no default can surprise us."""
    media = {"id": video}
    if posting.title:
        media["title"] = posting.title
    return {
        "author": author,
        "commentary": escaped(posting.caption),
        "visibility": visibility,
        "distribution": {
            "feedDistribution": "MAIN_FEED" if options.in_feed else "NONE",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "content": {"media": media},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": options.disable_reshare,
    }
