"""Blotato alone: it has no idempotency key, so a lost post is looked for in its list, or by a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from include.gateways.blotato.errors import error_for
from include.platforms.contract import CannotTell, Published, Unfinished
from include.platforms.errors import AccountTrouble, OutcomeUnknown, Rejected, TryAgain
from include.releases.publication import Placement
from tests.gateways.scene import PICTURE, Counter, posting

WANTED = posting("tiktok")


@pytest.fixture
def there(counter: Any) -> Counter:
    """TikTok through Blotato."""
    made: Counter = counter("blotato", "tiktok")
    return made


def lose(there: Counter, how: str = "drop_after") -> None:
    """Upload, and lose the answer to the call that posts."""
    there.sandbox.fault(match={"endpoint": "posts.create"}, action=how)
    with pytest.raises(OutcomeUnknown):
        there.upload(WANTED)


def test_nothing_is_posted_again_while_a_post_may_have_been_made(there: Counter):
    lose(there)
    with pytest.raises(OutcomeUnknown, match="looked for first"):
        there.upload(WANTED)
    assert there.endpoints().count("posts.create") == 1


@pytest.mark.parametrize("shows", ["text", "media"])
def test_a_lost_post_is_found_in_the_list(there: Counter, shows: str):
    there.sandbox.settings(blotato_list_shows=shows)
    lose(there)
    there.posts()  # waits until it is out
    found = there.find(WANTED)
    assert isinstance(found, Published)
    assert found.video_id == there.posts()[0]["id"]
    assert there.publisher.check(WANTED, there.note) == found


def test_a_post_that_is_not_listed_counts_as_never_made_only_after_a_long_time(there: Counter):
    lose(there, "drop_before")
    for _ in range(4):
        found = there.find(WANTED)
        assert isinstance(found, CannotTell)
        assert found.look_again_after
    there.later = timedelta(seconds=101)
    assert isinstance(there.find(WANTED), Unfinished)
    assert isinstance(there.to_the_end(WANTED), Published)
    assert len(there.posts()) == 1
    assert there.endpoints().count("media.put") == 1, "the media were there already"


def test_a_list_that_lags_makes_no_second_post(there: Counter):
    there.sandbox.settings(blotato_list_lag_seconds=1000)
    lose(there)
    assert isinstance(there.find(WANTED), CannotTell)
    there.posts()
    there.sandbox.settings(blotato_list_lag_seconds=0)
    assert isinstance(there.find(WANTED), Published)


def test_a_list_that_tells_no_content_leaves_it_to_a_person(there: Counter):
    there.sandbox.settings(blotato_list_shows="nothing")
    lose(there)
    there.posts()  # waits until it is out; what is in progress is not in the list
    there.later = timedelta(seconds=101)
    there.find(WANTED)
    found = there.find(WANTED)
    assert isinstance(found, CannotTell)
    assert found.look_again_after is None
    assert "Look there" in found.why


def test_an_earlier_post_with_the_same_text_is_not_taken_for_ours(there: Counter):
    first = there.to_the_end(WANTED)
    there.notes.clear()
    lose(there, "drop_before")
    there.later = timedelta(seconds=101)
    assert isinstance(there.find(WANTED), CannotTell)
    assert isinstance(there.find(WANTED), Unfinished)
    second = there.to_the_end(WANTED)
    assert first.video_id != second.video_id
    assert len(there.posts()) == 2


def test_of_two_posts_with_the_same_text_the_new_one_is_ours(there: Counter):
    first = there.to_the_end(WANTED)
    there.notes.clear()
    there.sandbox.settings(clock_offset_seconds=2)  # the list tells seconds
    there.later = timedelta(seconds=2)
    lose(there)
    there.posts()
    found = there.find(WANTED)
    assert isinstance(found, Published)
    assert found.video_id != first.video_id


def test_two_new_posts_with_the_same_text_are_for_a_person_and_media_tell_them_apart(counter: Any, there: Counter):
    lose(there)
    lost = there.note
    there.notes.clear()
    there.to_the_end(WANTED)
    there.later = timedelta(seconds=101)
    there.notes.append({**lost, "looks": 1})
    there.posts()
    found = there.find(WANTED)
    assert isinstance(found, CannotTell)
    assert found.look_again_after is None
    there.sandbox.settings(blotato_list_shows="media")
    assert isinstance(there.find(WANTED), Published)


def test_without_a_text_no_post_is_taken_for_ours(counter: Any):
    story = counter("blotato", "instagram")
    wanted = posting("instagram", placement=Placement.STORY)
    story.sandbox.fault(match={"endpoint": "posts.create"}, action="drop_after")
    with pytest.raises(OutcomeUnknown):
        story.upload(wanted)
    story.posts()
    assert isinstance(story.find(wanted), CannotTell)


def test_another_accounts_post_with_the_same_text_is_not_ours(counter: Any, there: Counter):
    lose(there, "drop_before")
    other = counter("blotato", "tiktok", name="bob")
    other.to_the_end(WANTED)
    assert isinstance(there.find(WANTED), CannotTell)
    there.later = timedelta(seconds=101)
    assert isinstance(there.find(WANTED), Unfinished)


def test_a_listed_failure_is_a_failure(there: Counter):
    there.sandbox.fault(match={"endpoint": "posts.create"}, action="fail_processing", reason="Unsupported media type")
    answer = there.upload(WANTED)
    lost = {**there.notes[-2], "stage": "posting"}
    there.posts()
    with pytest.raises(Rejected, match="Unsupported media type"):
        there.publisher.find(WANTED, lost)
    assert answer.note["stage"] == "posted"


def test_an_id_that_blotato_forgot_is_never_taken_for_a_failure(there: Counter):
    there.upload(WANTED)
    note = {**there.note, "submission": "nobody-knows"}
    assert type(there.publisher.check(WANTED, note)).__name__ == "Pending"
    there.sandbox.settings(blotato_unknown_id="not_found")
    found = there.publisher.find(WANTED, note)
    assert isinstance(found, CannotTell)
    assert found.look_again_after is None


def test_a_dead_upload_address_is_asked_for_anew(there: Counter):
    there.sandbox.fault(match={"endpoint": "media.put"}, action="status", status=403)
    assert isinstance(there.to_the_end(WANTED), Published)
    assert there.endpoints().count("media.uploads") == 2


def test_media_that_were_put_there_are_used_again_for_hours_only(there: Counter):
    there.sandbox.fault(match={"endpoint": "posts.create"}, action="status", status=429, body={"message": "5 seconds"})
    with pytest.raises(TryAgain) as told:
        there.upload(WANTED)
    assert told.value.after == 5
    assert isinstance(there.find(WANTED), Unfinished)
    there.later = timedelta(hours=13)
    there.upload(WANTED)
    assert there.endpoints().count("media.put") == 2


def test_tiktoks_flags_are_all_sent_and_nothing_is_scheduled(there: Counter):
    options = {"disable_duet": True, "brand_organic": True, "ai_generated": True, "privacy": "friends",
               "cover_timestamp_ms": 1500}  # fmt: skip
    there.to_the_end(posting("tiktok", options=options))
    [post] = there.posts()
    told = post["options"]
    assert (told["disabledDuet"], told["disabledComments"], told["isYourBrand"]) == (True, False, True)
    assert (told["isAiGenerated"], told["videoCoverTimestamp"]) == (True, 1500)
    assert post["privacy"] == "MUTUAL_FOLLOW_FRIENDS"


def test_a_private_post_has_no_address_and_that_is_said(there: Counter):
    answer = there.to_the_end(posting("tiktok", privacy="private"))
    assert isinstance(answer, Published)
    assert answer.url is None
    assert "tells no address" in answer.warnings[0]


def test_youtubes_playlists_are_named_and_unknown_ones_refused(counter: Any):
    tube = counter("blotato", "youtube", pages={"youtube": ["Best of"]})
    wanted = posting("youtube", options={"playlists": ["Best of"]})
    assert [each for each in tube.publisher.validate(wanted) if each.fix == "refused"] == []
    tube.to_the_end(wanted)
    assert tube.posts()[0]["playlists"][0].isdigit()
    unknown = tube.publisher.validate(posting("youtube", options={"playlists": ["Worst of"]}))
    assert [each.rule for each in unknown if each.fix == "refused"] == ["playlists"]


def test_a_reels_cover_is_sent_too(counter: Any):
    reel = counter("blotato", "instagram")
    reel.to_the_end(posting("instagram", thumbnail=PICTURE))
    assert "/database/" in reel.posts()[0]["options"]["coverImageUrl"]
    assert reel.endpoints().count("media.put") == 2
    story = counter("blotato", "instagram", name="eve")
    story.to_the_end(posting("instagram", placement=Placement.STORY, thumbnail=PICTURE))
    assert story.endpoints().count("media.put") == 1


def test_what_would_be_public_against_its_wish_is_refused(counter: Any):
    page = counter("blotato", "facebook")
    rules = {each.rule: each for each in page.publisher.validate(posting("facebook", privacy="private"))}
    assert any("public on facebook" in each.message for each in rules.values())


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"message": "Wrong Blotato API Key"}, AccountTrouble),
        (422, {"message": "Wrong Account ID"}, AccountTrouble),
        (422, {"error": "body/post/target must have required property"}, Rejected),
        (404, {}, Rejected),
        (408, None, OutcomeUnknown),
        (502, "<html>", OutcomeUnknown),
    ],
)
def test_errors_of_the_posting_call(status: int, body: Any, error: type[Exception]):
    assert type(error_for(status, body, may_have_acted=True)) is error


def test_a_broken_server_is_asked_again_when_nothing_can_have_happened():
    assert type(error_for(502, None, may_have_acted=False)) is TryAgain
