"""Tokens and the channel behind them, against the sandbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.platforms.errors import AccountTrouble, TryAgain
from include.platforms.http import Calls
from include.platforms.youtube import refresh_tokens, whoami
from include.platforms.youtube.auth import SCOPES, tokens_of
from tests.platforms.youtube.scene import Desk
from tests.sandbox_server import SandboxServer


def renew(desk: Desk, **changes: str) -> Any:
    asked = {name: desk.credentials[name] for name in ("client_id", "client_secret", "refresh_token")}
    asked.update(changes)
    with Calls(platform="youtube", bases=desk.calls.bases, record=desk.records.append) as calls:
        return refresh_tokens(calls, *asked.values())


def test_a_new_token_works_and_the_refresh_token_stays(desk: Desk) -> None:
    new = renew(desk)
    assert new.access_token != desk.credentials["access_token"]
    assert new.refresh_token is None
    assert timedelta(minutes=59) < new.expires_at - datetime.now(UTC) <= timedelta(hours=1)
    assert set(new.scopes) == set(SCOPES)
    assert new.access_token not in repr(new)
    desk.credentials["access_token"] = new.access_token
    assert whoami(desk.calls)["platform_user_id"] == desk.credentials["platform_user_id"]
    assert desk.endpoints()[0] == "oauth.token"


def test_a_rotated_refresh_token_is_handed_on(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.settings(youtube_rotate_refresh_tokens=True)
    new = renew(desk)
    assert new.refresh_token not in (None, desk.credentials["refresh_token"])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"refresh_token": "1//0e-revoked"}, "reconnect the YouTube account"),
        ({"client_secret": "wrong"}, "app's id or secret"),
        ({"client_id": "nobody"}, "app's id or secret"),
    ],
)
def test_a_refused_grant_or_app_is_for_a_person(desk: Desk, changes: dict[str, str], sentence: str) -> None:
    with pytest.raises(AccountTrouble, match=sentence):
        renew(desk, **changes)


@pytest.mark.parametrize(
    "fault", [{"action": "drop_before"}, {"action": "drop_after"}, {"action": "status", "status": 503, "body": "x"}]
)
def test_a_passing_fault_is_tried_again(desk: Desk, sandbox: SandboxServer, fault: dict[str, Any]) -> None:
    sandbox.fault(match={"endpoint": "oauth.token"}, **fault)
    with pytest.raises(TryAgain):
        renew(desk)
    assert renew(desk).access_token


def test_a_time_limited_grant_tells_its_end() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    tokens = tokens_of({"access_token": "a", "expires_in": 10, "refresh_token_expires_in": 604_799}, now)
    assert tokens.expires_at == now + timedelta(seconds=10)
    assert tokens.refresh_expires_at == now + timedelta(seconds=604_799)
    assert tokens.scopes == ()


def test_whoami_describes_the_channel(desk: Desk) -> None:
    told = whoami(desk.calls)
    assert told["platform_user_id"] == desk.credentials["platform_user_id"]
    assert told["display_name"] == "demo"
    assert told["username"] == "@demo"
    assert told["followers"] == 1230  # rounded down to three digits
    assert told["uploads_playlist"] == "UU" + told["platform_user_id"][2:]
    assert told["long_uploads"] == "allowed"
    assert str(told["picture"]).startswith("http")


def test_an_account_without_a_channel_is_for_a_person(make_desk: Any) -> None:
    with pytest.raises(AccountTrouble, match="has no YouTube channel"):
        whoami(make_desk(traits={"has_channel": False}).calls)


def test_a_permission_that_was_not_granted_is_for_a_person(make_desk: Any) -> None:
    with pytest.raises(AccountTrouble, match="tick every box"):
        whoami(make_desk(traits={"scopes": [SCOPES[1]]}).calls)
