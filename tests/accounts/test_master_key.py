"""The master key: a wrong one is noticed before anything is written with it, and a new one is let in beside the old."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from include import settings
from include.accounts import accounts, attempts, master_key, vault
from include.accounts.rekey import rekey
from include.accounts.vault import VaultError
from include.cli import starting
from include.database import engine
from tests.publishing.rows import an_account


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@pytest.fixture
def use(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set the keys as a process that starts now would find them."""

    def set_keys(current: str, previous: str | None = None) -> None:
        monkeypatch.setenv("SECRET_MASTER_KEY", current)
        monkeypatch.setenv("SECRET_MASTER_KEY_PREVIOUS", previous or "")
        master_key._right.clear()

    return set_keys


def envelopes() -> list[bytes]:
    with engine.transaction("alice") as connection:
        return [
            bytes(each)
            for each in connection.exec_driver_sql("select envelope from desk.account_secret order by field").scalars()
        ]


def begin_a_sign_in() -> None:
    attempts.begin(
        "alice", "youtube", account_id=None, login=None, redirect_uri="http://x", return_to=None, is_default=True
    )


WRITES = {
    "account": lambda: an_account("alice"),
    "note": lambda: vault.seal("{}", belongs_to="publication/1/note"),
    "sign-in": begin_a_sign_in,
}


def test_the_first_key_is_noted_and_right_from_then_on(use):
    key = new_key()
    use(key)
    master_key.check()
    use(key)
    master_key.check()
    with engine.transaction("*") as connection:
        (row,) = connection.exec_driver_sql("select * from desk.vault_key").all()
    assert bytes(row.key_id) == vault.key_ids()[0]
    assert base64.b64decode(key) not in bytes(row.envelope)


@pytest.mark.parametrize("write", WRITES)
def test_a_wrong_key_is_noticed_before_anything_is_written_with_it(use, write):
    use(new_key())
    an_account("alice")
    before = envelopes()
    use(new_key())
    with pytest.raises(VaultError, match="is not the key this installation's secrets are sealed with; nothing was wri"):
        WRITES[write]()
    assert envelopes() == before
    with engine.transaction("alice") as connection:
        assert connection.exec_driver_sql("select count(*) from desk.connect_attempt").scalar_one() == 0
    with engine.transaction("*") as connection:
        assert connection.exec_driver_sql("select count(*) from desk.vault_key").scalar_one() == 1


def test_an_installation_from_before_keys_were_noted_is_not_opened_with_another_key(use):
    right = new_key()
    use(right)
    an_account("alice")
    with engine.transaction("*") as connection:
        connection.exec_driver_sql("delete from desk.vault_key")
    use(new_key())
    with pytest.raises(VaultError, match="is not the key"):
        master_key.check()
    use(right)
    master_key.check()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("not base64!", "is not base64"), (base64.b64encode(b"x" * 16).decode(), "it is 16 bytes"), ("", "is not set")],
)
def test_a_missing_short_or_malformed_key_is_refused_with_its_name(use, wrong, said):
    use(wrong)
    with pytest.raises(VaultError, match=said) as refused:
        master_key.check()
    assert "SECRET_MASTER_KEY" in str(refused.value)
    with pytest.raises(VaultError):
        an_account("alice")
    with engine.transaction("alice") as connection:
        assert connection.exec_driver_sql("select count(*) from desk.account_secret").scalar_one() == 0


def test_a_new_key_is_let_in_beside_the_old_one_only(use):
    old, new = new_key(), new_key()
    use(old)
    an_account("alice")
    use(new, new_key())
    with pytest.raises(VaultError, match="set SECRET_MASTER_KEY_PREVIOUS to the old one as well"):
        master_key.check()
    use(new, old)
    master_key.check()
    use(old)  # a worker that was not started again yet
    master_key.check()


def test_a_key_that_was_rotated_away_is_not_accepted_again(use):
    old, new = new_key(), new_key()
    use(old)
    an_account("alice")
    use(new, old)
    assert rekey().done
    use(old)
    with pytest.raises(VaultError, match="was rotated away"):
        master_key.check()
    use(new)
    master_key.check()
    use(old, new)  # a person may go back
    master_key.check()
    assert rekey().done


def test_a_process_asks_the_warehouse_once(use, monkeypatch):
    use(new_key())
    master_key.check()
    monkeypatch.setattr(engine, "transaction_alone", lambda *_: pytest.fail("asked again"))
    master_key.check()
    an_account("alice")


def test_many_first_starts_at_once_agree_on_one_key(desk: Path, warehouse, monkeypatch):
    code = "from include.accounts import master_key; master_key.check()"
    starts = [
        subprocess.Popen([sys.executable, "-c", code], env=os.environ | {"SECRET_MASTER_KEY": new_key()},
                         cwd=settings.PROJECT, stderr=subprocess.DEVNULL)
        for _ in range(4)
    ]  # fmt: skip
    assert sorted(each.wait(60) for each in starts) == [0, 1, 1, 1]


def test_up_refuses_another_key_than_the_warehouses(use, warehouse):
    key = new_key()
    use(key)
    an_account("alice")
    ours = {"SECRET_MASTER_KEY": key, "AIRFLOW_CONN_WAREHOUSE": warehouse.app_url.replace("+psycopg", "")}
    starting._check_master_key(ours)
    with pytest.raises(VaultError, match="is not the key"):
        starting._check_master_key(ours | {"SECRET_MASTER_KEY": new_key()})


def test_both_keys_may_come_from_a_secrets_backend_and_are_asked_for_once(desk: Path, monkeypatch):
    old, new = new_key(), new_key()
    asked: list[str] = []

    def variable(name: str) -> str | None:
        asked.append(name)
        return {"secret_master_key": new, "secret_master_key_previous": old}.get(name)

    monkeypatch.delenv("SECRET_MASTER_KEY")
    monkeypatch.setattr(settings, "_airflow_variable", variable)
    assert [settings.master_keys() for _ in range(3)] == [(new, old)] * 3
    assert asked == ["secret_master_key", "secret_master_key_previous"]


def test_a_real_secrets_backend_of_airflow_is_asked(desk: Path, tmp_path: Path, monkeypatch):
    """Airflow's own file backend, in a process of its own, as a worker has it."""
    key = new_key()
    (tmp_path / "variables.json").write_text(f'{{"secret_master_key": "{key}"}}')
    environment = {name: value for name, value in os.environ.items() if name != "SECRET_MASTER_KEY"} | {
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__SECRETS__BACKEND": "airflow.secrets.local_filesystem.LocalFilesystemBackend",
        "AIRFLOW__SECRETS__BACKEND_KWARGS": f'{{"variables_file_path": "{tmp_path / "variables.json"}"}}',
    }
    code = "from include import settings; print(settings.master_keys()[0])"
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=settings.PROJECT, capture_output=True,
                          text=True, timeout=120)  # fmt: skip
    assert done.stdout.splitlines()[-1] == key, done.stderr[-2000:]


def test_a_token_is_never_kept_in_plain_text_when_the_key_is_missing(use):
    use("")
    with pytest.raises(VaultError, match="tokens are only kept encrypted"):
        accounts.add("alice", "mine", "youtube", accounts.Credentials(access_token=SecretStr("plain")), {})
    with engine.transaction("alice") as connection:
        assert connection.exec_driver_sql("select count(*) from desk.account").scalar_one() == 0
