"""What a person decides: only where it can be decided, refused with a sentence elsewhere, and never a second video."""

from __future__ import annotations

import json
import os

import pytest

from include.publishing import decisions, ledger, points, receipts, registration, steps, verdicts
from include.publishing.decisions import NotPossible
from include.releases.publication import State
from tests.publishing.rows import change, let_it_be_due
from tests.publishing.studio import CONF, OWNER, Studio, run_to_the_end

AGAIN = {State.FAILED, State.REJECTED, State.CANCELLED}
STOPPABLE = {
    State.PLANNED, State.SCHEDULED, State.VALIDATED, State.WAITING_APPROVAL, State.WAITING_QUOTA, State.WAITING_ACCOUNT,
}  # fmt: skip
DECISIONS = {
    "retry": (decisions.retry, AGAIN | {State.PLANNED}),
    "cancel": (decisions.cancel, STOPPABLE),
    "published": (lambda owner, each: decisions.confirm_published(owner, each, "abcdefghijk"), {State.UNCONFIRMED}),
    "not published": (decisions.confirm_not_published, {State.UNCONFIRMED}),
}


@pytest.fixture
def publication(studio: Studio) -> str:
    """A registered publication on YouTube that nobody has begun."""
    studio.connect("youtube")
    (publication_id,) = studio.register("job1", priority=7, campaign="spring")
    return publication_id


def put(publication_id: str, state: State) -> None:
    change(OWNER, publication_id, "state = %s::desk.publication_state", state.value)


def receipt(studio: Studio) -> dict[str, object]:
    path = studio.folder / "output/distribution/youtube/women/18-23/t1_upload_response.json"
    return dict(json.loads(path.read_text())["upload_response"])


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_is_refused_with_a_sentence_where_it_cannot_be(publication: str, decision: str):
    decide, possible = DECISIONS[decision]
    for state in State:
        put(publication, state)
        if state in possible:
            decide(OWNER, publication)
            continue
        with pytest.raises(NotPossible, match=rf"The publication on youtube \(my_youtube\) is {state} and cannot be"):
            decide(OWNER, publication)
        assert ledger.read(OWNER, publication).state == state


@pytest.mark.parametrize("decision", DECISIONS)
def test_nothing_is_decided_under_a_workers_hands_or_for_another_owner(publication: str, decision: str):
    decide, possible = DECISIONS[decision]
    put(publication, sorted(possible)[0])
    with ledger.claim(OWNER, publication), pytest.raises(ledger.Busy):
        decide(OWNER, publication)
    with pytest.raises(ledger.UnknownPublication):
        decide("bob", publication)
    with pytest.raises(ledger.UnknownPublication):
        decide(OWNER, "not-an-id")


def test_a_rejected_publication_goes_out_once_its_release_was_mended(studio: Studio, publication: str):
    studio.metadata(title="2 < 3")
    studio.register("job2")
    assert run_to_the_end(publication).state == State.REJECTED
    studio.metadata(title="Two is less than three")
    planned = decisions.retry(OWNER, publication)
    assert (planned.state, planned.attempts, planned.error) == (State.PLANNED, 0, None)
    assert registration.register(CONF, "job3").publications[0].publication_id == publication
    assert run_to_the_end(publication).state == State.PUBLISHED
    (video,) = studio.sandbox.published()
    assert video["title"] == "Two is less than three"
    assert verdicts.verdict(CONF, "job3").good


def test_what_the_platform_has_is_not_tried_again(studio: Studio, publication: str):
    studio.sandbox.settings(processing_seconds=60)
    try:
        steps.validate(OWNER, publication)
        steps.upload(OWNER, publication)
    finally:
        studio.sandbox.settings(processing_seconds=0)
    put(publication, State.REJECTED)  # as after YouTube found the video to be somebody else's
    with pytest.raises(NotPossible, match="the platform has the video, or may have it"):
        decisions.retry(OWNER, publication)
    assert ledger.read(OWNER, publication).state == State.REJECTED


def test_what_the_platform_may_have_is_not_tried_again_nor_cancelled(publication: str):
    _killed_after_the_upload(publication)
    put(publication, State.FAILED)
    with pytest.raises(NotPossible, match="or may have it"):
        decisions.retry(OWNER, publication)
    put(publication, State.WAITING_QUOTA)
    with pytest.raises(NotPossible, match="its upload was begun"):
        decisions.cancel(OWNER, publication)


def test_an_upload_that_stopped_half_way_is_not_cancelled(studio: Studio, publication: str):
    change(OWNER, publication, "max_retries = 0")
    match = {"endpoint": "videos.insert.put", "nth": 2}
    studio.sandbox.fault(match=match, action="status", status=503, headers={"Retry-After": "3600"}, times=None)
    change(OWNER, publication, "max_retries = 3")
    steps.validate(OWNER, publication)
    steps.upload(OWNER, publication)
    assert ledger.read(OWNER, publication).state == State.VALIDATED
    with pytest.raises(NotPossible, match="its upload was begun"):
        decisions.cancel(OWNER, publication)


