"""Which rules a posting breaks when it goes through upload-post.com: the platform's own, and what it cannot carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from include.gateways import platform_rules
from include.gateways.placing import serving_problem
from include.gateways.upload_post.payloads import CARRIED, PLACEMENTS
from include.gateways.wishes import for_platform, not_carried, upload_problems
from include.platforms.contract import Posting, Problem
from include.releases.publication import Placement

TITLE = "upload-post.com"


def problems_of(platform: str, posting: Posting, settings: Mapping[str, Any]) -> list[Problem]:
    """Return everything that is wrong with `posting`; nobody is asked."""
    wrong = serving_problem(TITLE, PLACEMENTS, platform, posting)
    if wrong is not None:
        return [wrong]
    found = platform_rules.problems_of(platform, posting, settings)
    found += [*upload_problems(posting), *not_carried(TITLE, posting, CARRIED[platform])]
    found += [*_playlists(platform, posting), *_privacy(platform, posting)]
    return found


def asks_tiktok(platform: str, posting: Posting) -> bool:
    """Say whether the account's own TikTok settings count: a draft has none."""
    return platform == "tiktok" and posting.placement is Placement.VIDEO


def tiktok_problems(posting: Posting, told: Mapping[str, Any], settings: Mapping[str, Any]) -> list[Problem]:
    """Return what this creator's account does not allow now; `told` is upload-post.com's answer about it."""
    from include.platforms.tiktok import rules
    from include.platforms.tiktok.payloads import CreatorInfo

    creator = CreatorInfo.model_validate(dict(told))
    if not creator.privacy_level_options:
        return []
    posting = for_platform(posting)
    options, _ = rules.read_options(posting)
    return rules.creator_problems(posting, options, creator, settings)


def _playlists(platform: str, posting: Posting) -> Iterator[Problem]:
    """Titles cannot be looked up there: ids have no spaces and 13 or more characters."""
    names = posting.options.get("playlists") if platform == "youtube" else None
    for name in names or ():
        if len(str(name)) < 13 or " " in str(name):
            yield Problem(
                rule="playlists",
                found=str(name),
                allowed="ids of playlists",
                message=f"'{name}' is no playlist's id; upload-post.com takes ids only, such as PLx….",
            )


def _privacy(platform: str, posting: Posting) -> Iterator[Problem]:
    if platform == "facebook" and posting.privacy == "unlisted":
        yield Problem(
            rule="privacy",
            found="unlisted",
            allowed="'public', 'private'",
            message="upload-post.com cannot make an unlisted video on Facebook.",
        )
