"""What we send to upload-post.com, per platform, and what it answers, checked at the door (reference D.2, D.3)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator, model_validator

from include.gateways.wishes import GatewaySettings, for_platform
from include.platforms.contract import Posting
from include.releases.publication import Placement

Fields = list[tuple[str, str]]
PLACEMENTS: Mapping[str, tuple[Placement, ...]] = {
    "youtube": (Placement.VIDEO, Placement.SHORT),
    "tiktok": (Placement.VIDEO, Placement.INBOX),
    "instagram": (Placement.REEL, Placement.STORY, Placement.FEED),
    "facebook": (Placement.VIDEO, Placement.REEL),
    "linkedin": (Placement.POST,),
}
CARRIED: Mapping[str, frozenset[str]] = {
    "youtube": frozenset(
        {"category", "playlists", "license", "embeddable", "public_stats_viewable", "notify_subscribers",
         "default_language", "recording_date"}
    ),
    "tiktok": frozenset(
        {"privacy", "disable_comment", "disable_duet", "disable_stitch", "cover_timestamp_ms", "brand_content",
         "brand_organic", "ai_generated"}
    ),
    "instagram": frozenset({"share_to_feed", "thumb_offset", "location_id", "user_tags", "collaborators",
                            "audio_name"}),
    "facebook": frozenset({"place", "no_story", "ai_generated"}),
    "linkedin": frozenset({"visibility", "disable_reshare"}),
}  # fmt: skip
"""Platform → our options that have a field at upload-post.com; others are refused by name."""


class Settings(GatewaySettings):
    """`gateways.upload_post` of config/distribution.yaml; an unknown key is refused by name.

    upload-post.com asks for a first look after 5 seconds and one every 10 afterwards (reference D.3).
    """

    pace_seconds: tuple[float, ...] = Field((5, 10, 10, 15, 30), min_length=1)


class Result(BaseModel):
    """What became of one platform; keys vary, so several names are read (reference D.2, D.3)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    platform: str = ""
    success: bool = False
    error: str = Field("", validation_alias=AliasChoices("error", "error_message", "message"))
    error_code: str | None = None
    url: str | None = Field(None, validation_alias=AliasChoices("url", "post_url"))
    post_id: str | None = Field(None, validation_alias=AliasChoices("post_id", "platform_post_id", "video_id"))
    publish_id: str | None = None
    fallback_to_inbox: bool = False
    skipped: bool = False

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data

    @field_validator("post_id", "publish_id", "error", "error_code", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        """Keep ids as text; an error may be an object."""
        return value if value is None or isinstance(value, str) else json.dumps(value)

    @property
    def is_draft(self) -> bool:
        """Say whether it lies in TikTok's inbox instead of being posted, whatever `success` says."""
        return self.fallback_to_inbox or (self.publish_id or "").startswith("v_inbox")


class Status(BaseModel):
    """How far an upload is, with one result for each platform; a list or an object of them."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    status: str = ""
    results: tuple[Result, ...] = ()

    @field_validator("status", mode="before")
    @classmethod
    def _as_word(cls, value: Any) -> Any:
        return value if isinstance(value, str) else ""

    @field_validator("results", mode="before")
    @classmethod
    def _list_or_object(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return [{"platform": name, **one} for name, one in value.items() if isinstance(one, dict)]
        return [one for one in value or () if isinstance(one, dict)]

    def of(self, platform: str) -> Result | None:
        """Return the result of one platform."""
        return next((one for one in self.results if one.platform == platform), None)


def form_of(
    posting: Posting, platform: str, settings: Mapping[str, Any], account: Mapping[str, Any], picture: str | None
) -> Fields:
    """Return the form's fields but the video; `settings` are the platform's, `picture` is the cover's address.

    Raises `pydantic.ValidationError` for options that `validate` refuses.
    """
    fields = _FIELDS[platform](for_platform(posting), settings, account)
    named = {"youtube": "thumbnail_url", "facebook": "thumbnail_url", "instagram": "cover_url"}.get(platform)
    if picture is not None and named:
        fields[named] = picture
    found: Fields = [("user", str(account["user"])), ("platform[]", platform), ("async_upload", "true")]
    for name, value in fields.items():
        if isinstance(value, (list, tuple)):
            found += [(name, str(each)) for each in value]
        elif value is not None:
            found.append((name, str(value).lower() if isinstance(value, bool) else str(value)))
    return found


def wants_picture(platform: str, posting: Posting) -> bool:
    """Say whether there is a field for the thumbnail: an address that they fetch."""
    shown = platform in ("youtube", "facebook") or (platform == "instagram" and posting.placement != Placement.STORY)
    return shown and posting.thumbnail is not None and posting.options.get("thumb_offset") is None


def _youtube(posting: Posting, settings: Mapping[str, Any], account: Mapping[str, Any]) -> dict[str, Any]:
    from include.platforms.youtube.payloads import YouTubeOptions, YouTubeSettings, category_of, rfc3339
    from include.platforms.youtube.texts import UNDETERMINED

    options = YouTubeOptions.model_validate(dict(posting.options))
    mine = YouTubeSettings.model_validate(dict(settings))
    language = options.default_language or posting.language
    return {
        "title": posting.title.strip(),
        "description": posting.description,
        "tags[]": [tag.strip() for tag in posting.tags if tag.strip()],
        "categoryId": category_of(posting, mine),
        "privacyStatus": posting.privacy,
        "license": options.license or mine.license,
        "embeddable": mine.embeddable if options.embeddable is None else options.embeddable,
        "publicStatsViewable": options.public_stats_viewable,
        "selfDeclaredMadeForKids": posting.made_for_kids,
        "containsSyntheticMedia": posting.synthetic_media,
        "defaultLanguage": language if language and language != UNDETERMINED else None,
        "recordingDate": rfc3339(options.recording_date) if options.recording_date else None,
        "youtube_playlist_id": ",".join(options.playlists) or None,
        "youtube_notify_subscribers":
            mine.notify_subscribers if options.notify_subscribers is None else options.notify_subscribers,
    }  # fmt: skip


def _tiktok(posting: Posting, settings: Mapping[str, Any], account: Mapping[str, Any]) -> dict[str, Any]:
    from include.platforms.tiktok.payloads import PRIVACY_WORDS, TikTokOptions, privacy_asked

    options = TikTokOptions.model_validate(dict(posting.options))
    asked = privacy_asked(posting, options, settings) or account.get("most_open")
    is_draft = posting.placement is Placement.INBOX
    fields: dict[str, Any] = {
        "title": posting.caption.strip() or posting.title.strip(),
        "post_mode": "MEDIA_UPLOAD" if is_draft else "DIRECT_POST",
        # else a video TikTok refuses lands in the inbox as a draft, and is reported as a success (reference D.2)
        "disable_inbox_fallback": not is_draft,
    }
    if is_draft:
        return fields
    return fields | {
        "privacy_level": PRIVACY_WORDS.get(asked.lower(), asked) if asked else None,
        "disable_comment": bool(options.disable_comment),
        "disable_duet": bool(options.disable_duet),
        "disable_stitch": bool(options.disable_stitch),
        "brand_content_toggle": options.brand_content,
        "brand_organic_toggle": options.brand_organic,
        "is_aigc": posting.synthetic_media if options.ai_generated is None else options.ai_generated,
        "cover_timestamp": options.cover_timestamp_ms,
    }


def _instagram(posting: Posting, settings: Mapping[str, Any], account: Mapping[str, Any]) -> dict[str, Any]:
    from include.platforms.instagram.payloads import InstagramOptions

    options = InstagramOptions.model_validate(dict(posting.options))
    is_story = posting.placement is Placement.STORY
    to_feed = posting.placement is Placement.FEED or (
        bool(settings.get("share_to_feed", True)) if options.share_to_feed is None else options.share_to_feed
    )
    return {
        "title": posting.title.strip() if is_story else posting.caption.strip() or posting.title.strip(),
        "media_type": "STORIES" if is_story else "REELS",
        "share_to_feed": None if is_story else to_feed,
        "thumb_offset": options.thumb_offset,
        "location_id": options.location_id,
        "collaborators": ",".join(options.collaborators) or None,
        "user_tags": json.dumps([tag.model_dump(exclude_none=True) for tag in options.user_tags])
        if options.user_tags
        else None,
        "audio_name": options.audio_name,
    }


def _facebook(posting: Posting, settings: Mapping[str, Any], account: Mapping[str, Any]) -> dict[str, Any]:
    from include.platforms.facebook.payloads import (
        PRIVATE,
        FacebookOptions,
        FacebookSettings,
        description_of,
        privacy_of,
        title_of,
    )

    options = FacebookOptions.model_validate(dict(posting.options))
    privacy = privacy_of(posting, FacebookSettings.model_validate(dict(settings)))
    return {
        "title": title_of(posting),
        "facebook_description": description_of(posting),
        "facebook_page_id": str(account["page_id"]),
        "facebook_media_type": "REELS" if posting.placement is Placement.REEL else "VIDEO",
        "video_state": "DRAFT" if privacy == PRIVATE else "PUBLISHED",
        "facebook_place_id": options.place,
        "facebook_no_story": options.no_story,
        "facebook_is_ai_generated":
            posting.synthetic_media if options.ai_generated is None else options.ai_generated,
    }  # fmt: skip


def _linkedin(posting: Posting, settings: Mapping[str, Any], account: Mapping[str, Any]) -> dict[str, Any]:
    from include.platforms.linkedin.payloads import (
        LinkedInOptions,
        LinkedInSettings,
        visibility_asked,
        visibility_of,
    )

    options = LinkedInOptions.model_validate(dict(posting.options))
    mine = LinkedInSettings.model_validate(dict(settings))
    return {
        "title": posting.title.strip(),
        "linkedin_description": posting.caption.strip() or posting.title.strip(),
        "visibility": visibility_of(visibility_asked(posting, options, mine)),
        "linkedin_disable_reshare": options.disable_reshare,
        "target_linkedin_page_id": account.get("page_id"),
    }


_FIELDS: Mapping[str, Callable[[Posting, Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]] = {
    "youtube": _youtube,
    "tiktok": _tiktok,
    "instagram": _instagram,
    "facebook": _facebook,
    "linkedin": _linkedin,
}
