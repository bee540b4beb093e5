"""Reels, stories and feed videos at the sandbox, through both logins and both ways to upload."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.platforms.contract import Posting
from include.platforms.errors import AccountTrouble, QuotaExhausted, Rejected, TryAgain
from include.platforms.instagram import whoami
from include.releases.publication import Placement
from tests.platforms.instagram.engine import Engine
from tests.platforms.instagram.postings import ClipVideo, cover, posting
from tests.platforms.instagram.scene import Desk
from tests.sandbox_server import SandboxServer

MakeDesk = Callable[..., Desk]
MakeHosting = Callable[..., Any]
WAYS = [("facebook", "bytes"), ("facebook", "hosting"), ("instagram", "hosting")]


def hosted(hosting: MakeHosting, **changes: Any) -> Posting:
    """Return a posting whose files are served on this machine."""
    video = changes.pop("video", None) or ClipVideo()
    return posting(video=video, hosting=hosting(video), **changes)


def publish(desk: Desk, wanted: Posting) -> Any:
    """Publish as the steps would."""
    return Engine(desk, wanted).run()


@pytest.mark.parametrize(("login", "way"), WAYS)
@pytest.mark.parametrize("placement", [Placement.REEL, Placement.STORY, Placement.FEED])
def test_a_video_arrives_with_its_bytes_and_its_texts(
    make_desk: MakeDesk, hosting: MakeHosting, login: str, way: str, placement: Placement
) -> None:
    desk = make_desk(traits={"login": login}, upload=way)
    wanted = hosted(hosting, placement=placement)
    assert [problem.fix for problem in desk.publisher.validate(wanted)] in ([], ["warning"])
    answer = publish(desk, wanted)
    post = desk.the_post()
    assert (post["sha256"], post["size"]) == (wanted.video.sha256, wanted.video.size)  # type: ignore[attr-defined]
    assert (answer.video_id, post["account_id"]) == (post["id"], desk.credentials["ig_user_id"])
    if placement is Placement.STORY:
        assert (post["kind"], post["title"]) == ("story", "")
        assert answer.url.startswith("https://instagram.com/stories/ana/")
    else:
        assert (post["kind"], post["title"], post["options"]["share_to_feed"]) == ("reel", "A walk #sea @ana", True)
        assert answer.url == f"https://www.instagram.com/reel/{post['options']['shortcode']}/"
    assert answer.warnings == ()
    assert {call["endpoint"] for call in desk.sandbox.calls()} == set(desk.endpoints())


def test_everything_a_reel_may_carry_arrives(desk: Desk, hosting: MakeHosting) -> None:
    options = {
        "collaborators": ["bo"], "user_tags": [{"username": "cy", "x": 0.5, "y": 0.25}], "location_id": "4711",
        "audio_name": "Waves", "share_to_feed": False,
    }  # fmt: skip
    publish(desk, hosted(hosting, options=options, thumbnail=cover(), synthetic_media=True))
    post = desk.the_post()
    assert {name: post["options"][name] for name in options} == options
    assert (post["synthetic_media"], post["thumbnail"]) == (True, True)


def test_a_moment_of_the_video_may_be_the_cover(desk: Desk, hosting: MakeHosting) -> None:
    publish(desk, hosted(hosting, options={"thumb_offset": 1500}, thumbnail=cover()))
    assert desk.the_post()["options"]["thumb_offset"] == "1500"
    assert desk.the_post()["thumbnail"] is False


def test_an_upload_cut_three_times_arrives_whole(desk: Desk, hosting: MakeHosting) -> None:
    wanted = hosted(hosting, video=ClipVideo(size=5_000_000))
    for number in (1, 2, 3):
        desk.sandbox.fault(
            match={"endpoint": "container.upload", "nth": number}, action="cut_after_bytes", bytes=1_000_000
        )
    publish(desk, wanted)
    assert desk.the_post()["sha256"] == wanted.video.sha256  # type: ignore[attr-defined]
    assert desk.endpoints().count("media.create") == 1
    assert wanted.video.read < 9_000_000  # type: ignore[attr-defined]


def test_a_container_stuck_for_ever_gets_a_new_one(desk: Desk, hosting: MakeHosting) -> None:
    desk.sandbox.fault(match={"endpoint": "container.upload"}, action="fail_processing", reason="1363008")
    publish(desk, hosted(hosting))
    assert len(desk.posts()) == 1
    assert desk.endpoints().count("media.create") == 2


@pytest.mark.parametrize("reason", ["2207053", "2207076", "2207082"])
def test_a_container_that_failed_in_passing_gets_a_new_one(desk: Desk, hosting: MakeHosting, reason: str) -> None:
    desk.sandbox.fault(match={"endpoint": "container.upload"}, action="fail_processing", reason=reason)
    publish(desk, hosted(hosting))
    assert len(desk.posts()) == 1


def test_a_file_instagram_cannot_use_is_refused_with_what_helps(desk: Desk, hosting: MakeHosting) -> None:
    desk.sandbox.fault(match={"endpoint": "container.upload"}, action="fail_processing", reason="2207026")
    with pytest.raises(Rejected, match=r"H\.264"):
        publish(desk, hosted(hosting))
    assert desk.posts() == []


def test_an_address_that_cannot_be_fetched_is_tried_again_with_a_sentence(
    make_desk: MakeDesk, hosting: MakeHosting
) -> None:
    desk = make_desk(upload="hosting")
    wanted = hosted(hosting)
    wanted.hosting.address += "/nowhere"  # type: ignore[attr-defined]
    desk.upload(wanted)

    def look() -> None:
        for _ in range(50):
            desk.publisher.check(wanted, desk.note or {})
            time.sleep(0.05)

    with pytest.raises(TryAgain, match="reached from the internet"):
        look()
    assert desk.publisher.find(wanted, desk.note) is None


@pytest.mark.parametrize(("endpoint", "code"), [("container.read", 190), ("media.publish", 190), ("media.create", 190)])
def test_an_expired_token_is_renewed_once_and_nothing_is_lost(
    desk: Desk, hosting: MakeHosting, endpoint: str, code: int
) -> None:
    desk.sandbox.fault(match={"endpoint": endpoint}, action="expire_token")
    publish(desk, hosted(hosting))
    assert len(desk.posts()) == 1
    assert desk.tokens.refreshed == 1


def test_a_token_that_expires_while_bytes_are_sent_is_renewed(desk: Desk, hosting: MakeHosting) -> None:
    desk.sandbox.fault(match={"endpoint": "container.upload"}, action="expire_token")
    publish(desk, hosted(hosting))
    assert len(desk.posts()) == 1
    assert desk.tokens.refreshed == 1


def test_a_used_up_limit_waits_with_a_time(make_desk: MakeDesk, hosting: MakeHosting) -> None:
    desk = make_desk(traits={"quota_total": 1})
    publish(desk, hosted(hosting))
    with pytest.raises(QuotaExhausted, match="1 of 1 posts") as caught:
        desk.publisher.validate(hosted(hosting))
    wait = caught.value.resets_at - datetime.now(UTC)
    assert timedelta(minutes=50) < wait <= timedelta(hours=24)


def test_a_limit_reached_between_upload_and_publishing_keeps_the_upload(
    make_desk: MakeDesk, hosting: MakeHosting, sandbox: SandboxServer
) -> None:
    desk = make_desk(traits={"quota_total": 1})
    first, second = Engine(desk, hosted(hosting)), hosted(hosting, caption="Another")
    other = Desk(sandbox=sandbox, credentials=desk.credentials, settings=desk.settings)
    other.upload(second)
    first.run()
    answer = other.publisher.check(second, other.note or {})
    with pytest.raises(QuotaExhausted):
        other.publisher.finish(second, answer.note, other.save)
    sandbox.account("instagram", name="ana", quota_total=2)
    assert other.publisher.finish(second, answer.note, other.save).video_id
    assert len(desk.posts()) == 2
    other.calls.close()


def test_a_blocked_account_is_told_what_to_do(make_desk: MakeDesk, hosting: MakeHosting) -> None:
    desk = make_desk(traits={"blocked": True})
    with pytest.raises(AccountTrouble, match="follow the notice"):
        desk.upload(hosted(hosting))


def test_a_missing_permission_asks_to_connect_again(make_desk: MakeDesk, hosting: MakeHosting) -> None:
    desk = make_desk(traits={"scopes": ["instagram_basic", "pages_show_list"]})
    with pytest.raises(AccountTrouble, match="permission"):
        desk.publisher.validate(hosted(hosting))


@pytest.mark.parametrize("login", ["facebook", "instagram"])
def test_a_personal_account_is_told_how_to_convert(make_desk: MakeDesk, login: str) -> None:
    desk = make_desk(traits={"login": login, "account_type": "PERSONAL"})
    with pytest.raises(AccountTrouble, match=r"require a Business or Creator account\. Here's how to convert:"):
        whoami(desk.calls, {"login": login})
    if login == "facebook":
        with pytest.raises(AccountTrouble, match="how to convert"):
            desk.publisher.validate(posting())


@pytest.mark.parametrize("login", ["facebook", "instagram"])
def test_whoami_tells_who_it_is(make_desk: MakeDesk, login: str) -> None:
    desk = make_desk(traits={"login": login, "followers": 12})
    profile = whoami(desk.calls, {"login": login})
    for name in ("ig_user_id", "page_id", "login", "username", "platform_user_id"):
        assert profile[name] == desk.credentials[name]
    assert (profile["followers"], profile["cannot_post"]) == (12, None)


def test_the_account_behind_a_page_token_is_the_pages(desk: Desk) -> None:
    assert whoami(desk.calls, {"login": "facebook"})["page_id"] == desk.credentials["page_id"]


def test_the_account_behind_a_page_that_only_its_business_shows_is_found(
    make_desk: MakeDesk, sandbox: SandboxServer
) -> None:
    desk = make_desk()
    sandbox.account("facebook", name="ana", business_owned=True)
    sandbox.settings(meta_accounts_list_business_pages=False)
    desk.credentials["access_token"] = desk.credentials["refresh_token"]
    assert whoami(desk.calls, {})["ig_user_id"] == desk.credentials["ig_user_id"]


def test_an_accounts_own_way_to_upload_is_taken(desk: Desk, hosting: MakeHosting) -> None:
    assert desk.settings["upload"] == "bytes"
    desk.credentials["upload"] = "hosting"
    publish(desk, hosted(hosting))
    assert len(desk.posts()) == 1
    assert "container.upload" not in desk.endpoints()


def test_a_limit_of_calls_stops_the_account(make_desk: MakeDesk, hosting: MakeHosting) -> None:
    desk = make_desk(traits={"usage_percent": 100, "regain_minutes": 7})
    with pytest.raises(QuotaExhausted) as caught:
        desk.publisher.validate(hosted(hosting))
    assert timedelta(minutes=6) < caught.value.resets_at - datetime.now(UTC) <= timedelta(minutes=7)


def test_containers_are_looked_at_with_patience(desk: Desk, hosting: MakeHosting) -> None:
    answer = desk.upload(hosted(hosting))
    assert answer.look_again_after == 10  # type: ignore[union-attr]
