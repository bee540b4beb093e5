"""Direct posts and drafts at the sandbox: what is asked, what comes out, what is said when TikTok refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.platforms.contract import Pending, Published
from include.platforms.errors import AccountTrouble, PlatformError, QuotaExhausted, Rejected, TryAgain
from include.platforms.tiktok import whoami
from include.releases.publication import Placement
from tests.platforms.tiktok.scene import ClipVideo, Desk, clip, facts, posting

MakeDesk = Callable[..., Desk]


def publish(desk: Desk, wanted: Any) -> Published:
    """Upload and look until it is published."""
    answer = desk.upload(wanted)
    for _ in range(10):
        desk.posts()  # waits until the sandbox has looked at the file
        if isinstance(answer := desk.check(wanted), Published):
            return answer
    raise AssertionError(f"still {answer}")


def test_a_direct_post_arrives_with_its_bytes_and_its_texts(desk: Desk) -> None:
    wanted = posting(options={"cover_timestamp_ms": 40, "disable_duet": True, "brand_organic": True})
    answer = publish(desk, wanted)
    post = desk.the_post()
    assert (post["sha256"], post["size"]) == (wanted.video.sha256, wanted.video.size)  # type: ignore[attr-defined]
    assert (post["title"], post["privacy"], post["kind"]) == ("A walk #sea @ana", "PUBLIC_TO_EVERYONE", "direct")
    assert post["options"] == {
        "disable_comment": False,
        "disable_duet": True,
        "disable_stitch": False,
        "brand_content_toggle": False,
        "brand_organic_toggle": True,
        "video_cover_timestamp_ms": 40,
    }
    assert post["synthetic_media"] is False
    assert answer.video_id == post["id"]
    assert answer.url == f"https://www.tiktok.com/@ana/video/{post['id']}"
    assert answer.warnings == ()
    assert desk.counts[-1] == wanted.video.size


def test_the_creator_is_asked_just_before_every_start(desk: Desk) -> None:
    desk.upload(posting())
    assert desk.endpoints() == ["creator_info.query", "video.init", "video.put"]


def test_what_validation_asked_of_the_creator_is_good_for_one_start_within_a_minute(desk: Desk) -> None:
    one = posting()
    assert desk.publisher.validate(one) == []
    desk.upload(one)
    assert desk.endpoints() == ["creator_info.query", "video.init", "video.put"]
    desk.publisher.upload(one, None, lambda note: None, lambda sent: None)
    assert desk.endpoints()[3:] == ["creator_info.query", "video.init", "video.put"], "the next post asks anew"


def test_what_validation_asked_longer_ago_is_asked_again(desk: Desk) -> None:
    one = posting()
    desk.publisher.validate(one)
    desk.later = timedelta(seconds=61)
    desk.upload(one)
    assert desk.endpoints()[:3] == ["creator_info.query", "creator_info.query", "video.init"]


def test_the_note_is_kept_before_the_first_byte_and_loses_its_address_after_the_last(desk: Desk) -> None:
    video = ClipVideo(changed_at=0)  # nothing of it can be read
    with pytest.raises(Rejected, match="changed"):
        desk.upload(posting(video=video))
    assert desk.note is not None
    assert desk.note["upload_url"].startswith("http")
    assert {"publish_id", "size", "chunk_bytes", "chunks", "started_at", "stage"} <= set(desk.note)
    assert desk.posts() == []
    answer = desk.upload(posting())
    assert isinstance(answer, Pending)
    assert answer.look_again_after == 5
    assert "upload_url" not in answer.note


def test_a_private_post_is_published_without_an_id(desk: Desk) -> None:
    answer = publish(desk, posting(privacy="private"))
    assert (answer.video_id, answer.url, answer.warnings) == (None, None, ())
    assert desk.the_post()["privacy"] == "SELF_ONLY"
    assert desk.endpoints().count("status.fetch") == 1


def test_without_a_wish_the_most_open_privacy_offered_is_taken(make_desk: MakeDesk) -> None:
    desk = make_desk(traits={"private": True})
    publish(desk, posting())
    assert desk.the_post()["privacy"] == "FOLLOWER_OF_CREATOR"


def test_a_draft_ends_in_the_inbox(desk: Desk) -> None:
    wanted = posting(placement=Placement.INBOX)
    answer = publish(desk, wanted)
    assert (answer.video_id, answer.url) == (None, None)
    post = desk.the_post()
    assert (post["kind"], post["title"], post["state"]) == ("inbox", "", "SEND_TO_USER_INBOX")
    assert post["sha256"] == wanted.video.sha256  # type: ignore[attr-defined]
    assert "creator_info.query" not in desk.endpoints()


def test_a_draft_needs_no_scope_for_direct_posts(make_desk: MakeDesk) -> None:
    desk = make_desk(traits={"scopes": ["user.info.basic", "video.upload"]})
    assert [problem.fix for problem in desk.publisher.validate(posting(placement=Placement.INBOX))] == ["warning"]
    publish(desk, posting(placement=Placement.INBOX))
    with pytest.raises(AccountTrouble, match="did not allow"):
        desk.publisher.validate(posting())


def test_late_moderation_is_waited_for_and_completed_by_a_later_look(make_desk: MakeDesk) -> None:
    desk = make_desk(public_id_patience_seconds=60)
    desk.sandbox.settings(tiktok_moderation_seconds=3600.0)
    wanted = posting()
    desk.upload(wanted)
    desk.posts()
    pace = []
    for seconds in (0, 29, 31, 59):
        desk.later = timedelta(seconds=seconds)
        answer = desk.check(wanted)
        assert isinstance(answer, Pending)
        pace.append(answer.look_again_after)
    assert pace == [5, 5, 15, 15]
    desk.later = timedelta(seconds=61)
    answer = desk.check(wanted)
    assert isinstance(answer, Published)
    assert (answer.video_id, answer.url) == (None, None)
    assert "moderating" in answer.warnings[0]
    desk.sandbox.settings(tiktok_moderation_seconds=0.0)
    answer = desk.check(wanted)
    assert isinstance(answer, Published)
    assert answer.video_id == desk.the_post()["id"]


def test_looks_become_rarer(desk: Desk) -> None:
    desk.sandbox.settings(processing_seconds=3600.0)
    wanted = posting()
    desk.upload(wanted)
    pace = []
    for seconds in (0, 29, 31, 119, 121, 4000):
        desk.later = timedelta(seconds=seconds)
        answer = desk.check(wanted)
        assert isinstance(answer, Pending)
        pace.append(answer.look_again_after)
    assert pace == [5, 5, 15, 15, 30, 30]


CAPS = [
    ("spam_risk_too_many_posts", QuotaExhausted),
    ("reached_active_user_cap", QuotaExhausted),
    ("spam_risk_user_banned_from_posting", AccountTrouble),
]


@pytest.mark.parametrize(("code", "kind"), CAPS)
def test_an_account_that_cannot_post_now_is_told_before_anything_is_begun(
    make_desk: MakeDesk, code: str, kind: type[PlatformError]
) -> None:
    desk = make_desk(traits={"trouble": code})
    for act in (desk.publisher.validate, desk.upload):
        with pytest.raises(kind) as caught:
            act(posting())  # type: ignore[operator]
        assert (caught.value.code, caught.value.status) == (code, 200)
        assert caught.value.request_id
        if isinstance(caught.value, QuotaExhausted):
            assert caught.value.resets_at > datetime.now(UTC) + timedelta(hours=23)
    assert "video.init" not in desk.endpoints()
    assert desk.note is None


def test_the_fifth_pending_draft_is_the_last_of_the_day(desk: Desk) -> None:
    desk.sandbox.settings(tiktok_pending_shares=1)
    desk.upload(posting(placement=Placement.INBOX))
    desk.notes.clear()
    with pytest.raises(QuotaExhausted, match="inbox"):
        desk.upload(posting(placement=Placement.INBOX))


def test_a_privacy_the_account_does_not_offer_is_refused_before_init(desk: Desk) -> None:
    wanted = posting(privacy="followers")
    [problem] = desk.publisher.validate(wanted)
    assert (problem.rule, problem.fix) == ("privacy", "refused")
    assert "'public', 'friends', 'private'" in problem.message
    with pytest.raises(Rejected, match="'public', 'friends', 'private'"):
        desk.upload(wanted)
    assert "video.init" not in desk.endpoints()


def test_a_privacy_withdrawn_between_question_and_init_is_refused(desk: Desk) -> None:
    desk.sandbox.fault(
        match={"endpoint": "video.init"},
        action="status",
        status=403,
        body={"data": {}, "error": {"code": "privacy_level_option_mismatch", "message": "x", "log_id": "1"}},
    )
    with pytest.raises(Rejected, match="does not offer"):
        desk.upload(posting())
    assert desk.note is None


def test_everything_wrong_is_listed_at_once(make_desk: MakeDesk) -> None:
    desk = make_desk(traits={"max_duration_seconds": 20, "stitch_disabled": True})
    wanted = posting(
        caption="x" * 2201,
        privacy="followers",
        facts=facts(fps=12.0),
        options={"cover_timestamp_ms": 99_000, "disable_stitch": False},
    )
    found = {problem.rule: problem.fix for problem in desk.publisher.validate(wanted)}
    assert found == {
        "fps": "convertible",
        "caption": "refused",
        "cover_timestamp_ms": "refused",
        "privacy": "refused",
        "duration": "refused",
        "disable_stitch": "warning",
    }
    assert desk.publisher.validate(posting(facts=facts(duration_seconds=19.9))) == []


def test_a_placement_tiktok_does_not_have_is_refused_without_a_call(desk: Desk) -> None:
    wanted = posting(placement=Placement.REEL)
    [problem] = desk.publisher.validate(wanted)
    assert problem.rule == "placement"
    with pytest.raises(Rejected, match="reel"):
        desk.upload(wanted)
    assert desk.endpoints() == []


def test_an_unaudited_app_is_told_what_it_may_do(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.sandbox.settings(unaudited=True)
    with pytest.raises(Rejected, match="has not audited this app") as caught:
        desk.upload(posting(privacy="public"))
    assert caught.value.code == "unaudited_client_can_only_post_to_private_accounts"
    with pytest.raises(AccountTrouble, match="Make the account private"):
        desk.upload(posting(privacy="private"))
    hidden = make_desk(traits={"name": "bo", "private": True})
    publish(hidden, posting(privacy="private"))


def test_an_unaudited_app_that_is_only_offered_private_says_so_at_validation(desk: Desk) -> None:
    desk.sandbox.settings(unaudited=True, tiktok_unaudited_hides_options=True)
    [problem] = desk.publisher.validate(posting(privacy="public"))
    assert problem.fix == "refused"
    assert "has not audited this app" in problem.message
    [problem] = desk.publisher.validate(posting())
    assert problem.fix == "warning"
    assert desk.publisher.validate(posting(privacy="private")) == []


REASONS = [
    ("file_format_check_failed", Rejected, True),
    ("duration_check_failed", Rejected, True),
    ("frame_rate_check_failed", Rejected, True),
    ("picture_size_check_failed", Rejected, True),
    ("spam_risk_text", Rejected, True),
    ("spam_risk", Rejected, True),
    ("internal", TryAgain, False),
    ("auth_removed", AccountTrouble, False),
    ("spam_risk_too_many_posts", QuotaExhausted, False),
    ("spam_risk_user_banned_from_posting", AccountTrouble, False),
]


@pytest.mark.parametrize(("reason", "kind", "lasts"), REASONS)
def test_a_failed_publish_says_why_and_whether_to_begin_anew(
    desk: Desk, reason: str, kind: type[PlatformError], lasts: bool
) -> None:
    desk.sandbox.fault(match={"endpoint": "video.put"}, action="fail_processing", reason=reason)
    wanted = posting()
    desk.upload(wanted)
    desk.posts()
    with pytest.raises(kind) as caught:
        desk.check(wanted)
    assert caught.value.code == reason
    if lasts:
        with pytest.raises(Rejected):
            desk.find(wanted)
    else:
        assert desk.find(wanted) is None


def test_a_file_tiktok_cannot_use_is_rejected_by_its_own_checks(desk: Desk) -> None:
    wanted = posting(video=ClipVideo(head=clip(fps=5)))
    desk.upload(wanted)
    desk.posts()
    with pytest.raises(Rejected, match="23 to 60"):
        desk.check(wanted)


@pytest.mark.parametrize("endpoint", ["creator_info.query", "video.init", "status.fetch"])
def test_an_expired_token_is_renewed_once_and_the_call_repeated(desk: Desk, endpoint: str) -> None:
    desk.sandbox.fault(match={"endpoint": endpoint}, action="expire_token")
    publish(desk, posting())
    assert desk.tokens.refreshed == 1
    assert len(desk.posts()) == 1


def test_an_account_that_cannot_be_renewed_is_trouble(desk: Desk) -> None:
    desk.credentials["refresh_token"] = "rft.unknown"
    desk.sandbox.fault(match={"endpoint": "video.init"}, action="expire_token")
    with pytest.raises(AccountTrouble, match="Connect the account again"):
        desk.upload(posting())


@pytest.mark.parametrize("action", ["drop_before", "drop_after"])
@pytest.mark.parametrize("endpoint", ["creator_info.query", "video.init"])
def test_a_lost_answer_before_any_byte_is_simply_tried_again(desk: Desk, endpoint: str, action: str) -> None:
    desk.sandbox.fault(match={"endpoint": endpoint}, action=action)
    with pytest.raises(TryAgain):
        desk.upload(posting())
    assert desk.find(posting()) is None
    publish(desk, posting())
    assert len(desk.posts()) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_fault_without_a_body_is_tried_again(desk: Desk, status: int) -> None:
    desk.sandbox.fault(match={"endpoint": "video.init"}, action="status", status=status, body="<html>")
    with pytest.raises(TryAgain):
        desk.upload(posting())


def test_a_rate_limit_waits_as_long_as_tiktok_asks(desk: Desk) -> None:
    desk.sandbox.settings(tiktok_creator_info_per_minute=1)
    desk.publisher.client.creator_info()
    with pytest.raises(TryAgain) as caught:
        desk.upload(posting())
    assert caught.value.after == 60
    desk.sandbox.fault(
        match={"endpoint": "creator_info.query"}, action="status", status=429, headers={"Retry-After": "7"}
    )
    with pytest.raises(TryAgain) as caught:
        desk.upload(posting())
    assert caught.value.after == 7


def test_there_is_no_last_step(desk: Desk) -> None:
    with pytest.raises(RuntimeError, match="no last step"):
        desk.publisher.finish(posting(), {}, desk.save)


def test_whoami_tells_who_the_account_is(make_desk: MakeDesk) -> None:
    desk = make_desk(traits={"private": True})
    told = whoami(desk.calls)
    assert told["platform_user_id"] == desk.credentials["platform_user_id"]
    assert (told["username"], told["display_name"]) == ("ana", "ana")
    assert told["picture"].startswith("http")
    assert isinstance(told["followers"], int)
    assert told["privacy_options"] == ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
    assert told["cannot_post"] is None


def test_whoami_makes_do_with_fewer_scopes_and_says_why_it_cannot_post(make_desk: MakeDesk) -> None:
    told = whoami(make_desk(traits={"scopes": ["user.info.basic", "video.upload"]}).calls)
    assert (told["display_name"], told["username"], told["followers"]) == ("ana", None, None)
    assert "did not allow" in told["cannot_post"]
    told = whoami(make_desk(traits={"name": "bo", "trouble": "spam_risk_too_many_posts"}).calls)
    assert (told["username"], told["privacy_options"]) == ("bo", [])
    assert "daily number" in told["cannot_post"]
