"""Sign-in at the sandbox: consent, code, new tokens for old ones, and everything that can be refused or lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from include.platforms.errors import AccountTrouble, OutcomeUnknown, PlatformError, TryAgain
from include.platforms.http import Calls
from include.platforms.tiktok import authorize_address, exchange_code, refresh_tokens, revoke
from include.platforms.tiktok.auth import INSIGHT_SCOPES, SCOPES, asked_scopes, challenge_of, needed_scopes
from tests.sandbox_server import SandboxServer

REDIRECT = "http://127.0.0.1:8599/callback/"
VERIFIER = "v" * 50
TOKEN: dict[str, Any] = {"endpoint": "oauth.token", "platform": "tiktok"}


@pytest.fixture
def calls(sandbox: SandboxServer) -> Iterator[Calls]:
    with Calls(platform="tiktok", bases=sandbox.endpoints()["tiktok"]) as opened:
        yield opened


@pytest.fixture
def given(sandbox: SandboxServer) -> dict[str, Any]:
    """The credentials of a fresh account."""
    return sandbox.account("tiktok", "ana")


def renew(calls: Calls, given: dict[str, Any], **changes: str) -> Any:
    wanted = {**given, **changes}
    return refresh_tokens(calls, wanted["client_id"], wanted["client_secret"], wanted["refresh_token"])


def consent(calls: Calls, given: dict[str, Any], scopes: tuple[str, ...] = SCOPES) -> str:
    """Allow the app some of what it asks for, as a person in the browser, and return the code."""
    address = authorize_address(calls, given["client_id"], redirect_uri=REDIRECT, state="s1", verifier=VERIFIER)
    decision = {"decision": "allow", "account": "ana", "scope": list(scopes)}
    answer = httpx.post(address, data=decision, trust_env=False)
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    assert back["state"] == ["s1"]
    return back["code"][0]


def test_the_challenge_is_hex_as_in_the_reference() -> None:
    assert challenge_of("a" * 43) == "66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0"


def test_a_consent_becomes_tokens(calls: Calls, given: dict[str, Any]) -> None:
    code = consent(calls, given, SCOPES[:2])
    tokens = exchange_code(
        calls, given["client_id"], given["client_secret"], code=code, redirect_uri=REDIRECT, verifier=VERIFIER
    )
    assert tokens.access_token.startswith("act.")
    assert tokens.scopes == SCOPES[:2]
    with pytest.raises(AccountTrouble):  # a code is good for one time
        exchange_code(
            calls, given["client_id"], given["client_secret"], code=code, redirect_uri=REDIRECT, verifier=VERIFIER
        )


def test_a_wrong_verifier_is_refused(calls: Calls, given: dict[str, Any]) -> None:
    code = consent(calls, given)
    with pytest.raises(AccountTrouble, match="verifier"):
        exchange_code(
            calls, given["client_id"], given["client_secret"], code=code, redirect_uri=REDIRECT, verifier="w" * 50
        )


def test_new_tokens_carry_their_times_and_replace_the_old_refresh_token(calls: Calls, given: dict[str, Any]) -> None:
    tokens = renew(calls, given)
    now = datetime.now(UTC)
    assert abs(tokens.expires_at - now - timedelta(days=1)) < timedelta(minutes=1)
    assert abs(tokens.refresh_expires_at - now - timedelta(days=365)) < timedelta(minutes=1)
    assert tokens.refresh_token != given["refresh_token"]
    assert set(tokens.scopes) >= set(SCOPES)
    assert tokens.access_token not in repr(tokens)
    with pytest.raises(AccountTrouble):
        renew(calls, given)  # the old one is dead


def test_a_refresh_token_that_stays_is_handed_back(sandbox: SandboxServer, calls: Calls, given: dict[str, Any]) -> None:
    sandbox.settings(tiktok_rotate_refresh_tokens=False)
    assert renew(calls, given).refresh_token == given["refresh_token"]


@pytest.mark.parametrize("status", [200, 400, 401])
def test_a_dead_refresh_token_is_trouble_whatever_the_status(
    sandbox: SandboxServer, calls: Calls, given: dict[str, Any], status: int
) -> None:
    sandbox.settings(tiktok_oauth_error_status=status)
    with pytest.raises(AccountTrouble, match="Connect the account again") as caught:
        renew(calls, given, refresh_token="rft.unknown")
    assert (caught.value.code, caught.value.status) == ("invalid_grant", status)
    assert caught.value.request_id


def test_a_wrong_secret_names_our_settings(calls: Calls, given: dict[str, Any]) -> None:
    with pytest.raises(AccountTrouble, match="TIKTOK_CLIENT_SECRET"):
        renew(calls, given, client_secret="wrong")


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ({"action": "drop_before"}, OutcomeUnknown),
        ({"action": "drop_after"}, OutcomeUnknown),
        ({"action": "status", "status": 500}, TryAgain),
        ({"action": "status", "status": 503, "body": "<html>busy</html>"}, TryAgain),
        ({"action": "status", "status": 429, "headers": {"Retry-After": "9"}}, TryAgain),
        ({"action": "status", "status": 400, "body": {"error": "server_error"}}, TryAgain),
        ({"action": "status", "status": 400, "body": {"error": "something_new"}}, AccountTrouble),
        ({"action": "status", "status": 200, "body": "<html>"}, OutcomeUnknown),
        ({"action": "status", "status": 200, "body": {"access_token": "x"}}, OutcomeUnknown),
    ],
)
def test_every_other_answer_is_sorted_by_what_may_have_happened(
    sandbox: SandboxServer, calls: Calls, given: dict[str, Any], rule: dict[str, Any], kind: type[PlatformError]
) -> None:
    sandbox.fault(match=TOKEN, **rule)
    with pytest.raises(PlatformError) as caught:
        renew(calls, given)
    assert type(caught.value) is kind
    assert given["refresh_token"] not in str(caught.value.as_record())
    if rule.get("status") == 429:
        assert isinstance(caught.value, TryAgain)
        assert caught.value.after == 9


def test_access_given_back_is_over_and_may_be_given_back_again(calls: Calls, given: dict[str, Any]) -> None:
    for _ in range(2):
        revoke(calls, given["client_id"], given["client_secret"], given["access_token"])
    with pytest.raises(AccountTrouble):
        renew(calls, given)
    with pytest.raises(AccountTrouble, match="TIKTOK_CLIENT_KEY"):
        revoke(calls, given["client_id"], "wrong", given["access_token"])


def test_only_the_business_login_asks_for_insights_and_nobody_needs_them(calls: Calls) -> None:
    def asked(login: str | None) -> set[str]:
        address = authorize_address(
            calls, "key", redirect_uri="http://127.0.0.1:8080/back", state="s", verifier="v" * 43, login=login
        )
        return set(parse_qs(urlsplit(address).query)["scope"][0].split(","))

    assert asked(None) == asked("creator") == set(SCOPES)
    assert asked("business") == set(asked_scopes({"login": "business"})) == {*SCOPES, *INSIGHT_SCOPES}
    assert not set(INSIGHT_SCOPES) & set(needed_scopes({"login": "business"}))
