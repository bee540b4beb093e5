"""A release goes out to Parrot by the product's own steps: once, whatever happens in between."""

from __future__ import annotations

import os
import signal
from functools import partial

import pytest

from include.accounts import accounts
from include.platforms import get, http
from include.platforms.parrot.client import Client
from include.publishing import answers, clients, ledger, points, retries, steps
from include.publishing.clients import open_calls
from include.releases.publication import State
from tests.publishing.studio import OWNER, Studio, run_to_the_end, sha256_of

KILLS = [("note_saved", "uploading"), ("intent_written", "finish"), ("answered", "finishing")]
"""Point of include/publishing/points.py, and the step or state it is reached in; `test_crashes.py` has all of them."""


@pytest.fixture
def registered(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> str:
    """A publication on a fresh Parrot account, and a product that does not wait long."""
    studio.configure(parrot={"placement": "video"})
    monkeypatch.setattr(clients, "Calls", partial(http.Calls, pause=lambda seconds: None))
    monkeypatch.setattr(retries, "LOOK_FOR_LOST_ANSWER", retries.timedelta(seconds=0.02))
    monkeypatch.setattr(steps, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(answers, "DEFAULT_LOOK_SECONDS", 0.05)
    name = studio.connect("parrot")
    (publication_id,) = studio.register(targets=[{"account": name, "options": {"loud": True}}])
    return publication_id


def the_one_post(studio: Studio, publication_id: str) -> None:
    """Take the publication to its end: published, one post, with the right bytes, and every entry settled."""
    publication = run_to_the_end(publication_id)
    assert publication.state == State.PUBLISHED, publication.error
    [post] = studio.sandbox.published("parrot")
    assert post["sha256"] == sha256_of(studio.folder / "export/women/18-23/t1.mp4")
    assert (post["state"], post["id"]) == ("said", publication.video_id)
    assert publication.url == f"https://parrot.example/@{post['account'].replace(' ', '')}/{post['id']}"
    assert not [each for each in ledger.history(OWNER, publication_id)["entries"] if each["outcome"] == "begun"]


def test_a_release_is_published_by_the_products_own_steps(studio: Studio, registered: str) -> None:
    the_one_post(studio, registered)
    assert len(studio.sandbox.calls("drafts.say")) == 1


def test_parrot_itself_would_say_it_twice(studio: Studio, registered: str) -> None:
    the_one_post(studio, registered)
    draft = studio.sandbox.published("parrot")[0]["publish_id"]
    with open_calls(accounts.read(OWNER, "my_parrot")) as calls:
        Client(calls).say(draft)
    assert len(studio.sandbox.published("parrot")) == 2


@pytest.mark.parametrize(("point", "step"), KILLS)
def test_killed_between_two_calls_it_is_still_said_once(studio: Studio, registered: str, point: str, step: str) -> None:
    child = os.fork()
    if child == 0:
        points.on_reached = lambda *at: os.kill(os.getpid(), signal.SIGKILL) if at == (point, step) else None
        try:
            run_to_the_end(registered)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"{point} ({step}) was not reached"
    the_one_post(studio, registered)


@pytest.mark.parametrize("action", ["drop_before", "drop_after"])
def test_a_lost_answer_is_looked_for_and_never_repeated_blindly(studio: Studio, registered: str, action: str) -> None:
    studio.sandbox.fault(match={"endpoint": "drafts.say"}, action=action)
    the_one_post(studio, registered)


def test_an_expired_token_renews_itself(studio: Studio, registered: str) -> None:
    studio.sandbox.fault(match={"endpoint": "drafts.create"}, action="expire_token")
    the_one_post(studio, registered)
    assert studio.sandbox.calls("oauth.token")


def test_what_parrot_cannot_use_is_refused(studio: Studio, registered: str) -> None:
    studio.sandbox.fault(match={"endpoint": "drafts.put"}, action="fail_processing", reason="mumbled")
    publication = run_to_the_end(registered)
    assert (publication.state, studio.sandbox.calls("drafts.say")) == (State.REJECTED, [])
    assert "mumbled" in (publication.error or {})["message"]


def test_an_unknown_option_is_refused_by_name(studio: Studio, registered: str) -> None:
    other = studio.connect("parrot", "other_parrot")
    (publication_id,) = studio.register("job2", targets=[{"account": other, "options": {"quiet": True}}])
    publication = run_to_the_end(publication_id)
    assert (publication.state, studio.sandbox.calls("drafts.create")) == (State.REJECTED, [])
    assert "'quiet'" in (publication.error or {})["message"]


def test_the_package_offers_every_name_it_promises() -> None:
    parrot = get("parrot")
    assert all(getattr(parrot, name) is not None for name in parrot.__all__)
