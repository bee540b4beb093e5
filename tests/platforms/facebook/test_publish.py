"""Videos and reels at the sandbox: what is sent, what comes out, what Facebook refuses, what is left to finish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.platforms.contract import Pending, Posting, Published, Ready
from include.platforms.errors import AccountTrouble, QuotaExhausted, Rejected, TryAgain
from include.releases.publication import Placement
from tests.platforms.facebook.scene import ClipVideo, Desk, clip, picture, posting

MakeDesk = Callable[..., Desk]
REEL, VIDEO = Placement.REEL, Placement.VIDEO
BOTH = pytest.mark.parametrize("placement", [REEL, VIDEO])


def publish(desk: Desk, wanted: Posting) -> Published:
    """Upload, look until it is out, finish what is left."""
    answer = desk.upload(wanted)
    assert isinstance(answer, Pending)
    for _ in range(20):
        desk.posts()  # waits until the sandbox has looked at the file
        answer = desk.check(wanted)
        if isinstance(answer, Ready):
            return desk.finish(wanted)
        if isinstance(answer, Published):
            return answer
    raise AssertionError(f"still {answer}")


@BOTH
def test_a_post_arrives_with_its_bytes_and_its_texts(desk: Desk, placement: Placement) -> None:
    wanted = posting(placement)
    answer = publish(desk, wanted)
    post = desk.the_post()
    assert (post["sha256"], post["size"]) == (wanted.video.sha256, wanted.video.size)  # type: ignore[attr-defined]
    assert (post["title"], post["description"]) == ("A walk", "By the sea. #sea")
    assert post["id"] == answer.video_id
    assert answer.url is not None
    assert answer.url.startswith("https://www.facebook.com/")
    assert str(answer.video_id) in answer.url
    assert answer.warnings == ()
    assert desk.counts[-1] == wanted.video.size


@BOTH
def test_after_it_is_out_check_says_published_without_asking(desk: Desk, placement: Placement) -> None:
    wanted = posting(placement)
    first = publish(desk, wanted)
    desk.records.clear()
    assert desk.check(wanted) == first
    assert desk.find(wanted) == first
    assert desk.endpoints() == []


def test_the_calls_of_a_reel_in_order(desk: Desk) -> None:
    desk.upload(posting(REEL))
    assert desk.endpoints() == ["video_reels.start", "video_reels.bytes", "video_reels.finish"]


def test_the_calls_of_a_video_in_order(desk: Desk) -> None:
    desk.upload(posting(VIDEO, video=ClipVideo(size=2_500_000)))
    called = desk.endpoints()
    assert (called[0], called[-1]) == ("videos.start", "videos.finish")
    assert set(called[1:-1]) == {"videos.transfer"}


def test_a_chunk_refused_with_a_wait_is_no_used_up_limit(desk: Desk) -> None:
    desk.sandbox.fault(
        match={"endpoint": "videos.transfer"}, action="status", status=429, headers={"Retry-After": "0"}, times=20
    )
    with pytest.raises(TryAgain, match="slow down"):
        desk.upload(posting(VIDEO))
    desk.sandbox.clear_faults()
    publish(desk, posting(VIDEO))
    assert len(desk.posts()) == 1


@BOTH
def test_the_note_is_kept_before_the_first_byte_and_before_the_publishing_call(
    desk: Desk, placement: Placement
) -> None:
    with pytest.raises(Rejected, match="changed"):
        desk.upload(posting(placement, video=ClipVideo(changed_at=0)))  # nothing of it can be read
    assert desk.note is not None
    assert desk.note["stage"] == "sending"
    assert desk.note["video_id"]
    assert desk.posts() == []
    desk.upload(posting(placement))
    assert [each["stage"] for each in desk.notes[-4:]] == ["sent", "finishing", "processing", "processing"]
    assert not {"upload_url", "upload_session_id"} & set(desk.notes[-1])


def test_a_video_is_sent_in_the_chunks_facebook_asks_for(desk: Desk) -> None:
    wanted = posting(VIDEO, video=ClipVideo(size=3_500_001))
    publish(desk, wanted)
    assert desk.counts == sorted(set(desk.counts))
    assert len(desk.counts) > 1
    assert wanted.video.read == 3_500_001  # type: ignore[attr-defined]  nothing was sent twice
    assert desk.the_post()["sha256"] == wanted.video.sha256  # type: ignore[attr-defined]


@BOTH
def test_a_draft_stays_with_the_page(desk: Desk, placement: Placement) -> None:
    answer = publish(desk, posting(placement, privacy="private"))
    assert answer.video_id
    assert desk.the_post()["privacy"] != "public"


@BOTH
def test_facebook_keeps_a_time_inside_its_window(desk: Desk, placement: Placement) -> None:
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    wanted = posting(placement, publish_at=at)
    assert publish(desk, wanted).video_id
    post = desk.the_post()
    assert datetime.fromisoformat(str(post["publish_at"]).replace("Z", "+00:00")) == at
    desk.sandbox.settings(clock_offset_seconds=3 * 86400.0)
    assert desk.the_post()["privacy"] == "public"


@BOTH
def test_a_time_too_near_gets_its_bytes_now_and_its_publishing_call_when_it_is_due(
    desk: Desk, placement: Placement
) -> None:
    at = datetime.now(UTC) + timedelta(minutes=4)
    wanted = posting(placement, publish_at=at)
    with pytest.raises(QuotaExhausted) as caught:
        desk.upload(wanted)
    assert caught.value.resets_at == at
    assert desk.note is not None
    assert desk.note["stage"] == "sent"
    assert desk.counts[-1] == wanted.video.size
    desk.later = timedelta(minutes=5)
    desk.find(wanted)
    publish(desk, posting(placement))  # what is due is no longer asked for later
    assert desk.the_post()["privacy"] == "public"
    assert desk.endpoints().count("video_reels.start" if placement is REEL else "videos.start") == 1


@BOTH
def test_a_time_too_far_sends_nothing_before_the_window_opens(desk: Desk, placement: Placement) -> None:
    at = datetime.now(UTC) + timedelta(days=300)
    with pytest.raises(QuotaExhausted) as caught:
        desk.upload(posting(placement, publish_at=at))
    assert caught.value.resets_at < at
    assert (desk.endpoints(), desk.notes) == ([], [])
    desk.later = caught.value.resets_at - datetime.now(UTC)
    desk.sandbox.settings(clock_offset_seconds=desk.later.total_seconds())
    desk.upload(posting(placement, publish_at=at))


@BOTH
def test_the_thumbnail_is_set_once_it_is_out(desk: Desk, placement: Placement) -> None:
    answer = publish(desk, posting(placement, thumbnail=picture()))
    assert answer.warnings == ()
    assert desk.the_post()["thumbnail"] is True
    assert desk.endpoints()[-1] == "thumbnails.set"


@BOTH
def test_a_refused_thumbnail_is_a_warning(desk: Desk, placement: Placement) -> None:
    refusal = {"error": {"message": "(#100) Bad picture", "type": "OAuthException", "code": 100, "fbtrace_id": "x"}}
    desk.sandbox.fault(match={"path": "/thumbnails"}, action="status", status=400, body=refusal)
    answer = publish(desk, posting(placement, thumbnail=picture()))
    assert answer.video_id
    [warning] = answer.warnings
    assert "thumbnail was not set" in warning
    assert "Bad picture" in warning


@pytest.mark.parametrize("action", ["drop_before", "drop_after"])
def test_a_lost_answer_about_the_thumbnail_is_tried_again(desk: Desk, action: str) -> None:
    desk.sandbox.fault(match={"path": "/thumbnails"}, action=action)
    assert publish(desk, posting(thumbnail=picture())).warnings == ()
    assert desk.the_post()["thumbnail"] is True


def test_a_finish_that_was_killed_goes_on_with_what_is_left(desk: Desk) -> None:
    wanted = posting(VIDEO, thumbnail=picture(), options={"crosspost_in_business": True})
    desk.upload(wanted)
    desk.posts()
    assert isinstance(desk.check(wanted), Ready)
    assert desk.note is not None
    desk.save({**desk.note, "extras": ["thumbnail"], "warnings": ["The thumbnail was late."]})
    assert isinstance(desk.find(wanted), Ready)
    desk.records.clear()
    answer = desk.finish(wanted)
    assert desk.endpoints() == ["video.update"]
    assert answer.warnings == ("The thumbnail was late.",)


def test_a_date_in_the_past_is_set_once_it_is_out(desk: Desk) -> None:
    wanted = posting(VIDEO, options={"backdated_to": "2020-05-01T10:00:00Z"})
    assert publish(desk, wanted).warnings == ()
    assert desk.endpoints()[-1] == "video.update"


def test_what_facebook_dislikes_about_a_file_shows_while_it_processes(desk: Desk) -> None:
    wide = ClipVideo(head=clip(960, 540))
    desk.upload(posting(REEL, video=wide))
    desk.posts()
    with pytest.raises(Rejected, match="9:16"):
        desk.check(posting(REEL, video=wide))


def test_processing_is_waited_for(desk: Desk) -> None:
    desk.sandbox.settings(processing_seconds=3600.0)
    wanted = posting(REEL)
    desk.upload(wanted)
    answer = desk.check(wanted)
    assert isinstance(answer, Pending)
    assert answer.look_again_after == pytest.approx(5, abs=2)
    desk.sandbox.settings(clock_offset_seconds=3700.0)
    desk.posts()
    assert isinstance(desk.check(wanted), Published)


@pytest.mark.parametrize(
    ("placement", "endpoint"),
    [
        (REEL, "video_reels.start"),
        (REEL, "video_reels.bytes"),
        (REEL, "video_reels.finish"),
        (REEL, "video.read"),
        (REEL, "thumbnails.set"),
        (VIDEO, "videos.start"),
        (VIDEO, "videos.transfer"),
        (VIDEO, "videos.finish"),
    ],
)
def test_a_token_refused_at_the_door_is_renewed_once(desk: Desk, placement: Placement, endpoint: str) -> None:
    desk.sandbox.fault(match={"endpoint": endpoint}, action="expire_token")
    wanted = posting(placement, thumbnail=picture())
    assert publish(desk, wanted).warnings == ()
    assert desk.tokens.refreshed == 1
    assert desk.the_post()["sha256"] == wanted.video.sha256  # type: ignore[attr-defined]


@BOTH
def test_a_person_without_the_task_is_told_which_one(make_desk: MakeDesk, placement: Placement) -> None:
    desk = make_desk(traits={"tasks": ["ANALYZE", "MODERATE"]})
    with pytest.raises(AccountTrouble, match="create content"):
        desk.upload(posting(placement))
    assert (desk.notes, desk.posts()) == ([], [])


@BOTH
def test_a_page_facebook_has_blocked_is_the_accounts_trouble(make_desk: MakeDesk, placement: Placement) -> None:
    desk = make_desk(traits={"trouble": 368})
    with pytest.raises(AccountTrouble, match="blocked"):
        desk.upload(posting(placement))
    assert desk.posts() == []


def test_the_thirty_first_reel_of_a_day_waits(make_desk: MakeDesk) -> None:
    desk = make_desk(traits={"reels_per_day": 0})
    with pytest.raises(QuotaExhausted, match="too fast"):
        desk.upload(posting(REEL))
    assert desk.notes == []
    desk.upload(posting(VIDEO))  # videos have no such limit


def test_an_account_without_a_page_is_to_be_connected_again(desk: Desk) -> None:
    nobody = replace(desk.publisher, account={})
    with pytest.raises(AccountTrouble, match="Page"):
        nobody.upload(posting(), None, desk.save, desk.counts.append)


@BOTH
def test_a_passing_fault_while_facebook_processes_leaves_nothing_and_is_begun_anew(
    desk: Desk, placement: Placement
) -> None:
    start = "video_reels.start" if placement is REEL else "videos.start"
    desk.sandbox.fault(match={"endpoint": start}, action="fail_processing", reason="1363047")
    wanted = posting(placement)
    desk.upload(wanted)
    desk.posts()
    with pytest.raises(TryAgain):
        desk.check(wanted)
    assert desk.find(wanted) is None
    publish(desk, wanted)
    assert [post["state"] for post in desk.posts()] == ["error", "published"]


def test_an_account_without_the_permission_is_told_so(make_desk: MakeDesk) -> None:
    desk = make_desk(traits={"scopes": ["pages_show_list", "pages_read_engagement"]})
    with pytest.raises(AccountTrouble, match="permission"):
        desk.upload(posting())
    assert desk.posts() == []


def test_the_releases_options_reach_facebook(desk: Desk) -> None:
    options: dict[str, Any] = {"place": "1234", "ai_generated": True}
    publish(desk, posting(REEL, options=options))
    post = desk.the_post()
    assert post["synthetic_media"] is True
