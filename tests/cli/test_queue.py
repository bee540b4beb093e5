"""`desk queue` and `desk publications move`: what waits, how it stands, and another time, as sentences or JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from include.cli import launcher, queue
from include.cli.app import app
from include.publishing import ledger
from include.publishing import queue as service
from include.releases.publication import State
from tests.cli import saying
from tests.publishing.rows import a_publication, change

ALICE = ["--owner", "alice"]
LATER = (datetime.now(UTC) + timedelta(days=30)).replace(tzinfo=None, hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def publication(desk: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(launcher, "enter", lambda: None)
    return a_publication("alice")


run = partial(saying.run, app)


def test_a_move_says_the_clock_time_and_the_instant(publication: str):
    said = run("publications", "move", publication, "--scheduled-for", LATER.isoformat(), "--timezone", "Etc/GMT-3",
               "--priority", "8", *ALICE)  # fmt: skip
    instant = LATER - timedelta(hours=3)
    assert said == (
        0,
        f"youtube (my_youtube) goes out {LATER:%Y-%m-%d %H:%M} Etc/GMT-3 ({instant:%Y-%m-%d %H:%M} UTC), priority 8.\n",
    )
    told = json.loads(run("publications", "show", publication, "--json", *ALICE)[1])["publication"]
    assert (told["priority"], told["timezone"], told["way"]) == (8, "Etc/GMT-3", "theirs")
    assert "kept by the platform" in run("publications", "show", publication, *ALICE)[1]


def test_a_time_that_cannot_be_is_one_sentence(publication: str):
    code, said = run("publications", "move", publication, "--scheduled-for", "2027-03-28T02:30:00", "--timezone",
                     "Europe/Madrid", *ALICE)  # fmt: skip
    assert code == 1
    assert "2027-03-28 02:30:00 does not exist in Europe/Madrid" in said
    assert "2027-03-28T00:30:00 UTC" in said
    assert "2027-03-28T01:30:00 UTC" in said
    assert ledger.read("alice", publication).scheduled_for is None


def test_the_line_and_how_it_stands(publication: str):
    assert run("queue", "list", "--owner", "bob")[1] == "Nothing waits.\n"
    service.move("alice", publication, scheduled_for=LATER.isoformat(), timezone="UTC")
    (told,) = json.loads(run("queue", "list", "--json", *ALICE)[1])
    assert (told["publication_id"], told["way"], told["priority"]) == (publication, "theirs", 5)
    assert "theirs" in run("queue", "list", *ALICE)[1]
    service.schedule("alice", [publication])
    told = json.loads(run("queue", "stats", "--json", *ALICE)[1])
    assert (told["due"], told["late"], told["by_platform"], told["by_priority"]) == (1, 0, {"youtube": 1}, {"5": 1})
    assert "by platform: youtube: 1" in run("queue", "stats", *ALICE)[1]


def test_times_are_proposed(publication: str):
    found = json.loads(run("queue", "times", "my_youtube", "--days", "2", "--json", *ALICE)[1])
    assert {each["because"] for each in found} == {"default"}
    assert len(run("queue", "times", "my_youtube", "--days", "2", *ALICE)[1].splitlines()) == len(found) > 1
    code, said = run("queue", "times", "nobodys", *ALICE)
    assert code == 1
    assert "nobodys" in said


def test_a_retry_is_followed_to_its_end(publication: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queue, "LOOK_SECONDS", 0.01)
    change("alice", publication, "queued_at = now(), next_try_at = now()")
    looked: list[int] = []
    real = ledger.read

    def read(owner: str, publication_id: str):
        looked.append(1)
        if len(looked) == 3:
            change(owner, publication_id, "state = 'published'")
        return real(owner, publication_id)

    monkeypatch.setattr(ledger, "read", read)
    assert queue.see_out("alice", publication).state == State.PUBLISHED
    assert len(looked) == 3


def test_what_waits_longer_is_not_followed(publication: str):
    change("alice", publication, "queued_at = now(), next_try_at = now() + interval '1 hour', state = 'waiting_quota'")
    assert queue.see_out("alice", publication).state == State.WAITING_QUOTA
