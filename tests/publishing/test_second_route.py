"""An account's second route: taken only when nothing is, or may be, on the first; never after an unknown outcome."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from include.accounts import accounts, second
from include.accounts.disconnect import disconnect
from include.accounts.second import CannotBeSecond
from include.database import engine
from include.platforms.errors import AccountTrouble, OutcomeUnknown, QuotaExhausted, Rejected, TryAgain
from include.publishing import ledger, receipts, second_route, steps
from include.publishing.ledger import UPLOAD, LostClaim, claim
from include.publishing.registration import Refused
from include.releases.publication import State
from tests.publishing.studio import OWNER, Studio, run_to_the_end
from tests.publishing.test_crashes import _in_a_child


@pytest.fixture
def two_ways(studio: Studio) -> str:
    """A TikTok account with Blotato behind it, and a release registered for it; returns the publication's id."""
    first = studio.connect("tiktok")
    second.choose(OWNER, first, studio.connect("tiktok", route="blotato"))
    [publication_id] = studio.register(targets=[{"account": first, "options": {"privacy": "public"}}])
    return publication_id


def kill_first(studio: Studio) -> None:
    """Let TikTok refuse every token and every renewal from now on."""
    refusal = {"status": 401, "body": {"error": {"code": "access_token_invalid", "message": "no", "log_id": "1"}}}
    for endpoint in ("creator_info.query", "video.init"):
        studio.sandbox.fault(match={"endpoint": endpoint}, action="status", times=None, **refusal)
    dead = {"status": 400, "body": {"error": "invalid_grant", "error_description": "gone", "log_id": "1"}}
    studio.sandbox.fault(match={"endpoint": "oauth.token"}, action="status", times=None, **dead)


def test_a_dead_account_goes_on_by_its_second_route_and_the_receipt_says_which(studio: Studio, two_ways: str):
    kill_first(studio)
    publication = run_to_the_end(two_ways)
    assert (publication.state, publication.route, publication.account_id) == (State.PUBLISHED, "blotato", "my_tiktok")
    [found] = studio.sandbox.published("tiktok")
    assert found["options"]["route"] == "blotato"
    receipt = json.loads(Path(receipts.write(publication)).read_text())["upload_response"]
    assert (receipt["route"], receipt["account"], receipt["status"]) == ("blotato", "my_tiktok", "published")
    told = [each["error"] for each in ledger.history(OWNER, two_ways)["moves"] if each["error"]]
    assert [each["kind"] for each in told] == ["SecondRoute"]
    assert "goes through Blotato now, as 'via_blotato'" in told[0]["message"]


def test_an_account_that_works_never_uses_its_second_route(studio: Studio, two_ways: str):
    publication = run_to_the_end(two_ways)
    assert (publication.state, publication.route) == (State.PUBLISHED, "direct")
    assert not [each for each in studio.sandbox.calls() if each["platform"] == "blotato" and "post" in each["endpoint"]]


def test_an_account_without_a_second_route_waits_as_ever(studio: Studio, two_ways: str):
    second.choose(OWNER, "my_tiktok", None)
    kill_first(studio)
    assert run_to_the_end(two_ways, seconds=1).state == State.WAITING_ACCOUNT


def test_one_that_waits_already_takes_a_second_route_that_is_chosen_later(studio: Studio, two_ways: str):
    second.choose(OWNER, "my_tiktok", None)
    kill_first(studio)
    run_to_the_end(two_ways, seconds=1)
    second.choose(OWNER, "my_tiktok", "via_blotato")
    due(two_ways)
    assert run_to_the_end(two_ways).route == "blotato"


def due(publication_id: str) -> None:
    """Let the wait be over."""
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql(
            "update desk.publication set next_try_at = now() where publication_id = %s", (publication_id,)
        )


@pytest.mark.parametrize("outcome", ["begun", "unknown", "done", "found"])
def test_the_statement_itself_refuses_while_anything_may_be_on_the_first(two_ways: str, outcome: Any):
    with claim(OWNER, two_ways) as held:
        held.move(State.VALIDATED)
        entry = held.begin(UPLOAD)
        if outcome != "begun":
            held.end(entry, outcome)
        held.unsettled, held.uploaded = frozenset(), False  # as if the code above it had been wrong
        with pytest.raises(LostClaim):
            held.take_route("blotato", State.VALIDATED, error={})
        assert second_route.instead(held, AccountTrouble("dead")) is None
    publication = ledger.read(OWNER, two_ways)
    assert (publication.route, publication.state) == ("direct", State.VALIDATED)


