"""A YouTube video as the API shows it, part by part (youtube.md 4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from include.sandbox.things import Account
from include.sandbox.world import World, iso
from include.sandbox.youtube_answers import GoogleError, Json, with_etag
from include.sandbox.youtube_life import FAILURES, outcome_of
from include.sandbox.youtube_numbers import counters
from include.sandbox.youtube_things import Video

FILE_ERRORS = {"audio": "audioFile", "image": "imageFile"}
OWNER_PARTS = {"processingDetails", "fileDetails", "suggestions"}
PARTS_TOTAL = 1000
THUMBNAILS = {
    "default": (120, 90), "medium": (320, 180), "high": (480, 360), "standard": (640, 480), "maxres": (1280, 720),
}  # fmt: skip
ROTATIONS = {0: "none", 90: "clockwise", 180: "upsideDown", 270: "counterClockwise"}


@dataclass(frozen=True, kw_only=True)
class View:
    """A settled video as one account sees it; `address` is where the sandbox is."""

    world: World
    account: Account
    video: Video
    address: str

    @property
    def owner(self) -> bool:
        """Whether the account is the video's own channel."""
        return self.account.id == self.video.channel


def resource_of(view: View, parts: list[str]) -> Json:
    """Return the video resource with the asked parts; raises 403 for owner-only parts of a foreign video."""
    if OWNER_PARTS.intersection(parts) and not view.owner:
        raise GoogleError(
            403, "forbidden", "Forbidden", domain="youtube.video", where=("parameter", "part"), named=True
        )
    resource: Json = {"kind": "youtube#video", "id": view.video.id}
    for part in parts:
        if part in SHOWN and (shown := SHOWN[part](view)) is not None:
            resource[part] = shown
    return with_etag(resource)


def snippet_part(view: View) -> Json:
    """Show the texts."""
    video, snippet = view.video, view.video.resource["snippet"]
    channel = view.world.accounts.get(video.channel)
    shown = {
        "publishedAt": iso(video.published_at or video.created_at),
        "channelId": video.channel,
        "channelTitle": channel.name if channel else "",
        **{name: value for name, value in snippet.items() if name != "tags"},
        "thumbnails": thumbnails_of(view),
        "liveBroadcastContent": "none",
        "localized": {"title": snippet["title"], "description": snippet["description"]},
    }
    if snippet.get("tags"):
        shown["tags"] = snippet["tags"]
    return shown


def thumbnails_of(view: View) -> Json:
    """Show where the pictures are."""
    names = list(THUMBNAILS) if view.video.thumbnail else list(THUMBNAILS)[:3]
    base = f"{view.address}/pictures/youtube/{view.video.id}"
    return {
        name: {"url": f"{base}/{name}.jpg", "width": THUMBNAILS[name][0], "height": THUMBNAILS[name][1]}
        for name in names
    }


def status_part(view: View) -> Json:
    """Show settings and how far it is."""
    status, outcome = view.video.resource["status"], outcome_of(view.world, view.video)
    shown: Json = {"uploadStatus": outcome.state, **status, "madeForKids": status["selfDeclaredMadeForKids"]}
    if outcome.state == "failed":
        shown["failureReason"] = outcome.reason if outcome.reason in FAILURES else "conversion"
    if outcome.state == "rejected":
        shown["rejectionReason"] = outcome.reason
    if not view.owner:
        for name in ("selfDeclaredMadeForKids", "publishAt"):
            shown.pop(name, None)
    return shown


def content_part(view: View) -> Json:
    """Show duration and definition; `P0D` until processing is over."""
    facts = view.video.facts or {}
    done = outcome_of(view.world, view.video).state == "processed"
    shown: Json = {
        "duration": iso_duration(facts["duration"]) if done else "P0D",
        "dimension": "2d",
        "definition": "hd" if min(facts.get("width", 0), facts.get("height", 0)) >= 720 else "sd",
        "caption": "false",
        "licensedContent": False,
        "contentRating": {},
        "projection": "rectangular",
    }
    if view.owner:
        shown["hasCustomThumbnail"] = view.video.thumbnail is not None
    return shown


