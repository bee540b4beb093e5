"""Posts of pages and members at the sandbox: what is asked, what comes out, what is said when LinkedIn refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from include.platforms.contract import Pending, Published, Ready
from include.platforms.errors import AccountTrouble, OutcomeUnknown, QuotaExhausted, Rejected, TryAgain
from include.platforms.linkedin.progress import Progress
from include.releases.publication import Placement
from tests.platforms.linkedin.scene import THREE_PARTS, ClipVideo, Desk, clip, facts, picture, posting
from tests.sandbox_server import SandboxServer

MakeDesk = Callable[..., Desk]


def test_a_page_posts_the_video_with_its_texts(desk: Desk) -> None:
    wanted = posting(video=ClipVideo(THREE_PARTS), thumbnail=picture(), options={"disable_reshare": True})
    answer = desk.publish(wanted)
    post = desk.the_post()
    assert (post["sha256"], post["size"]) == (wanted.video.sha256, THREE_PARTS)  # type: ignore[attr-defined]
    assert (post["title"], post["description"], post["privacy"]) == ("A walk", "A walk (by the sea) #sea", "PUBLIC")
    assert post["options"] == {
        "author": desk.author,
        "commentary": "A walk \\(by the sea\\) #sea",
        "feed": "MAIN_FEED",
        "reshare": False,
    }
    assert desk.author.startswith("urn:li:organization:")
    assert post["thumbnail"]
    assert answer == Published(
        video_id=post["id"], url=f"https://www.linkedin.com/feed/update/{post['id']}/", note=answer.note
    )
    assert desk.counts == [4_194_304, 8_388_608, THREE_PARTS]
    assert desk.endpoints() == [
        "videos.initializeUpload", *["videos.put"] * 3, "videos.thumbnail", "videos.finalizeUpload",
        "videos.get", "posts.create",
    ]  # fmt: skip


def test_a_member_posts_as_itself(member: Desk) -> None:
    member.publish(posting(options={"visibility": "connections", "in_feed": False}))
    post = member.the_post()
    assert post["options"]["author"] == f"urn:li:person:{member.credentials['platform_user_id']}"
    assert (post["privacy"], post["options"]["feed"]) == ("CONNECTIONS", "NONE")


def test_without_an_author_the_member_posts(member: Desk) -> None:
    account = {"platform_user_id": member.credentials["platform_user_id"]}
    member.publisher = type(member.publisher)(member.calls, settings=member.settings, account=account)
    member.publish(posting())
    assert member.the_post()["options"]["author"] == member.author


def test_an_account_without_anybody_is_told_so(desk: Desk) -> None:
    desk.publisher = type(desk.publisher)(desk.calls, settings=desk.settings, account={})
    with pytest.raises(AccountTrouble, match="not known who posts"):
        desk.upload(posting())


@pytest.mark.parametrize(
    ("option", "privacy", "setting", "expected"),
    [
        ("connections", "public", "public", "CONNECTIONS"),
        (None, "logged_in", "public", "LOGGED_IN"),
        (None, "", "connections", "CONNECTIONS"),
        (None, "", None, "PUBLIC"),
        ("LOGGED_IN", "", None, "LOGGED_IN"),
    ],
)
def test_the_option_counts_before_the_release_and_that_before_the_setting(
    make_desk: MakeDesk, option: str | None, privacy: str, setting: str | None, expected: str
) -> None:
    desk = make_desk(privacy=setting)
    desk.publish(posting(privacy=privacy, options={"visibility": option} if option else {}))
    assert desk.the_post()["privacy"] == expected


def test_a_private_release_is_refused_before_anything_is_sent(desk: Desk) -> None:
    [problem] = desk.publisher.validate(posting(privacy="private"))
    assert (problem.rule, problem.fix) == ("privacy", "refused")
    desk.prepare(posting(privacy="private"))
    with pytest.raises(Rejected, match="no privacy 'private'"):
        desk.finish(posting(privacy="private"))
    assert desk.posts() == []
    assert "posts.create" not in desk.endpoints()


def test_the_version_is_a_setting_and_is_sent_with_every_call(make_desk: MakeDesk, sandbox: SandboxServer) -> None:
    sandbox.settings(linkedin_versions=["202605"])
    with pytest.raises(AccountTrouble, match=r"platforms\.linkedin\.version"):
        make_desk().upload(posting())
    make_desk(version="202605").publish(posting())
    make_desk(version=202605).publisher.validate(posting())  # YAML reads a number


@pytest.mark.parametrize("wrong", [{"version": "26.10"}, {"placement": "reel"}, {"colour": 1}, {"schedule": "theirs"}])
def test_a_wrong_setting_is_refused_by_name(make_desk: MakeDesk, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        make_desk(**wrong)


def test_the_note_is_kept_before_the_first_byte_and_loses_its_addresses_after_the_last(desk: Desk) -> None:
    with pytest.raises(Rejected, match="changed"):
        desk.upload(posting(video=ClipVideo(changed_at=0)))
    assert desk.note is not None
    assert desk.note["parts"][0][2].startswith("http")
    assert {"stage", "author", "video", "size", "started_at"} <= set(desk.note)
    answer = desk.upload(posting())
    assert isinstance(answer, Pending)
    assert answer.look_again_after == 5
    assert "http" not in str(answer.note)


def test_a_thumbnail_that_is_refused_is_a_warning(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(linkedin_thumbnail_max_bytes=10)
    answer = desk.publish(posting(thumbnail=picture("jpeg")))
    assert any("thumbnail" in warning for warning in answer.warnings)
    assert not desk.the_post()["thumbnail"]


def test_looks_become_rarer_and_stay_within_the_calls_a_member_has() -> None:
    started, passed, looks = datetime.now(UTC), 0.0, 0
    while passed < 1800:
        pending = Progress(lambda now=started + timedelta(seconds=passed): now).pending(
            {"sent_at": started.isoformat()}
        )  # type: ignore[misc]
        passed, looks = passed + (pending.look_again_after or 0), looks + 1
    assert 20 < looks < 50


def test_a_video_in_processing_is_pending(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(processing_seconds=3600)
    desk.upload(posting())
    assert isinstance(desk.check(posting()), Pending)
    sandbox.settings(clock_offset_seconds=3601)
    assert isinstance(desk.check(posting()), Ready)


def test_a_video_that_cannot_be_processed_is_rejected_with_the_reason(desk: Desk) -> None:
    desk.upload(posting(video=ClipVideo(head=clip(1))))
    with pytest.raises(Rejected, match="duration is not supported"):
        desk.check(posting())
    with pytest.raises(Rejected, match="duration is not supported"):
        desk.find(posting())
    assert desk.posts() == []


def test_processing_may_fail_for_reasons_of_linkedins_own(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.fault(match={"endpoint": "videos.finalizeUpload"}, action="fail_processing", reason="Virus found")
    desk.upload(posting())
    with pytest.raises(Rejected, match="Virus found"):
        desk.check(posting())


def test_a_video_linkedin_has_lost_is_uploaded_anew(desk: Desk, sandbox: SandboxServer) -> None:
    desk.upload(posting())
    sandbox.fault(match={"endpoint": "videos.get"}, action="status", status=404, times=None)
    assert isinstance(desk.check(posting()), Pending)
    assert isinstance(desk.check(posting()), Pending)
    with pytest.raises(TryAgain, match="no longer has the video"):
        desk.check(posting())
    assert desk.publisher.find(posting(), desk.note) is None


def test_a_video_whose_bytes_are_lost_is_uploaded_anew(desk: Desk, sandbox: SandboxServer) -> None:
    desk.upload(posting())
    body = {"id": "x", "status": "WAITING_UPLOAD"}
    sandbox.fault(match={"endpoint": "videos.get"}, action="status", status=200, body=body, times=None)
    assert isinstance(desk.check(posting()), Pending)
    desk.later = timedelta(minutes=11)
    with pytest.raises(TryAgain, match="lost the video's bytes"):
        desk.check(posting())
    assert desk.publisher.find(posting(), desk.note) is None


def test_an_answer_without_a_status_is_no_answer(desk: Desk, sandbox: SandboxServer) -> None:
    desk.upload(posting())
    sandbox.fault(match={"endpoint": "videos.get"}, action="status", status=200, body={"id": "urn:li:video:1"})
    with pytest.raises(TryAgain, match="status"):
        desk.check(posting())


def test_a_used_up_day_is_told_with_its_end(member: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(linkedin_member_calls_per_day=1)
    member.calls.pause(0)
    with pytest.raises(QuotaExhausted) as told:
        member.upload(posting())
    now = datetime.now(UTC)
    assert now < told.value.resets_at <= now + timedelta(days=1)
    assert told.value.resets_at.hour == told.value.resets_at.minute == 0


def test_an_expired_token_is_renewed_once_and_the_post_goes_out_once(desk: Desk, sandbox: SandboxServer) -> None:
    desk.prepare(posting())
    sandbox.fault(match={"endpoint": "posts.create"}, action="expire_token")
    desk.finish(posting())
    assert desk.tokens.refreshed == 1
    desk.the_post()


def test_a_token_that_is_refused_right_after_its_renewal_is_tried_again_a_little_later(
    desk: Desk, sandbox: SandboxServer
) -> None:
    desk.prepare(posting())
    refused = {"status": 401, "code": "REVOKED_ACCESS_TOKEN", "serviceErrorCode": 65601, "message": "too new"}
    sandbox.fault(match={"endpoint": "posts.create"}, action="status", status=401, body=refused, times=2)
    desk.finish(posting())
    assert 5.0 in desk.pauses
    desk.the_post()


def test_an_account_without_a_refresh_token_is_connected_again_by_a_person(
    make_desk: MakeDesk, sandbox: SandboxServer
) -> None:
    sandbox.settings(linkedin_partner=False)
    desk = make_desk()
    desk.prepare(posting())
    sandbox.fault(match={"endpoint": "posts.create"}, action="expire_token")
    with pytest.raises(AccountTrouble):
        desk.finish(posting())
    assert desk.note is not None
    assert desk.note["stage"] == "available"
    assert desk.posts() == []


def test_a_missing_permission_needs_a_person(make_desk: MakeDesk) -> None:
    desk = make_desk(traits={"scopes": ["openid", "profile"]})
    with pytest.raises(AccountTrouble, match="permission"):
        desk.upload(posting())


def test_finish_is_not_repeated_after_it_was_begun(desk: Desk) -> None:
    desk.prepare(posting())
    note = {**(desk.note or {}), "stage": "posting", "posting_at": datetime.now(UTC).isoformat(), "has_text": True}
    with pytest.raises(OutcomeUnknown, match="looked for"):
        desk.publisher.finish(posting(), note, desk.save)
    assert desk.posts() == []


def test_what_is_posted_stays_posted_whatever_is_asked_again(desk: Desk) -> None:
    wanted = posting()
    first = desk.publish(wanted)
    assert desk.check(wanted) == first
    assert desk.find(wanted) == first
    assert desk.finish(wanted) == first
    assert desk.upload(wanted) == first
    desk.the_post()


def test_a_post_without_an_id_in_its_answer_is_out_and_looked_up(desk: Desk, sandbox: SandboxServer) -> None:
    desk.prepare(posting())
    sandbox.fault(match={"endpoint": "posts.create"}, action="status", status=201, act=True)
    answer = desk.finish(posting())
    assert (answer.video_id, answer.url) == (None, None)
    assert answer.warnings
    later = desk.check(posting())
    assert isinstance(later, Published)
    assert later.video_id == desk.the_post()["id"]
    assert later.warnings == ()


def test_a_placement_linkedin_does_not_have_is_refused(desk: Desk) -> None:
    [problem] = desk.publisher.validate(posting(placement=Placement.REEL))
    assert problem.rule == "placement"
    with pytest.raises(Rejected, match="no 'reel'"):
        desk.upload(posting(placement=Placement.REEL))


def test_a_good_posting_breaks_no_rule(desk: Desk) -> None:
    assert desk.publisher.validate(posting(facts=facts())) == []
    assert desk.records == []


def test_an_empty_file_is_refused(desk: Desk) -> None:
    video = ClipVideo()
    video.size = 0
    with pytest.raises(Rejected, match="empty"):
        desk.upload(posting(video=video))
