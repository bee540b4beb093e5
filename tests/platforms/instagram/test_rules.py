"""Texts, options, privacy and kinds of account that Instagram does not take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.platforms.instagram.payloads import InstagramOptions, container_form
from include.platforms.instagram.rules import problems_of, read_options, upload_way
from include.releases.publication import Placement
from tests.platforms.instagram.postings import posting


def broken(account: dict[str, Any] | None = None, **changes: Any) -> dict[str, str]:
    """Return rule → fix of everything a posting breaks."""
    wanted = posting(**changes)
    options, problems = read_options(wanted)
    return {each.rule: each.fix for each in problems + problems_of(wanted, options, account or {})}


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("x" * 2200, {}),
        ("x" * 2201, {"caption": "refused"}),
        (" ".join(f"#tag{n}" for n in range(30)), {}),
        (" ".join(f"#tag{n}" for n in range(31)), {"hashtags": "refused"}),
        (" ".join(f"@user{n}" for n in range(20)), {}),
        (" ".join(f"@user{n}" for n in range(21)), {"mentions": "refused"}),
        (" ".join(f"me{n}@example.com" for n in range(40)), {}),
        ("#été #日本 " * 15, {}),
        ("", {}),
    ],
)
def test_captions_are_counted(caption: str, expected: dict[str, str]) -> None:
    assert broken(caption=caption) == expected


def test_a_private_release_never_goes_out_on_instagram() -> None:
    assert broken(privacy="private") == {"privacy": "refused"}
    assert broken(privacy="unlisted") == {"privacy": "refused"}
    assert broken(privacy="public") == {}


def test_a_time_is_kept_by_our_queue_and_not_by_instagram() -> None:
    assert broken(publish_at=datetime.now(UTC) + timedelta(hours=1)) == {"publish_at": "refused"}


@pytest.mark.parametrize("spelled", ["PERSONAL", "personal", "Personal"])
def test_a_personal_account_is_told_how_to_convert(spelled: str) -> None:
    wanted = posting()
    [problem] = problems_of(wanted, InstagramOptions(), {"account_type": spelled})
    start = "Instagram Reels require a Business or Creator account. Here's how to convert:"
    assert problem.message.startswith(start)
    assert broken({"account_type": "MEDIA_CREATOR"}) == {}


def test_a_story_carries_no_caption_and_no_collaborators() -> None:
    options = {"collaborators": ["ana"], "location_id": "1"}
    assert broken(placement=Placement.STORY, options=options) == {
        "caption": "warning", "collaborators": "refused", "location_id": "refused",
    }  # fmt: skip
    assert broken(placement=Placement.STORY, caption="") == {}


def test_a_cover_behind_the_end_is_refused() -> None:
    assert broken(options={"thumb_offset": 4001}) == {"thumb_offset": "refused"}
    assert broken(options={"thumb_offset": 4000}) == {}


@pytest.mark.parametrize(
    "options",
    [
        {"unknown": 1}, {"upload": "ftp"}, {"collaborators": ["a", "b", "c", "d"]}, {"location_id": "here"},
        {"user_tags": [{"username": "a", "x": 2}]}, {"thumb_offset": -1}, {"trial": "yes"},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_option_is_named(options: dict[str, Any]) -> None:
    [problem] = read_options(posting(options=options))[1]
    assert problem.found.split(".")[0] == next(iter(options))
    assert next(iter(options)) in problem.message


@pytest.mark.parametrize(
    ("login", "option", "setting", "expected"),
    [
        ("facebook", None, None, "bytes"),
        ("facebook", None, "bytes", "bytes"),
        ("facebook", None, "hosting", "hosting"),
        ("facebook", "hosting", "bytes", "hosting"),
        ("facebook", "bytes", "hosting", "bytes"),
        ("instagram", None, "bytes", "hosting"),
        (None, None, None, "bytes"),
    ],
)
def test_the_way_to_upload_is_chosen(login: str | None, option: Any, setting: str | None, expected: str) -> None:
    way = upload_way(InstagramOptions(upload=option), {"upload": setting}, {"login": login})
    assert way == expected


@pytest.mark.parametrize(
    ("option", "account", "setting", "expected"),
    [
        (None, "hosting", "bytes", "hosting"),
        (None, "bytes", "hosting", "bytes"),
        ("bytes", "hosting", "hosting", "bytes"),
        ("hosting", "bytes", "bytes", "hosting"),
    ],
)
def test_the_accounts_way_stands_between_the_option_and_the_setting(
    option: Any, account: str, setting: str, expected: str
) -> None:
    kept = {"login": "facebook", "upload": account}
    assert upload_way(InstagramOptions(upload=option), {"upload": setting}, kept) == expected


def test_bytes_asked_for_with_instagram_login_are_refused() -> None:
    assert broken({"login": "instagram"}, options={"upload": "bytes"}) == {"upload": "refused"}


def test_a_reels_form_holds_everything_asked_for() -> None:
    options = InstagramOptions.model_validate(
        {
            "thumb_offset": 1500, "location_id": "77", "collaborators": ["ana"], "audio_name": "Waves",
            "user_tags": [{"username": "bo", "x": 0.5, "y": 0.5}, {"username": "cy"}], "trial": "manual",
        }
    )  # fmt: skip
    form = container_form(
        posting(synthetic_media=True), options, share_to_feed=False, video_url="https://v", cover_url=None
    )
    assert form == {
        "media_type": "REELS",
        "video_url": "https://v",
        "caption": "A walk #sea @ana",
        "share_to_feed": False,
        "thumb_offset": 1500,
        "location_id": "77",
        "collaborators": ["ana"],
        "audio_name": "Waves",
        "user_tags": [{"username": "bo", "x": 0.5, "y": 0.5}, {"username": "cy"}],
        "trial_params": {"graduation_strategy": "MANUAL"},
        "is_ai_generated": True,
    }


def test_a_storys_form_holds_the_video_and_its_tags_only() -> None:
    wanted = posting(placement=Placement.STORY)
    options = InstagramOptions.model_validate({"user_tags": [{"username": "bo"}]})
    form = container_form(wanted, options, share_to_feed=True, video_url=None, cover_url="https://c")
    assert form == {"media_type": "STORIES", "upload_type": "resumable", "user_tags": [{"username": "bo"}]}


def test_the_persons_word_on_ai_stands_above_the_releases() -> None:
    form = container_form(
        posting(synthetic_media=True), InstagramOptions(ai_generated=False),
        share_to_feed=True, video_url=None, cover_url=None,
    )  # fmt: skip
    assert "is_ai_generated" not in form
