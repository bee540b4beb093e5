"""The platforms' own rules for a posting that goes through a gateway: file, texts and options; nobody is asked.

What only the platform knows of the account at the moment (TikTok's creator options) the gateways ask themselves, where
they can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from include.gateways.wishes import for_platform
from include.platforms.contract import Posting, Problem

Settings = Mapping[str, Any]


def problems_of(platform: str, posting: Posting, settings: Settings) -> list[Problem]:
    """Return every rule of `platform` that `posting` breaks; `settings` are the platform's of distribution.yaml.

    Raises `LookupError` for a platform that no gateway serves.
    """
    return _RULES[platform](for_platform(posting), settings)


def _youtube(posting: Posting, settings: Settings) -> list[Problem]:
    from include.platforms.youtube.checks import check_picture
    from include.platforms.youtube.limits import check_file
    from include.platforms.youtube.payloads import (
        ASSIGNABLE_CATEGORIES,
        YouTubeSettings,
        category_of,
        check_options,
    )
    from include.platforms.youtube.texts import check_texts

    mine = YouTubeSettings.model_validate(dict(settings))
    found = [*check_texts(posting), *check_options(posting)]
    found += check_file(posting.facts, short_max_seconds=mine.short_max_seconds)[posting.placement]
    if posting.thumbnail is not None:
        found += check_picture(posting.thumbnail, posting.placement, mine.thumbnail_max_bytes)
    number = category_of(posting, mine)
    if number not in ASSIGNABLE_CATEGORIES:
        known = ", ".join(f"{key} {name}" for key, name in ASSIGNABLE_CATEGORIES.items())
        message = f"'{number}' is no category everybody may use on YouTube; those are {known}."
        found.append(Problem(rule="category", found=number, allowed=known, message=message))
    return found


def _tiktok(posting: Posting, settings: Settings) -> list[Problem]:
    from include.platforms.tiktok import rules
    from include.platforms.tiktok.payloads import PRIVACY_WORDS, PRIVATE, privacy_asked

    options, found = rules.read_options(posting)
    found += rules.posting_problems(posting, options)
    asked = privacy_asked(posting, options, settings)
    level = PRIVACY_WORDS.get((asked or "").lower(), asked)
    words = ", ".join(f"'{word}'" for word in PRIVACY_WORDS)
    if asked is not None and level not in PRIVACY_WORDS.values():
        message = f"TikTok knows the privacy {words}, not '{asked}'."
        found.append(Problem(rule="privacy", found=asked, allowed=words, message=message))
    if level == PRIVATE and options.brand_content:
        message = "TikTok does not allow branded content (a paid partnership) to be private."
        found.append(Problem(rule="brand_content", found="private", allowed=words, message=message))
    return found


def _instagram(posting: Posting, settings: Settings) -> list[Problem]:
    from include.platforms.instagram import rules

    options, found = rules.read_options(posting)
    return found + rules.problems_of(posting, options, {})


def _facebook(posting: Posting, settings: Settings) -> list[Problem]:
    from include.platforms.facebook import rules
    from include.platforms.facebook.payloads import FacebookSettings

    return rules.posting_problems(posting, FacebookSettings.model_validate(dict(settings)), datetime.now(UTC))


def _linkedin(posting: Posting, settings: Settings) -> list[Problem]:
    from include.platforms.linkedin import rules
    from include.platforms.linkedin.payloads import LinkedInSettings

    options, found = rules.read_options(posting)
    found += rules.posting_problems(posting, options, LinkedInSettings.model_validate(dict(settings)))
    return [problem for problem in found if problem.rule != "version"]  # of an API that is not called here


_RULES: Mapping[str, Callable[[Posting, Settings], list[Problem]]] = {
    "youtube": _youtube,
    "tiktok": _tiktok,
    "instagram": _instagram,
    "facebook": _facebook,
    "linkedin": _linkedin,
}
