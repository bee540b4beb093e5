"""The ledger: one worker at a time, moves as the table allows, notes that nobody can read in the database."""

from __future__ import annotations

import psycopg
import pytest

from include import settings
from include.database import engine
from include.publishing import ledger
from include.publishing.states import MOVES, may_move
from include.releases.publication import State
from tests.publishing.rows import a_publication


def test_a_publication_is_claimed_by_one_worker_at_a_time(desk):
    publication = a_publication("alice")
    with ledger.claim("alice", publication), pytest.raises(ledger.Busy), ledger.claim("alice", publication):
        pass
    with ledger.claim("alice", publication):
        pass


def test_a_worker_whose_claim_is_older_writes_nothing(desk):
    publication = a_publication("alice")
    with ledger.claim("alice", publication) as old:
        pass
    with ledger.claim("alice", publication) as new:
        for write in (
            lambda: old.save_note({"a": 1}),
            lambda: old.begin("upload"),
            lambda: old.move(State.VALIDATED),
        ):
            with pytest.raises(ledger.LostClaim):
                write()
        new.save_note({"a": 2})
    with ledger.claim("alice", publication) as held:
        assert held.note == {"a": 2}
        assert held.publication.state == State.PLANNED


def test_a_move_the_table_does_not_allow_changes_nothing(desk):
    publication = a_publication("alice")
    with ledger.claim("alice", publication) as held:
        with pytest.raises(ledger.LostClaim):
            held.move(State.PUBLISHED)
        assert ledger.read("alice", publication).state == State.PLANNED
        held.move(State.VALIDATED)
        held.move(State.UPLOADING)
    assert [(each["from_state"], each["to_state"]) for each in ledger.history("alice", publication)["moves"]] == [
        ("planned", "validated"),
        ("validated", "uploading"),
    ]


def test_a_note_is_stored_encrypted_and_comes_back_as_it_was(desk, warehouse):
    publication = a_publication("alice")
    note = {"session": "https://upload.example/secret-address", "n": [1, 2]}
    with ledger.claim("alice", publication) as held:
        held.save_note(note)
    with ledger.claim("alice", publication) as held:
        assert held.note == note
    with psycopg.connect(warehouse.owner_url.replace("+psycopg", "")) as connection:
        connection.execute("set row_security = off")
        # the owner of the tables is subject to the policies, too: it sees nothing at all
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select note from desk.publication").fetchall()
    with engine.transaction("alice") as connection:
        raw = connection.exec_driver_sql("select note from desk.publication").scalar_one()
    assert b"secret-address" not in bytes(raw)


def test_an_owner_sees_own_rows_only(desk):
    publication = a_publication("alice")
    with pytest.raises(ledger.UnknownPublication):
        ledger.read("bob", publication)
    with pytest.raises(ledger.UnknownPublication), ledger.claim("bob", publication):
        pass
    with engine.transaction("bob") as connection:
        for table in ("account", "account_secret", "release", "publication", "move", "ledger"):
            assert connection.exec_driver_sql(f"select count(*) from desk.{table}").scalar_one() == 0


def test_a_row_cannot_be_written_for_another_owner(desk):
    with engine.transaction("bob") as connection, pytest.raises(Exception, match="row-level security"):
        connection.exec_driver_sql(
            "insert into desk.account (owner, account_id, platform) values ('alice', 'x', 'youtube')"
        )


def test_the_owner_does_not_stay_on_a_pooled_connection(desk):
    a_publication("alice")
    with engine.transaction("alice") as connection:
        assert connection.exec_driver_sql("select count(*) from desk.publication").scalar_one() == 1
    with engine._engine(settings.warehouse_url()).connect() as connection:
        assert connection.exec_driver_sql("select count(*) from desk.publication").scalar_one() == 0


def test_every_state_has_a_line_in_the_table_of_moves():
    assert set(MOVES) == set(State)
    assert not MOVES[State.PUBLISHED], "nothing may leave published"
    assert all(may_move(state, state) for state in State)
    # nobody uploads again while the outcome is unknown
    assert State.UPLOADING not in MOVES[State.UNCONFIRMED]
