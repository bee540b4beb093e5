"""Which rules a posting breaks, whatever the account is doing right now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from include.platforms.contract import Posting, Problem
from include.platforms.instagram import limits
from include.platforms.instagram.errors import PROFESSIONAL_ONLY
from include.platforms.instagram.payloads import InstagramOptions, Upload
from include.releases.publication import Placement

HASHTAG = re.compile(r"(?<![\w&])#\w+")
MENTION = re.compile(r"(?<![\w.@])@[A-Za-z0-9_.]+")  # an e-mail address is none
NOT_FOR_STORIES = ("share_to_feed", "thumb_offset", "location_id", "collaborators", "audio_name", "trial")
BYTES_NEED_FACEBOOK = (
    "Instagram Login takes no bytes, it fetches the video from an address. "
    "Set upload to hosting, or connect the account through Facebook."
)


def read_options(posting: Posting) -> tuple[InstagramOptions, list[Problem]]:
    """Return the posting's options (the defaults when they are wrong) and what is wrong with them."""
    try:
        return InstagramOptions.model_validate(dict(posting.options)), []
    except ValidationError as error:
        names = ", ".join(InstagramOptions.model_fields)
        return InstagramOptions(), [
            Problem(
                rule="options",
                found=(key := ".".join(map(str, each["loc"]))),
                allowed=names,
                message=f"Instagram's option '{key}' is wrong: {each['msg']}.",
            )
            for each in error.errors()
        ]


def upload_way(options: InstagramOptions, settings: Mapping[str, Any], account: Mapping[str, Any]) -> Upload:
    """Return how the video gets to Meta: the option, else the account's own setting, else the setting for all.

    Instagram Login can only let Meta fetch it.
    """
    if account.get("login") == "instagram":
        return "hosting"
    return options.upload or ("hosting" if (account.get("upload") or settings.get("upload")) == "hosting" else "bytes")


def problems_of(posting: Posting, options: InstagramOptions, account: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with the file, the texts, the options, the privacy, the time and the account's kind."""
    found = list(limits.check_file(posting.facts)[posting.placement])
    found += _account_problems(options, account)
    found += _release_problems(posting)
    found += _story_problems(posting, options) if posting.placement is Placement.STORY else _caption_problems(posting)
    offset = options.thumb_offset
    if offset is not None and offset > posting.facts.duration_seconds * 1000:
        longest = f"0 to {posting.facts.duration_seconds * 1000:.0f} ms"
        sentence = f"The cover is asked at {offset / 1000:g} s, behind the end of the video."
        found.append(Problem(rule="thumb_offset", found=f"{offset} ms", allowed=longest, message=sentence))
    return found


def wrong_placement(posting: Posting) -> Problem:
    """Return the problem of a placement that Instagram does not have."""
    allowed = ", ".join(limits.PLACEMENTS)
    sentence = f"Instagram has no '{posting.placement.value}'; possible are: {allowed}."
    return Problem(rule="placement", found=posting.placement.value, allowed=allowed, message=sentence)


def is_personal(account: Mapping[str, Any]) -> bool:
    """Say whether the account is a personal one; spelled differently by different answers (meta.md 1.7)."""
    return str(account.get("account_type") or "").upper() == "PERSONAL"


def _account_problems(options: InstagramOptions, account: Mapping[str, Any]) -> Iterator[Problem]:
    if is_personal(account):
        yield Problem(
            rule="account_type", found="a personal account", allowed="Business or Creator", message=PROFESSIONAL_ONLY
        )
    if account.get("login") == "instagram" and options.upload == "bytes":
        yield Problem(rule="upload", found="bytes", allowed="hosting", message=BYTES_NEED_FACEBOOK)


def _release_problems(posting: Posting) -> Iterator[Problem]:
    if posting.privacy not in ("", "public"):
        yield Problem(
            rule="privacy",
            found=posting.privacy,
            allowed="public",
            message=f"Instagram has no privacy per post: this would be public, not '{posting.privacy}'.",
        )
    if posting.publish_at is not None and posting.publish_at > datetime.now(UTC):
        yield Problem(
            rule="publish_at",
            found=posting.publish_at.isoformat(),
            allowed="at once",
            message="Instagram posts at once and cannot wait; schedule the publication in our queue.",
        )


def _caption_problems(posting: Posting) -> Iterator[Problem]:
    counts = (
        ("caption", len(posting.caption), limits.MAX_CAPTION_CHARACTERS, "characters"),
        ("hashtags", len(HASHTAG.findall(posting.caption)), limits.MAX_HASHTAGS, "hashtags"),
        ("mentions", len(MENTION.findall(posting.caption)), limits.MAX_MENTIONS, "@ mentions"),
    )
    for rule, count, most, what in counts:
        if count > most:
            sentence = f"The caption has {count} {what}; {most} fit."
            yield Problem(rule=rule, found=f"{count} {what}", allowed=str(most), message=sentence)


def _story_problems(posting: Posting, options: InstagramOptions) -> Iterator[Problem]:
    if posting.caption:
        yield Problem(
            rule="caption",
            found="a caption",
            allowed="none",
            message="An Instagram story carries no caption: it goes out without.",
            fix="warning",
        )
    for name in NOT_FOR_STORIES:
        if getattr(options, name) not in (None, ()):
            sentence = f"An Instagram story has no {name}: remove the option."
            yield Problem(rule=name, found=str(getattr(options, name)), allowed="none", message=sentence)
