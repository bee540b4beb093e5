"""What we send to Blotato, per platform, and what it answers, checked at the door (reference C.3 to C.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from include.gateways.wishes import GatewaySettings, for_platform
from include.platforms.contract import Posting
from include.releases.publication import Placement

Json = dict[str, Any]
PLACEMENTS: Mapping[str, tuple[Placement, ...]] = {
    "youtube": (Placement.VIDEO, Placement.SHORT),
    "tiktok": (Placement.VIDEO, Placement.INBOX),
    "instagram": (Placement.REEL, Placement.STORY),
    "facebook": (Placement.VIDEO, Placement.REEL),
    "linkedin": (Placement.POST,),
}
"""Platform → the placements Blotato can make there. Instagram's feed alone is not among its media types."""
CARRIED: Mapping[str, frozenset[str]] = {
    "youtube": frozenset({"playlists", "notify_subscribers"}),
    "tiktok": frozenset(
        {"privacy", "disable_comment", "disable_duet", "disable_stitch", "cover_timestamp_ms", "brand_content",
         "brand_organic", "ai_generated"}
    ),
    "instagram": frozenset({"share_to_feed", "collaborators", "audio_name"}),
    "facebook": frozenset(),
    "linkedin": frozenset(),
}  # fmt: skip
"""Platform → our options that have a field at Blotato; others are refused by name."""
MAX_BYTES = 1_000_000_000
"""The limit is 1 GB now, older pages say 200 MB (help.blotato.com, reference C.3)."""


class LostPost(BaseModel):
    """When a post whose answer was lost, and that Blotato's list does not show, counts as never made.

    So many looks, so far apart, over so long: what is in progress is not listed, and that may take a while.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    looks: int = Field(5, ge=2)
    every_seconds: float = Field(300, gt=0)
    certain_after_seconds: float = Field(3600, ge=0)


class Settings(GatewaySettings):
    """`gateways.blotato` of config/distribution.yaml; an unknown key is refused by name."""

    lost_post: LostPost = LostPost()


class _Answer(BaseModel):
    """An answer of Blotato: unknown fields are ignored, a null counts as left out."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class MediaPlace(_Answer):
    """Where to put bytes (a secret, for minutes only) and where anybody finds them afterwards."""

    presigned_url: str = Field(alias="presignedUrl", repr=False)
    public_url: str = Field(alias="publicUrl")


class Submission(_Answer):
    """How far a post is."""

    status: str
    public_url: str | None = Field(None, alias="publicUrl")
    error: str = Field("", validation_alias=AliasChoices("errorMessage", "error", "message"))


