"""Accounts reached with an API key: checked with their service, kept sealed, never used as if they were direct."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from include.accounts import accounts
from include.accounts.connect import connect_given
from include.accounts.disconnect import disconnect
from include.database import engine
from include.platforms.errors import AccountTrouble
from tests.accounts.conftest import OWNER, Stage

SERVICES = [("tiktok", "blotato", "api_key"), ("tiktok", "upload_post", "api_key"), ("social_blade", "direct", "token")]


def keys_of(stage: Stage, platform: str, route: str, **wanted: Any) -> dict[str, Any]:
    """Return working keys."""
    return stage.sandbox.account(platform if route == "direct" else route, "ada", **wanted)


@pytest.mark.parametrize(("platform", "route", "secret"), SERVICES)
def test_keys_are_checked_and_kept_sealed(stage: Stage, platform: str, route: str, secret: str) -> None:
    given = keys_of(stage, platform, route)
    if route == "blotato":
        given.pop("user")  # there is one only
    account = connect_given(OWNER, "keyed", platform, given, route=route)
    assert (account.platform, account.route) == (platform, "social_blade" if route == "direct" else route)
    assert not account.is_default
    with engine.transaction(OWNER) as connection:
        [row] = connection.exec_driver_sql("select field, envelope from desk.account_secret").all()
        rows = connection.exec_driver_sql("select a::text from desk.account as a").scalar_one()
    assert row[0] == secret
    assert given[secret].encode() not in bytes(row[1])
    assert given[secret] not in rows
    assert accounts.defaults(OWNER) == []


@pytest.mark.parametrize(("platform", "route", "secret"), SERVICES)
def test_wrong_keys_are_refused_and_not_kept(stage: Stage, platform: str, route: str, secret: str) -> None:
    given = keys_of(stage, platform, route) | {secret: "wrong"}
    with pytest.raises(AccountTrouble) as caught:
        connect_given(OWNER, "keyed", platform, given, route=route)
    assert "wrong" not in str(caught.value)
    assert accounts.list_all(OWNER) == []


@pytest.mark.parametrize("route", ["blotato", "upload_post"])
def test_a_platform_that_is_not_connected_at_the_gateway_is_said(stage: Stage, route: str) -> None:
    given = keys_of(stage, "tiktok", route, accounts={"youtube": "ada"})
    with pytest.raises(AccountTrouble, match=r"has: none|has no tiktok account"):
        connect_given(OWNER, "keyed", "tiktok", given | ({"user": None} if route == "blotato" else {}), route=route)


@pytest.mark.parametrize(
    ("platform", "route", "given", "error"),
    [
        ("tiktok", "nowhere", {}, LookupError), ("myspace", "blotato", {}, LookupError),
        ("blotato", "direct", {}, LookupError), ("tiktok", "social_blade", {}, LookupError),
        ("tiktok", "blotato", {}, ValidationError), ("social_blade", "direct", {"token": "x"}, ValidationError),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(
    stage: Stage, platform: str, route: str, given: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        connect_given(OWNER, "keyed", platform, given, route=route)


def test_a_keyed_account_does_not_take_a_direct_ones_name(stage: Stage) -> None:
    stage.sign_in("tiktok", account_id="mine")
    given = keys_of(stage, "tiktok", "upload_post")
    with pytest.raises(accounts.NameTaken):
        connect_given(OWNER, "mine", "tiktok", given, route="upload_post")


def test_disconnecting_deletes_the_key(stage: Stage) -> None:
    connect_given(OWNER, "keyed", "tiktok", keys_of(stage, "tiktok", "upload_post"), route="upload_post")
    done = disconnect(OWNER, "keyed")
    assert "delete them there" in str(done.why_not)
    with engine.transaction(OWNER) as connection:
        assert connection.exec_driver_sql("select count(*) from desk.account_secret").scalar_one() == 0


def test_tokens_at_hand_connect_a_direct_account(stage: Stage) -> None:
    given = stage.sandbox.account("youtube", "Ada")
    assert connect_given(OWNER, "mine", "youtube", given).display_name == "Ada"