def test_a_failed_upload_is_tried_again_from_where_it_stopped(studio: Studio, publication: str):
    change(OWNER, publication, "max_retries = 0")
    match = {"endpoint": "videos.insert.put", "nth": 3}
    studio.sandbox.fault(match=match, action="status", status=503, headers={"Retry-After": "3600"}, times=None)
    assert run_to_the_end(publication).state == State.FAILED
    studio.sandbox.clear_faults()
    decisions.retry(OWNER, publication)
    assert run_to_the_end(publication).state == State.PUBLISHED
    assert len(studio.sandbox.calls("videos.insert.start")) == 1
    assert len(studio.sandbox.published()) == 1


def test_a_cancelled_publication_sends_nothing_says_so_and_may_be_tried_again(studio: Studio, publication: str):
    studio.sandbox.forget_calls()
    assert decisions.cancel(OWNER, publication).state == State.CANCELLED
    found = receipt(studio)
    assert (found["status"], found["error"]) == ("failed", "A person cancelled it before anything was sent.")
    assert run_to_the_end(publication).state == State.CANCELLED
    assert studio.sandbox.calls() == []
    assert "cancelled. A person cancelled it" in verdicts.verdict(CONF, "job1").summary
    decisions.retry(OWNER, publication)
    assert run_to_the_end(publication).state == State.PUBLISHED


@pytest.mark.parametrize(
    ("said", "video_id", "url"),
    [
        ("dQw4w9WgXcQ", "dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "dQw4w9WgXcQ", "https://www.youtube.com/shorts/dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ", "dQw4w9WgXcQ", "https://youtu.be/dQw4w9WgXcQ"),
        ("https://www.youtube.com/watch?t=3&v=dQw4w9WgXcQ", "dQw4w9WgXcQ", None),
    ],
)
def test_a_person_says_where_it_is(studio: Studio, publication: str, said: str, video_id: str, url: str | None):
    _killed_after_the_upload(publication)
    put(publication, State.UNCONFIRMED)
    found = decisions.confirm_published(OWNER, publication, said)
    assert (found.state, found.video_id, found.url) == (State.PUBLISHED, video_id, url or said)
    assert found.error is None
    assert receipt(studio)["url"] == found.url
    assert receipt(studio)["status"] == "published"
    assert "A person confirmed it" in verdicts.verdict(CONF, "job1").summary
    assert not [each for each in ledger.history(OWNER, publication)["entries"] if each["outcome"] == "begun"]


@pytest.mark.parametrize("said", ["", "it is there, really", "https://", "ftp://x/dQw4w9WgXcQ", "abc", "a" * 65])
def test_what_is_no_address_and_no_id_is_refused(publication: str, said: str):
    put(publication, State.UNCONFIRMED)
    with pytest.raises(NotPossible, match="neither the address of a video nor its id"):
        decisions.confirm_published(OWNER, publication, said)
    assert ledger.read(OWNER, publication).state == State.UNCONFIRMED


def test_a_person_says_it_is_not_there_and_then_it_is_sent_again(studio: Studio, publication: str):
    studio.sandbox.fault(match={"endpoint": "videos.insert.put", "nth": 2}, action="hang", seconds=30)
    _killed_at(publication, "note_saved")
    put(publication, State.UNCONFIRMED)
    studio.sandbox.clear_faults()
    found = decisions.confirm_not_published(OWNER, publication)
    assert (found.state, found.error["message"]) == (State.FAILED, "A person looked: nothing was posted.")
    assert receipt(studio)["status"] == "failed"
    decisions.retry(OWNER, publication)
    assert run_to_the_end(publication).state == State.PUBLISHED
    assert len(studio.sandbox.published()) == 1


def test_a_decision_stands_although_its_receipt_could_not_be_written(publication: str, studio: Studio, monkeypatch):
    (studio.folder / "file").write_text("")
    monkeypatch.setenv("RELEASE_DESK_OUTPUT_ROOT", str(studio.folder / "file"))
    with pytest.raises(receipts.NotWritten):
        decisions.cancel(OWNER, publication)
    assert ledger.read(OWNER, publication).state == State.CANCELLED


def _killed_after_the_upload(publication_id: str) -> None:
    _killed_at(publication_id, "answered")


def _killed_at(publication_id: str, point: str) -> None:
    """Take the upload in a child that ends at a named point, without a word to anybody."""
    child = os.fork()
    if child == 0:
        points.on_reached = lambda name, step: os._exit(0) if name == point else None
        try:
            steps.validate(OWNER, publication_id)
            steps.upload(OWNER, publication_id)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    let_it_be_due(OWNER, publication_id)
