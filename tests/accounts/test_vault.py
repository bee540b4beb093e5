"""The vault: what goes in comes out only where it belongs, with the right key, and never in plain text."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import SecretStr

from include.accounts import accounts, vault
from include.accounts.vault import VaultError
from include.database import engine
from tests.publishing.rows import an_account

PLACE = "account/alice/my_youtube/access_token"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
QUICK = hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@pytest.fixture
def key(desk: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    made = new_key()
    monkeypatch.setenv("SECRET_MASTER_KEY", made)
    monkeypatch.delenv("SECRET_MASTER_KEY_PREVIOUS", raising=False)
    return made


@QUICK
@given(secret=TEXTS, place=TEXTS)
def test_a_secret_comes_back_as_it_was(key, secret, place):
    assert vault.open_envelope(vault.seal(secret, belongs_to=place), belongs_to=place) == secret


def test_the_same_secret_never_looks_the_same_twice(key):
    assert len({vault.seal("the same", belongs_to=PLACE) for _ in range(100)}) == 100


def test_an_envelope_never_shows_the_secret_or_the_key(key):
    envelope = vault.seal("ya29.a-token", belongs_to=PLACE)
    for hidden in (b"ya29", b"a-token", base64.b64decode(key)[:8]):
        assert hidden not in envelope


@pytest.mark.parametrize(
    "elsewhere",
    [
        "account/alice/my_youtube/refresh_token",
        "account/alice/my_tiktok/access_token",
        "account/bob/my_youtube/access_token",
        "",
    ],
)
def test_an_envelope_moved_elsewhere_does_not_open(key, elsewhere):
    envelope = vault.seal("secret", belongs_to=PLACE)
    with pytest.raises(VaultError, match="belongs to another row"):
        vault.open_envelope(envelope, belongs_to=elsewhere)


@QUICK
@given(position=st.integers(0, 200), change=st.integers(1, 255))
def test_a_changed_envelope_does_not_open(key, position, change):
    envelope = bytearray(vault.seal("secret", belongs_to=PLACE))
    envelope[position % len(envelope)] ^= change
    with pytest.raises(VaultError) as refused:
        vault.open_envelope(bytes(envelope), belongs_to=PLACE)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("length", [0, 1, 9, 21])
def test_a_cut_off_envelope_does_not_open(key, length):
    with pytest.raises(VaultError, match="not an envelope of ours"):
        vault.open_envelope(vault.seal("secret", belongs_to=PLACE)[:length], belongs_to=PLACE)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("not base64 at all!", "SECRET_MASTER_KEY is not base64"),
        (base64.b64encode(b"x" * 16).decode(), "must be 32 bytes, base64-encoded; it is 16 bytes"),
        (base64.b64encode(b"x" * 33).decode(), "it is 33 bytes"),
        ("", "SECRET_MASTER_KEY is not set"),
    ],
)
def test_an_unusable_key_is_refused_at_start_with_a_sentence(monkeypatch, wrong, said):
    monkeypatch.setenv("SECRET_MASTER_KEY", wrong)
    monkeypatch.delenv("SECRET_MASTER_KEY_PREVIOUS", raising=False)
    with pytest.raises(VaultError, match=said) as refused:
        vault.check()
    assert not wrong or wrong not in str(refused.value)


def test_an_unusable_previous_key_is_named(key, monkeypatch):
    monkeypatch.setenv("SECRET_MASTER_KEY_PREVIOUS", base64.b64encode(b"short").decode())
    with pytest.raises(VaultError, match="SECRET_MASTER_KEY_PREVIOUS must be 32 bytes"):
        vault.check()


def test_another_key_does_not_open_it_and_says_what_to_set(key, monkeypatch):
    envelope = vault.seal("secret", belongs_to=PLACE)
    monkeypatch.setenv("SECRET_MASTER_KEY", new_key())
    with pytest.raises(VaultError, match="set SECRET_MASTER_KEY_PREVIOUS to it"):
        vault.open_envelope(envelope, belongs_to=PLACE)


def test_while_keys_rotate_both_open_and_the_new_one_seals(key, monkeypatch):
    old = vault.seal("kept with the old key", belongs_to=PLACE)
    monkeypatch.setenv("SECRET_MASTER_KEY_PREVIOUS", key)
    monkeypatch.setenv("SECRET_MASTER_KEY", new_key())
    new = vault.seal("kept with the new key", belongs_to=PLACE)
    assert vault.open_envelope(old, belongs_to=PLACE) == "kept with the old key"
    assert vault.open_envelope(new, belongs_to=PLACE) == "kept with the new key"
    monkeypatch.delenv("SECRET_MASTER_KEY_PREVIOUS")
    assert vault.open_envelope(new, belongs_to=PLACE) == "kept with the new key"
    with pytest.raises(VaultError):
        vault.open_envelope(old, belongs_to=PLACE)


def test_the_database_holds_no_token_in_plain_text(desk):
    an_account("alice")
    with engine.transaction("alice") as connection:
        rows = connection.exec_driver_sql("select field, envelope from desk.account_secret order by field").all()
        everything = connection.exec_driver_sql("select to_jsonb(a)::text from desk.account as a").scalars().all()
    assert [row.field for row in rows] == ["access_token", "refresh_token"]
    for row in rows:
        assert b"access" not in bytes(row.envelope)
        assert b"refresh" not in bytes(row.envelope)
    assert "refresh" not in "".join(everything)


def test_a_token_copied_to_another_field_account_or_owner_does_not_open(desk):
    an_account("alice", "first")
    an_account("alice", "second")
    an_account("bob", "first")
    with engine.transaction("alice") as connection:
        stolen = connection.exec_driver_sql(
            "select envelope from desk.account_secret where account_id = 'first' and field = 'access_token'"
        ).scalar_one()
    for owner, account_id, field in (
        ("alice", "first", "refresh_token"),
        ("alice", "second", "access_token"),
        ("bob", "first", "access_token"),
    ):
        with engine.transaction(owner) as connection:
            connection.exec_driver_sql(
                "update desk.account_secret set envelope = %s where account_id = %s and field = %s",
                (stolen, account_id, field),
            )
            with pytest.raises(VaultError, match="belongs to another row"):
                accounts.read_tokens(connection, owner, account_id)


def test_tokens_do_not_show_in_a_repr(desk):
    an_account("alice")
    with engine.transaction("alice") as connection:
        tokens = accounts.read_tokens(connection, "alice", "my_youtube")
    assert tokens.access_token == "access"
    assert "access'" not in repr(tokens)
    assert "'refresh'" not in repr(tokens)
    assert "hidden" not in repr(accounts.Credentials(access_token=SecretStr("hidden")))