def test_after_a_lost_answer_nothing_goes_by_the_second_route(studio: Studio, two_ways: str):
    """The last chunk's answer is lost, the account dies, the platform cannot be asked: it waits, on its first route."""
    studio.sandbox.fault(match={"endpoint": "video.put"}, action="drop_after")
    studio.sandbox.fault(match={"endpoint": "status.fetch"}, action="status", status=503, times=None)
    steps.validate(OWNER, two_ways)
    steps.upload(OWNER, two_ways)
    kill_first(studio)
    publication = run_to_the_end(two_ways, seconds=2)
    assert publication.route == "direct"
    studio.sandbox.clear_faults()
    due(two_ways)
    publication = run_to_the_end(two_ways)
    assert publication.route == "direct"
    assert len(studio.sandbox.published("tiktok")) == 1


@pytest.mark.parametrize(
    ("error", "taken"),
    [
        (AccountTrouble("dead"), True),
        (QuotaExhausted("full", resets_at=datetime.now(UTC) + timedelta(hours=5)), True),
        (QuotaExhausted("full", resets_at=datetime.now(UTC) + timedelta(minutes=5)), False),
        (QuotaExhausted("not yet", resets_at=datetime.now(UTC) + timedelta(hours=5), code="our_queue"), False),
        (TryAgain("down"), False),
        (Rejected("wrong"), False),
        (OutcomeUnknown("lost"), False),
    ],
    ids=["account", "long limit", "short limit", "our own queue", "passing", "rejected", "unknown"],
)
def test_which_errors_lead_to_the_second_route(two_ways: str, error: Any, taken: bool):
    with claim(OWNER, two_ways) as held:
        assert (second_route.instead(held, error) is not None) == taken
    assert ledger.read(OWNER, two_ways).route == ("blotato" if taken else "direct")


def test_tries_that_are_used_up_lead_to_it_too(studio: Studio, two_ways: str):
    studio.sandbox.fault(match={"endpoint": "video.init"}, action="status", status=503, times=None)
    publication = run_to_the_end(two_ways)
    assert (publication.state, publication.route) == (State.PUBLISHED, "blotato")


@pytest.mark.long
def test_what_is_half_way_on_the_first_is_asked_for_before_the_second_is_taken(studio: Studio):
    """LinkedIn has no byte of a video it waits for, and nobody can see one that no post names."""
    first = studio.connect("linkedin")
    second.choose(OWNER, first, studio.connect("linkedin", route="upload_post"))
    [publication_id] = studio.register(max_retries=0, targets=[{"account": first}])
    studio.sandbox.fault(match={"endpoint": "videos.put"}, action="status", status=503, times=None)
    publication = run_to_the_end(publication_id, seconds=90)
    assert (publication.state, publication.route) == (State.PUBLISHED, "upload_post")
    asked = [each["endpoint"] for each in studio.sandbox.calls()]
    assert "videos.get" in asked[: asked.index("upload")]
    assert len(studio.sandbox.published("linkedin")) == 1


@pytest.mark.long
def test_what_cannot_be_asked_keeps_the_first_route(studio: Studio):
    first = studio.connect("linkedin")
    second.choose(OWNER, first, studio.connect("linkedin", route="upload_post"))
    [publication_id] = studio.register(max_retries=0, targets=[{"account": first}])
    for endpoint in ("videos.put", "videos.get"):
        studio.sandbox.fault(match={"endpoint": endpoint}, action="status", status=503, times=None)
    publication = run_to_the_end(publication_id)
    assert (publication.state, publication.route) == (State.FAILED, "direct")
    assert studio.sandbox.calls("upload") == []


def test_it_is_taken_once_and_the_second_routes_trouble_is_its_own(studio: Studio, two_ways: str):
    kill_first(studio)
    studio.sandbox.fault(match={"endpoint": "posts.create"}, action="status", status=401, times=None)
    publication = run_to_the_end(two_ways, seconds=1)
    assert (publication.state, publication.route) == (State.WAITING_ACCOUNT, "blotato")
    assert accounts.read(OWNER, "via_blotato").state == "expired"


