"""What upload-post.com wants of an upload, and what it ignores with a warning (reference D.2, D.8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from include.sandbox.gateway_things import UploadJob
from include.sandbox.world import World

Json = dict[str, Any]
PLATFORMS = ("tiktok", "instagram", "youtube", "linkedin", "facebook")
OTHERS = ("x", "threads", "pinterest", "bluesky", "reddit", "discord", "telegram")
CAPS = {"instagram": 50, "tiktok": 15, "linkedin": 150, "youtube": 10, "facebook": 25}
"""Successful posts of one account in any 24 hours (reference D.8)."""
DAY_SECONDS = 86_400
YEAR_SECONDS = 365 * DAY_SECONDS
COMMON = {
    "user", "platform[]", "video", "title", "description", "first_comment", "scheduled_date", "timezone",
    "add_to_queue", "max_posts_per_slot", "async_upload", "request_id", "disable_inbox_fallback", "alt_text",
}  # fmt: skip
KNOWN = {
    "tiktok": {"privacy_level", "disable_duet", "disable_comment", "disable_stitch", "cover_timestamp", "is_aigc",
               "post_mode", "tiktok_upload_to_draft", "brand_content_toggle", "brand_organic_toggle",
               "tiktok_cover_image_url"},
    "instagram": {"media_type", "share_to_feed", "collaborators", "cover_url", "audio_name", "user_tags",
                  "location_id", "thumb_offset"},
    "youtube": {"tags[]", "categoryId", "privacyStatus", "embeddable", "license", "publicStatsViewable",
                "thumbnail_url", "selfDeclaredMadeForKids", "containsSyntheticMedia", "defaultLanguage",
                "defaultAudioLanguage", "recordingDate", "youtube_playlist_id", "youtube_notify_subscribers",
                "youtube_publish_at"},
    "linkedin": {"visibility", "target_linkedin_page_id", "linkedin_disable_reshare"},
    "facebook": {"facebook_page_id", "video_state", "facebook_media_type", "thumbnail_url", "facebook_place_id",
                 "facebook_no_story", "facebook_is_ai_generated"},
}  # fmt: skip
BOOLEANS = frozenset(
    {"async_upload", "disable_inbox_fallback", "disable_duet", "disable_comment", "disable_stitch", "is_aigc",
     "brand_content_toggle", "brand_organic_toggle", "share_to_feed", "embeddable", "publicStatsViewable",
     "selfDeclaredMadeForKids", "containsSyntheticMedia", "youtube_notify_subscribers", "linkedin_disable_reshare"}
)  # fmt: skip
VALUES = {
    "privacy_level": ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"),
    "post_mode": ("DIRECT_POST", "MEDIA_UPLOAD"),
    "media_type": ("REELS", "STORIES"),
    "privacyStatus": ("public", "unlisted", "private"),
    "video_state": ("PUBLISHED", "DRAFT"),
    "facebook_media_type": ("REELS", "STORIES", "VIDEO"),
    "visibility": ("PUBLIC", "CONNECTIONS", "LOGGED_IN"),
}


class BadUpload(Exception):
    """An upload that is refused at the door, with its own sentence."""


def check(fields: dict[str, list[str]], *, has_video: bool) -> None:
    """Raise `BadUpload` with the first thing wrong."""
    platforms = fields.get("platform[]") or []
    if not fields.get("user"):
        raise BadUpload("user is required")
    if not platforms:
        raise BadUpload("platform[] is required")
    if unknown := [name for name in platforms if name not in PLATFORMS + OTHERS]:
        raise BadUpload(f"Unsupported platform: {', '.join(unknown)}")
    if not has_video:
        raise BadUpload("A video file or URL is required")
    if "youtube" in platforms and not (fields.get("title") or fields.get("youtube_title")):
        raise BadUpload("title is required for YouTube")
    if "facebook" in platforms and not fields.get("facebook_page_id"):
        raise BadUpload("facebook_page_id is required for Facebook uploads")
    for name, values in fields.items():
        if name in BOOLEANS and values[0] not in ("true", "false"):
            raise BadUpload(f"{name} must be true or false")
        if name in VALUES and values[0] not in VALUES[name]:
            raise BadUpload(f"{name} must be one of {', '.join(VALUES[name])}")


def warnings(fields: dict[str, list[str]]) -> list[str]:
    """Return a sentence for each field that none of the platforms knows: it is ignored."""
    platforms = fields.get("platform[]") or []
    own = {f"{name}_{what}" for name in platforms for what in ("title", "description", "first_comment")}
    known = COMMON.union(own, *(KNOWN.get(name, set()) for name in platforms))
    return [f"Field {name} is not supported and was ignored" for name in fields if name not in known]


def time_of(fields: dict[str, list[str]], now: float) -> float | None:
    """Return when it is to go out; raise `BadUpload` for a time that cannot be."""
    value = next(iter(fields.get("scheduled_date", [])), "")
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value).timestamp()
    except ValueError:
        raise BadUpload("scheduled_date must be ISO 8601") from None
    if not now < moment <= now + YEAR_SECONDS:
        raise BadUpload("scheduled_date must be in the future, within 365 days")
    return moment


def violations(world: World, job: UploadJob) -> list[Json]:
    """Return what the verifier has against an upload: caps of the last day, and the same content within 48 hours."""
    return [found for platform in job.platforms for found in of_platform(world, job, platform)]


def of_platform(world: World, job: UploadJob, platform: str) -> list[Json]:
    """Return what speaks against one platform."""
    now, switches = world.now(), world.switches
    out = [
        other for other in world.shelf(UploadJob)
        if other.user == job.user and other.done_at and other.results.get(platform, {}).get("success")
    ]  # fmt: skip
    cap = switches.upload_post_cap or CAPS.get(platform, 0)
    used = sum((other.done_at or 0) > now - DAY_SECONDS for other in out)
    found: list[Json] = []
    if cap and used >= cap:
        told = f"Daily cap reached for {platform}: {used}/{cap} in last 24h"
        found.append(
            {"platform": platform, "type": "hard_cap", "message": told, "used_last_24h": used, "cap": cap}
        )  # fmt: skip
    since = now - switches.upload_post_duplicate_seconds
    same = [other for other in out if (other.done_at or 0) > since and other.text("title") == job.text("title")]
    if job.text("title") and any(other.size == job.size for other in same):
        told = f"Duplicate content on {platform}: the same was posted within 48h"
        found.append({"platform": platform, "type": "duplicate", "message": told})
    return found
