"""Which rules a posting breaks before anything is sent; Facebook is not asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pydantic import ValidationError

from include.platforms.contract import Posting, Problem
from include.platforms.facebook import limits
from include.platforms.facebook.payloads import (
    PRIVATE,
    PUBLIC,
    UNLISTED,
    FacebookOptions,
    FacebookSettings,
    description_of,
    privacy_of,
    title_of,
)
from include.platforms.file_rules import file_problems
from include.releases.publication import Placement

ONLY = {
    Placement.VIDEO: ("no_story", "embeddable", "instagram_media_id"),
    Placement.REEL: ("place",),
}
"""Options that only one of the placements has (reference 5.1, 5.3)."""


def read_options(posting: Posting) -> tuple[FacebookOptions, list[Problem]]:
    """Return the posting's options (the defaults when they are wrong) and what is wrong with them."""
    try:
        return FacebookOptions.model_validate(dict(posting.options)), []
    except ValidationError as error:
        names = ", ".join(FacebookOptions.model_fields)
        return FacebookOptions(), [
            Problem(
                rule="options",
                found=(key := ".".join(map(str, each["loc"]))),
                allowed=names,
                message=f"Facebook's option '{key}' is wrong: {each['msg']}.",
            )
            for each in error.errors()
        ]


def posting_problems(posting: Posting, settings: FacebookSettings, now: datetime) -> list[Problem]:
    """Return everything that is wrong with `posting`, or worth knowing about it."""
    options, problems = read_options(posting)
    problems += file_problems(posting.facts, limits.RULES[posting.placement])
    problems += [*_texts(posting), *_privacy(posting, settings), *_time(posting, now)]
    return [*problems, *_options(posting, options, now), *_thumbnail(posting)]


def wrong_placement(posting: Posting) -> Problem:
    """Return the problem of a placement that a Page does not have."""
    allowed = ", ".join(limits.PLACEMENTS)
    return Problem(
        rule="placement",
        found=posting.placement.value,
        allowed=allowed,
        message=f"A Facebook Page has no '{posting.placement.value}' here; possible are: {allowed}.",
    )


def _texts(posting: Posting) -> Iterator[Problem]:
    texts = (
        ("title", "title", title_of(posting), limits.MAX_TITLE_CHARACTERS),
        ("caption", "text", description_of(posting), limits.MAX_DESCRIPTION_CHARACTERS),
    )
    for rule, name, text, most in texts:
        if len(text) > most:
            message = f"The {name} has {len(text):,} characters; {most:,} fit into a Facebook {name}."
            yield Problem(rule=rule, found=f"{len(text):,} characters", allowed=f"{most:,}", message=message)


def _privacy(posting: Posting, settings: FacebookSettings) -> Iterator[Problem]:
    privacy = privacy_of(posting, settings)
    allowed = (PUBLIC, UNLISTED, PRIVATE) if posting.placement is Placement.VIDEO else (PUBLIC, PRIVATE)
    words = ", ".join(f"'{word}'" for word in allowed)
    if privacy not in allowed:
        message = f"A Facebook {posting.placement.value} can be {words}, not '{privacy}'."
        yield Problem(rule="privacy", found=privacy, allowed=words, message=message)
    elif privacy == PRIVATE:
        yield Problem(
            rule="privacy",
            found=privacy,
            allowed=words,
            message="Facebook Pages have no private videos: it is kept as a draft that only the Page's people see.",
            fix="warning",
        )


def _time(posting: Posting, now: datetime) -> Iterator[Problem]:
    at = posting.publish_at
    until = limits.waits_until(posting.placement, at, now) if at is not None else None
    if at is None or until is None:
        return
    words = limits.WINDOWS[posting.placement].words
    does = "posts it at that time" if until == at else f"hands it over on {until:%Y-%m-%d}"
    yield Problem(
        rule="publish_at",
        found=f"{at:%Y-%m-%d %H:%M} UTC",
        allowed=f"{words} ahead",
        message=f"Facebook keeps a time that is {words} ahead for a {posting.placement.value}; our queue {does}.",
        fix="warning",
    )


def _options(posting: Posting, options: FacebookOptions, now: datetime) -> Iterator[Problem]:
    for placement, names in ONLY.items():
        for name in names:
            if placement is not posting.placement and getattr(options, name) is not None:
                message = f"Facebook's option '{name}' is for a {placement.value}, not for a {posting.placement.value}."
                yield Problem(rule=name, found="set", allowed=f"for a {placement.value}", message=message)
    if options.backdated_to is None:
        return
    if options.backdated_to >= now or posting.publish_at is not None:
        yield Problem(
            rule="backdated_to",
            found=f"{options.backdated_to:%Y-%m-%d %H:%M}",
            allowed="a time in the past, for a post that goes out now",
            message="An older date must be in the past and cannot be given to a post that is scheduled.",
        )


def _thumbnail(posting: Posting) -> Iterator[Problem]:
    picture, rule = posting.thumbnail, limits.PICTURES[posting.placement]
    if picture is not None and len(picture.content) > rule.max_bytes:
        yield Problem(
            rule="thumbnail",
            found=f"{len(picture.content):,} bytes",
            allowed=f"{rule.max_bytes:,} bytes",
            message=f"The thumbnail is larger than the {rule.max_bytes:,} bytes Facebook takes; it will not be set.",
            fix="warning",
        )
