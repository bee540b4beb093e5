"""Rotating the master key: everything is sealed anew, also after a kill in the middle and while others write."""

from __future__ import annotations

import base64
import json
import os
import signal
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from include.accounts import accounts, attempts, master_key, rekey, vault
from include.cli import launcher
from include.cli.app import app
from include.database import engine
from include.publishing import ledger
from tests.postgres_server import PostgresServer, Warehouse
from tests.publishing.rows import a_publication, an_account, change

OWNERS = ("alice", "bob", "carol")
HASHES = {
    ("connect_attempt", "state_sha256"), ("vault_key", "key_id"), ("vault_key", "envelope"),
    ("idempotency_key", "key_sha256"), ("idempotency_key", "request_sha256"), ("idempotency_key", "answer"),
}  # fmt: skip
"""Columns of bytes that are no secrets of an owner."""


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@pytest.fixture
def rotate(desk: Path, monkeypatch: pytest.MonkeyPatch):
    """Set a new key beside the one there is, and return the old one."""

    def set_keys() -> str:
        old = os.environ["SECRET_MASTER_KEY"]
        monkeypatch.setenv("SECRET_MASTER_KEY_PREVIOUS", old)
        monkeypatch.setenv("SECRET_MASTER_KEY", new_key())
        return old

    return set_keys


def a_full_house() -> dict[str, str]:
    """Seal one of everything for some owners; return their publications."""
    made = {}
    for owner in OWNERS:
        made[owner] = a_publication(owner)
        an_account(owner, "my_second")
        with ledger.claim(owner, made[owner]) as held:
            held.save_note({"address": f"upload of {owner}"})
        a_sign_in(owner)
    return made


def a_sign_in(owner: str) -> attempts.Attempt:
    attempt = attempts.begin(
        owner, "youtube", account_id=None, login=None, redirect_uri="http://desk.test", return_to=None, is_default=True
    )
    used = attempts.use(owner, attempt.state)
    attempts.let_wait(used, {"token": f"of {owner}"})
    return used


def opened(owner: str) -> tuple[str | None, str | None]:
    with engine.transaction(owner) as connection:
        tokens = accounts.read_tokens(connection, owner, "my_youtube")
    return tokens.access_token, tokens.refresh_token


def test_everything_is_sealed_anew_and_opens_with_the_new_key_alone(rotate, monkeypatch):
    made = a_full_house()
    states = {owner: a_sign_in(owner).state for owner in OWNERS}
    rotate()
    seen: list[rekey.Progress] = []
    assert rekey.to_do() == len(OWNERS) * (4 + 1 + 2 * 2)
    found = rekey.rekey(seen.append, batch=2)
    assert found.done
    assert found.old_key_until is None
    assert [each.sealed for each in seen] == sorted(each.sealed for each in seen)
    assert rekey.to_do() == 0
    monkeypatch.delenv("SECRET_MASTER_KEY_PREVIOUS")
    master_key._right.clear()
    for owner in OWNERS:
        assert opened(owner) == ("access", "refresh")
        with ledger.claim(owner, made[owner]) as held:
            assert held.note == {"address": f"upload of {owner}"}
        assert attempts.take(owner, states[owner])[1] == {"token": f"of {owner}"}


def test_what_is_sealed_with_the_newest_key_is_not_touched(rotate):
    a_full_house()
    rotate()
    assert rekey.rekey().sealed > 0
    with engine.transaction("alice") as connection:
        before = connection.exec_driver_sql("select xmin::text, envelope from desk.account_secret").all()
    again = rekey.rekey()
    assert (again.sealed, again.done) == (0, True)
    with engine.transaction("alice") as connection:
        assert connection.exec_driver_sql("select xmin::text, envelope from desk.account_secret").all() == before


def test_neither_times_nor_claims_change(rotate):
    made = a_full_house()
    look = (
        "select updated_at, claim, state from desk.publication union all "
        "select updated_at, null, null from desk.account_secret order by 1"
    )
    with engine.transaction("alice") as connection:
        before = connection.exec_driver_sql(look).all()
    rotate()
    with ledger.claim("alice", made["alice"]) as held:
        claimed = held.claim_id
        rekey.rekey()
        held.save_note({"address": "the newest"})  # the claim is still the newest
        assert held.claim_id == claimed
    with engine.transaction("alice") as connection:
        after = connection.exec_driver_sql(look).all()
    assert [row.updated_at for row in after][:-1] == [row.updated_at for row in before][:-1]


@pytest.mark.parametrize("sealed_before", [0, 1, 5])
def test_a_rekey_killed_half_way_and_run_again_ends_well(rotate, monkeypatch, sealed_before):
    made = a_full_house()
    rotate()
    of = rekey.to_do()
    child = os.fork()
    if child == 0:

        def on_batch(sealed: int) -> None:
            if sealed >= sealed_before:
                os.kill(os.getpid(), signal.SIGKILL)

        rekey.on_batch = on_batch
        try:
            rekey.rekey(batch=1)
        finally:
            os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    left = rekey.to_do()
    assert max(0, of - sealed_before) <= left <= of
    for owner in OWNERS:  # in between everything opens, with either key
        assert opened(owner) == ("access", "refresh")
        with ledger.claim(owner, made[owner]) as held:
            assert held.note == {"address": f"upload of {owner}"}
    found = rekey.rekey(batch=1)
    assert found.done
    monkeypatch.delenv("SECRET_MASTER_KEY_PREVIOUS")
    for owner in OWNERS:
        assert opened(owner) == ("access", "refresh")


