"""Published once: every request may fail in every way, the worker may die at every note, and there is one post."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from include.platforms import http
from include.platforms.contract import CannotTell, Published, Ready
from include.platforms.errors import OutcomeUnknown, Rejected, TryAgain
from include.platforms.linkedin import client
from tests.platforms.linkedin.scene import PART, ClipVideo, Desk, picture, posting
from tests.platforms.linkedin.worker import Killed, Ledger, Worker
from tests.sandbox_server import SandboxServer

MakeDesk = Callable[..., Desk]
QUICK: dict[str, Any] = {
    "lost_post": {"looks": 2, "every_seconds": 0.1, "certain_after_seconds": 0, "certain_without_text_seconds": 0}
}
FAULTS: dict[str, dict[str, Any]] = {
    "dropped before it acted": {"action": "drop_before"},
    "dropped after it acted": {"action": "drop_after"},
    "500": {"action": "status", "status": 500},
    "503 after it acted": {"action": "status", "status": 503, "act": True},
    "429 with Retry-After": {"action": "status", "status": 429, "headers": {"Retry-After": "0"}},
    "time-out": {"action": "hang", "seconds": 1.5, "act": True},
}
REQUESTS = (
    ("videos.initializeUpload", 1),
    ("videos.put", 1),
    ("videos.put", 2),
    ("videos.thumbnail", 1),
    ("videos.finalizeUpload", 1),
    ("videos.get", 1),
    ("posts.create", 1),
)
SAVES = 7
"""Notes of a publication of two parts: begun, each part, finalising, posting, posted; one too many is no harm."""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (http, client):
        monkeypatch.setattr(module, "UPLOAD_TIMEOUT", httpx.Timeout(0.6))
    monkeypatch.setattr(http, "TIMEOUT", httpx.Timeout(0.6))


def release() -> Any:
    """Return a posting of two parts and a picture."""
    return posting(video=ClipVideo(PART + 50_000), thumbnail=picture())


def there_is_one_post(desk: Desk, wanted: Any, answer: Published | CannotTell) -> None:
    post = desk.the_post()
    assert post["sha256"] == wanted.video.sha256
    assert isinstance(answer, Published), answer
    assert answer.video_id == post["id"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("request_", REQUESTS, ids=lambda pair: f"{pair[0]} {pair[1]}")
def test_every_request_of_a_page_may_fail_and_there_is_one_post(
    make_desk: MakeDesk, sandbox: SandboxServer, quick: None, request_: tuple[str, int], fault: str
) -> None:
    desk, wanted = make_desk(**QUICK), release()
    sandbox.fault(match={"endpoint": request_[0], "nth": request_[1]}, **FAULTS[fault])
    there_is_one_post(desk, wanted, Worker(desk, wanted).to_the_end())
    [played] = sandbox.faults()
    assert played["hits"] == 1


@pytest.mark.parametrize("before", [True, False], ids=["before it is stored", "after it is stored"])
@pytest.mark.parametrize("nth", range(1, SAVES))
def test_a_worker_killed_at_any_note_leaves_one_post(make_desk: MakeDesk, nth: int, before: bool) -> None:
    desk, wanted, ledger = make_desk(**QUICK), release(), Ledger()
    with pytest.raises(Killed):
        Worker(desk, wanted, ledger, die_at=nth, die_before_storing=before).to_the_end()
    there_is_one_post(desk, wanted, Worker(desk, wanted, ledger).to_the_end())


@pytest.mark.parametrize("first", range(1, SAVES))
@pytest.mark.parametrize("second", [1, 2])
def test_a_worker_killed_again_while_going_on_leaves_one_post(make_desk: MakeDesk, first: int, second: int) -> None:
    desk, wanted, ledger = make_desk(**QUICK), release(), Ledger()
    for nth in (first, second):
        with contextlib.suppress(Killed):
            Worker(desk, wanted, ledger, die_at=nth).to_the_end()
    there_is_one_post(desk, wanted, Worker(desk, wanted, ledger).to_the_end())


@pytest.mark.parametrize("fault", ["dropped after it acted", "503 after it acted", "time-out"])
def test_a_member_whose_posts_may_not_be_read_gets_a_question_and_never_a_second_post(
    make_desk: MakeDesk, sandbox: SandboxServer, quick: None, fault: str
) -> None:
    member, wanted = make_desk(traits={"posts_as": "member"}, **QUICK), release()
    sandbox.fault(match={"endpoint": "posts.create"}, **FAULTS[fault])
    ledger = Ledger()
    told = Worker(member, wanted, ledger).to_the_end()
    assert isinstance(told, CannotTell)
    assert "Look at the profile" in told.why
    for _ in range(3):
        assert isinstance(Worker(member, wanted, ledger).to_the_end(), CannotTell)
    assert len(member.posts()) == 1
    assert len(sandbox.calls("posts.create")) == 1


def test_a_member_killed_before_the_answer_gets_a_question_and_never_a_second_post(make_desk: MakeDesk) -> None:
    member, wanted, ledger = make_desk(traits={"posts_as": "member"}, **QUICK), release(), Ledger()
    with pytest.raises(Killed):
        Worker(member, wanted, ledger, die_at=SAVES - 2).to_the_end()
    assert ledger.note is not None
    assert ledger.note["stage"] == "posting"
    assert isinstance(Worker(member, wanted, ledger).to_the_end(), CannotTell)
    assert member.posts() == []


@pytest.mark.parametrize("request_", REQUESTS[:-1], ids=lambda pair: f"{pair[0]} {pair[1]}")
def test_a_member_is_asked_nothing_before_the_post(
    make_desk: MakeDesk, sandbox: SandboxServer, request_: tuple[str, int]
) -> None:
    member, wanted = make_desk(traits={"posts_as": "member"}, **QUICK), release()
    sandbox.fault(match={"endpoint": request_[0], "nth": request_[1]}, action="drop_after")
    there_is_one_post(member, wanted, Worker(member, wanted).to_the_end())


def test_a_member_killed_after_the_answer_needs_no_reading(make_desk: MakeDesk) -> None:
    member, wanted, ledger = make_desk(traits={"posts_as": "member"}, **QUICK), release(), Ledger()
    with pytest.raises(Killed):
        Worker(member, wanted, ledger, die_at=SAVES - 1).to_the_end()
    there_is_one_post(member, wanted, Worker(member, wanted, ledger).to_the_end())


def test_a_member_who_may_read_its_posts_is_treated_like_a_page(make_desk: MakeDesk, sandbox: SandboxServer) -> None:
    scopes = ["openid", "profile", "w_member_social", "r_member_social"]
    member, wanted = make_desk(traits={"posts_as": "member", "scopes": scopes}, **QUICK), release()
    sandbox.fault(match={"endpoint": "posts.create"}, action="drop_after")
    there_is_one_post(member, wanted, Worker(member, wanted).to_the_end())


def test_a_list_that_lags_is_waited_for(make_desk: MakeDesk, sandbox: SandboxServer) -> None:
    desk, wanted = make_desk(), release()
    sandbox.settings(linkedin_posts_lag_seconds=60)
    desk.prepare(wanted)
    sandbox.fault(match={"endpoint": "posts.create"}, action="drop_after")
    with pytest.raises(OutcomeUnknown):
        desk.finish(wanted)
    for minutes in range(5):
        found = desk.find(wanted)
        assert isinstance(found, CannotTell)
        assert found.look_again_after == 30
        desk.later = timedelta(seconds=20 * minutes)
    sandbox.settings(clock_offset_seconds=61)
    found = desk.find(wanted)
    assert isinstance(found, Published)
    assert found.video_id == desk.the_post()["id"]


def test_a_post_that_was_never_made_is_made_after_enough_looks_over_enough_time(
    make_desk: MakeDesk, sandbox: SandboxServer
) -> None:
    desk, wanted = make_desk(), release()
    desk.prepare(wanted)
    sandbox.fault(match={"endpoint": "posts.create"}, action="drop_before")
    with pytest.raises(OutcomeUnknown):
        desk.finish(wanted)
    for _ in range(6):
        assert isinstance(desk.find(wanted), CannotTell)  # enough looks, too early
    desk.later = timedelta(seconds=121)
    assert isinstance(desk.find(wanted), Ready)
    desk.finish(wanted)
    desk.the_post()


def test_one_look_is_never_enough_however_late(make_desk: MakeDesk, sandbox: SandboxServer) -> None:
    desk, wanted = make_desk(), release()
    desk.prepare(wanted)
    sandbox.fault(match={"endpoint": "posts.create"}, action="drop_before")
    with pytest.raises(OutcomeUnknown):
        desk.finish(wanted)
    desk.later = timedelta(days=1)
    assert [type(desk.find(wanted)) for _ in range(4)] == [CannotTell, CannotTell, CannotTell, Ready]


def test_a_post_without_a_text_is_waited_for_longer(make_desk: MakeDesk, sandbox: SandboxServer) -> None:
    desk, wanted = make_desk(), posting(caption="")
    desk.prepare(wanted)
    sandbox.fault(match={"endpoint": "posts.create"}, action="drop_before")
    with pytest.raises(OutcomeUnknown):
        desk.finish(wanted)
    desk.later = timedelta(minutes=29)
    for _ in range(6):
        assert isinstance(desk.find(wanted), CannotTell)
    desk.later = timedelta(minutes=31)
    assert isinstance(desk.find(wanted), Ready)


@pytest.mark.parametrize("fault", [{"action": "drop_before"}, {"action": "status", "status": 500}])
def test_a_look_that_fails_decides_nothing(make_desk: MakeDesk, sandbox: SandboxServer, fault: dict[str, Any]) -> None:
    desk, wanted = make_desk(**QUICK), release()
    desk.prepare(wanted)
    sandbox.fault(match={"endpoint": "posts.create"}, action="drop_after")
    with pytest.raises(OutcomeUnknown):
        desk.finish(wanted)
    sandbox.fault(match={"endpoint": "posts.list"}, times=2, **fault)
    for _ in range(2):
        with pytest.raises(TryAgain):
            desk.find(wanted)
    assert isinstance(desk.find(wanted), Published)


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_list_that_is_refused_decides_nothing(make_desk: MakeDesk, sandbox: SandboxServer, status: int) -> None:
    desk, wanted = make_desk(**QUICK), release()
    desk.prepare(wanted)
    sandbox.fault(match={"endpoint": "posts.create"}, action="drop_after")
    with pytest.raises(OutcomeUnknown):
        desk.finish(wanted)
    sandbox.fault(match={"endpoint": "posts.list"}, action="status", status=status, times=3)
    for _ in range(3):
        found = desk.find(wanted)
        assert isinstance(found, CannotTell)
        assert found.look_again_after is None
    assert isinstance(desk.find(wanted), Published)


def test_our_post_is_found_behind_many_others(make_desk: MakeDesk, sandbox: SandboxServer) -> None:
    desk, wanted = make_desk(**QUICK), posting(caption="Ours")
    desk.prepare(wanted)
    sandbox.fault(match={"endpoint": "posts.create"}, action="drop_after")
    with pytest.raises(OutcomeUnknown):
        desk.finish(wanted)
    for number in range(60):
        text = {
            "author": desk.author, "commentary": f"Text {number}", "visibility": "PUBLIC",
            "distribution": {"feedDistribution": "MAIN_FEED"}, "lifecycleState": "PUBLISHED",
        }  # fmt: skip
        desk.publisher.client.create_post(text)
    found = desk.find(wanted)
    assert isinstance(found, Published)
    assert found.video_id == desk.the_post()["id"]
    assert desk.endpoints().count("posts.list") == 2


def test_a_check_after_a_lost_answer_never_says_ready(make_desk: MakeDesk, sandbox: SandboxServer) -> None:
    desk, wanted = make_desk(**QUICK), release()
    desk.prepare(wanted)
    sandbox.fault(match={"endpoint": "posts.create"}, action="drop_before")
    with pytest.raises(OutcomeUnknown):
        desk.finish(wanted)
    with pytest.raises(OutcomeUnknown):
        desk.check(wanted)
    sandbox.fault(match={"endpoint": "posts.list"}, action="status", status=403, times=1)
    with pytest.raises(OutcomeUnknown):
        desk.check(wanted)


def test_looking_never_changes_anything(make_desk: MakeDesk, sandbox: SandboxServer) -> None:
    desk, wanted = make_desk(**QUICK), release()
    desk.prepare(wanted)
    sandbox.fault(match={"endpoint": "posts.create"}, action="drop_after")
    with pytest.raises(OutcomeUnknown):
        desk.finish(wanted)
    sandbox.forget_calls()
    for note in desk.notes:
        desk.publisher.find(wanted, note)
        try:
            desk.publisher.check(wanted, note)
        except (OutcomeUnknown, TryAgain, Rejected):
            continue
    assert {call["method"] for call in sandbox.calls()} == {"GET"}