def test_a_second_route_that_was_taken_away_meanwhile_is_a_persons_business(studio: Studio, two_ways: str):
    kill_first(studio)
    studio.sandbox.fault(match={"endpoint": "posts.create"}, action="status", status=401, times=None)
    run_to_the_end(two_ways, seconds=1)
    second.choose(OWNER, "my_tiktok", None)
    studio.sandbox.clear_faults()
    due(two_ways)
    publication = run_to_the_end(two_ways, seconds=1)
    assert publication.state == State.WAITING_ACCOUNT
    assert "no such second route any more" in publication.error["message"]


def test_a_disconnected_account_is_no_second_route(studio: Studio, two_ways: str):
    disconnect(OWNER, "via_blotato")
    kill_first(studio)
    publication = run_to_the_end(two_ways, seconds=1)
    assert (publication.state, publication.route) == (State.WAITING_ACCOUNT, "direct")


def test_a_gateway_that_cannot_make_such_a_post_is_not_taken(studio: Studio):
    first = studio.connect("instagram")
    second.choose(OWNER, first, studio.connect("instagram", route="blotato"))
    [publication_id] = studio.register(targets=[{"account": first, "placement": "feed"}])
    with claim(OWNER, publication_id) as held:
        assert second_route.instead(held, AccountTrouble("dead")) is None


def test_the_second_route_cannot_be_named_itself(studio: Studio, two_ways: str):
    with pytest.raises(Refused, match="'via_blotato' is the second route of 'my_tiktok'"):
        studio.register("job2", targets=[{"account": "via_blotato"}])


def test_what_cannot_be_a_second_route_is_said(studio: Studio):
    studio.connect("tiktok")
    studio.connect("tiktok", "other_tiktok", trouble=None)
    studio.connect("youtube", "tube", route="blotato")
    studio.connect("tiktok", "via", route="blotato")
    studio.connect("tiktok", "post", route="upload_post")
    for wrong, why in [("my_tiktok", "itself"), ("other_tiktok", "same way"), ("tube", "is on youtube")]:
        with pytest.raises(CannotBeSecond, match=why):
            second.choose(OWNER, "my_tiktok", wrong)
    assert second.choose(OWNER, "my_tiktok", "via").second_account_id == "via"
    with pytest.raises(CannotBeSecond, match="stands behind 'my_tiktok' already"):
        second.choose(OWNER, "other_tiktok", "via")
    with pytest.raises(CannotBeSecond, match="no second route of its own"):
        second.choose(OWNER, "via", "other_tiktok")
    with pytest.raises(accounts.UnknownAccount):
        second.choose(OWNER, "my_tiktok", "nobody")
    assert second.choose(OWNER, "my_tiktok", None).second_account_id is None


def test_a_person_who_waits_for_its_time_is_not_hurried_by_a_second_route(studio: Studio):
    """YouTube would have kept the time itself; a gateway is asked when it is time, so our queue keeps it."""
    first = studio.connect("youtube")
    second.choose(OWNER, first, studio.connect("youtube", route="upload_post"))
    at = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    [publication_id] = studio.register(
        targets=[{"account": first, "scheduled_for": at.replace(tzinfo=None).isoformat()}]
    )
    with claim(OWNER, publication_id) as held:
        assert second_route.instead(held, AccountTrouble("dead")) is not None
    publication = run_to_the_end(publication_id, seconds=1)
    assert (publication.state, publication.next_try_at) == (State.SCHEDULED, at)
    assert studio.sandbox.calls("upload") == []


def test_killed_around_the_change_of_route_and_still_one_video(studio: Studio, two_ways: str):
    kill_first(studio)
    seen: list[tuple[str, str]] = []

    def kill_third(name: str, step: str) -> None:
        import os
        import signal

        seen.append((name, step))
        if name == "note_saved":
            os.kill(os.getpid(), signal.SIGKILL)

    assert _in_a_child(kill_third, two_ways)
    publication = run_to_the_end(two_ways)
    assert (publication.state, publication.route) == (State.PUBLISHED, "blotato")
    assert len(studio.sandbox.published("tiktok")) == 1
