"""Tokens that renew themselves: one refresh whoever asks, and a dead grant that is written down once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Lock

import pytest
from pydantic import SecretStr

from include.accounts import accounts
from include.accounts.accounts import Credentials
from include.accounts.tokens import AccountTokens
from include.database import engine
from include.platforms.errors import AccountTrouble, OutcomeUnknown, TryAgain
from include.platforms.tokens import Tokens

OVER = datetime.now(UTC) - timedelta(hours=1)


class Platform:
    """A token endpoint in a variable: counts who asks, and answers, fails or loses its answer as told."""

    def __init__(self, *answers: Exception | str, seconds: float = 0) -> None:
        self.answers = list(answers)
        self.seconds = seconds
        self.asked: list[str] = []
        self._lock = Lock()

    def __call__(self, refresh_token: str) -> Tokens:
        with self._lock:
            self.asked.append(refresh_token)
            answer = self.answers.pop(0) if self.answers else f"new-{len(self.asked)}"
        time.sleep(self.seconds)
        if isinstance(answer, Exception):
            raise answer
        return Tokens(
            access_token=answer, refresh_token=f"refresh-of-{answer}", refresh_expires_at=None, scopes=(),
            expires_at=datetime.now(UTC) + timedelta(hours=1),
        )  # fmt: skip


@pytest.fixture
def account(desk) -> Callable[..., None]:
    def keep(expires_at: datetime | None = OVER, refresh_token: str | None = "refresh") -> None:
        accounts.add(
            "alice", "mine", "youtube",
            Credentials(access_token=SecretStr("old"), expires_at=expires_at,
                        refresh_token=SecretStr(refresh_token) if refresh_token else None),
            {"platform_user_id": "UC1"},
        )  # fmt: skip

    keep()
    return keep


def tokens(platform: Callable[[str], Tokens]) -> AccountTokens:
    return AccountTokens("alice", "mine", platform)


def at_once(count: int, work: Callable[[], str]) -> list[str]:
    """Let so many threads do `work` at the same moment."""
    gate = Barrier(count)

    def run(_: int) -> str:
        gate.wait()
        return work()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_a_hundred_who_meet_an_expired_token_ask_for_one(account):
    platform = Platform(seconds=0.2)
    assert set(at_once(100, lambda: tokens(platform).token())) == {"new-1"}
    assert platform.asked == ["refresh"]


def test_a_hundred_whose_token_was_refused_ask_for_one(account):
    account(datetime.now(UTC) + timedelta(hours=1))
    platform = Platform(seconds=0.2)
    assert set(at_once(100, lambda: tokens(platform).refresh("old"))) == {"new-1"}
    assert platform.asked == ["refresh"]


def test_those_who_wait_for_a_refresh_hold_no_connection(account):
    """The one who refreshes needs a second connection for the call log; nobody may take the last one away."""

    class Logging(Platform):
        def __call__(self, refresh_token: str) -> Tokens:
            with engine.transaction("alice") as connection:
                connection.exec_driver_sql("select pg_sleep(0.5)")
            return super().__call__(refresh_token)

    platform = Logging()
    assert set(at_once(40, lambda: tokens(platform).token())) == {"new-1"}
    assert platform.asked == ["refresh"]


def test_workers_in_processes_of_their_own_ask_for_one(account, tmp_path):
    """The row in the database is the lock; nothing in one process's memory helps here."""

    class Counting(Platform):
        def __call__(self, refresh_token: str) -> Tokens:
            (tmp_path / f"asked-{os.getpid()}").write_text(refresh_token)
            return super().__call__(refresh_token)

    children = []
    for _ in range(6):
        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if tokens(Counting("fresh", seconds=0.3)).token() == "fresh" else 2)
            finally:
                os._exit(1)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 6
    assert len(list(tmp_path.glob("asked-*"))) == 1


def test_a_token_that_lasts_is_used_as_it_is(account):
    account(datetime.now(UTC) + timedelta(minutes=6))
    platform = Platform()
    assert tokens(platform).token() == "old"
    assert platform.asked == []


def test_a_token_that_ends_within_minutes_is_renewed_before_it_is_used(account):
    account(datetime.now(UTC) + timedelta(minutes=4))
    assert tokens(Platform()).token() == "new-1"


def test_a_token_is_read_once_and_then_remembered(account):
    platform = Platform()
    mine = tokens(platform)
    assert mine.token() == mine.token() == "new-1"
    assert platform.asked == ["refresh"]


def test_a_rotated_refresh_token_is_the_next_one_used(account):
    platform = Platform()
    mine = tokens(platform)
    assert mine.refresh("old") == "new-1"
    assert mine.refresh("new-1") == "new-2"
    assert platform.asked == ["refresh", "refresh-of-new-1"]


def test_a_lost_answer_is_asked_for_once_more(account):
    platform = Platform(OutcomeUnknown("lost"))
    assert tokens(platform).token() == "new-2"
    assert platform.asked == ["refresh", "refresh"]


def test_a_dead_grant_marks_the_account_with_words(account):
    with pytest.raises(AccountTrouble):
        tokens(Platform(AccountTrouble("Reconnect the YouTube account."))).token()
    found = accounts.read("alice", "mine")
    assert (found.state, found.trouble) == ("expired", "Reconnect the YouTube account.")


def test_a_lost_answer_and_then_a_dead_grant_marks_the_account(account):
    with pytest.raises(AccountTrouble):
        tokens(Platform(OutcomeUnknown("lost"), AccountTrouble("Connect it again."))).token()
    assert accounts.read("alice", "mine").state == "expired"


@pytest.mark.parametrize("fault", [[TryAgain("busy")], [OutcomeUnknown("lost"), OutcomeUnknown("lost again")]])
def test_a_passing_fault_leaves_the_account_as_it_is_and_is_tried_again(account, fault):
    platform = Platform(*fault)
    with pytest.raises(TryAgain):  # never OutcomeUnknown: nothing of a publication can have happened
        tokens(platform).token()
    assert accounts.read("alice", "mine").state == "connected"
    assert tokens(platform).token().startswith("new-")


def test_an_account_without_a_refresh_token_ends_with_its_token(account):
    accounts.remove("alice", "mine")
    account(OVER, None)
    with pytest.raises(AccountTrouble, match="cannot be renewed"):
        tokens(Platform()).token()
    assert accounts.read("alice", "mine").state == "expired"


def test_a_disconnected_account_stays_disconnected(account):
    accounts.remove("alice", "mine")
    with pytest.raises(AccountTrouble, match="is not connected"):
        tokens(Platform()).token()
    assert accounts.read("alice", "mine").state == "disconnected"


def test_a_refresh_that_works_heals_the_account(account):
    platform = Platform(AccountTrouble("Google does not accept our app's secret."))
    with pytest.raises(AccountTrouble):
        tokens(platform).token()
    assert tokens(platform).token() == "new-2"
    found = accounts.read("alice", "mine")
    assert (found.state, found.trouble) == ("connected", None)


def test_an_account_of_another_owner_is_not_opened(account):
    with pytest.raises(AccountTrouble, match="is not connected"):
        AccountTokens("bob", "mine", Platform()).token()
