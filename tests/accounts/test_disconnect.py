"""Disconnecting: access is given back, tokens and profile are deleted, the platform's silence keeps nothing here."""

from __future__ import annotations

import httpx
import pytest

from include.accounts import accounts
from include.accounts.disconnect import Disconnected, disconnect
from include.database import engine
from include.platforms import get
from include.platforms.errors import AccountTrouble
from include.platforms.http import Calls
from tests.accounts.conftest import LOGINS, OWNER, Stage
from tests.publishing.rows import an_account

GONE = Disconnected(revoked=True, why_not=None)


class Fixed:
    """A token source with one token."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        """Return it."""
        return self._token

    def refresh(self, refused: str) -> str:
        """There is no other."""
        raise AccountTrouble("over")


def stored(account_id: str = "mine") -> accounts.StoredTokens:
    """Return an account's tokens."""
    with engine.transaction(OWNER) as connection:
        return accounts.read_tokens(connection, OWNER, account_id)


@pytest.mark.parametrize(("platform", "login"), [each for each in LOGINS if each != ("instagram", "instagram")])
def test_the_token_is_dead_at_the_platform_and_deleted_here(stage: Stage, platform: str, login: str | None) -> None:
    stage.sign_in(platform, login=login, account_id="mine")
    token = str(stored().access_token)
    assert disconnect(OWNER, "mine") == GONE
    assert stored().access_token is None
    bases = stage.sandbox.endpoints()[platform]
    with Calls(platform=platform, bases=bases, tokens=Fixed(token)) as calls, pytest.raises(AccountTrouble):
        get(platform).whoami(calls, {"login": login})


def test_what_the_platform_told_us_is_deleted_and_the_channel_stays_known(stage: Stage) -> None:
    before = stage.sign_in("youtube", account_id="mine").account
    disconnect(OWNER, "mine")
    after = accounts.read(OWNER, "mine")
    assert before is not None
    assert (after.state, after.platform_user_id) == ("disconnected", before.platform_user_id)
    assert (after.username, after.display_name, after.profile, after.scopes) == (None, None, {}, ())
    again = stage.sign_in("youtube").account
    assert again is not None
    assert (again.account_id, again.state, again.display_name) == ("mine", "connected", "Ada")


def test_instagram_login_cannot_be_revoked_and_that_is_said(stage: Stage) -> None:
    stage.sign_in("instagram", login="instagram", account_id="mine")
    done = disconnect(OWNER, "mine")
    assert not done.revoked
    assert "Apps and websites" in str(done.why_not)
    assert stored().access_token is None


@pytest.mark.parametrize("fault", [{"action": "status", "status": 503}, {"action": "drop_after"}])
def test_a_platform_that_does_not_answer_is_said_and_keeps_nothing_here(stage: Stage, fault: dict[str, object]) -> None:
    stage.sign_in("youtube", account_id="mine")
    stage.sandbox.fault(match={"path": "/youtube/oauth/revoke"}, times=None, **fault)
    done = disconnect(OWNER, "mine")
    stage.sandbox.clear_faults()
    assert not done.revoked
    assert "YouTube did not take our access back" in str(done.why_not)
    assert stored().access_token is None
    assert accounts.read(OWNER, "mine").state == "disconnected"


def test_disconnecting_one_page_does_not_cut_off_the_persons_others(stage: Stage) -> None:
    stage.sign_in("instagram", account_id="gram")
    stage.sign_in("facebook", account_id="page")
    done = disconnect(OWNER, "page")
    assert not done.revoked
    assert "would cut off gram" in str(done.why_not)
    assert stored("page").access_token is None
    token = str(stored("gram").access_token)
    graph = stage.sandbox.endpoints()["instagram"]["graph"]
    assert httpx.get(f"{graph}/v26.0/me", params={"access_token": token}).status_code == 200
    assert disconnect(OWNER, "gram") == GONE


def test_an_access_token_that_is_over_is_renewed_to_be_given_back(stage: Stage) -> None:
    stage.sign_in("tiktok", account_id="mine")
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql("update desk.account_secret set expires_at = now() - interval '1 minute'")
    stage.sandbox.settings(clock_offset_seconds=86_500)
    assert disconnect(OWNER, "mine") == GONE


def test_disconnecting_twice_is_fine(stage: Stage) -> None:
    stage.sign_in("youtube", account_id="mine")
    disconnect(OWNER, "mine")
    assert disconnect(OWNER, "mine").why_not == "There was no token left to give back."


def test_nobody_disconnects_anothers_account(stage: Stage) -> None:
    an_account("bob", "mine")
    with pytest.raises(accounts.UnknownAccount):
        disconnect(OWNER, "mine")
    assert accounts.read("bob", "mine").state == "connected"
