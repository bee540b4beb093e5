"""TikTok's error table, code by code (A.2), and its limits (A.9)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox import clips
from tests.sandbox.callers import TikTokCaller, code_of
from tests.sandbox_server import SandboxServer


def test_every_answer_has_a_log_id(tiktok: TikTokCaller) -> None:
    good, bad = tiktok.creator_info(), tiktok.post("post/publish/status/fetch/", {"publish_id": "x"})
    for answer in (good, bad):
        assert answer.headers["x-tt-logid"] == answer.json()["error"]["log_id"]
    assert (good.json()["error"]["code"], good.json()["error"]["message"]) == ("ok", "")


def test_wrong_token_is_invalid(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    for token in ("act.nonsense", sandbox.account("youtube", "x")["access_token"]):
        tiktok.http.headers["Authorization"] = f"Bearer {token}"
        answer = tiktok.creator_info()
        assert (answer.status_code, code_of(answer)) == (401, "access_token_invalid")


def test_token_ends_after_a_day(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    sandbox.settings(clock_offset_seconds=86_401)
    assert code_of(tiktok.creator_info()) == "access_token_invalid"


@pytest.mark.parametrize(
    ("scopes", "refused"),
    [
        (["video.publish"], {"draft", "video.list", "user.info"}),
        (["video.upload"], {"creator_info", "init", "video.list", "user.info"}),
        (["user.info.basic"], {"creator_info", "init", "draft", "status", "video.list"}),
        (["video.list"], {"creator_info", "init", "draft", "status", "user.info"}),
    ],
)
def test_each_scope_opens_its_calls_only(sandbox: SandboxServer, scopes: list[str], refused: set[str]) -> None:
    creator = TikTokCaller(sandbox, scopes=scopes)
    answers = {
        "creator_info": creator.creator_info(),
        "init": creator.bare_init(5000),
        "draft": creator.draft(5000),
        "status": creator.post("post/publish/status/fetch/", {"publish_id": "x"}),
        "video.list": creator.post("video/list/", fields="id"),
        "user.info": creator.http.get(f"{creator.api}/user/info/?fields=open_id"),
    }
    codes = {name for name, answer in answers.items() if code_of(answer) == "scope_not_authorized"}
    assert codes == refused
    assert all(answers[name].status_code == 401 for name in refused)


def test_user_fields_need_their_scope(sandbox: SandboxServer) -> None:
    creator = TikTokCaller(sandbox, scopes=["user.info.basic"])
    assert code_of(creator.http.get(f"{creator.api}/user/info/?fields=open_id,username")) == "scope_not_authorized"


@pytest.mark.parametrize(
    "info",
    [
        {"privacy_level": "EVERYBODY"},
        {"title": "x" * 2201},
        {"title": "🌊" * 1101},
        {"title": 5},
        {"disable_duet": "yes"},
        {"video_cover_timestamp_ms": True},
        {"brand_content_toggle": True, "privacy_level": "SELF_ONLY"},
        {"colour": "red"},
    ],
    ids=str,
)
def test_bad_post_info_is_an_invalid_param(tiktok: TikTokCaller, info: dict[str, Any]) -> None:
    answer = tiktok.init(5000, **info)
    assert (answer.status_code, code_of(answer)) == (400, "invalid_param")


def test_title_is_measured_in_utf16(tiktok: TikTokCaller) -> None:
    assert code_of(tiktok.init(5000, title="🌊" * 1100)) == "ok"


def test_body_must_be_json(tiktok: TikTokCaller) -> None:
    address = f"{tiktok.api}/post/publish/video/init/"
    answers = [
        tiktok.http.post(address, content=b"{", headers={"Content-Type": "application/json"}),
        tiktok.http.post(address, data={"post_info": "x"}),
        tiktok.http.post(address, json={"post_info": {"privacy_level": "SELF_ONLY"}}),
        tiktok.http.post(address, json={"post_info": {}, "source_info": {"source": "TAPE"}}),
    ]
    assert [(one.status_code, code_of(one)) for one in answers] == [(400, "invalid_param")] * 4


def test_privacy_must_be_among_the_options(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    answer = tiktok.init(5000, privacy_level="FOLLOWER_OF_CREATOR")
    assert (answer.status_code, code_of(answer)) == (403, "privacy_level_option_mismatch")
    sandbox.settings(tiktok_privacy_options=["FOLLOWER_OF_CREATOR"])
    assert code_of(tiktok.init(5000, privacy_level="FOLLOWER_OF_CREATOR")) == "ok"


def test_creator_info_must_be_fresh(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    assert code_of(tiktok.bare_init(5000)) == "invalid_param"
    assert code_of(tiktok.init(5000)) == "ok"
    sandbox.settings(clock_offset_seconds=301)
    assert code_of(tiktok.bare_init(5000)) == "invalid_param"
    sandbox.settings(require_fresh_creator_info=False)
    assert code_of(tiktok.bare_init(5000)) == "ok"


@pytest.mark.parametrize(
    "trouble", ["spam_risk_too_many_posts", "spam_risk_user_banned_from_posting", "reached_active_user_cap"]
)
def test_cannot_post_now_is_200_when_asked_and_403_when_done(sandbox: SandboxServer, trouble: str) -> None:
    creator = TikTokCaller(sandbox, "troubled", trouble=trouble)
    asked = creator.creator_info()
    assert (asked.status_code, code_of(asked), bool(asked.json()["data"])) == (200, trouble, True)
    tried = creator.bare_init(5000)
    assert (tried.status_code, code_of(tried)) == (403, trouble)


def test_unaudited_apps_post_to_private_accounts_only(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    sandbox.settings(unaudited=True)
    code = "unaudited_client_can_only_post_to_private_accounts"
    private = TikTokCaller(sandbox, "private", private=True)
    answers = [
        tiktok.init(5000, privacy_level="SELF_ONLY"),
        private.init(5000, privacy_level="MUTUAL_FOLLOW_FRIENDS"),
        private.init(5000, privacy_level="SELF_ONLY"),
    ]
    assert [(one.status_code, code_of(one)) for one in answers] == [(403, code), (403, code), (200, "ok")]


def test_unaudited_apps_may_see_one_option_only(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    sandbox.settings(unaudited=True, tiktok_unaudited_hides_options=True)
    assert tiktok.creator_info().json()["data"]["privacy_level_options"] == ["SELF_ONLY"]


def test_unaudited_apps_have_five_users_a_day(sandbox: SandboxServer) -> None:
    sandbox.settings(unaudited=True)
    creators = [TikTokCaller(sandbox, f"creator {number}", private=True) for number in range(6)]
    codes = [code_of(one.init(5000, privacy_level="SELF_ONLY")) for one in creators]
    assert codes == ["ok"] * 5 + ["reached_active_user_cap"]


def test_foreign_and_unknown_publish_ids(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    key = tiktok.init(5000).json()["data"]["publish_id"]
    other = TikTokCaller(sandbox, "other")
    found = [other.post("post/publish/status/fetch/", {"publish_id": one}) for one in (key, "v_pub_file~v2-1.1", 7)]
    assert [(one.status_code, code_of(one)) for one in found] == [
        (400, "token_not_authorized_for_specified_publish_id"),
        (400, "invalid_publish_id"),
        (400, "invalid_publish_id"),
    ]  # fmt: skip


@pytest.mark.parametrize(("what", "limit"), [("init", 6), ("status", 30), ("creator_info", 20)])
def test_calls_a_minute_are_limited_by_a_sliding_window(sandbox: SandboxServer, what: str, limit: int) -> None:
    sandbox.settings(require_fresh_creator_info=False)
    creator = TikTokCaller(sandbox)

    def call() -> httpx.Response:
        if what == "init":
            return creator.bare_init(5000)
        if what == "creator_info":
            return creator.creator_info()
        return creator.post("post/publish/status/fetch/", {"publish_id": "x"})

    codes = [call().status_code for _ in range(limit + 1)]
    assert 429 not in codes[:limit]
    assert codes[limit] == 429
    sandbox.settings(clock_offset_seconds=59)
    refused = call()
    assert (refused.status_code, code_of(refused)) == (429, "rate_limit_exceeded")
    sandbox.settings(clock_offset_seconds=62)
    assert call().status_code != 429


def test_fifteen_posts_a_day(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    sandbox.settings(tiktok_posts_per_day=2, tiktok_token_seconds=10 * 86_400)
    lasting = TikTokCaller(sandbox)
    for _ in range(2):
        lasting.publish(clips.video())
    assert code_of(lasting.creator_info()) == "spam_risk_too_many_posts"
    assert lasting.bare_init(5000).status_code == 403
    sandbox.settings(clock_offset_seconds=86_401)
    assert code_of(lasting.init(5000)) == "ok"


def test_five_drafts_may_be_pending(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    answers = [tiktok.draft(5000) for _ in range(6)]
    assert [code_of(one) for one in answers] == ["ok"] * 5 + ["spam_risk_too_many_pending_share"]
    assert answers[5].status_code == 403


def test_addresses_end_in_a_slash(tiktok: TikTokCaller) -> None:
    assert tiktok.http.post(f"{tiktok.api}/post/publish/creator_info/query").status_code == 404
