"""Whatever is lost, and wherever the process dies: exactly one post."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from include.platforms.contract import Posting
from include.platforms.errors import OutcomeUnknown, Rejected, TryAgain
from include.releases.publication import Placement
from tests.platforms.instagram.engine import Engine, NeedsAPerson
from tests.platforms.instagram.postings import ClipVideo, cover, posting
from tests.platforms.instagram.scene import Death, Desk, Killed

MakeDesk = Callable[..., Desk]
MakeHosting = Callable[..., Any]
FATAL = {"error": {"message": "Fatal", "type": "OAuthException", "code": -1, "fbtrace_id": "A"}}
SPAM = {"error": {"message": "Application request limit reached", "code": 4, "error_subcode": 2207051}}
NOT_READY = {"error": {"message": "Media ID is not available", "code": 9007, "error_subcode": 2207027}}
RATIO = {"error": {"message": "no", "code": 36003, "error_subcode": 2207009}}
LOST: list[dict[str, Any]] = [
    {"action": "drop_after"},
    {"action": "drop_before"},
    {"action": "status", "status": 502, "body": "<html>Bad Gateway</html>", "act": True},
    {"action": "status", "status": 502, "body": "<html>Bad Gateway</html>"},
    {"action": "status", "status": 500, "body": FATAL, "act": True},
    {"action": "status", "status": 500, "body": FATAL},
    {"action": "status", "status": 400, "body": SPAM, "act": True},
    {"action": "status", "status": 400, "body": SPAM},
    {"action": "status", "status": 400, "body": NOT_READY, "act": True},
    {"action": "status", "status": 400, "body": NOT_READY},
    {"action": "status", "status": 400, "body": RATIO, "act": True},
    {"action": "status", "status": 200, "body": {"success": False}, "act": True},
    {"action": "status", "status": 200, "body": "Service Unavailable", "act": True},
]
MOST_TIMES = 3
READS = ["container.read", "publishing_limit.read", "media.list", "media.read"]


def hosted(hosting: MakeHosting, **changes: Any) -> Posting:
    video = ClipVideo()
    return posting(video=video, hosting=hosting(video), thumbnail=cover(), **changes)


def only_one(desk: Desk, wanted: Posting, video_id: str | None) -> None:
    """Prove that exactly this video is out, once, under the id we were told."""
    post = desk.the_post()
    assert post["sha256"] == wanted.video.sha256  # type: ignore[attr-defined]
    assert post["id"] == video_id


@pytest.mark.parametrize(
    "fault", LOST, ids=lambda fault: f"{fault['action']} {fault.get('body', '')} {fault.get('act')}"
)
@pytest.mark.parametrize("placement", [Placement.REEL, Placement.STORY])
def test_a_lost_answer_to_publishing_leaves_one_post(
    desk: Desk, hosting: MakeHosting, fault: dict[str, Any], placement: Placement
) -> None:
    desk.sandbox.fault(match={"endpoint": "media.publish"}, **fault)
    engine = Engine(desk, wanted := hosted(hosting, placement=placement))
    answer = engine.run()
    only_one(desk, wanted, answer.video_id)
    assert engine.errors == 1


@pytest.mark.parametrize(
    "fault", LOST[:6], ids=lambda fault: f"{fault['action']} {fault.get('status')} {fault.get('act')}"
)
@pytest.mark.parametrize("endpoint", ["media.create", "container.upload", *READS])
@pytest.mark.parametrize("way", ["bytes", "hosting"])
def test_a_lost_answer_to_any_other_call_leaves_one_post(
    make_desk: MakeDesk, hosting: MakeHosting, fault: dict[str, Any], endpoint: str, way: str
) -> None:
    desk = make_desk(upload=way)
    desk.sandbox.fault(match={"endpoint": endpoint}, **fault)
    answer = Engine(desk, wanted := hosted(hosting)).run()
    only_one(desk, wanted, answer.video_id)


@pytest.mark.long
@pytest.mark.parametrize("way", ["bytes", "hosting"])
def test_a_process_killed_at_any_moment_leaves_one_post(make_desk: MakeDesk, hosting: MakeHosting, way: str) -> None:
    whole = make_desk(upload=way)
    Engine(whole, hosted(hosting)).run()
    moments = [moment for moment in whole.death.moments if moment[1] <= MOST_TIMES]
    names = {name for name, _ in moments}
    assert {"before note publishing", "before POST media_publish", "after POST media_publish"} <= names
    assert {"after POST media", "after note processing", "before note published", "after note published"} <= names
    for number, moment in enumerate(moments):
        desk = make_desk(traits={"name": f"ana {number}"}, upload=way)
        desk.death.at = moment
        engine = Engine(desk, wanted := hosted(hosting))
        with contextlib.suppress(Killed):  # the second look at a container may not be needed this time
            engine.run()
        assert moment in desk.death.moments or moment[1] > 1
        desk.death = Death()
        desk.restart()
        answer = engine.run()
        mine = [post for post in desk.posts() if post["account_id"] == desk.credentials["ig_user_id"]]
        assert [post["id"] for post in mine] == [answer.video_id], moment
        assert mine[0]["sha256"] == wanted.video.sha256  # type: ignore[attr-defined]


def test_a_platform_that_dies_while_publishing_leaves_one_post(desk: Desk, hosting: MakeHosting) -> None:
    engine = Engine(desk, wanted := hosted(hosting))
    desk.sandbox.fault(match={"endpoint": "media.publish"}, action="hang", seconds=30, act=True)
    desk.calls.client = httpx.Client(timeout=1)
    original = desk.publisher.calls.send

    def impatient(*args: Any, **kwargs: Any) -> httpx.Response:
        return original(*args, **{**kwargs, "timeout": httpx.Timeout(1)})

    desk.calls.send = impatient  # type: ignore[method-assign]
    answer = engine.run()
    only_one(desk, wanted, answer.video_id)


def test_a_container_whose_word_is_late_is_not_published_twice(desk: Desk, hosting: MakeHosting) -> None:
    """Even where Meta would publish a second time: the list shows the post before the container does."""
    desk.sandbox.settings(instagram_publish_lag_seconds=1.0, instagram_publish_again="publish")
    desk.sandbox.fault(match={"endpoint": "media.publish"}, action="drop_after")
    answer = Engine(desk, wanted := hosted(hosting)).run()
    only_one(desk, wanted, answer.video_id)


def test_a_list_that_is_late_only_costs_time(make_desk: MakeDesk, hosting: MakeHosting) -> None:
    desk = make_desk()
    desk.sandbox.settings(instagram_listing_lag_seconds=0.3, instagram_publish_again="publish")
    desk.sandbox.fault(match={"endpoint": "media.publish"}, action="drop_after")
    answer = Engine(desk, wanted := hosted(hosting)).run()
    only_one(desk, wanted, answer.video_id)


def test_both_late_are_waited_for_as_long_as_the_setting_says(make_desk: MakeDesk, hosting: MakeHosting) -> None:
    desk = make_desk(lost_publish_seconds=3)
    desk.sandbox.settings(
        instagram_publish_lag_seconds=1.0, instagram_listing_lag_seconds=1.0, instagram_publish_again="publish"
    )
    desk.sandbox.fault(match={"endpoint": "media.publish"}, action="drop_after")
    answer = Engine(desk, wanted := hosted(hosting)).run()
    only_one(desk, wanted, answer.video_id)


def test_two_equal_captions_are_left_to_a_person(make_desk: MakeDesk, hosting: MakeHosting) -> None:
    desk = make_desk()
    other = make_desk()
    desk.sandbox.fault(match={"endpoint": "media.publish"}, action="drop_after")
    engine, twin = Engine(desk, hosted(hosting)), Engine(other, hosted(hosting))
    while not engine.ready:
        engine._step()
    while not twin.ready:
        twin._step()
    with pytest.raises(OutcomeUnknown, match=r"media\.publish"):
        engine._step()
    twin.run()
    with pytest.raises(NeedsAPerson, match="a person must tell which"):
        engine.run()
    assert len(desk.posts()) == 2
    assert desk.endpoints().count("media.publish") == 1


def test_the_same_texts_published_before_are_not_taken_for_ours(make_desk: MakeDesk, hosting: MakeHosting) -> None:
    desk = make_desk()
    before = Engine(desk, hosted(hosting)).run()
    desk.notes.clear()
    desk.sandbox.fault(match={"endpoint": "media.publish", "nth": 1}, action="drop_after")
    again = Engine(desk, hosted(hosting)).run()
    assert again.video_id is not None
    assert again.video_id != before.video_id
    assert len(desk.posts()) == 2


def test_an_unknown_object_twice_is_no_failure(desk: Desk, hosting: MakeHosting) -> None:
    missing = {"error": {"message": "Object does not exist", "code": 100, "error_subcode": 33}}
    desk.sandbox.fault(match={"endpoint": "container.read"}, action="status", status=400, body=missing, times=2)
    answer = Engine(desk, wanted := hosted(hosting)).run()
    only_one(desk, wanted, answer.video_id)
    assert desk.endpoints().count("media.create") == 1


def test_a_refusal_is_told_when_it_is_proven_that_nothing_is_out(desk: Desk, hosting: MakeHosting) -> None:
    desk.sandbox.fault(match={"endpoint": "media.publish"}, action="status", status=400, body=RATIO, times=None)
    with pytest.raises(Rejected, match="aspect ratio"):
        Engine(desk, hosted(hosting)).run()
    assert desk.posts() == []
    assert desk.endpoints().count("media.publish") == 1


def test_a_restarted_sandbox_in_the_middle_changes_nothing(desk: Desk, hosting: MakeHosting) -> None:
    engine = Engine(desk, wanted := hosted(hosting))
    while not engine.ready:
        engine._step()
    desk.sandbox.kill()
    started = time.monotonic()
    with pytest.raises(TryAgain, match="could not be reached"):
        engine._step()
    assert time.monotonic() - started < 5
    desk.sandbox.start()
    engine.unsettled = None
    answer = engine.run()
    only_one(desk, wanted, answer.video_id)
