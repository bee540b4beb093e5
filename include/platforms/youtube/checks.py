"""Everything YouTube has against one posting, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.platforms.contract import Picture, Posting, Problem
from include.platforms.errors import AccountTrouble
from include.platforms.patience import repeat
from include.platforms.youtube.client import Client
from include.platforms.youtube.limits import (
    MAX_SECONDS_UNVERIFIED,
    THUMBNAIL_MIN_PIXELS,
    check_file,
    long_video,
)
from include.platforms.youtube.payloads import (
    ASSIGNABLE_CATEGORIES,
    YouTubeSettings,
    category_of,
    check_options,
)
from include.platforms.youtube.texts import check_texts
from include.releases.publication import Placement
from include.releases.video_facts import VideoFacts

PICTURE_SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""Media type → how such a file begins."""
MEDIA_TYPES = ("video/", "application/octet-stream")


def placement_for(facts: VideoFacts, settings: Mapping[str, Any]) -> Placement:
    """Return the configured placement; for `auto` a Short when the file qualifies, else a video."""
    mine = YouTubeSettings.model_validate(dict(settings))
    if mine.placement != "auto":
        return Placement(mine.placement)
    against = check_file(facts, short_max_seconds=mine.short_max_seconds)[Placement.SHORT]
    return Placement.VIDEO if any(problem.fix == "refused" for problem in against) else Placement.SHORT


def check_posting(
    posting: Posting, settings: YouTubeSettings, account: Mapping[str, Any], client: Client
) -> list[Problem]:
    """Return every rule `posting` breaks; YouTube is asked only about long videos and rare categories."""
    placements = check_file(posting.facts, short_max_seconds=settings.short_max_seconds)
    problems = [*check_texts(posting), *check_options(posting), *_category(posting, settings, client)]
    if posting.thumbnail is not None:
        problems += check_picture(posting.thumbnail, posting.placement, settings.thumbnail_max_bytes)
    if posting.placement not in placements:
        known = ", ".join(placements)
        problems.append(
            Problem(
                rule="placement",
                found=posting.placement,
                allowed=known,
                message=f"YouTube has no placement '{posting.placement}'; it has {known}.",
            )
        )
    else:
        problems += [_for_this_channel(problem, posting, account, client) for problem in placements[posting.placement]]
    problems = [problem for problem in problems if problem.rule != "file.long" or problem.fix == "refused"]
    if not posting.video.content_type.startswith(MEDIA_TYPES):
        problems.append(
            Problem(
                rule="file.type",
                found=posting.video.content_type,
                allowed="video/* or application/octet-stream",
                message=f"The file is of the type {posting.video.content_type}; YouTube takes videos only.",
            )
        )
    return problems


def _category(posting: Posting, settings: YouTubeSettings, client: Client) -> list[Problem]:
    """Ask YouTube only about numbers that are not among those everybody may use; one unit."""
    number = category_of(posting, settings)
    if number in ASSIGNABLE_CATEGORIES:
        return []
    if number.isascii() and number.isdigit():
        found = repeat(lambda: client.category(number), client.calls.pause)
        if found is not None and (found.get("snippet") or {}).get("assignable"):
            return []
    known = ", ".join(f"{number} {name}" for number, name in ASSIGNABLE_CATEGORIES.items())
    return [
        Problem(
            rule="category",
            found=number,
            allowed=known,
            message=f"'{number}' is no category that a video may have; YouTube has {known}.",
        )
    ]


def _for_this_channel(problem: Problem, posting: Posting, account: Mapping[str, Any], client: Client) -> Problem:
    """Turn "over 15 minutes" into a refusal when this channel may not: it is `allowed` only once verified."""
    if problem.rule != "file.long" or posting.facts.duration_seconds <= MAX_SECONDS_UNVERIFIED:
        return problem
    channel = repeat(lambda: client.my_channel(parts="id,status"), client.calls.pause)
    expected = account.get("platform_user_id")
    if expected and channel.get("id") and channel["id"] != expected:
        raise AccountTrouble(
            f"The sign-in belongs to another channel than {account.get('username') or expected}: "
            "reconnect the account.",
            code="wrongChannel",
        )
    allowed = (channel.get("status") or {}).get("longUploadsStatus")
    return long_video(posting.facts, "refused") if allowed in ("eligible", "disallowed") else problem


def check_picture(picture: Picture, placement: Placement, max_bytes: int) -> list[Problem]:
    """Return what YouTube has against a thumbnail; type by its first bytes, not by what it claims to be."""
    problems = []
    real = next((kind for kind, start in PICTURE_SIGNATURES.items() if picture.content.startswith(start)), None)
    if real is None or picture.content_type not in PICTURE_SIGNATURES:
        problems.append(
            Problem(
                rule="thumbnail.type",
                found=picture.content_type if real is None else f"{picture.content_type}, really {real}",
                allowed="PNG or JPEG",
                message=f"The thumbnail ({picture.content_type}) is no PNG or JPEG, as YouTube needs.",
            )
        )
    if len(picture.content) > max_bytes:
        problems.append(
            Problem(
                rule="thumbnail.size",
                found=f"{len(picture.content):,} bytes",
                allowed=f"up to {max_bytes:,} bytes",
                message=f"The thumbnail has {len(picture.content):,} bytes; YouTube takes {max_bytes:,}.",
            )
        )
    side, pixels = ("high", picture.height) if placement is Placement.SHORT else ("wide", picture.width)
    if pixels < THUMBNAIL_MIN_PIXELS:
        problems.append(
            Problem(
                rule="thumbnail.pixels",
                found=f"{picture.width}×{picture.height}",
                allowed=f"at least {THUMBNAIL_MIN_PIXELS} pixels {side}",
                message=f"The thumbnail is only {pixels} pixels {side}; "
                f"YouTube advises {THUMBNAIL_MIN_PIXELS} or more.",
                fix="warning",
            )
        )
    return problems