def test_publishing_goes_on_meanwhile_and_nothing_it_writes_is_lost(rotate):
    made = a_full_house()
    rotate()
    stop, written = threading.Event(), {owner: 0 for owner in OWNERS}

    def work(owner: str) -> None:
        with ledger.claim(owner, made[owner]) as held:
            while not stop.is_set():
                written[owner] += 1
                held.save_note({"number": written[owner]})
                with engine.transaction(owner) as connection:
                    token = SecretStr(f"token {written[owner]}")
                    accounts.keep_secret(connection, owner, "my_youtube", "access_token", token, None)

    workers = [threading.Thread(target=work, args=(owner,)) for owner in OWNERS]
    for worker in workers:
        worker.start()
    try:
        found = rekey.rekey(batch=1)
    finally:
        stop.set()
        for worker in workers:
            worker.join()
    assert found.done
    for owner in OWNERS:
        assert written[owner] > 0
        assert opened(owner) == (f"token {written[owner]}", "refresh")
        with ledger.claim(owner, made[owner]) as held:
            assert held.note == {"number": written[owner]}


def test_a_row_somebody_holds_is_left_and_said(rotate, monkeypatch, warehouse: Warehouse):
    a_full_house()
    rotate()
    monkeypatch.setattr(rekey, "ROUNDS", 2)
    monkeypatch.setattr(rekey, "PAUSE_SECONDS", 0)
    with psycopg.connect(warehouse.app_url.replace("+psycopg", "")) as holder:
        holder.execute("set desk.owner = 'bob'")
        holder.execute("select 1 from desk.account_secret where account_id = 'my_second' for update")
        found = rekey.rekey()
    assert (found.done, found.left, found.unreadable) == (False, 2, 0)
    assert rekey.rekey().done


def test_an_envelope_that_does_not_open_stops_nobody_and_keeps_the_old_key(rotate, caplog):
    made = a_full_house()
    change("alice", made["alice"], "note = 'rubbish that is long enough'")
    rotate()
    found = rekey.rekey(batch=1)
    assert (found.done, found.left, found.unreadable) == (False, 1, 1)
    assert f"publication/{made['alice']}/note cannot be sealed anew" in caplog.text
    with engine.transaction("*") as connection:
        retired = connection.exec_driver_sql("select count(*) from desk.vault_key where retired_at is not null")
        assert retired.scalar_one() == 0


def test_the_old_key_stays_until_the_addresses_it_signed_are_over(rotate):
    made = a_full_house()
    until = datetime.now(UTC) + timedelta(hours=20)
    with engine.transaction("alice") as connection:
        connection.exec_driver_sql(
            "insert into desk.hosted_file (owner, kind, place, stored_name, publication_id, release_id, bytes, "
            "address_until) select owner, 'local', '', 'x', publication_id, release_id, 1, %s from desk.publication "
            "where publication_id = %s", (until, made["alice"]),
        )  # fmt: skip
    rotate()
    found = rekey.rekey()
    assert found.done
    assert found.old_key_until == until


def test_every_sealed_column_is_known(postgres_server: PostgresServer, warehouse: Warehouse):
    """A new column with secrets must be added to rekey.KINDS, or it cannot be opened after a rotation."""
    with postgres_server.superuser(warehouse) as server:
        found = server.execute(
            "select table_name, column_name from information_schema.columns "
            "where table_schema = 'desk' and data_type = 'bytea'"
        ).fetchall()
    tables = {
        "secrets_to_rekey": "account_secret",
        "notes_to_rekey": "publication",
        "sign_ins_to_rekey": "connect_attempt",
        "webhook_secrets_to_rekey": "webhook_secret",
    }
    known = {(tables[kind.find], column) for kind in rekey.KINDS for column in kind.columns}
    assert set(found) - HASHES == known


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr(launcher, "enter", lambda: None)
    return CliRunner()


def test_the_command_tells_how_far_it_is_and_when_the_old_key_can_go(rotate, command):
    a_full_house()
    rotate()
    told = command.invoke(app, ["accounts", "rekey", "--json"])
    assert told.exit_code == 0, told.output
    answer = json.loads(told.stdout.splitlines()[-1])
    assert answer["old_key_can_go"]
    assert answer["left"] == 0
    assert answer["key_id"] == vault.key_ids()[0].hex()
    assert f"{answer['sealed']} of {answer['sealed']} secrets are sealed with the new key" in told.output
    again = command.invoke(app, ["accounts", "rekey"])
    assert "SECRET_MASTER_KEY_PREVIOUS can be removed now" in again.output


def test_the_command_ends_badly_when_something_is_left(rotate, command):
    made = a_full_house()
    change("alice", made["alice"], "note = 'rubbish that is long enough'")
    rotate()
    told = command.invoke(app, ["accounts", "rekey"])
    assert told.exit_code == 1
    assert "1 cannot be opened with either key" in told.output
