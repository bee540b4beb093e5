"""What follows an error: properties that hold for every error, try and policy."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from include.platforms.errors import (
    AccountTrouble,
    OutcomeUnknown,
    PlatformError,
    QuotaExhausted,
    Rejected,
    TryAgain,
)
from include.publishing import retries
from include.publishing.retries import Decision, GiveUp, Refuse, TryAt, WaitForAccount, WaitForQuota
from include.settings import Publishing

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MANY = hypothesis_settings(max_examples=200, deadline=None)
ATTEMPTS = st.integers(1, 12)
MAX_RETRIES = st.integers(0, 10)
POLICIES = st.builds(
    lambda minutes, jitter: Publishing(retry_minutes=tuple(sorted(minutes)), jitter=jitter),
    st.lists(st.floats(0.01, 120), min_size=1, max_size=5),
    st.floats(0, 1),
)


def decide(
    error: PlatformError,
    attempts: int = 1,
    max_retries: int = 3,
    policy: Publishing | None = None,
    seed: int = 0,
) -> Decision:
    return retries.decide(
        error, attempts=attempts, max_retries=max_retries, policy=policy or Publishing(), now=NOW,
        draw=random.Random(seed),
    )  # fmt: skip


@MANY
@given(attempts=ATTEMPTS, max_retries=MAX_RETRIES, policy=POLICIES, after=st.floats(0, 100_000), seed=st.integers())
def test_a_try_is_never_sooner_than_the_platform_asked_or_we_planned(attempts, max_retries, policy, after, seed):
    decision = decide(TryAgain("busy", after=after), attempts, max_retries, policy, seed)
    if attempts > max_retries:
        assert decision == GiveUp()
        return
    assert isinstance(decision, TryAt)
    waits = (decision.at - NOW).total_seconds()
    planned = policy.retry_minutes[min(attempts, len(policy.retry_minutes)) - 1] * 60
    assert waits >= max(after, planned) - 1e-5  # datetimes count microseconds
    assert waits <= max(after, planned * (1 + policy.jitter)) + 1e-5


@MANY
@given(policy=POLICIES, seed=st.integers(), after=st.none() | st.floats(0, 5000))
@pytest.mark.parametrize("kind", [TryAgain, OutcomeUnknown])
def test_waits_never_get_shorter_from_try_to_try(kind, policy, seed, after):
    error = TryAgain("busy", after=after) if kind is TryAgain else OutcomeUnknown("lost")
    times = [decide(error, attempts, 12, policy, seed).at for attempts in range(1, 12)]
    assert times == sorted(times)


@MANY
@given(attempts=ATTEMPTS, max_retries=MAX_RETRIES, policy=POLICIES)
def test_what_will_never_work_is_refused_at_once(attempts, max_retries, policy):
    assert decide(Rejected("title"), attempts, max_retries, policy) == Refuse()


@MANY
@given(attempts=ATTEMPTS, max_retries=MAX_RETRIES, seconds=st.integers(-1000, 1_000_000))
def test_a_limit_is_waited_for_however_often_and_never_in_the_past(attempts, max_retries, seconds):
    resets_at = NOW + timedelta(seconds=seconds)
    decision = decide(QuotaExhausted("full", resets_at=resets_at), attempts, max_retries)
    assert isinstance(decision, WaitForQuota)
    assert decision.until >= resets_at
    assert decision.until > NOW


@MANY
@given(attempts=ATTEMPTS, max_retries=MAX_RETRIES)
def test_a_dead_account_is_waited_for_and_uses_up_no_try(attempts, max_retries):
    decision = decide(AccountTrouble("reconnect"), attempts, max_retries)
    assert isinstance(decision, WaitForAccount)
    assert decision.look_at - NOW == retries.ACCOUNT_LOOK


@pytest.mark.parametrize("error", [TryAgain("busy"), OutcomeUnknown("lost")])
@pytest.mark.parametrize("max_retries", [0, 1, 3, 10])
def test_tries_are_used_up_after_as_many_as_were_allowed(error, max_retries):
    decisions = [decide(error, attempts, max_retries) for attempts in range(1, max_retries + 2)]
    assert all(isinstance(each, TryAt) for each in decisions[:-1])
    assert decisions[-1] == GiveUp()


def test_a_lost_answer_is_looked_for_within_seconds_whatever_the_policy():
    decision = decide(OutcomeUnknown("lost"), policy=Publishing(retry_minutes=(60,)))
    assert isinstance(decision, TryAt)
    assert decision.at - NOW <= timedelta(seconds=5)


def test_the_policy_has_at_least_one_wait():
    with pytest.raises(ValidationError, match="at least 1 item"):
        Publishing(retry_minutes=())


def test_the_class_decides_and_never_the_code():
    facts: dict[str, Any] = {"code": "quotaExceeded", "status": 403}
    assert isinstance(decide(TryAgain("x", **facts)), TryAt)
    assert isinstance(decide(Rejected("x", **facts)), Refuse)
    assert isinstance(decide(AccountTrouble("x", **facts)), WaitForAccount)
