"""upload-post.com alone: its idempotency key, and its successes that are none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.gateways.upload_post.errors import error_for
from include.gateways.upload_post.payloads import Status
from include.platforms.contract import CannotTell, Pending, Published, Unfinished
from include.platforms.errors import AccountTrouble, OutcomeUnknown, QuotaExhausted, Rejected, TryAgain
from include.releases.publication import Placement
from tests.gateways.scene import Counter, posting

WANTED = posting("tiktok")


@pytest.fixture
def there(counter: Any) -> Counter:
    """TikTok through upload-post.com."""
    made: Counter = counter("upload_post", "tiktok")
    return made


def lose(there: Counter, how: str = "drop_after") -> None:
    """Upload, and lose the answer."""
    there.sandbox.fault(match={"endpoint": "upload"}, action=how)
    with pytest.raises(OutcomeUnknown):
        there.upload(WANTED)


def test_the_id_is_saved_before_anything_is_sent(there: Counter):
    there.sandbox.fault(match={"endpoint": "upload"}, action="drop_before")
    with pytest.raises(OutcomeUnknown):
        there.upload(WANTED)
    assert [note["stage"] for note in there.notes] == ["sending"]
    assert str(there.notes[0]["request_id"]).startswith(WANTED.publication_id)


def test_a_lost_upload_is_found_by_its_id(there: Counter):
    lose(there)
    found = there.find(WANTED)
    assert isinstance(found, (Pending, Published))
    assert there.endpoints().count("upload") == 1
    assert len(there.posts()) == 1


def test_one_that_never_arrived_is_sent_again_under_the_same_id(there: Counter):
    lose(there, "drop_before")
    assert isinstance(there.find(WANTED), Unfinished)
    assert isinstance(there.to_the_end(WANTED), Published)
    assert len({note["request_id"] for note in there.notes}) == 1
    assert len(there.posts()) == 1


def test_the_same_id_twice_is_one_upload_even_when_the_status_lags(there: Counter):
    lose(there)
    there.sandbox.fault(match={"endpoint": "status"}, action="status", status=404, body={"status": "not_found"})
    there.sandbox.fault(match={"endpoint": "history"}, action="status", status=200, body={"history": []})
    assert isinstance(there.find(WANTED), Unfinished)
    there.to_the_end(WANTED)
    assert there.endpoints().count("upload") == 2
    assert len(there.posts()) == 1


def test_after_the_key_has_lapsed_only_the_history_counts(there: Counter):
    lose(there, "drop_before")
    there.later = timedelta(hours=23, minutes=30)
    assert there.publisher.find(WANTED, there.note) is None


def test_what_only_the_history_knows_is_found(there: Counter):
    lose(there)
    there.posts()
    there.sandbox.fault(match={"endpoint": "status"}, action="status", status=404, body={"status": "not_found"})
    found = there.find(WANTED)
    assert isinstance(found, Published)
    assert found.video_id == there.posts()[0]["id"]


def test_an_accepted_upload_that_is_forgotten_is_never_sent_again(there: Counter):
    there.upload(WANTED)
    for endpoint, body in (("status", {"status": "not_found"}), ("history", {"history": []})):
        status = 404 if endpoint == "status" else 200
        there.sandbox.fault(match={"endpoint": endpoint}, action="status", status=status, body=body, times=None)
    found = there.find(WANTED)
    assert isinstance(found, CannotTell)
    assert found.look_again_after is None
    with pytest.raises(OutcomeUnknown):
        there.check(WANTED)


def test_top_level_success_with_a_failed_platform_is_no_success(there: Counter):
    quick = {
        "success": True,
        "results": {"tiktok": {"success": False, "error": "Your TikTok session has expired, reconnect it"}},
    }
    there.sandbox.fault(match={"endpoint": "upload"}, action="status", status=200, body=quick)
    with pytest.raises(AccountTrouble, match="session has expired"):
        there.upload(WANTED)


def test_completed_with_a_failed_platform_is_no_success(there: Counter):
    there.upload(WANTED)
    body = {"status": "completed", "results": [{"platform": "tiktok", "success": False, "error": "no luck"}]}
    there.sandbox.fault(match={"endpoint": "status"}, action="status", status=200, body=body)
    with pytest.raises(Rejected, match="no luck"):
        there.check(WANTED)


def test_success_while_it_is_queued_is_not_believed(there: Counter):
    there.sandbox.settings(processing_seconds=1000)
    there.upload(WANTED)
    assert isinstance(there.check(WANTED), Pending)  # "pending"
    assert isinstance(there.check(WANTED), Pending)  # "in_progress", with success true and "Queued"


@pytest.mark.parametrize("body", [
    {"status": "failed", "results": []},
    {"status": "failed", "results": [{"platform": "tiktok", "success": False}]},
    {"status": "completed", "results": [{"platform": "instagram", "success": True}]},
])  # fmt: skip
def test_an_end_that_says_nothing_of_our_platform_is_unknown(there: Counter, body: dict[str, Any]):
    there.upload(WANTED)
    there.sandbox.fault(match={"endpoint": "status"}, action="status", status=200, body=body)
    with pytest.raises(OutcomeUnknown):
        there.check(WANTED)


def test_a_draft_instead_of_a_post_is_refused_whatever_it_calls_itself(there: Counter):
    """We forbid the fallback, so only a gateway that does not listen gets here."""
    body = {"status": "completed", "results": [{"platform": "tiktok", "success": True, "fallback_to_inbox": True,
                                                "publish_id": "v_inbox_url~1"}]}  # fmt: skip
    there.upload(WANTED)
    there.sandbox.fault(match={"endpoint": "status"}, action="status", status=200, body=body, times=None)
    with pytest.raises(Rejected, match="inbox as a draft") as told:
        there.check(WANTED)
    assert told.value.code == "draft_in_inbox"
    with pytest.raises(Rejected):
        there.find(WANTED)


def test_the_fallback_to_the_inbox_is_forbidden_so_tiktoks_refusal_is_a_failure(there: Counter):
    there.sandbox.settings(upload_post_tiktok_refuses=True)
    with pytest.raises(QuotaExhausted, match="reached_active_user_cap"):
        there.to_the_end(WANTED)
    assert [each["state"] for each in there.posts()] == ["FAILED"]
    assert there.publisher.find(WANTED, there.note) is None


def test_a_skipped_platform_is_no_publication(there: Counter):
    there.upload(WANTED)
    body = {"status": "completed", "results": [{"platform": "tiktok", "success": True, "skipped": True}]}
    there.sandbox.fault(match={"endpoint": "status"}, action="status", status=200, body=body)
    with pytest.raises(AccountTrouble, match="no tiktok account"):
        there.check(WANTED)


def test_the_privacy_tiktok_offers_is_asked_before(there: Counter):
    there.sandbox.settings(tiktok_privacy_options=["SELF_ONLY"])
    problems = there.publisher.validate(posting("tiktok", privacy="public"))
    assert [each.rule for each in problems if each.fix == "refused"] == ["privacy"]


def test_results_may_be_a_list_or_an_object():
    one = {"success": True, "platform_post_id": 12, "post_url": "https://x"}
    for results in ([{"platform": "tiktok", **one}], {"tiktok": one}):
        found = Status.model_validate({"status": "completed", "results": results}).of("tiktok")
        assert found is not None
        assert (found.post_id, found.url) == ("12", "https://x")


def test_an_object_of_results_is_read(there: Counter):
    there.sandbox.settings(upload_post_results="object")
    assert isinstance(there.to_the_end(WANTED), Published)


def test_a_daily_cap_waits_and_a_duplicate_is_refused(there: Counter):
    there.sandbox.settings(upload_post_cap=1)
    there.to_the_end(WANTED)
    there.notes.clear()
    with pytest.raises((QuotaExhausted, Rejected), match="Daily cap reached"):
        there.upload(posting("tiktok", caption="another text"))
    there.sandbox.settings(upload_post_cap=0)
    there.notes.clear()
    with pytest.raises(Rejected, match="Duplicate content") as told:
        there.upload(WANTED)
    assert told.value.code == "duplicate"
    assert len(there.posts()) == 1


def test_after_a_sure_refusal_the_next_try_has_another_id(there: Counter):
    there.sandbox.fault(match={"endpoint": "upload"}, action="status", status=429)
    with pytest.raises(TryAgain):
        there.upload(WANTED)
    assert there.publisher.find(WANTED, there.note) is None
    there.to_the_end(WANTED)
    assert len({note["request_id"] for note in there.notes}) == 2


def test_youtubes_fields_are_all_carried(counter: Any):
    tube = counter("upload_post", "youtube")
    wanted = posting("youtube", tags=("sea", "walk"), made_for_kids=True, placement=Placement.SHORT,
                     options={"category": "Gaming", "license": "creativeCommon"})  # fmt: skip
    assert [each for each in tube.publisher.validate(wanted) if each.fix == "refused"] == []
    tube.to_the_end(wanted)
    [post] = tube.posts()
    assert (post["title"], post["description"], post["tags"]) == ("A walk", "About the sea", ["sea", "walk"])
    assert (post["category"], post["privacy"]) == ("20", "public")
    assert post["options"]["selfDeclaredMadeForKids"] == "true"


def test_a_playlist_needs_its_id(counter: Any):
    tube = counter("upload_post", "youtube")
    problems = tube.publisher.validate(posting("youtube", options={"playlists": ["Best of"]}))
    assert [each.rule for each in problems if each.fix == "refused"] == ["playlists"]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"success": False, "message": "Invalid or expired token"}, AccountTrouble),
        (403, {"success": False, "usage": {}}, AccountTrouble),
        (400, {"detail": "user is required"}, Rejected),
        (500, {"success": False, "error": "x"}, OutcomeUnknown),
        (429, {"violations": [{"type": "hard_cap", "message": "50/50"}]}, QuotaExhausted),
        (429, {"violations": [{"type": "hard_cap"}, {"type": "similar_content", "message": "same"}]}, Rejected),
        (429, {"violations": []}, TryAgain),
    ],
)
def test_errors_of_the_upload(status: int, body: Any, error: type[Exception]):
    assert type(error_for(status, body, may_have_acted=True)) is error


def test_a_rate_limit_tells_when_it_ends():
    now = datetime.now(UTC)
    found = error_for(429, {}, may_have_acted=True, resets_at=now.timestamp() + 40, now=now)
    assert isinstance(found, TryAgain)
    assert found.after == pytest.approx(40, abs=1)
    sooner = error_for(429, {}, may_have_acted=True, after=3, resets_at=now.timestamp() + 40, now=now)
    assert isinstance(sooner, TryAgain)
    assert sooner.after == 3
