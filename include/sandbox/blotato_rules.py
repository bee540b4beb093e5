"""What Blotato wants of a post, by target (reference C.4); the first thing missing is told, as its validator does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

Json = dict[str, Any]
PLATFORMS = ("youtube", "tiktok", "instagram", "facebook", "linkedin")
"""Of its targets, those the sandbox plays."""
OTHERS = ("twitter", "pinterest", "threads", "bluesky", "other")
NEEDS_MEDIA = frozenset({"instagram", "tiktok", "pinterest", "youtube"})
MAX_MEDIA = 20
TIKTOK_LEVELS = ("SELF_ONLY", "PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR")
TIKTOK_FLAGS = (
    "disabledComments", "disabledDuet", "disabledStitch", "isBrandedContent", "isYourBrand", "isAiGenerated",
)  # fmt: skip
YOUTUBE_PRIVACIES = ("private", "public", "unlisted")
MOST_CHARACTERS = {"tiktok": 2200, "instagram": 2200, "linkedin": 3000, "facebook": 63_206, "youtube": 5000}
TARGET = "body/post/target"
KNOWN = {
    "tiktok": {"privacyLevel", *TIKTOK_FLAGS, "isDraft", "autoAddMusic", "title", "imageCoverIndex",
               "videoCoverTimestamp"},
    "instagram": {"mediaType", "audioName", "collaborators", "altText", "coverImageUrl", "shareToFeed"},
    "facebook": {"pageId", "mediaType", "link"},
    "linkedin": {"pageId"},
    "youtube": {"title", "privacyStatus", "shouldNotifySubscribers", "isMadeForKids", "containsSyntheticMedia",
                "playlistIds", "thumbnailUrl"},
}  # fmt: skip


class Invalid(Exception):
    """A body Blotato does not take, with its own sentence."""


def check(body: Any) -> Json:
    """Return the `post` of a body; raise `Invalid` with the first thing wrong."""
    post = body.get("post") if isinstance(body, dict) else None
    if not isinstance(post, dict):
        raise Invalid("body must have required property 'post'")
    content, target = post.get("content"), post.get("target")
    if not isinstance(post.get("accountId"), str):
        raise Invalid("body/post/accountId must be string")
    if not isinstance(content, dict) or not isinstance(content.get("text"), str):
        raise Invalid("body/post/content must have required property 'text'")
    if not isinstance(target, dict) or not isinstance(target.get("targetType"), str):
        raise Invalid(f"{TARGET} must have required property 'targetType'")
    platform = content.get("platform")
    if platform not in PLATFORMS + OTHERS:
        raise Invalid("body/post/content/platform must be equal to one of the allowed values")
    if platform != target["targetType"]:
        raise Invalid("body/post/target/targetType must match content.platform")
    if platform not in PLATFORMS:
        raise Invalid(f"The sandbox does not play {platform}.")
    check_media(platform, content)
    CHECKS[platform](target)
    if unknown := set(target) - {"targetType"} - KNOWN[platform]:
        raise Invalid(f"{TARGET} must NOT have additional properties: {', '.join(sorted(unknown))}")
    if len(content["text"]) > MOST_CHARACTERS[platform]:
        raise Invalid(f"body/post/content/text must NOT have more than {MOST_CHARACTERS[platform]} characters")
    return post


def check_media(platform: str, content: Json) -> None:
    """Want a list of addresses, and one where the platform shows nothing without."""
    media = content.get("mediaUrls")
    if not isinstance(media, list) or not all(isinstance(each, str) for each in media):
        raise Invalid("body/post/content must have required property 'mediaUrls'")
    if len(media) > MAX_MEDIA:
        raise Invalid(f"body/post/content/mediaUrls must NOT have more than {MAX_MEDIA} items")
    if platform in NEEDS_MEDIA and not media:
        raise Invalid(f"{platform} requires at least one media URL")


def wants(target: Json, name: str, kind: type) -> Any:
    """Return a required property of the right kind."""
    if name not in target:
        raise Invalid(f"{TARGET} must have required property '{name}'")
    if not isinstance(target[name], kind):
        raise Invalid(f"{TARGET}/{name} must be {kind.__name__}")
    return target[name]


def among(target: Json, name: str, allowed: tuple[str, ...]) -> None:
    """Want one of the allowed values."""
    if target[name] not in allowed:
        raise Invalid(f"{TARGET}/{name} must be equal to one of the allowed values")


def check_tiktok(target: Json) -> None:
    """All seven are required; covers are left out of drafts."""
    wants(target, "privacyLevel", str)
    among(target, "privacyLevel", TIKTOK_LEVELS)
    for name in TIKTOK_FLAGS:
        wants(target, name, bool)
    if target.get("isDraft") and ("videoCoverTimestamp" in target or "imageCoverIndex" in target):
        raise Invalid(f"{TARGET}: a draft has no cover")


def check_instagram(target: Json) -> None:
    """A reel or a story, with up to three collaborators."""
    if "mediaType" in target:
        among(target, "mediaType", ("reel", "story"))
    if len(target.get("collaborators") or []) > 3:
        raise Invalid(f"{TARGET}/collaborators must NOT have more than 3 items")


def check_facebook(target: Json) -> None:
    """A Page, in digits."""
    if not wants(target, "pageId", str).isdigit():
        raise Invalid(f"{TARGET}/pageId must match pattern")
    if "mediaType" in target:
        among(target, "mediaType", ("video", "reel"))


def check_linkedin(target: Json) -> None:
    """A page in digits, or none for the person."""
    if "pageId" in target and not str(target["pageId"]).isdigit():
        raise Invalid(f"{TARGET}/pageId must match pattern")


def check_youtube(target: Json) -> None:
    """Title, privacy and whether subscribers are told."""
    if not 1 <= len(wants(target, "title", str)) <= 100:
        raise Invalid(f"{TARGET}/title must NOT have more than 100 characters")
    wants(target, "privacyStatus", str)
    among(target, "privacyStatus", YOUTUBE_PRIVACIES)
    wants(target, "shouldNotifySubscribers", bool)


CHECKS = {
    "tiktok": check_tiktok,
    "instagram": check_instagram,
    "facebook": check_facebook,
    "linkedin": check_linkedin,
    "youtube": check_youtube,
}


def time_of(value: Any) -> float:
    """Read a root-level `scheduledTime`: ISO 8601 with its offset."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise Invalid("body/scheduledTime must match format date-time") from None
    if moment.tzinfo is None:
        raise Invalid("body/scheduledTime must carry an offset")
    return moment.timestamp()
