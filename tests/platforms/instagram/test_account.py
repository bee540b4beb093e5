"""Who an account is, through both logins, and every way the answer can disappoint."""

from __future__ import annotations

from typing import Any

import pytest

from include.platforms.errors import AccountTrouble
from include.platforms.instagram import whoami
from tests.platforms.meta_graph.script import Line, Stage, refusal

USER = {
    "id": "17841405822304914", "username": "ana", "name": "Ana", "profile_picture_url": "https://p",
    "followers_count": 7,
}  # fmt: skip
ME = {**USER, "id": "24578", "user_id": "17841405822304914", "account_type": "MEDIA_CREATOR"}
LIMIT = {"data": [{"quota_usage": 2, "config": {"quota_total": 50}}]}
PAGE = {"id": "134", "name": "Shop", "tasks": ["MANAGE"]}
LINKED = {"id": "134", "instagram_business_account": {"id": "17841405822304914"}}


def ask(lines: list[Line], **given: Any) -> tuple[dict[str, Any], Stage]:
    stage = Stage(lines)
    return whoami(stage.calls, given), stage


def test_facebook_login_finds_the_only_account_behind_a_page() -> None:
    profile, stage = ask([{"data": [PAGE]}, {"data": []}, LINKED, USER, LIMIT])
    assert profile == {
        "platform_user_id": "17841405822304914",
        "ig_user_id": "17841405822304914",
        "page_id": "134",
        "login": "facebook",
        "username": "ana",
        "display_name": "Ana",
        "picture": "https://p",
        "followers": 7,
        "account_type": None,
        "advice": None,
        "cannot_post": None,
    }
    assert {request.url.host for request in stage.script.asked} == {"graph.test"}


def test_instagram_login_tells_the_account_and_its_kind() -> None:
    profile, stage = ask([ME, LIMIT], login="instagram")
    assert (profile["ig_user_id"], profile["account_type"]) == ("17841405822304914", "media_creator")
    assert (profile["login"], profile["page_id"]) == ("instagram", None)
    assert {request.url.host for request in stage.script.asked} == {"ig.test"}


def test_a_personal_account_is_told_how_to_convert() -> None:
    sentence = "Instagram Reels require a Business or Creator account. Here's how to convert:"
    for lines, given in (
        ([{**ME, "account_type": "PERSONAL"}], {"login": "instagram"}),
        ([refusal(100, message="The user is not an Instagram Business")], {"ig_user_id": "1"}),
        ([{"id": "134"}], {"page_id": "134"}),
        ([{"data": [PAGE]}, {"data": []}, {"id": "134"}], {}),
    ):
        with pytest.raises(AccountTrouble) as caught:
            ask(lines, **given)  # type: ignore[arg-type]
        assert sentence in caught.value.message


def test_several_accounts_are_named_for_a_person_to_choose() -> None:
    other = {"id": "135", "instagram_business_account": {"id": "17841400000000001"}}
    with pytest.raises(AccountTrouble, match=r"17841405822304914 \(Page Shop\); 17841400000000001"):
        ask([{"data": [PAGE, {"id": "135", "name": "Club"}]}, {"data": []}, LINKED, other])


def test_a_named_account_is_checked() -> None:
    profile, _ = ask([LINKED, USER, LIMIT], page_id="134", ig_user_id="17841405822304914")
    assert profile["page_id"] == "134"
    with pytest.raises(AccountTrouble, match="not to 99"):
        ask([LINKED], page_id="134", ig_user_id="99")
    with pytest.raises(AccountTrouble, match="not to 99"):
        ask([ME], login="instagram", ig_user_id="99")


def test_an_account_behind_a_page_of_a_business_is_found() -> None:
    profile, stage = ask([{"data": []}, {"data": [{"id": "9"}]}, {"data": [PAGE]}, {"data": []}, LINKED, USER, LIMIT])
    assert (profile["page_id"], profile["ig_user_id"]) == ("134", "17841405822304914")
    assert "/v26.0/9/owned_pages" in stage.script.paths()


def test_an_account_may_say_how_its_videos_are_uploaded() -> None:
    for wanted in ("hosting", "bytes"):
        profile, _ = ask([USER, LIMIT], ig_user_id="17841405822304914", upload=wanted)
        assert profile["upload"] == wanted
    profile, _ = ask([ME, LIMIT], login="instagram", upload="hosting")
    assert profile["upload"] == "hosting"
    with pytest.raises(AccountTrouble, match="takes no bytes"):
        ask([ME, LIMIT], login="instagram", upload="bytes")


def test_no_pages_at_all_says_what_to_allow() -> None:
    with pytest.raises(AccountTrouble, match="business_management"):
        ask([{"data": []}, {"data": []}])


def test_a_missing_permission_or_a_used_up_limit_is_said() -> None:
    profile, _ = ask([USER, refusal(10)], ig_user_id="17841405822304914")
    assert "permission" in profile["cannot_post"]
    used_up = {"data": [{"quota_usage": 50, "config": {"quota_total": 50}}]}
    profile, _ = ask([USER, used_up], ig_user_id="17841405822304914")
    assert "50 of 50" in profile["cannot_post"]


def test_a_dead_token_is_raised() -> None:
    with pytest.raises(AccountTrouble):
        ask([refusal(190, 463)], ig_user_id="1")
