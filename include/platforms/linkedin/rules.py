"""Which rules a posting breaks; nobody is asked."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import ValidationError

from include.platforms.contract import Posting, Problem
from include.platforms.linkedin import limits, versions
from include.platforms.linkedin.little_text import escaped, units
from include.platforms.linkedin.payloads import (
    VISIBILITY_WORDS,
    LinkedInOptions,
    LinkedInSettings,
    visibility_asked,
    visibility_of,
)


def wrong_placement(posting: Posting) -> Problem | None:
    """Return what is wrong with the placement, if anything."""
    if posting.placement in limits.PLACEMENTS:
        return None
    allowed = ", ".join(limits.PLACEMENTS)
    return Problem(
        rule="placement",
        found=posting.placement.value,
        allowed=allowed,
        message=f"LinkedIn has no '{posting.placement.value}'; possible is: {allowed}.",
    )


def read_options(posting: Posting) -> tuple[LinkedInOptions, list[Problem]]:
    """Return the posting's options (the defaults when they are wrong) and what is wrong with them."""
    try:
        return LinkedInOptions.model_validate(dict(posting.options)), []
    except ValidationError as error:
        names = ", ".join(LinkedInOptions.model_fields)
        return LinkedInOptions(), [
            Problem(
                rule="options",
                found=(key := ".".join(map(str, each["loc"]))),
                allowed=names,
                message=f"LinkedIn's option '{key}' is wrong: {each['msg']}.",
            )
            for each in error.errors()
        ]


def posting_problems(posting: Posting, options: LinkedInOptions, settings: LinkedInSettings) -> list[Problem]:
    """Return what is wrong with file, texts, visibility and time, and what is only worth knowing."""
    problems = list(limits.check_file(posting.facts)[posting.placement])
    if posting.video.content_type not in limits.CONTENT_TYPES and not any(p.rule == "container" for p in problems):
        found = posting.video.content_type
        problems.append(
            Problem(
                rule="content_type",
                found=found,
                allowed=", ".join(limits.CONTENT_TYPES),
                message=f"LinkedIn takes MP4; this file is {found}.",
                fix="convertible",
            )
        )
    checks = (_visibility(posting, options, settings), _commentary(posting), _time(posting), _version(settings))
    return problems + [problem for problem in checks if problem is not None] + _odd_shape(posting)


def _visibility(posting: Posting, options: LinkedInOptions, settings: LinkedInSettings) -> Problem | None:
    asked = visibility_asked(posting, options, settings)
    if visibility_of(asked) is not None:
        return None
    allowed = ", ".join(f"'{word}'" for word in VISIBILITY_WORDS)
    return Problem(
        rule="privacy",
        found=asked,
        allowed=allowed,
        message=f"LinkedIn knows the privacy {allowed}, not '{asked}'.",
    )


def _commentary(posting: Posting) -> Problem | None:
    length = units(escaped(posting.caption))
    if length <= limits.MAX_COMMENTARY_UNITS:
        return None
    return Problem(
        rule="caption",
        found=f"{length} UTF-16 units",
        allowed=f"{limits.MAX_COMMENTARY_UNITS}",
        message=f"The text has {length} characters as LinkedIn counts (emoji: two, and characters such as ( # _ are "
        f"escaped); {limits.MAX_COMMENTARY_UNITS} fit.",
    )


def _time(posting: Posting) -> Problem | None:
    if posting.publish_at is None or posting.publish_at <= datetime.now(UTC):
        return None
    return Problem(
        rule="publish_at",
        found=posting.publish_at.isoformat(),
        allowed="at once",
        message="LinkedIn posts at once and cannot wait; schedule the publication in our queue.",
    )


def _version(settings: LinkedInSettings) -> Problem | None:
    today = datetime.now(UTC).date()
    sentence = versions.warning(settings.version, today)
    if sentence is None:
        return None
    return Problem(
        rule="version",
        found=settings.version,
        allowed=f"newer than {today.year - 1}{today.month:02d}",
        message=sentence,
        fix="warning",
    )


def _odd_shape(posting: Posting) -> list[Problem]:
    """Return warnings for what LinkedIn asks of advertisements only; posts may do without (reference B.3)."""
    facts, problems = posting.facts, []
    longer = max(facts.aspect_ratio, 1 / facts.aspect_ratio)
    if longer > limits.ADS_MAX_ASPECT:
        problems.append(("aspect_ratio", f"{facts.aspect_ratio:.3f}", f"1:{limits.ADS_MAX_ASPECT} to "
                         f"{limits.ADS_MAX_ASPECT}:1", "The aspect ratio is unusual"))  # fmt: skip
    if not limits.ADS_MIN_FPS <= facts.fps <= limits.ADS_MAX_FPS:
        allowed = f"{limits.ADS_MIN_FPS:g} to {limits.ADS_MAX_FPS:g}"
        problems.append(("fps", f"{facts.fps:.4g}", allowed, "The frame rate is unusual"))
    return [
        Problem(
            rule=rule,
            found=found,
            allowed=allowed,
            message=f"{what} ({found}); LinkedIn is sure to take {allowed}.",
            fix="warning",
        )
        for rule, found, allowed, what in problems
    ]