class Listed(_Answer):
    """An item of the list of posts. What it tells of the content is not documented, so several shapes are read."""

    post_time: str = Field("", alias="postTime")
    platform: str = ""
    state: Submission = Submission(status="")
    account: str | None = None
    text: str | None = None
    media: tuple[str, ...] | None = None

    @model_validator(mode="before")
    @classmethod
    def _several_shapes(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        inner: Json = _inner(data, "post") or data
        content: Json = _inner(inner, "content") or inner
        state: Json = _inner(data, "state")
        account = inner.get("account")
        return {
            "postTime": data.get("postTime"),
            "platform": data.get("platform") or content.get("platform"),
            "state": {**state, "status": state.get("type") or ""},
            "account": inner.get("accountId") or (account.get("id") if isinstance(account, dict) else account),
            "text": content.get("text"),
            "media": content.get("mediaUrls"),
        }


def _inner(data: Json, name: str) -> Json:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def post_body(posting: Posting, platform: str, settings: Mapping[str, Any], account: Mapping[str, Any],
              media: str, cover: str | None) -> Json:  # fmt: skip
    """Return the body of `POST /posts`; without a time beside `post` it goes out at once.

    `media` and `cover` are addresses; `settings` are the platform's. Raises `pydantic.ValidationError` for options
    that `validate` refuses.
    """
    target = _TARGETS[platform](for_platform(posting), settings, account)
    if cover is not None and platform == "instagram" and posting.placement is Placement.REEL:
        target["coverImageUrl"] = cover
    return {
        "post": {
            "accountId": str(account["user"]),
            "content": {"text": text_of(posting, platform), "mediaUrls": [media], "platform": platform},
            "target": {"targetType": platform, **target},
        }
    }


def text_of(posting: Posting, platform: str) -> str:
    """Return the text as it is sent: YouTube's description, elsewhere what caption platforms show."""
    if platform == "youtube":
        return posting.description
    if platform == "instagram" and posting.placement is Placement.STORY:
        return ""
    return (posting.caption or (posting.description if platform == "facebook" else "")).strip()


def wants_cover(platform: str, posting: Posting) -> bool:
    """Say whether Blotato has a field for the cover."""
    return platform == "instagram" and posting.placement is Placement.REEL and posting.thumbnail is not None


def _youtube(posting: Posting, settings: Mapping[str, Any], account: Mapping[str, Any]) -> Json:
    from include.platforms.youtube.payloads import YouTubeOptions, YouTubeSettings

    options = YouTubeOptions.model_validate(dict(posting.options))
    mine = YouTubeSettings.model_validate(dict(settings))
    notify = mine.notify_subscribers if options.notify_subscribers is None else options.notify_subscribers
    target: Json = {
        "title": posting.title.strip(),
        "privacyStatus": posting.privacy,
        "shouldNotifySubscribers": notify,
        "isMadeForKids": posting.made_for_kids,
        "containsSyntheticMedia": posting.synthetic_media,
    }
    known: Mapping[str, str] = account.get("playlists") or {}
    if options.playlists:
        target["playlistIds"] = [known.get(each, each) for each in options.playlists]
    return target


def _tiktok(posting: Posting, settings: Mapping[str, Any], account: Mapping[str, Any]) -> Json:
    from include.platforms.tiktok.payloads import MOST_OPEN_FIRST, PRIVACY_WORDS, TikTokOptions, privacy_asked

    options = TikTokOptions.model_validate(dict(posting.options))
    asked = privacy_asked(posting, options, settings)
    target: Json = {
        "privacyLevel": PRIVACY_WORDS.get(asked.lower(), asked) if asked else MOST_OPEN_FIRST[0],
        "disabledComments": bool(options.disable_comment),
        "disabledDuet": bool(options.disable_duet),
        "disabledStitch": bool(options.disable_stitch),
        "isBrandedContent": options.brand_content,
        "isYourBrand": options.brand_organic,
        "isAiGenerated": posting.synthetic_media if options.ai_generated is None else options.ai_generated,
    }
    if posting.placement is Placement.INBOX:
        target["isDraft"] = True
    elif options.cover_timestamp_ms is not None:
        target["videoCoverTimestamp"] = options.cover_timestamp_ms
    return target


def _instagram(posting: Posting, settings: Mapping[str, Any], account: Mapping[str, Any]) -> Json:
    from include.platforms.instagram.payloads import InstagramOptions

    options = InstagramOptions.model_validate(dict(posting.options))
    target: Json = {"mediaType": "story" if posting.placement is Placement.STORY else "reel"}
    if options.share_to_feed is not None:
        target["shareToFeed"] = options.share_to_feed
    if options.collaborators:
        target["collaborators"] = list(options.collaborators)
    if options.audio_name:
        target["audioName"] = options.audio_name
    return target


def _facebook(posting: Posting, settings: Mapping[str, Any], account: Mapping[str, Any]) -> Json:
    return {"pageId": str(account["page_id"]), "mediaType": posting.placement.value}


def _linkedin(posting: Posting, settings: Mapping[str, Any], account: Mapping[str, Any]) -> Json:
    return {"pageId": str(account["page_id"])} if account.get("page_id") else {}


_TARGETS: Mapping[str, Callable[[Posting, Mapping[str, Any], Mapping[str, Any]], Json]] = {
    "youtube": _youtube,
    "tiktok": _tiktok,
    "instagram": _instagram,
    "facebook": _facebook,
    "linkedin": _linkedin,
}
