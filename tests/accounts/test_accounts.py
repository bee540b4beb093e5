"""Accounts: kept by owner, connected again with their history, removed with their tokens."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from include.accounts import accounts
from include.accounts.accounts import Credentials, UnknownAccount
from include.accounts.connect import connect
from include.database import engine
from tests.publishing.rows import an_account

GIVEN = Credentials(access_token=SecretStr("access"))


def test_how_an_account_uploads_is_said_with_its_credentials():
    said = {"access_token": "a", "login": "facebook", "upload": "hosting"}
    assert Credentials.model_validate(said).given == {"login": "facebook", "upload": "hosting"}
    with pytest.raises(ValueError, match="upload"):
        Credentials.model_validate(said | {"upload": "ftp"})


def test_an_account_is_seen_by_its_owner_only(desk):
    an_account("alice")
    assert [each.account_id for each in accounts.list_all("alice")] == ["my_youtube"]
    assert accounts.list_all("bob") == []
    with pytest.raises(UnknownAccount, match="You have no account named 'my_youtube'"):
        accounts.read("bob", "my_youtube")
    with pytest.raises(UnknownAccount):
        accounts.remove("bob", "my_youtube")


def test_two_owners_may_use_the_same_name(desk):
    an_account("alice")
    an_account("bob")
    assert accounts.read("alice", "my_youtube").owner == "alice"
    assert accounts.read("bob", "my_youtube").owner == "bob"


def test_a_removed_account_has_no_tokens_and_stays_in_the_list(desk):
    an_account("alice")
    accounts.remove("alice", "my_youtube")
    assert accounts.read("alice", "my_youtube").state == "disconnected"
    assert accounts.defaults("alice") == []
    with engine.transaction("alice") as connection:
        assert connection.exec_driver_sql("select count(*) from desk.account_secret").scalar_one() == 0


def test_connecting_again_heals_an_account(desk):
    an_account("alice")
    accounts.mark("alice", "my_youtube", "expired", "The grant is dead.")
    assert accounts.read("alice", "my_youtube").trouble == "The grant is dead."
    an_account("alice")
    healed = accounts.read("alice", "my_youtube")
    assert (healed.state, healed.trouble) == ("connected", None)


def test_a_name_does_not_pass_to_another_platform(desk):
    an_account("alice", "mine", "youtube")
    with pytest.raises(ValueError, match="'mine' is already the name of another account"):
        an_account("alice", "mine", "tiktok")
    assert accounts.read("alice", "mine").platform == "youtube"


def test_a_name_does_not_pass_to_another_channel(desk):
    an_account("alice", "mine")
    with pytest.raises(ValueError, match="another channel or profile there"):
        accounts.add("alice", "mine", "youtube", GIVEN, {"platform_user_id": "UC2"})
    assert accounts.read("alice", "mine").platform_user_id == "UC1-mine"
    with engine.transaction("alice") as connection:
        assert accounts.read_tokens(connection, "alice", "mine").refresh_token == "refresh"


@pytest.mark.parametrize("name", ["../etc", "a/b", "", "with space", "x" * 129, ".hidden"])
def test_an_unusable_name_is_refused_before_anybody_is_asked(desk, name):
    with pytest.raises(ValueError, match="letters, digits, dots, dashes and underscores"):
        connect("alice", name, "youtube", GIVEN)


def test_default_accounts_are_chosen_by_platform(desk):
    an_account("alice", "tube", "youtube")
    an_account("alice", "tok", "tiktok")
    accounts.add("alice", "second", "youtube", GIVEN, {"platform_user_id": "UC9"}, is_default=False)
    assert [each.account_id for each in accounts.defaults("alice")] == ["tok", "tube"]
    assert [each.account_id for each in accounts.defaults("alice", ["youtube"])] == ["tube"]
