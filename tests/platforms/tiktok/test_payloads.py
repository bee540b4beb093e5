"""What is sent to TikTok, and how its answers are read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from include.platforms.tiktok import TikTokOptions
from include.platforms.tiktok.chunks import ChunkPlan
from include.platforms.tiktok.payloads import (
    CreatorInfo,
    PublishStatus,
    direct_body,
    inbox_body,
    privacy_asked,
    privacy_level,
)
from tests.platforms.tiktok.scene import posting

PUBLIC_ACCOUNT = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
PRIVATE_ACCOUNT = ("FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
PLAN = ChunkPlan.of(100_000)


@pytest.mark.parametrize(
    ("asked", "offered", "level"),
    [
        ("public", PUBLIC_ACCOUNT, "PUBLIC_TO_EVERYONE"),
        ("Public", PUBLIC_ACCOUNT, "PUBLIC_TO_EVERYONE"),
        ("private", PUBLIC_ACCOUNT, "SELF_ONLY"),
        ("friends", PUBLIC_ACCOUNT, "MUTUAL_FOLLOW_FRIENDS"),
        ("followers", PRIVATE_ACCOUNT, "FOLLOWER_OF_CREATOR"),
        ("SELF_ONLY", PUBLIC_ACCOUNT, "SELF_ONLY"),
        ("followers", PUBLIC_ACCOUNT, None),
        ("public", PRIVATE_ACCOUNT, None),
        ("unlisted", PUBLIC_ACCOUNT, None),
        (None, PUBLIC_ACCOUNT, "PUBLIC_TO_EVERYONE"),
        (None, PRIVATE_ACCOUNT, "FOLLOWER_OF_CREATOR"),
        (None, ("SELF_ONLY",), "SELF_ONLY"),
        (None, (), None),
    ],
)
def test_privacy_is_only_ever_one_that_is_offered(
    asked: str | None, offered: tuple[str, ...], level: str | None
) -> None:
    assert privacy_level(asked, offered) == level


@pytest.mark.parametrize(
    ("option", "release", "setting", "asked"),
    [
        ("private", "public", "friends", "private"),
        (None, "public", "friends", "public"),
        (None, "", "friends", "friends"),
        (None, "", None, None),
    ],
)
def test_the_nearest_wish_for_privacy_counts(
    option: str | None, release: str, setting: str | None, asked: str | None
) -> None:
    options = TikTokOptions(privacy=option)
    assert privacy_asked(posting(privacy=release), options, {"privacy": setting}) == asked


def test_an_unknown_option_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="disable_coments"):
        TikTokOptions.model_validate({"disable_coments": True})


def test_the_body_of_a_direct_post_names_every_flag() -> None:
    options = TikTokOptions(
        disable_comment=True,
        cover_timestamp_ms=1000,
        brand_organic=True,
        ai_generated=True,
        brand_content=True,
    )
    body = direct_body(posting(), options, CreatorInfo(stitch_disabled=True), "PUBLIC_TO_EVERYONE", PLAN)
    assert body == {
        "post_info": {
            "title": "A walk #sea @ana",
            "privacy_level": "PUBLIC_TO_EVERYONE",
            "disable_comment": True,
            "disable_duet": False,
            "disable_stitch": True,
            "video_cover_timestamp_ms": 1000,
            "brand_content_toggle": True,
            "brand_organic_toggle": True,
            "is_aigc": True,
        },
        "source_info": PLAN.source_info(),
    }


def test_synthetic_media_becomes_the_label_unless_the_option_says_otherwise() -> None:
    def label(**options: Any) -> bool:
        body = direct_body(posting(synthetic_media=True), TikTokOptions(**options), CreatorInfo(), "SELF_ONLY", PLAN)
        return bool(body["post_info"]["is_aigc"])

    assert label() is True
    assert label(ai_generated=False) is False


def test_an_empty_caption_is_left_out() -> None:
    body = direct_body(posting(caption=""), TikTokOptions(), CreatorInfo(), "SELF_ONLY", PLAN)
    assert "title" not in body["post_info"]


def test_a_draft_carries_the_file_only() -> None:
    assert inbox_body(PLAN) == {"source_info": PLAN.source_info()}


@pytest.mark.parametrize(
    ("data", "ids"),
    [
        ('{"status": "X", "publicaly_available_post_id": [7340000000000000001]}', ("7340000000000000001",)),
        ('{"status": "X", "publicaly_available_post_id": ["7340000000000000001"]}', ("7340000000000000001",)),
        ('{"status": "X", "publicly_available_post_id": [12, 13]}', ("12", "13")),
        ('{"status": "X", "publicaly_available_post_id": []}', ()),
        ('{"status": "X", "publicaly_available_post_id": null, "uploaded_bytes": null}', ()),
        ('{"status": "X"}', ()),
    ],
)
def test_post_ids_are_text_however_they_are_written(data: str, ids: tuple[str, ...]) -> None:
    assert PublishStatus.model_validate(json.loads(data)).post_ids == ids
