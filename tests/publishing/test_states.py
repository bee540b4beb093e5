"""The table of moves, and that every decision about an error leads somewhere the table allows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise, product

import psycopg
import pytest

from include.platforms.errors import (
    AccountTrouble,
    OutcomeUnknown,
    PlatformError,
    QuotaExhausted,
    Rejected,
    TryAgain,
)
from include.publishing import answers, ledger
from include.publishing.ledger import Claim
from include.publishing.progress import Later, Over
from include.publishing.states import MOVES, may_move, states_before
from include.releases.publication import ENDS, State
from tests.publishing.rows import a_publication, change, let_it_be_due

ERRORS = [
    Rejected("The title is too long."),
    AccountTrouble("Reconnect it."),
    QuotaExhausted("It is full.", resets_at=datetime(2026, 11, 22, tzinfo=UTC)),
    TryAgain("It is busy."),
    OutcomeUnknown("The answer was lost."),
]
WAITS = {State.WAITING_QUOTA, State.WAITING_ACCOUNT}
POSSIBLE = {
    "nothing": {State.PLANNED, State.SCHEDULED, State.VALIDATED, State.UPLOADING, State.UNCONFIRMED} | WAITS,
    "perhaps": {State.VALIDATED, State.UPLOADING, State.FINISHING, State.UNCONFIRMED} | WAITS,
    "everything": {State.UPLOADING, State.PROCESSING, State.FINISHING, State.PUBLISHED, State.UNCONFIRMED} | WAITS,
}
"""What the platform has → the states in which that can be."""


def test_states_before_is_the_table_read_backwards():
    for before, after in product(State, State):
        assert (before.value in states_before(after)) == may_move(before, after)


def test_nothing_leaves_published_and_only_a_person_reopens_an_end():
    assert MOVES[State.PUBLISHED] == frozenset()
    for end in ENDS - {State.PUBLISHED, State.UNCONFIRMED}:
        assert MOVES[end] == {State.PLANNED}


def test_from_an_unknown_outcome_no_single_move_leads_to_an_upload():
    assert MOVES[State.UNCONFIRMED].isdisjoint({State.UPLOADING, State.PLANNED, State.SCHEDULED})


def test_every_state_can_be_reached_from_planned():
    reached, open_states = {State.PLANNED}, [State.PLANNED]
    while open_states:
        new = MOVES[open_states.pop()] - reached
        reached |= new
        open_states += new
    assert reached >= set(State)


def test_the_states_of_the_code_are_those_of_the_database(desk, warehouse):
    with psycopg.connect(warehouse.app_url.replace("+psycopg", "")) as connection:
        found = connection.execute("select unnest(enum_range(null::desk.publication_state))::text").fetchall()
    assert [name for (name,) in found] == [state.value for state in State]


@pytest.mark.parametrize("sent", POSSIBLE)
def test_every_error_in_every_state_leads_where_the_table_allows(desk, sent):
    """No error may end in a move that is refused: the publication would stand still without a word."""
    publication = a_publication("alice")
    for state, error, attempts in product(sorted(POSSIBLE[sent]), ERRORS, (0, 5)):
        _put(publication, state, attempts)
        with _held(publication, sent=sent) as held:
            progress = answers.record_error(held, error)
            after = ledger.read("alice", publication)
        told = f"{state} with {type(error).__name__}, {attempts} tries: {after.state}"
        assert isinstance(progress, Over) == after.is_over or state in {State.UNCONFIRMED, State.PUBLISHED}, told
        assert after.state == State.PUBLISHED or state != State.PUBLISHED, told
        assert sent == "nothing" or after.state != State.FAILED, f"{told}: the platform may have it"
        if after.state not in {state} and after.is_over:
            assert after.error["message"] == error.message, told


@pytest.mark.parametrize("error", [TryAgain("busy"), OutcomeUnknown("lost")], ids=["busy", "lost"])
def test_an_upload_with_an_unknown_outcome_is_never_called_failed(desk, error):
    publication = a_publication("alice")
    _put(publication, State.UPLOADING, attempts=3)
    with ledger.claim("alice", publication) as held:
        entry = held.begin("upload")
        held.end(entry, "unknown")
    with ledger.claim("alice", publication) as held:
        assert held.unsettled == {"upload"}
        answers.record_error(held, error)
    assert ledger.read("alice", publication).state == State.UNCONFIRMED


def test_an_upload_that_left_nothing_fails_when_its_tries_are_used_up(desk):
    publication = a_publication("alice")
    _put(publication, State.VALIDATED, attempts=0)
    waits = []
    for _ in range(4):
        let_it_be_due("alice", publication)
        with ledger.claim("alice", publication) as held:
            entry = held.begin("upload")
            held.move(State.UPLOADING)
            held.end(entry, "nothing")
            progress = answers.record_error(held, TryAgain("busy"))
        if isinstance(progress, Later):
            waits.append(progress.at - datetime.now(UTC))
    found = ledger.read("alice", publication)
    assert (found.state, found.attempts, found.error["message"]) == (State.FAILED, 4, "busy")
    assert len(waits) == 3
    assert all(shorter < longer for shorter, longer in pairwise(waits)), waits


def test_an_entry_counts_as_open_from_its_begin_to_its_end(desk):
    publication = a_publication("alice")
    with ledger.claim("alice", publication) as held:
        entry = held.begin("upload")
        assert held.unsettled == {"upload"}
        held.end(entry, "unknown")
        assert held.unsettled == {"upload"}
        held.settle("upload", "nothing")
        assert held.unsettled == frozenset()
        entry = held.begin("upload")
        held.end(entry, "done")
        assert held.unsettled == frozenset()


def test_an_id_that_is_none_is_an_unknown_publication(desk):
    for name in ("nonsense", "", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(ledger.UnknownPublication):
            ledger.read("alice", name)


def _put(publication: str, state: State, attempts: int) -> None:
    where = "state = %s::desk.publication_state, attempts = %s, next_try_at = null, error = null"
    change("alice", publication, where, state.value, attempts)


@contextmanager
def _held(publication: str, *, sent: str) -> Iterator[Claim]:
    with ledger.claim("alice", publication) as held:
        held.uploaded = sent == "everything"
        held.unsettled = frozenset({"upload"}) if sent == "perhaps" else frozenset()
        yield held


def test_errors_of_every_class_are_in_this_test():
    assert {type(error) for error in ERRORS} == set(PlatformError.__subclasses__())
