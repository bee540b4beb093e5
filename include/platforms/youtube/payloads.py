"""What we send to YouTube: the options a target may name, our settings, and the body of `videos.insert`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from include.platforms.contract import Posting, Problem
from include.platforms.youtube.limits import SHORT_MAX_SECONDS, THUMBNAIL_MAX_BYTES
from include.platforms.youtube.texts import UNDETERMINED

CHUNK_UNIT_BYTES = 262_144
"""Every chunk but the last is a multiple of this (youtube.md 2.2)."""
MAX_PLAYLIST_TITLE_CHARACTERS = 150
ASSIGNABLE_CATEGORIES = {
    "1": "Film & Animation",
    "2": "Autos & Vehicles",
    "10": "Music",
    "15": "Pets & Animals",
    "17": "Sports",
    "19": "Travel & Events",
    "20": "Gaming",
    "22": "People & Blogs",
    "23": "Comedy",
    "24": "Entertainment",
    "25": "News & Politics",
    "26": "Howto & Style",
    "27": "Education",
    "28": "Science & Technology",
    "29": "Nonprofits & Activism",
}
"""Categories anybody may choose in the US; others are asked for at run time (youtube.md 9.2)."""
FILE_ENDINGS = {"video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm", "video/x-msvideo": "avi"}


class YouTubeOptions(BaseModel):
    """What a target may choose on YouTube beyond the texts; left out means what the settings say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    category: str | None = Field(None, description="Number or name of the video category, such as 22 or Gaming")
    playlists: tuple[str, ...] = Field((), description="Titles or ids; a title the channel lacks is created once")
    license: Literal["youtube", "creativeCommon"] | None = None
    embeddable: bool | None = None
    public_stats_viewable: bool | None = None
    notify_subscribers: bool | None = None
    default_language: str | None = Field(None, description="Language of title and description, such as pt-BR")
    recording_date: date | datetime | None = None

    @field_validator("category", mode="before")
    @classmethod
    def _number_as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("playlists")
    @classmethod
    def _titles_that_can_be(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        cleaned = tuple(dict.fromkeys(title.strip() for title in value))
        for title in cleaned:
            if not 1 <= len(title) <= MAX_PLAYLIST_TITLE_CHARACTERS or "<" in title or ">" in title:
                raise ValueError(
                    f"'{title[:40]}' can be no playlist: "
                    f"1 to {MAX_PLAYLIST_TITLE_CHARACTERS} characters without < and >"
                )
        return cleaned


class LostSession(BaseModel):
    """How often, and how many seconds apart, the uploads list is looked at for an upload whose session is gone.

    After that an upload whose last bytes were never begun starts anew. One that may be complete waits: not before
    `certain_after_hours` does its absence from the list mean that it is not there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    looks: int = Field(3, ge=1)
    every_seconds: float = Field(200, ge=0)
    certain_after_hours: float = Field(24, ge=0)


class YouTubeSettings(BaseModel):
    """`platforms.youtube` of config/distribution.yaml; an unknown key or a wrong value is refused by name.

    `schedule` says who keeps a time in the future: YouTube (`theirs`, with `publishAt`) or our queue (`ours`); it is
    read where postings are put together.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    placement: Literal["auto", "video", "short"] = "auto"
    privacy: Literal["public", "unlisted", "private"] = "public"
    schedule: Literal["theirs", "ours"] = "theirs"  # theirs: uploaded at once as private, with `publishAt`
    category: str = Field("22", pattern=r"^\d{1,3}$")
    short_max_seconds: float = Field(SHORT_MAX_SECONDS, gt=0)
    license: Literal["youtube", "creativeCommon"] = "youtube"
    embeddable: bool = True
    notify_subscribers: bool = True
    chunk_bytes: int = Field(64 * 1024 * 1024, gt=0, multiple_of=CHUNK_UNIT_BYTES)
    lost_session: LostSession = LostSession()
    thumbnail_max_bytes: int = Field(THUMBNAIL_MAX_BYTES, gt=0)


def check_options(posting: Posting) -> list[Problem]:
    """Return each option that YouTube does not know or whose value is wrong."""
    try:
        YouTubeOptions.model_validate(dict(posting.options))
    except ValidationError as error:
        return [_option_problem(detail) for detail in error.errors()]
    return []


def _option_problem(detail: Any) -> Problem:
    name = ".".join(str(part) for part in detail["loc"])
    known = ", ".join(YouTubeOptions.model_fields)
    unknown = detail["type"] == "extra_forbidden"
    why = f"YouTube has no option of that name; it has {known}" if unknown else str(detail["msg"])
    return Problem(
        rule=f"options.{name}",
        found=str(detail["input"])[:100],
        allowed=known if unknown else str(detail["msg"]),
        message=f"The option {name} cannot be used: {why}.",
    )


def category_of(posting: Posting, settings: YouTubeSettings) -> str:
    """Return the category's number: the option, else the release's, else the setting.

    A name (``Gaming``) is turned into its number; what is neither a known name nor a number comes back as it
    is.
    """
    chosen = str(posting.options.get("category") or posting.category or settings.category).strip()
    by_name = {name.lower(): number for number, name in ASSIGNABLE_CATEGORIES.items()}
    return by_name.get(chosen.lower(), chosen)


def video_parts(posting: Posting) -> str:
    """Return the `part` of `videos.insert`: it names what is sent and what comes back."""
    return "snippet,status,recordingDetails" if posting.options.get("recording_date") else "snippet,status"


def video_body(posting: Posting, settings: YouTubeSettings) -> dict[str, Any]:
    """Return the JSON of `videos.insert`; what has a dangerous default (privacy, children) is always sent."""
    options = YouTubeOptions.model_validate(dict(posting.options))
    snippet: dict[str, Any] = {
        "title": posting.title.strip(),
        "description": posting.description,
        "tags": [tag.strip() for tag in posting.tags if tag.strip()],
        "categoryId": category_of(posting, settings),
    }
    language = options.default_language or posting.language
    if language and language != UNDETERMINED:
        snippet["defaultLanguage"] = language
    status: dict[str, Any] = {
        "privacyStatus": privacy_to_send(posting),
        "selfDeclaredMadeForKids": posting.made_for_kids,
        "containsSyntheticMedia": posting.synthetic_media,
        "license": options.license or settings.license,
        "embeddable": settings.embeddable if options.embeddable is None else options.embeddable,
    }
    if posting.publish_at is not None:
        status["publishAt"] = rfc3339(posting.publish_at)
    if options.public_stats_viewable is not None:
        status["publicStatsViewable"] = options.public_stats_viewable
    body = {"snippet": snippet, "status": status}
    if options.recording_date is not None:
        body["recordingDetails"] = {"recordingDate": rfc3339(options.recording_date)}
    return body


def privacy_to_send(posting: Posting) -> str:
    """Return the privacy of the upload: a video that YouTube publishes later is private until then."""
    return "private" if posting.publish_at is not None else posting.privacy


def rfc3339(moment: date | datetime) -> str:
    """Write a time in UTC as YouTube reads it; a date is its midnight, a time without a zone is UTC."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), UTC)
    moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def file_name(posting: Posting) -> str:
    """Return the name YouTube files the video under: unique per publication, so that we find it again."""
    ending = FILE_ENDINGS.get(posting.video.content_type, "mp4")
    return f"{re.sub(r'[^A-Za-z0-9_.-]', '_', posting.publication_id)}.{ending}"
