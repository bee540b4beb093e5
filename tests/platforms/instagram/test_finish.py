"""The one call that cannot be taken back: what is kept before it, and what each answer to it means."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from include.platforms.contract import CannotTell, Note, Published, Ready
from include.platforms.errors import AccountTrouble, OutcomeUnknown, QuotaExhausted, Rejected, TryAgain
from tests.platforms.instagram.little import NOW, Little, Scene, note, shown, status
from tests.platforms.instagram.postings import posting
from tests.platforms.meta_graph.script import Line, refusal

FINISHED = status("FINISHED")
UNPROVEN: list[Line] = [
    httpx.ReadTimeout("x"),
    httpx.RemoteProtocolError("x"),
    httpx.Response(502, text="<html>"),
    {"success": False},
    {"id": ""},
    refusal(-1, 2207001, "Fatal"),
    refusal(-2, 2207003),
    refusal(4, 2207051, "Application request limit reached"),
    refusal(4),
    refusal(9007, 2207027),
    refusal(24, 2207006),
    refusal(24, 2207008),
    refusal(100, 33),
    refusal(36003, 2207009),
    refusal(4711),
]


def finish(scene: Scene, earlier: Note | None = None) -> Published:
    return scene.publisher.finish(posting(), earlier or note("processing"), scene.save)


def test_the_note_is_kept_before_and_after_the_call() -> None:
    little = Little(container=FINISHED, posts=[shown(9)])
    scene = Scene(little)
    answer = finish(scene)
    assert (answer.video_id, answer.url) == ("555", "https://www.instagram.com/reel/555/")
    before, after = scene.notes
    assert (before["stage"], before["seen"]) == ("publishing", ["9"])
    assert before["attempted_at"] == (NOW + timedelta(seconds=2)).isoformat()
    assert "media_id" not in before
    assert (after["stage"], after["media_id"]) == ("published", "555")
    assert little.changed() == ["POST media_publish"]


def test_the_call_is_given_minutes_because_instagram_may_take_them() -> None:
    little = Little(container=FINISHED)
    finish(Scene(little))
    assert little.patience["media_publish"] >= 120


@pytest.mark.parametrize("line", UNPROVEN, ids=str)
def test_an_answer_that_proves_nothing_is_unknown_and_never_repeated(line: Line) -> None:
    little = Little(container=FINISHED, publish=line)
    scene = Scene(little)
    with pytest.raises(OutcomeUnknown):
        finish(scene)
    assert little.changed() == ["POST media_publish"]
    assert scene.notes[0]["stage"] == "publishing"


@pytest.mark.parametrize("line", UNPROVEN, ids=str)
def test_what_was_published_nevertheless_is_found_and_not_published_again(line: Line) -> None:
    little = Little(container=FINISHED, publish=line)
    scene = Scene(little)
    with pytest.raises(OutcomeUnknown):
        finish(scene)
    little.container, little.posts = status("PUBLISHED"), [shown(7)]
    found = scene.publisher.find(posting(), scene.notes[-1])
    assert isinstance(found, Published)
    assert found.video_id == "7"
    assert little.changed() == ["POST media_publish"]


def test_what_was_not_published_is_published_once_more_after_proof() -> None:
    little = Little(container=FINISHED, publish=httpx.ReadTimeout("x"))
    scene = Scene(little)
    with pytest.raises(OutcomeUnknown):
        finish(scene)
    first = scene.publisher.find(posting(), scene.notes[-1])
    assert isinstance(first, CannotTell)
    scene.later += 31
    proven = scene.publisher.find(posting(), first.note)
    assert isinstance(proven, Ready)
    little.publish = {"id": "556"}
    assert finish(scene, proven.note).video_id == "556"
    assert len(little.changed()) == 2


def test_a_second_call_looks_once_more_just_before() -> None:
    for container, posts in ((status("PUBLISHED"), []), (FINISHED, [shown(7)]), (None, []), (status("EXPIRED"), [])):
        little = Little(container=container, posts=posts)
        with pytest.raises(OutcomeUnknown):
            finish(Scene(little), note("processing", tried=True))
        assert little.changed() == []


def test_a_refusal_is_told_once_it_is_proven_that_nothing_is_out() -> None:
    little = Little(container=FINISHED, publish=refusal(36003, 2207009))
    scene = Scene(little)
    with pytest.raises(OutcomeUnknown):
        finish(scene)
    with pytest.raises(Rejected, match="aspect ratio") as caught:
        finish(scene, scene.notes[-1])
    assert caught.value.code == "36003/2207009"
    assert little.changed() == ["POST media_publish"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (refusal(190, 460), AccountTrouble),
        (refusal(10), AccountTrouble),
        (refusal(200), AccountTrouble),
        (refusal(25, 2207050), AccountTrouble),
        (refusal(9, 2207042), QuotaExhausted),
        (httpx.ConnectError("x"), TryAgain),
    ],
    ids=str,
)
def test_a_refusal_at_the_door_is_what_it_is(line: Line, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        finish(Scene(Little(container=FINISHED, publish=line)))


def test_a_used_up_limit_stops_before_the_call_with_a_time() -> None:
    little = Little(container=FINISHED, limit={"data": [{"quota_usage": 50, "config": {"quota_total": 50}}]})
    scene = Scene(little)
    with pytest.raises(QuotaExhausted) as caught:
        finish(scene)
    assert caught.value.resets_at == NOW + timedelta(hours=1, seconds=2)
    assert little.changed() == []
    assert scene.notes == []


def test_a_limit_that_fills_up_in_the_same_moment_gets_its_time_too() -> None:
    used_up = {"data": [{"quota_usage": 50, "config": {"quota_total": 50}}]}
    free = {"data": [{"quota_usage": 49, "config": {"quota_total": 50}}]}

    class Filling(Little):
        def _line(self, last: str, fields: str) -> Any:
            if last == "content_publishing_limit":
                return free if not self.changed() else used_up
            return super()._line(last, fields)

    with pytest.raises(QuotaExhausted, match="50 of 50"):
        finish(Scene(Filling(container=FINISHED, publish=refusal(9, 2207042))))


def test_an_address_that_cannot_be_read_is_no_failure() -> None:
    class Speechless(Little):
        def _line(self, last: str, fields: str) -> Any:
            return refusal(1, status=500) if last == "555" else super()._line(last, fields)

    scene = Scene(Speechless(container=FINISHED))
    answer = finish(scene)
    assert (answer.video_id, answer.url) == ("555", None)
    assert "later" in answer.warnings[0]
    assert scene.notes[-1]["media_id"] == "555"


def test_a_finished_finish_is_not_repeated() -> None:
    little = Little(container=status("PUBLISHED"))
    assert finish(Scene(little), note("published", tried=True, media_id="555")).video_id == "555"
    assert little.changed() == []


def test_a_warning_of_the_upload_reaches_the_person() -> None:
    answer = finish(Scene(Little(container=FINISHED)), note("processing", warnings=["No cover."]))
    assert answer.warnings == ("No cover.",)


def test_an_upload_is_never_begun_anew_while_the_outcome_is_unknown() -> None:
    little = Little(container=FINISHED)
    scene = Scene(little)
    with pytest.raises(OutcomeUnknown):
        scene.publisher.upload(posting(), note("publishing", tried=True), scene.save, lambda count: None)
    assert little.asked == []
