"""LinkedIn's 422 "Content is a duplicate of …": ours only when our video is in the post it names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from include.platforms.contract import CannotTell, Published, Ready
from include.platforms.errors import OutcomeUnknown, Rejected
from tests.platforms.linkedin.scene import Desk, posting
from tests.sandbox_server import SandboxServer

MakeDesk = Callable[..., Desk]
QUICK: dict[str, Any] = {
    "lost_post": {"looks": 2, "every_seconds": 0.1, "certain_after_seconds": 0, "certain_without_text_seconds": 0}
}


def never_made(desk: Desk, wanted: Any, sandbox: SandboxServer) -> None:
    """Lose the answer to a post that was made, while the author's list does not show it: it seems never made."""
    desk.prepare(wanted)
    sandbox.settings(linkedin_posts_lag_seconds=3600)
    sandbox.fault(match={"endpoint": "posts.create"}, action="drop_after")
    with pytest.raises(OutcomeUnknown):
        desk.finish(wanted)
    assert isinstance(desk.find(wanted), CannotTell)
    assert isinstance(desk.find(wanted), Ready)


@pytest.mark.parametrize("code", ["UNPROCESSABLE_ENTITY", "DUPLICATE_POST"])
def test_a_duplicate_with_our_video_is_our_first_posts_success(
    make_desk: MakeDesk, sandbox: SandboxServer, code: str
) -> None:
    desk, wanted = make_desk(**QUICK), posting()
    sandbox.settings(linkedin_duplicate_code=code)
    never_made(desk, wanted, sandbox)
    answer = desk.finish(wanted)
    assert answer.video_id == desk.the_post()["id"]
    assert desk.endpoints().count("posts.create") == 2
    assert desk.endpoints()[-1] == "posts.get"


@pytest.mark.parametrize("as_member", [False, True])
def test_a_duplicate_with_another_video_is_rejected_because_the_text_must_differ(
    make_desk: MakeDesk, as_member: bool
) -> None:
    desk = make_desk(traits={"posts_as": "member"} if as_member else {}, **QUICK)
    desk.publish(posting())
    desk.notes.clear()
    desk.prepare(posting())
    with pytest.raises(Rejected, match="text must differ"):
        desk.finish(posting())
    assert desk.note is not None
    assert desk.note["stage"] == "available"
    desk.the_post()
    desk.finish(posting(caption="Another text"))
    assert len(desk.posts()) == 2


def test_a_duplicate_that_looks_at_media_lets_another_video_through(
    make_desk: MakeDesk, sandbox: SandboxServer
) -> None:
    sandbox.settings(linkedin_duplicates_look_at_media=True)
    desk = make_desk(**QUICK)
    desk.publish(posting())
    desk.notes.clear()
    desk.publish(posting())
    assert len(desk.posts()) == 2


def test_a_duplicate_that_cannot_be_read_after_a_lost_answer_is_never_rejected(
    make_desk: MakeDesk, sandbox: SandboxServer
) -> None:
    desk, wanted = make_desk(**QUICK), posting()
    never_made(desk, wanted, sandbox)
    for endpoint in ("posts.get", "posts.list"):
        sandbox.fault(match={"endpoint": endpoint}, action="status", status=403, times=2)
    with pytest.raises(OutcomeUnknown, match="may be our own"):
        desk.finish(wanted)
    assert isinstance(desk.find(wanted), CannotTell)
    found = desk.find(wanted)  # readable again
    assert isinstance(found, Published)
    assert found.video_id == desk.the_post()["id"]


@pytest.mark.parametrize("fault", [{"action": "drop_before"}, {"action": "status", "status": 503}])
def test_a_duplicate_that_cannot_be_asked_about_just_now_is_looked_at_later(
    make_desk: MakeDesk, sandbox: SandboxServer, fault: dict[str, Any]
) -> None:
    desk, wanted = make_desk(**QUICK), posting()
    never_made(desk, wanted, sandbox)
    sandbox.fault(match={"endpoint": "posts.get"}, **fault)
    with pytest.raises(OutcomeUnknown, match="could not show it"):
        desk.finish(wanted)
    assert isinstance(desk.find(wanted), Published)
    desk.the_post()


def test_a_duplicate_that_names_something_else_than_a_post_is_not_believed(
    make_desk: MakeDesk, sandbox: SandboxServer
) -> None:
    desk, wanted = make_desk(**QUICK), posting()
    desk.prepare(wanted)
    body = {"status": 422, "code": "UNPROCESSABLE_ENTITY", "message": "Content is a duplicate of urn:li:video:123"}
    sandbox.fault(match={"endpoint": "posts.create"}, action="status", status=422, body=body)
    with pytest.raises(Rejected, match="text must differ"):
        desk.finish(wanted)
    assert "posts.get" not in desk.endpoints()


def test_a_duplicate_named_by_an_activity_is_found_in_the_authors_list(
    make_desk: MakeDesk, sandbox: SandboxServer
) -> None:
    desk, wanted = make_desk(**QUICK), posting()
    never_made(desk, wanted, sandbox)
    sandbox.settings(linkedin_posts_lag_seconds=0)
    body = {"status": 422, "message": "Content is a duplicate of urn:li:activity:7429"}
    sandbox.fault(match={"endpoint": "posts.create"}, action="status", status=422, body=body)
    assert desk.finish(wanted).video_id == desk.the_post()["id"]


def test_any_other_422_is_a_refusal_by_name(desk: Desk, sandbox: SandboxServer) -> None:
    desk.prepare(posting())
    body = {"status": 422, "code": "UNPROCESSABLE_ENTITY", "message": "No such member"}
    sandbox.fault(match={"endpoint": "posts.create"}, action="status", status=422, body=body)
    with pytest.raises(Rejected, match="No such member"):
        desk.finish(posting())
