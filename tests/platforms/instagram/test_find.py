"""What is left of an earlier try: only proof that nothing is out lets `media_publish` be called again."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from include.platforms.contract import CannotTell, Pending, Published, Ready, Unfinished
from include.platforms.errors import AccountTrouble, OutcomeUnknown, Rejected, TryAgain
from tests.platforms.instagram.little import (
    MISSING,
    STUCK,
    Little,
    Scene,
    note,
    only_reads,
    received,
    shown,
    status,
)
from tests.platforms.instagram.postings import posting
from tests.platforms.meta_graph.script import refusal

REJECTED = status("ERROR", "Error: Media upload has failed with error code 2207026")
PASSING = status("ERROR", "Error: Media upload has failed with error code 2207053")
EXPIRED = status("EXPIRED", "Expired: 24 hours are over.")


def find(container: Any, earlier: Any, **more: Any) -> Any:
    """Look, and prove that looking changes nothing."""
    little = Little(container=container, **more)
    found = Scene(little).publisher.find(posting(), earlier)
    assert only_reads(little.asked)
    return found


def test_without_a_container_nothing_can_be_out() -> None:
    little = Little()
    for earlier in (None, {}, note("sending") | {"container_id": None}):
        assert Scene(little).publisher.find(posting(), earlier) is None
    assert little.asked == []


@pytest.mark.parametrize(
    ("container", "stage", "kind"),
    [
        (status("FINISHED"), "processing", Ready),
        (status("FINISHED"), "sending", Ready),
        (received(0), "sending", Unfinished),
        (received(299_999), "sending", Unfinished),
        (received(300_000), "sending", Pending),
        (status("IN_PROGRESS"), "processing", Pending),
    ],
)
def test_a_container_that_may_still_be_published_is_gone_on_with(container: Any, stage: str, kind: type) -> None:
    found = find(container, note(stage))
    assert type(found) is kind
    assert found.note["container_id"] == "444"


@pytest.mark.parametrize("container", [None, EXPIRED, PASSING, status("IN_PROGRESS", video_status=STUCK)])
def test_a_container_of_no_more_use_is_forgotten_when_it_was_never_published(container: Any) -> None:
    assert find(container, note("processing")) is None


def test_a_container_that_takes_hours_is_forgotten() -> None:
    little = Little(container=status("IN_PROGRESS"))
    scene = Scene(little, later=6 * 3600 + 1)
    assert scene.publisher.find(posting(), note("processing")) is None
    with pytest.raises(TryAgain, match="6 hours"):
        scene.publisher.check(posting(), note("processing"))
    scene.later = 5 * 3600
    assert isinstance(scene.publisher.check(posting(), note("processing")), Pending)


def test_a_file_instagram_does_not_take_is_refused() -> None:
    with pytest.raises(Rejected, match=r"H\.264"):
        find(REJECTED, note("processing"))


def test_a_published_container_is_named_by_time_and_caption() -> None:
    others = [shown(1, caption="Another"), shown(2, ago=3600), shown(3), shown(4, kind="STORY")]
    others.append(shown(5, kind="FEED") | {"media_type": "IMAGE"})
    found = find(status("PUBLISHED"), note("publishing", tried=True), posts=others)
    assert isinstance(found, Published)
    assert (found.video_id, found.url, found.warnings) == ("3", "https://www.instagram.com/reel/3/", ())
    assert found.note["media_id"] == "3"


def test_white_space_that_instagram_changed_is_no_difference() -> None:
    posts = [shown(3, caption="A  walk\n#sea @ana ")]
    found = find(status("PUBLISHED"), note("publishing", tried=True), posts=posts)
    assert found.video_id == "3"


def test_a_post_that_was_there_before_the_try_is_not_ours() -> None:
    posts = [shown(3, ago=20), shown(4)]
    found = find(status("PUBLISHED"), note("publishing", tried=True, seen=["3"]), posts=posts)
    assert found.video_id == "4"


def test_two_equal_captions_are_left_to_a_person() -> None:
    found = find(status("PUBLISHED"), note("publishing", tried=True), posts=[shown(3), shown(4)])
    assert isinstance(found, CannotTell)
    assert found.look_again_after is None
    assert "person" in found.why


def test_a_published_post_that_is_not_listed_yet_is_looked_for_again_and_then_taken_as_out() -> None:
    earlier: Any = note("publishing", tried=True)
    pauses = []
    for _ in range(3):
        found = find(status("PUBLISHED"), earlier)
        assert isinstance(found, CannotTell)
        pauses.append(found.look_again_after)
        earlier = found.note
    assert pauses == [8, 30, 120]
    found = find(status("PUBLISHED"), earlier)
    assert isinstance(found, Published)
    assert (found.video_id, found.url) == (None, None)
    assert "later" in found.warnings[0]
    scene = Scene(Little(container=status("PUBLISHED"), posts=[shown(3)]))
    completed = scene.publisher.check(posting(), found.note)
    assert isinstance(completed, Published)
    assert completed.video_id == "3"


def test_a_story_is_named_by_its_time_alone() -> None:
    earlier = note("publishing", tried=True, placement="story", caption="")
    stories = [shown(3, caption="", kind="STORY"), shown(2, caption="", kind="STORY", ago=600)]
    assert find(status("PUBLISHED"), earlier, posts=stories).video_id == "3"


def test_where_captions_are_unknown_a_person_must_tell() -> None:
    earlier = note("publishing", tried=True)
    found = find(status("PUBLISHED"), earlier, posts=[shown(3)], knows_captions=False)
    assert isinstance(found, CannotTell)
    assert isinstance(find(status("PUBLISHED"), earlier, knows_captions=False), CannotTell)


def test_an_unpublished_container_must_say_so_for_half_a_minute_before_it_is_published_again() -> None:
    little = Little(container=status("FINISHED"))
    scene = Scene(little)
    first = scene.publisher.find(posting(), note("publishing", tried=True))
    assert isinstance(first, CannotTell)
    assert first.look_again_after == 30
    scene.later += 29
    second = scene.publisher.find(posting(), first.note)
    assert isinstance(second, CannotTell)
    scene.later += 1
    third = scene.publisher.find(posting(), second.note)
    assert isinstance(third, Ready)
    assert third.note["attempted_at"] == first.note["attempted_at"]
    assert only_reads(little.asked)


def test_a_container_that_turns_published_in_the_meantime_is_published() -> None:
    little = Little(container=[status("FINISHED"), status("PUBLISHED")])
    scene = Scene(little)
    first = scene.publisher.find(posting(), note("publishing", tried=True))
    little.posts = [shown(3)]
    second = scene.publisher.find(posting(), first.note)  # type: ignore[union-attr]
    assert isinstance(second, Published)
    assert second.video_id == "3"


@pytest.mark.parametrize("container", [status("FINISHED"), EXPIRED, REJECTED, PASSING])
def test_whatever_the_container_says_a_post_with_our_caption_stops_us(container: Any) -> None:
    earlier: Any = note("publishing", tried=True)
    for look in range(10):
        found = find(container, earlier, posts=[shown(3)])
        assert isinstance(found, CannotTell)
        assert (found.look_again_after is None) is (look == 9)
        earlier = found.note


@pytest.mark.parametrize("container", [EXPIRED, PASSING, status("IN_PROGRESS", video_status=STUCK)])
def test_a_container_that_failed_after_a_try_is_begun_anew_when_nothing_is_out(container: Any) -> None:
    assert find(container, note("publishing", tried=True)) is None


def test_a_container_still_in_work_after_a_try_is_waited_for() -> None:
    assert isinstance(find(status("IN_PROGRESS"), note("publishing", tried=True)), Pending)


def test_a_container_that_vanished_after_a_try_is_looked_for_in_the_list() -> None:
    earlier = note("publishing", tried=True)
    assert find(None, earlier, posts=[shown(3)]).video_id == "3"
    assert isinstance(find(None, earlier), CannotTell)
    assert isinstance(find(None, earlier, posts=[shown(3), shown(4)]), CannotTell)


def test_no_such_object_is_believed_the_third_time_only() -> None:
    scene = Scene(Little(container=[MISSING, MISSING, status("FINISHED")]))
    assert isinstance(scene.publisher.check(posting(), note("processing")), Ready)
    assert scene.slept == [2.0, 5.0]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (httpx.ReadTimeout("x"), TryAgain),
        (httpx.Response(502, text="<html>"), TryAgain),
        (refusal(1, status=500), TryAgain),
        (refusal(10), AccountTrouble),
    ],
)
def test_a_look_that_fails_says_so_and_changes_nothing(line: Any, kind: type[Exception]) -> None:
    little = Little(container=line)
    with pytest.raises(kind):
        Scene(little).publisher.find(posting(), note("publishing", tried=True))
    assert only_reads(little.asked)


def test_a_known_post_is_not_looked_for() -> None:
    little = Little(container=None)
    found = Scene(little).publisher.find(posting(), note("published", tried=True, media_id="555"))
    assert isinstance(found, Published)
    assert found.video_id == "555"
    assert little.asked == ["GET 555"]


def test_a_check_soon_after_a_try_does_not_take_finished_for_unpublished() -> None:
    scene = Scene(Little(container=status("FINISHED")), later=29)
    answer = scene.publisher.check(posting(), note("publishing", tried=True))
    assert isinstance(answer, Pending)
    assert answer.look_again_after == 1
    scene.later = 31
    assert isinstance(scene.publisher.check(posting(), note("publishing", tried=True)), Ready)
    assert isinstance(scene.publisher.check(posting(), note("processing")), Ready)


def test_a_check_after_a_try_leaves_the_decision_to_find() -> None:
    for container in (None, EXPIRED, PASSING):
        with pytest.raises(OutcomeUnknown):
            Scene(Little(container=container)).publisher.check(posting(), note("publishing", tried=True))
    for container in (None, EXPIRED, PASSING):
        with pytest.raises(TryAgain):
            Scene(Little(container=container)).publisher.check(posting(), note("processing"))
