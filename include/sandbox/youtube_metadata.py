"""What YouTube accepts as a video's texts and settings (youtube.md 3), as it is checked before any byte is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from include.sandbox.youtube_answers import GoogleError, Json, bad_payload
from include.sandbox.youtube_things import Video

CATEGORIES = {
    "1": "Film & Animation", "2": "Autos & Vehicles", "10": "Music", "15": "Pets & Animals", "17": "Sports",
    "18": "Short Movies", "19": "Travel & Events", "20": "Gaming", "21": "Videoblogging", "22": "People & Blogs",
    "23": "Comedy", "24": "Entertainment", "25": "News & Politics", "26": "Howto & Style", "27": "Education",
    "28": "Science & Technology", "29": "Nonprofits & Activism", "30": "Movies", "44": "Trailers",
}  # fmt: skip
NOT_ASSIGNABLE = {"18", "21", "30", "44"}
MAX_TITLE_CHARACTERS = 100
MAX_DESCRIPTION_BYTES = 5000
MAX_TAGS_CHARACTERS = 500
VIDEO_PARTS = {
    "id", "snippet", "status", "contentDetails", "statistics", "processingDetails", "fileDetails", "suggestions",
    "topicDetails", "player", "recordingDetails", "localizations", "liveStreamingDetails",
    "paidProductPlacementDetails", "brandPartner",
}  # fmt: skip
WRITABLE_PARTS = {
    "snippet", "status", "recordingDetails", "localizations", "paidProductPlacementDetails", "brandPartner",
}  # fmt: skip
FIELDS: dict[str, dict[str, type]] = {
    "snippet": {
        "title": str, "description": str, "tags": list, "categoryId": str, "defaultLanguage": str,
        "defaultAudioLanguage": str,
    },
    "status": {
        "privacyStatus": str, "publishAt": str, "selfDeclaredMadeForKids": bool, "containsSyntheticMedia": bool,
        "license": str, "embeddable": bool, "publicStatsViewable": bool,
    },
    "recordingDetails": {"recordingDate": str, "locationDescription": str, "location": dict},
    "paidProductPlacementDetails": {"hasPaidProductPlacement": bool},
    "brandPartner": {"channelId": str, "channelHandle": str},
}  # fmt: skip
READ_ONLY = {
    "snippet": {
        "channelId",
        "publishedAt",
        "thumbnails",
        "channelTitle",
        "liveBroadcastContent",
        "localized",
    },
    "status": {"uploadStatus", "failureReason", "rejectionReason", "madeForKids"},
}
"""Accepted and ignored, so that a resource that was read can be sent back."""
ENUMS = {"privacyStatus": {"public", "unlisted", "private"}, "license": {"youtube", "creativeCommon"}}
STATUS_DEFAULTS: Json = {
    "privacyStatus": "public", "license": "youtube", "embeddable": True, "publicStatsViewable": True,
    "selfDeclaredMadeForKids": False,
}  # fmt: skip
MESSAGES = {
    "invalidTitle": "The request metadata specifies an invalid or empty video title.",
    "invalidDescription": "The request metadata specifies an invalid video description.",
    "invalidTags": "The request metadata specifies invalid video keywords.",
    "invalidCategoryId": "The <code>snippet.categoryId</code> property specifies an invalid category ID. Use the "
    '<code><a href="/youtube/v3/docs/videoCategories/list">videoCategories.list</a></code> method to retrieve '
    "supported categories.",
    "invalidPublishAt": "The request metadata specifies an invalid scheduled publishing time.",
    "invalidRecordingDetails": "The <code>recordingDetails</code> object in the request metadata specifies invalid "
    "recording details.",
    "invalidVideoMetadata": "The request metadata is invalid.",
    "defaultLanguageNotSet": "The request is trying to add localized video details without specifying the default "
    "language of the video details.",
}  # fmt: skip


def refused(reason: str, where: str) -> GoogleError:
    """Make the 400 for a metadata rule."""
    return GoogleError(400, reason, MESSAGES[reason], domain="youtube.video", where=("other", where))


def read_resource(body: Json, parts: list[str], now: float, earlier: Video | None = None) -> Json:
    """Check a video resource and return its writable parts with defaults filled in; raises `GoogleError`.

    `earlier` is the video for an update: its parts that are not named in `parts` stay, named ones are replaced.
    """
    known = VIDEO_PARTS | {"kind", "etag", "id"}
    for part in body:
        if part not in known:
            raise bad_payload("resource", f'Unknown name "{part}"')
        if part in WRITABLE_PARTS and part not in parts:
            raise GoogleError(400, "unexpectedPart", f"'{part}'", domain="youtube.part", where=("parameter", "part"))
    resource: Json = dict(earlier.resource) if earlier else {}
    for part in WRITABLE_PARTS.intersection(parts):
        resource[part] = read_part(part, body.get(part) or {})
    check_language(resource, parts)
    if "snippet" in parts or earlier is None:
        resource["snippet"] = read_snippet(resource.get("snippet", {}), update=earlier is not None)
    if "status" in parts or earlier is None:
        resource["status"] = read_status(resource.get("status", {}), now, earlier)
    if (date := resource.get("recordingDetails", {}).get("recordingDate")) and time_of(date) is None:
        raise refused("invalidRecordingDetails", "body.recordingDetails")
    return resource


def read_part(part: str, given: Any) -> Json:
    """Check a part's field names and kinds and return its writable fields."""
    if not isinstance(given, dict):
        raise bad_payload(f"resource.{part}", "Expected an object")
    if part == "localizations":
        return read_localizations(given)
    kept: Json = {}
    for name, value in given.items():
        if name in READ_ONLY.get(part, set()):
            continue
        kind = FIELDS[part].get(name)
        if kind is None:
            raise bad_payload(f"resource.{part}", f'Unknown name "{name}"')
        if value is None:
            continue
        if not isinstance(value, kind) or (name in ENUMS and value not in ENUMS[name]):
            raise bad_payload(f"resource.{part}.{name}", f"Invalid value {value!r}")
        kept[name] = value
    return kept


