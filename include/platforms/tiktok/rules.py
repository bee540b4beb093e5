"""Which rules a posting breaks: those it breaks everywhere, and those of this creator's account right now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from include.platforms.contract import Posting, Problem
from include.platforms.tiktok import limits
from include.platforms.tiktok.errors import UNAUDITED_EXPLAINED
from include.platforms.tiktok.payloads import (
    PRIVACY_WORDS,
    PRIVATE,
    CreatorInfo,
    TikTokOptions,
    privacy_asked,
    privacy_level,
)
from include.releases.publication import Placement


def read_options(posting: Posting) -> tuple[TikTokOptions, list[Problem]]:
    """Return the posting's options (the defaults when they are wrong) and what is wrong with them."""
    try:
        return TikTokOptions.model_validate(dict(posting.options)), []
    except ValidationError as error:
        names = ", ".join(TikTokOptions.model_fields)
        return TikTokOptions(), [
            Problem(
                rule="options",
                found=(key := ".".join(map(str, each["loc"]))),
                allowed=names,
                message=f"TikTok's option '{key}' is wrong: {each['msg']}.",
            )
            for each in error.errors()
        ]


def posting_problems(posting: Posting, options: TikTokOptions) -> list[Problem]:
    """Return what is wrong whatever the account: file, caption, cover, a time TikTok cannot keep."""
    problems = list(limits.check_file(posting.facts)[posting.placement])
    if posting.video.content_type not in limits.CONTENT_TYPES and not any(p.rule == "container" for p in problems):
        problems.append(
            Problem(
                rule="content_type",
                found=posting.video.content_type,
                allowed=", ".join(limits.CONTENT_TYPES),
                message=f"TikTok takes MP4, MOV and WebM; this file is {posting.video.content_type}.",
                fix="convertible",
            )
        )
    if posting.publish_at is not None and posting.publish_at > datetime.now(UTC):
        problems.append(
            Problem(
                rule="publish_at",
                found=posting.publish_at.isoformat(),
                allowed="at once",
                message="TikTok posts at once and cannot wait; schedule the publication in our queue.",
            )
        )
    return problems + (
        _text_problems(posting, options) if posting.placement is Placement.VIDEO else _draft_problems(posting)
    )


def _text_problems(posting: Posting, options: TikTokOptions) -> list[Problem]:
    problems = []
    units = len(posting.caption.encode("utf-16-le", "surrogatepass")) // 2
    if units > limits.MAX_CAPTION_UNITS:
        problems.append(
            Problem(
                rule="caption",
                found=f"{units} UTF-16 units",
                allowed=f"{limits.MAX_CAPTION_UNITS}",
                message=f"The caption has {units} characters as TikTok counts (emoji: two); 2200 fit.",
            )
        )
    cover = options.cover_timestamp_ms
    if cover is not None and cover > posting.facts.duration_seconds * 1000:
        problems.append(
            Problem(
                rule="cover_timestamp_ms",
                found=f"{cover} ms",
                allowed=f"0 to {posting.facts.duration_seconds * 1000:.0f} ms",
                message=f"The cover is asked at {cover / 1000:g} s, behind the end of the video.",
            )
        )
    return problems


def _draft_problems(posting: Posting) -> list[Problem]:
    if not posting.caption:
        return []
    return [
        Problem(
            rule="caption",
            found="a caption",
            allowed="none",
            message="A TikTok draft carries no caption: the creator writes it in the app.",
            fix="warning",
        )
    ]


def creator_problems(
    posting: Posting, options: TikTokOptions, creator: CreatorInfo, settings: Mapping[str, Any]
) -> list[Problem]:
    """Return what this creator's account does not allow right now."""
    problems = _privacy_problems(posting, options, creator, settings)
    longest = creator.max_video_post_duration_sec
    if longest is not None and posting.facts.duration_seconds > longest:
        problems.append(
            Problem(
                rule="duration",
                found=f"{posting.facts.duration_seconds:.1f} s",
                allowed=f"{longest} s",
                message=f"This TikTok account may post videos up to {longest} seconds; "
                f"this one lasts {posting.facts.duration_seconds:.1f}.",
            )
        )
    for what in ("comment", "duet", "stitch"):
        if getattr(creator, f"{what}_disabled") and getattr(options, f"disable_{what}") is False:
            problems.append(
                Problem(
                    rule=f"disable_{what}",
                    found="allowed asked",
                    allowed="disabled",
                    message=f"The creator has switched {what} off in the TikTok app; it stays off.",
                    fix="warning",
                )
            )
    return problems


def _privacy_problems(
    posting: Posting, options: TikTokOptions, creator: CreatorInfo, settings: Mapping[str, Any]
) -> list[Problem]:
    asked = privacy_asked(posting, options, settings)
    level = privacy_level(asked, creator.privacy_level_options)
    offered = in_our_words(creator.privacy_level_options)
    if level is None:
        message = f"This TikTok account offers the privacy {offered}, not '{asked}'."
        if creator.only_private:
            message = f"This TikTok account offers only the privacy 'private' to our app. {UNAUDITED_EXPLAINED}"
        return [Problem(rule="privacy", found=asked or "nothing", allowed=offered, message=message)]
    problems = []
    if level == PRIVATE and options.brand_content:
        problems.append(
            Problem(
                rule="brand_content",
                found="private",
                allowed=offered,
                message="TikTok does not allow branded content (a paid partnership) to be private.",
            )
        )
    if level == PRIVATE and asked is None:
        problems.append(
            Problem(
                rule="privacy",
                found="nothing asked",
                allowed=offered,
                message=f"The video will be private, the only privacy on offer. {UNAUDITED_EXPLAINED}",
                fix="warning",
            )
        )
    return problems


def in_our_words(levels: tuple[str, ...]) -> str:
    """Return TikTok's privacy levels in our words, for a sentence."""
    words = {level: word for word, level in PRIVACY_WORDS.items()}
    return ", ".join(f"'{words.get(level, level)}'" for level in levels) or "none"
