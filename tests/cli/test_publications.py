"""`desk publications`: what a person decides, said as one sentence or as JSON."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from include.cli import launcher
from include.cli.publications import app
from include.publishing import ledger
from include.releases.publication import State
from tests.cli import saying
from tests.publishing.rows import a_publication, change

ALICE = ["--owner", "alice"]


@pytest.fixture
def publication(desk: Path) -> str:
    return a_publication("alice")


def put(publication_id: str, state: State) -> None:
    change("alice", publication_id, "state = %s::desk.publication_state", state.value)


run = partial(saying.run, app)


def test_cancel_says_what_it_is_now(publication: str):
    assert run("cancel", publication, *ALICE) == (0, "youtube (my_youtube) is cancelled now.\n")
    assert ledger.read("alice", publication).state == State.CANCELLED
    code, said = run("cancel", publication, *ALICE)
    assert code == 1
    assert said.startswith("The publication on youtube (my_youtube) is cancelled and cannot be cancelled; that is for")


def test_confirm_takes_one_of_two_answers(publication: str):
    put(publication, State.UNCONFIRMED)
    for words in ([], ["--published", "dQw4w9WgXcQ", "--not-published"]):
        code, said = run("confirm", publication, *words, *ALICE)
        assert code == 2
        assert "either --published ADDRESS_OR_ID or --not-published" in said
    assert ledger.read("alice", publication).state == State.UNCONFIRMED
    code, said = run("confirm", publication, "--published", "dQw4w9WgXcQ", *ALICE)
    assert (code, said) == (
        0, "youtube (my_youtube) is published now: https://www.youtube.com/watch?v=dQw4w9WgXcQ.\n"
    )  # fmt: skip


def test_confirm_not_published_as_json(publication: str):
    put(publication, State.UNCONFIRMED)
    code, said = run("confirm", publication, "--not-published", "--json", *ALICE)
    assert code == 0
    assert json.loads(said) == {"publication_id": publication, "state": "failed", "url": None}


@pytest.mark.parametrize("words", [["show"], ["cancel"], ["confirm", "--not-published"]])
@pytest.mark.parametrize("name", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_publication_is_one_sentence(desk: Path, words: list[str], name: str):
    code, said = run(words[0], name, *words[1:], *ALICE)
    assert code == 1
    assert name in said


def test_a_publication_a_worker_is_at_is_one_sentence(publication: str):
    with ledger.claim("alice", publication):
        code, said = run("cancel", publication, *ALICE)
    assert (code, said) == (1, f"Another worker is at publication {publication}.")


def test_retry_needs_an_installation_and_changes_nothing_without_one(publication: str, monkeypatch):
    put(publication, State.FAILED)
    monkeypatch.setattr(launcher, "current", lambda: None)
    code, said = run("retry", publication, *ALICE)
    assert (code, said) == (1, "Nothing was started yet; run `./desk up` first.")
    assert ledger.read("alice", publication).state == State.FAILED


def test_list_and_show_tell_the_state_and_the_moves(publication: str):
    put(publication, State.FAILED)
    code, said = run("list", "--state", "failed", "--json", *ALICE)
    assert code == 0
    assert [each["publication_id"] for each in json.loads(said)] == [publication]
    assert run("list", "--state", "published", "--json", *ALICE) == (0, "[]\n")
    with ledger.claim("alice", publication) as held:
        held.move(State.PLANNED)
    told = json.loads(run("show", publication, "--json", *ALICE)[1])
    assert [(each["from_state"], each["to_state"]) for each in told["moves"]] == [("failed", "planned")]
    assert "planned" in run("show", publication, *ALICE)[1]
