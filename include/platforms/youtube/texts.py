"""The rules for what people read and choose: title, description, tags, language, privacy, time."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from include.platforms.contract import Posting, Problem
from include.platforms.youtube.limits import (
    MAX_DESCRIPTION_BYTES,
    MAX_TAGS_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    tags_len,
)

PRIVACIES = ("public", "unlisted", "private")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""The shape of a BCP-47 tag; whether YouTube offers the language only YouTube knows."""
UNDETERMINED = "und"
"""ISO 639-2 for "we do not know": nothing is sent then."""


def check_texts(posting: Posting) -> list[Problem]:
    """Return every rule the title, description, tags, language, privacy or time of publication breaks."""
    return [
        *_title(posting.title),
        *_description(posting.description),
        *_tags(posting.tags),
        *_language(posting.language),
        *_privacy(posting),
    ]


def _title(title: str) -> list[Problem]:
    problems = []
    if not title.strip():
        problems.append(
            Problem(
                rule="title.length",
                found="nothing",
                allowed=f"1 to {MAX_TITLE_CHARACTERS} characters",
                message=f"The title is empty; YouTube needs 1 to {MAX_TITLE_CHARACTERS} characters.",
            )
        )
    if len(title) > MAX_TITLE_CHARACTERS:
        problems.append(
            Problem(
                rule="title.length",
                found=f"{len(title)} characters",
                allowed=f"1 to {MAX_TITLE_CHARACTERS} characters",
                message=f"The title has {len(title)} characters; YouTube takes up to {MAX_TITLE_CHARACTERS}.",
            )
        )
    return [*problems, *_characters("title", title)]


def _description(description: str) -> list[Problem]:
    problems = []
    size = len(description.encode("utf-8", "surrogatepass"))
    if size > MAX_DESCRIPTION_BYTES:
        problems.append(
            Problem(
                rule="description.length",
                found=f"{size:,} bytes",
                allowed=f"up to {MAX_DESCRIPTION_BYTES:,} bytes (UTF-8)",
                message=f"The description has {size:,} bytes; YouTube takes up to {MAX_DESCRIPTION_BYTES:,} "
                "(letters with accents count two, emoji four).",
            )
        )
    return [*problems, *_characters("description", description)]


def _tags(tags: tuple[str, ...]) -> list[Problem]:
    problems = []
    count = tags_len([tag.strip() for tag in tags if tag.strip()])
    if count > MAX_TAGS_CHARACTERS:
        problems.append(
            Problem(
                rule="tags.length",
                found=f"{count} characters",
                allowed=f"up to {MAX_TAGS_CHARACTERS} characters",
                message=f"The tags have {count} characters together (a comma between two, quotes around each "
                f"with a space); YouTube takes up to {MAX_TAGS_CHARACTERS}.",
            )
        )
    return [*problems, *_characters("tags", " ".join(tags))]


def _characters(name: str, text: str) -> list[Problem]:
    """Find what no text on YouTube may hold; the reference forbids < and > in titles and descriptions."""
    subject = {"title": "The title holds", "description": "The description holds", "tags": "The tags hold"}[name]
    problems = []
    for sign in "<>":
        if sign in text:
            problems.append(
                Problem(
                    rule=f"{name}.characters",
                    found=sign,
                    allowed="no < and no >",
                    message=f"{subject} a '{sign}'; YouTube allows neither < nor >.",
                )
            )
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        problems.append(
            Problem(
                rule=f"{name}.characters",
                found="half of a surrogate pair",
                allowed="valid UTF-8",
                message=f"{subject} a broken character (half of a pair); YouTube needs valid UTF-8.",
            )
        )
    return problems


def _language(language: str | None) -> list[Problem]:
    if language in (None, "", UNDETERMINED) or LANGUAGE.fullmatch(language or ""):
        return []
    return [
        Problem(
            rule="language",
            found=str(language),
            allowed="a BCP-47 tag such as en or pt-BR",
            message=f"'{language}' is no language tag; YouTube needs one such as en or pt-BR.",
        )
    ]


def _privacy(posting: Posting) -> list[Problem]:
    problems = []
    if posting.privacy not in PRIVACIES:
        problems.append(
            Problem(
                rule="privacy",
                found=posting.privacy or "nothing",
                allowed=", ".join(PRIVACIES),
                message=f"YouTube has no privacy '{posting.privacy}'; it has {', '.join(PRIVACIES)}.",
            )
        )
    if posting.publish_at is None:
        return problems
    when = f"{posting.publish_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if posting.publish_at <= datetime.now(UTC):
        problems.append(
            Problem(
                rule="publish_at",
                found=when,
                allowed="a time in the future",
                message=f"The time of publication, {when}, has passed; YouTube would publish at once.",
            )
        )
    if posting.privacy != "public":
        problems.append(
            Problem(
                rule="publish_at.privacy",
                found=f"{posting.privacy} until {when}",
                allowed="public",
                message=f"YouTube makes the video public at {when}; it cannot become {posting.privacy} then.",
                fix="warning",
            )
        )
    return problems