def iso_duration(seconds: float) -> str:
    """Write seconds as YouTube writes ISO 8601 durations, such as `PT1M2S`."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    text = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{rest}S" if rest else "")
    return f"PT{text or '0S'}"


def statistics_part(view: View) -> Json:
    """Show counters, which are strings."""
    now = counters(view.world, view.video)
    shown = {"viewCount": str(now["views"]), "favoriteCount": "0", "commentCount": str(now["comments"])}
    if view.video.resource["status"]["publicStatsViewable"]:
        shown["likeCount"] = str(now["likes"])
    if view.owner:
        shown["dislikeCount"] = str(now["dislikes"])
    return shown


def topic_part(view: View) -> Any:
    """Show what YouTube thinks it is about; nothing while it is new."""
    if not counters(view.world, view.video)["views"]:
        return None
    return {
        "topicCategories": ["https://en.wikipedia.org/wiki/Lifestyle_(sociology)"],
        "relevantTopicIds": ["/m/019_rr"],
    }


def processing_part(view: View) -> Json:
    """Show the progress of processing, in strings."""
    outcome = outcome_of(view.world, view.video)
    if outcome.state != "uploaded":
        over = {"processed": "succeeded", "failed": "failed", "rejected": "terminated"}[outcome.state]
        shown: Json = {"processingStatus": over, **availability("available")}
        if outcome.state == "failed":
            reasons = {"uploadFailed", "transcodeFailed", "streamingFailed", "other"}
            shown["processingFailureReason"] = outcome.reason if outcome.reason in reasons else "transcodeFailed"
        return shown
    takes = view.world.switches.processing_seconds
    gone = view.world.now() - view.video.created_at
    share = min(0.99, max(0.0, gone / takes)) if takes > 0 else 0.99
    return {
        "processingStatus": "processing",
        "processingProgress": {
            "partsTotal": str(PARTS_TOTAL),
            "partsProcessed": str(int(PARTS_TOTAL * share)),
            "timeLeftMs": str(int(max(0.0, takes - gone) * 1000)),
        },
        **availability("inProgress"),
        "fileDetailsAvailability": "available" if view.video.facts else "inProgress",
    }


def availability(word: str) -> Json:
    """Return the five availability fields with one word."""
    return {
        f"{name}Availability": word
        for name in ("fileDetails", "processingIssues", "tagSuggestions", "editorSuggestions", "thumbnails")
    }


def file_part(view: View) -> Json:
    """Show what was uploaded."""
    video, facts = view.video, view.video.facts or {}
    shown: Json = {"fileName": video.file_name, "fileSize": str(video.size)}
    if not facts:
        return shown
    shown["fileType"] = facts["kind"]
    if "container" in facts:
        shown["container"] = facts["container"]
        shown["durationMs"] = str(int(facts["duration"] * 1000))
        shown["bitrateBps"] = str(facts["bit_rate"])
    if facts.get("video_codec"):
        shown["videoStreams"] = [
            {
                "widthPixels": facts["width"], "heightPixels": facts["height"], "frameRateFps": facts["fps"],
                "aspectRatio": facts["display_width"] / facts["display_height"], "codec": facts["video_codec"],
                "bitrateBps": str(facts["video_bit_rate"]), "rotation": ROTATIONS.get(facts["rotation"], "other"),
            }
        ]  # fmt: skip
    if facts.get("audio_codec"):
        shown["audioStreams"] = [
            {
                "channelCount": facts["audio_channels"], "codec": facts["audio_codec"],
                "bitrateBps": str(facts["audio_bit_rate"]),
            }
        ]  # fmt: skip
    return shown


def suggestions_part(view: View) -> Json:
    """Show what YouTube does not like about the file."""
    facts = view.video.facts or {}
    if not facts.get("problem") or outcome_of(view.world, view.video).state == "uploaded":
        return {}
    return {"processingErrors": [FILE_ERRORS.get(facts["kind"], "notAVideoFile")]}


def player_part(view: View) -> Json:
    """Show how to embed it."""
    source = f"//www.youtube.com/embed/{view.video.id}"
    return {"embedHtml": f'<iframe width="480" height="270" src="{source}" frameborder="0" allowfullscreen></iframe>'}


def stored_part(name: str) -> Callable[[View], Any]:
    """Return a part that is shown as it was given, and left out when it was not."""
    return lambda view: view.video.resource.get(name) or None


SHOWN: dict[str, Callable[[View], Any]] = {
    "snippet": snippet_part, "status": status_part, "contentDetails": content_part, "statistics": statistics_part,
    "processingDetails": processing_part, "fileDetails": file_part, "suggestions": suggestions_part,
    "topicDetails": topic_part, "player": player_part, "localizations": stored_part("localizations"),
    "recordingDetails": stored_part("recordingDetails"),
    "paidProductPlacementDetails": stored_part("paidProductPlacementDetails"),
    "brandPartner": stored_part("brandPartner"),
}  # fmt: skip