def read_localizations(given: Json) -> Json:
    """Check every language's title and description by the same limits."""
    for texts in given.values():
        if not isinstance(texts, dict) or set(texts) - {"title", "description"}:
            raise bad_payload("resource.localizations", "Invalid value")
        check_texts(texts.get("title"), texts.get("description", ""), "body.localizations")
    return given


def check_language(resource: Json, parts: list[str]) -> None:
    """Refuse localizations without a default language."""
    named = "localizations" in parts and resource.get("localizations")
    if named and not resource.get("snippet", {}).get("defaultLanguage"):
        raise refused("defaultLanguageNotSet", "body.snippet.defaultLanguage")


def check_texts(title: Any, description: Any, where: str) -> None:
    """Check a title and a description."""
    ok = isinstance(title, str) and len(title.strip()) > 0 and len(title) <= MAX_TITLE_CHARACTERS
    if not ok or has_brackets(title):
        raise refused("invalidTitle", f"{where}.title")
    if not isinstance(description, str) or has_brackets(description):
        raise refused("invalidDescription", f"{where}.description")
    if len(description.encode("utf-8", "surrogatepass")) > MAX_DESCRIPTION_BYTES:
        raise refused("invalidDescription", f"{where}.description")


def read_snippet(snippet: Json, *, update: bool) -> Json:
    """Check a snippet and fill in its defaults."""
    if update and not ("title" in snippet and "categoryId" in snippet):
        raise refused("invalidVideoMetadata", "body.snippet")
    check_texts(snippet.get("title"), snippet.get("description", ""), "body.snippet")
    tags = snippet.get("tags", [])
    if not all(isinstance(tag, str) and tag.strip() and not has_brackets(tag) for tag in tags):
        raise refused("invalidTags", "body.snippet.tags")
    if tags_length(tags) > MAX_TAGS_CHARACTERS:
        raise refused("invalidTags", "body.snippet.tags")
    category = snippet.get("categoryId", "22")
    if category not in CATEGORIES or category in NOT_ASSIGNABLE:
        raise refused("invalidCategoryId", "body.snippet.categoryId")
    return {**snippet, "description": snippet.get("description", ""), "categoryId": category}


def has_brackets(text: str) -> bool:
    """Tell whether a text has one of the two characters YouTube takes nowhere."""
    return "<" in text or ">" in text


def tags_length(tags: list[str]) -> int:
    """Count tags as YouTube does: commas between them, and two quotes around one with a space (3.2)."""
    return sum(len(tag) + (2 if " " in tag else 0) for tag in tags) + max(0, len(tags) - 1)


def read_status(status: Json, now: float, earlier: Video | None) -> Json:
    """Check a status and fill in its defaults; a publishing time in the past publishes at once."""
    status = {**STATUS_DEFAULTS, **status}
    if "publishAt" not in status:
        return status
    moment = time_of(status["publishAt"])
    ever_public = earlier is not None and earlier.published_at is not None
    if moment is None or status["privacyStatus"] != "private" or ever_public:
        raise refused("invalidPublishAt", "body.status.publishAt")
    if moment <= now:
        return {
            **{name: value for name, value in status.items() if name != "publishAt"},
            "privacyStatus": "public",
        }
    utc = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**status, "publishAt": utc}


def time_of(text: str) -> float | None:
    """Read an RFC 3339 time with its zone as a time stamp, or None."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo and "T" in text.upper() else None
