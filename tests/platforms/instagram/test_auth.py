"""Sign-in through both logins: addresses, both answer shapes, renewing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from include.platforms.errors import AccountTrouble, TryAgain
from include.platforms.instagram import (
    asked_scopes,
    authorize_address,
    exchange_code,
    needed_scopes,
    refresh_tokens,
    revoke,
)
from tests.platforms.meta_graph.script import Stage, refusal

BACK = "https://desk.test/cb"
LONG = {"access_token": "IGAAlong", "token_type": "bearer", "expires_in": 5183944}


def test_each_login_has_a_page_of_its_own() -> None:
    calls = Stage([{}]).calls
    for login, host, path in (
        ("facebook", "www.test", "/v26.0/dialog/oauth"),
        ("instagram", "www-ig.test", "/oauth/authorize"),
    ):
        address = urlsplit(authorize_address(calls, "7", redirect_uri=BACK, state="s", verifier="v", login=login))
        assert (address.netloc, address.path) == (host, path)
        query = parse_qs(address.query)
        assert query["scope"][0].split(",") == list(asked_scopes({"login": login}))
        assert set(needed_scopes({"login": login})) < set(asked_scopes({"login": login}))


@pytest.mark.parametrize(
    "short",
    [
        {"data": [{"access_token": "IGAAshort", "user_id": "178", "permissions": "a,b"}]},
        {"access_token": "IGAAshort", "user_id": 178, "permissions": ["a", "b"]},
    ],
    ids=["documented", "observed"],
)
def test_both_shapes_of_the_short_token_are_read(short: Any) -> None:
    stage = Stage([short, LONG])
    tokens = exchange_code(
        stage.calls, "7", "secret", code="AQBx#_", redirect_uri=BACK, verifier="v", login="instagram"
    )
    assert (tokens.access_token, tokens.refresh_token, tokens.scopes) == ("IGAAlong", "IGAAlong", ("a", "b"))
    assert stage.script.form(0)["code"] == "AQBx"
    first, second = stage.script.asked
    assert (first.method, first.url.host, first.url.path) == ("POST", "api-ig.test", "/oauth/access_token")
    assert (second.url.host, second.url.path) == ("ig.test", "/access_token")
    assert second.url.params["access_token"] == "IGAAshort"


def test_the_old_error_shape_asks_to_connect_again() -> None:
    error = {"error_type": "OAuthException", "code": 400, "error_message": "Matching code was not found"}
    with pytest.raises(AccountTrouble, match="Matching code"):
        exchange_code(Stage([error]).calls, "7", "s", code="c", redirect_uri=BACK, login="instagram")


@pytest.mark.parametrize("account", [{"login": "instagram"}, None, {}])
def test_a_token_of_instagram_login_renews_itself(account: dict[str, str] | None) -> None:
    stage = Stage([{**LONG, "permissions": "a,b"}])
    tokens = refresh_tokens(stage.calls, "7", "secret", "IGAAold", account)
    assert tokens.access_token == tokens.refresh_token == "IGAAlong"
    assert tokens.scopes == ("a", "b")
    assert tokens.refresh_expires_at is not None
    assert tokens.refresh_expires_at - tokens.expires_at == timedelta(days=10)
    [asked] = stage.script.asked
    assert (asked.url.path, asked.url.params["grant_type"]) == ("/refresh_access_token", "ig_refresh_token")


def test_facebook_login_renews_the_page_token() -> None:
    stage = Stage([{**LONG, "access_token": "EAAlong"}, {"access_token": "EAApage"}])
    account = {"login": "facebook", "page_id": "134"}
    tokens = refresh_tokens(stage.calls, "7", "secret", "EAAold", account)
    assert (tokens.access_token, tokens.refresh_token) == ("EAApage", "EAAlong")


def test_a_token_too_young_to_be_renewed_waits() -> None:
    young = refusal(100, message="The token must be at least 24 hours old")
    with pytest.raises(TryAgain) as caught:
        refresh_tokens(Stage([young]).calls, "7", "secret", "IGAAold", {"login": "instagram"})
    assert caught.value.after == 3600


def test_a_token_that_is_over_asks_to_connect_again() -> None:
    with pytest.raises(AccountTrouble):
        refresh_tokens(Stage([refusal(190, 463)]).calls, "7", "secret", "IGAAold", {"login": "instagram"})


def test_giving_access_back_asks_nothing_of_instagram_login() -> None:
    stage = Stage([{"success": True}])
    with pytest.raises(AccountTrouble, match="no call to give access back"):
        revoke(stage.calls, "7", "secret", "IGAAold", account={"login": "instagram"})
    assert stage.script.asked == []
    revoke(stage.calls, "7", "secret", "EAAold", account={"login": "facebook"})
    assert stage.script.paths() == ["/v26.0/me/permissions"]
