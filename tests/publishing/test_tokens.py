"""Tokens at the sandbox: one refresh whoever asks, one after a 401, and rotation that survives a lost answer."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from include.accounts import accounts
from include.accounts.accounts import Credentials
from include.accounts.connect import connect
from include.database import engine
from include.platforms import get
from include.platforms.errors import AccountTrouble
from include.publishing import ledger
from include.publishing.clients import open_calls
from include.releases.publication import State
from tests.publishing.studio import OWNER, Studio, run_to_the_end

BOTH = ("youtube", "tiktok")


def let_the_token_end(account_id: str) -> None:
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql(
            "update desk.account_secret set expires_at = now() where account_id = %s and field = 'access_token'",
            (account_id,),
        )


def refreshes(studio: Studio) -> int:
    return len(studio.sandbox.calls("oauth.token"))


def whoami(account_id: str) -> str:
    """Ask the platform who we are, as one worker of many does."""
    account = accounts.read(OWNER, account_id)
    with open_calls(account) as calls:
        return str(get(account.platform).whoami(calls)["platform_user_id"])


def stored(account_id: str) -> accounts.StoredTokens:
    with engine.transaction(OWNER) as connection:
        return accounts.read_tokens(connection, OWNER, account_id)


@pytest.mark.parametrize("platform", BOTH)
def test_a_hundred_workers_with_an_expired_token_refresh_it_once(studio: Studio, platform: str):
    name = studio.connect(platform)
    let_the_token_end(name)
    studio.sandbox.forget_calls()
    account, gate = accounts.read(OWNER, name), Barrier(100)

    def token(_: int) -> str:
        with open_calls(account) as calls:
            gate.wait()
            assert calls.tokens is not None
            return calls.tokens.token()

    with ThreadPoolExecutor(100) as pool:
        found = set(pool.map(token, range(100)))
    assert found == {stored(name).access_token}
    assert refreshes(studio) == 1
    assert whoami(name) == account.platform_user_id


@pytest.mark.parametrize("platform", BOTH)
def test_ten_workers_who_are_answered_401_refresh_once(studio: Studio, platform: str):
    name = studio.connect(platform)
    studio.sandbox.forget_calls()
    first = stored(name).access_token
    studio.sandbox.fault(match={"platform": platform}, action="expire_token")  # ends it for all of them
    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(whoami, [name] * 10))) == 1
    assert refreshes(studio) == 1
    assert stored(name).access_token != first


@pytest.mark.parametrize(
    ("platform", "endpoint", "nth"),
    [("youtube", "videos.insert.start", 1), ("youtube", "videos.insert.put", 2), ("youtube", "videos.list", 1),
     ("tiktok", "video.init", 1), ("tiktok", "status.fetch", 1)],
)  # fmt: skip
def test_a_token_that_ends_in_the_middle_of_a_publication_is_refreshed_once(studio, platform, endpoint, nth):
    studio.connect(platform)
    (publication_id,) = studio.register()
    studio.sandbox.forget_calls()
    studio.sandbox.fault(match={"endpoint": endpoint, "nth": nth}, action="expire_token")
    found = run_to_the_end(publication_id)
    assert found.state == State.PUBLISHED, found.error
    assert refreshes(studio) == 1
    assert len(studio.sandbox.published(platform)) == 1
    moves = [each["to_state"] for each in ledger.history(OWNER, publication_id)["moves"]]
    assert State.WAITING_ACCOUNT not in moves


def test_tiktoks_rotated_refresh_token_is_kept_with_the_new_access_token(studio: Studio):
    name = studio.connect("tiktok")
    before = stored(name)
    for _ in range(3):
        let_the_token_end(name)
        whoami(name)
    after = stored(name)
    assert after.refresh_token != before.refresh_token
    assert after.access_token != before.access_token


def test_a_lost_answer_costs_nothing_while_the_old_refresh_token_is_accepted(studio: Studio):
    studio.sandbox.settings(tiktok_rotate_refresh_tokens=False)
    try:
        name = studio.connect("tiktok")
        let_the_token_end(name)
        studio.sandbox.forget_calls()
        studio.sandbox.fault(match={"endpoint": "oauth.token"}, action="drop_after")
        assert whoami(name)
        assert refreshes(studio) == 2
        assert accounts.read(OWNER, name).state == "connected"
    finally:
        studio.sandbox.settings(tiktok_rotate_refresh_tokens=True)


def test_a_lost_answer_that_rotated_the_token_away_is_said_and_not_hidden(studio: Studio):
    name = studio.connect("tiktok")
    let_the_token_end(name)
    studio.sandbox.fault(match={"endpoint": "oauth.token"}, action="drop_after")
    with pytest.raises(AccountTrouble, match="Connect the account again"):
        whoami(name)
    found = accounts.read(OWNER, name)
    assert found.state == "expired"
    assert found.trouble == "TikTok no longer accepts this account's refresh token. Connect the account again."


def test_a_request_that_was_never_answered_is_simply_asked_again(studio: Studio):
    name = studio.connect("tiktok")
    let_the_token_end(name)
    studio.sandbox.fault(match={"endpoint": "oauth.token"}, action="drop_before")
    assert whoami(name)
    assert accounts.read(OWNER, name).state == "connected"


def test_a_worker_killed_while_it_refreshed_leaves_the_account_usable(studio: Studio):
    """The new YouTube token was handed out and never stored: the refresh token is still good, so nothing is lost."""
    name = studio.connect("youtube")
    let_the_token_end(name)
    child = os.fork()
    if child == 0:
        accounts.keep_secret = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
        try:
            whoami(name)
        finally:
            os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert whoami(name) == accounts.read(OWNER, name).platform_user_id


def test_an_expired_token_is_renewed_before_credentials_are_kept(studio: Studio):
    given = studio.sandbox.account("youtube", name="old credentials")
    studio.connect("youtube")
    old = Credentials.model_validate(given | {"expires_at": datetime(2026, 1, 1, tzinfo=UTC)})
    connect(OWNER, "old", "youtube", old)
    assert stored("old").access_token != given["access_token"]
    assert stored("old").refresh_token == given["refresh_token"]
