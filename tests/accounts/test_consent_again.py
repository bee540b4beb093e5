"""Connecting again: the account, its history and its refresh token stay; another channel does not slip in."""

from __future__ import annotations

import pytest

from include.accounts import accounts, consent
from include.accounts.consent import ConsentRefused
from include.accounts.disconnect import disconnect
from include.database import engine
from include.publishing.clients import open_calls
from tests.accounts.conftest import BACK, OWNER, Stage
from tests.publishing.rows import an_account


def kept_tokens(account_id: str) -> accounts.StoredTokens:
    """Return an account's tokens."""
    with engine.transaction(OWNER) as connection:
        return accounts.read_tokens(connection, OWNER, account_id)


def test_connecting_again_heals_the_account_and_keeps_what_it_was(stage: Stage) -> None:
    stage.sign_in("youtube", account_id="mine", is_default=False)
    accounts.mark(OWNER, "mine", "expired", "The grant is dead.")
    before = kept_tokens("mine")
    again = stage.sign_in("youtube", account_id="mine").account
    assert again is not None
    assert (again.state, again.trouble, again.is_default) == ("connected", None, False)
    assert kept_tokens("mine").access_token != before.access_token
    assert len(accounts.list_all(OWNER)) == 1


def test_a_channel_that_is_there_is_not_added_twice(stage: Stage) -> None:
    stage.sign_in("youtube", account_id="mine")
    again = stage.sign_in("youtube").account
    assert again is not None
    assert again.account_id == "mine"
    assert len(accounts.list_all(OWNER)) == 1


def test_a_refresh_token_that_was_not_given_again_stays(stage: Stage) -> None:
    stage.sandbox.settings(linkedin_partner=True)
    stage.sign_in("linkedin", account_id="mine")
    before = kept_tokens("mine")
    assert before.refresh_token
    stage.sandbox.settings(linkedin_partner=False)
    stage.sign_in("linkedin", account_id="mine")
    after = kept_tokens("mine")
    assert after.refresh_token == before.refresh_token
    assert after.access_token != before.access_token


@pytest.mark.parametrize("platform", ["youtube", "tiktok", "facebook"])
def test_another_channel_under_the_same_name_is_refused_with_a_sentence(stage: Stage, platform: str) -> None:
    first = stage.sign_in(platform, "Ada", account_id="mine").account
    before = kept_tokens("mine")
    with pytest.raises(ConsentRefused, match=r"'mine' is Ada on .*Bob.*Sign in as that one, or connect under another"):
        stage.sign_in(platform, "Bob", account_id="mine")
    assert accounts.read(OWNER, "mine") == first
    assert kept_tokens("mine") == before


def test_a_name_of_another_platform_is_refused_before_anybody_is_sent_away(stage: Stage) -> None:
    stage.sign_in("youtube", account_id="mine")
    with pytest.raises(ConsentRefused, match="'mine' is already the name of an account on YouTube"):
        consent.begin(OWNER, "tiktok", redirect_uri=BACK, account_id="mine")


def test_a_name_that_another_platform_took_meanwhile_is_refused(stage: Stage) -> None:
    begun = consent.begin(OWNER, "tiktok", redirect_uri=BACK, account_id="mine")
    back = stage.allow(begun.address)
    an_account(OWNER, "mine", "youtube")
    with pytest.raises(ConsentRefused, match="of another platform"):
        consent.complete(OWNER, state=begun.state, parameters=back)
    assert accounts.read(OWNER, "mine").platform == "youtube"
    assert kept_tokens("mine").access_token == "access"


def test_one_channel_has_one_name_also_after_it_was_disconnected(stage: Stage) -> None:
    stage.sign_in("youtube", account_id="mine")
    for _ in range(2):
        with pytest.raises(ConsentRefused, match="connected as 'mine' already"):
            stage.sign_in("youtube", account_id="another")
        assert [each.account_id for each in accounts.list_all(OWNER)] == ["mine"]
        disconnect(OWNER, "mine")
    back = stage.sign_in("youtube", account_id="mine").account
    assert back is not None
    assert back.state == "connected"


def test_two_owners_connect_the_same_channel_apart(stage: Stage) -> None:
    stage.sign_in("youtube", account_id="mine")
    other = stage.sign_in("youtube", owner="bob").account
    assert other is not None
    assert (other.owner, other.account_id) == ("bob", "youtube_ada")
    assert len(accounts.list_all(OWNER)) == 1


def test_a_new_token_serves_at_once(stage: Stage) -> None:
    account = stage.sign_in("tiktok", account_id="mine").account
    assert account is not None
    with open_calls(account) as calls:
        first = calls.tokens.token() if calls.tokens else None
    assert first == kept_tokens("mine").access_token
