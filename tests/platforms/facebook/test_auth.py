"""Sign-in at the sandbox: which Page an account is for, the Page's token, and everything that can be in the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from include.platforms.errors import AccountTrouble, TryAgain
from include.platforms.facebook import (
    NEEDED_SCOPES,
    authorize_address,
    exchange_code,
    refresh_tokens,
    revoke,
    whoami,
)
from include.platforms.facebook.auth import SCOPES
from include.platforms.http import Calls
from include.platforms.meta_graph.graph import Graph
from include.platforms.meta_graph.pages import managed_pages
from tests.platforms.facebook.scene import Desk, posting
from tests.sandbox_server import SandboxServer

MakeDesk = Callable[..., Desk]
REDIRECT = "http://127.0.0.1:8599/callback/"


def renew(desk: Desk, **changes: Any) -> Any:
    """Ask for new tokens with what the desk has, `changes` apart."""
    given = {**desk.credentials, **changes}
    with Calls(platform="facebook", bases=desk.calls.bases) as calls:
        return refresh_tokens(calls, given["client_id"], given["client_secret"], given["refresh_token"], given)


def test_the_consent_page_asks_for_everything_we_need(desk: Desk) -> None:
    address = authorize_address(desk.calls, "77", redirect_uri=REDIRECT, state="s1", verifier="unused")
    asked = parse_qs(urlsplit(address).query)
    assert asked["client_id"] == ["77"]
    assert asked["state"] == ["s1"]
    scopes = asked["scope"][0].split(",")
    assert scopes == list(SCOPES)
    assert set(NEEDED_SCOPES) | {"business_management"} <= set(scopes)


def test_a_consent_becomes_a_persons_tokens_and_then_the_pages(desk: Desk) -> None:
    given = desk.credentials
    address = authorize_address(desk.calls, given["client_id"], redirect_uri=REDIRECT, state="s1")
    decision = {"decision": "allow", "account": "harbour", "scope": list(SCOPES)}
    answer = httpx.post(address, data=decision, trust_env=False)
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    with Calls(platform="facebook", bases=desk.calls.bases) as calls:
        person = exchange_code(
            calls, given["client_id"], given["client_secret"], code=back["code"][0], redirect_uri=REDIRECT
        )
    assert person.access_token == person.refresh_token
    page = renew(desk, refresh_token=person.refresh_token)
    assert page.access_token != person.access_token
    desk.credentials["access_token"] = page.access_token
    desk.upload(posting())
    assert len(desk.posts()) == 1


def test_the_pages_token_is_derived_anew_and_the_persons_renewed(desk: Desk) -> None:
    tokens = renew(desk)
    assert tokens.refresh_token
    assert tokens.access_token != tokens.refresh_token
    days = tokens.expires_at - datetime.now(UTC)
    assert timedelta(days=20) < days < timedelta(days=60)
    desk.credentials |= {"access_token": tokens.access_token}
    assert whoami(desk.calls, desk.credentials)["page_id"] == desk.page_id


def test_without_a_page_id_the_only_page_is_taken(desk: Desk) -> None:
    tokens = renew(desk, page_id=None, platform_user_id=None)
    desk.credentials |= {"access_token": tokens.access_token}
    assert whoami(desk.calls, {})["page_id"] == desk.page_id


def test_a_dead_grant_is_the_accounts_trouble(desk: Desk) -> None:
    with pytest.raises(AccountTrouble):
        renew(desk, refresh_token="EAAdead")


def test_a_lost_answer_about_tokens_is_tried_again(desk: Desk) -> None:
    desk.sandbox.fault(match={"path": "oauth/access_token"}, action="drop_after")
    with pytest.raises(TryAgain):
        renew(desk)
    assert renew(desk).access_token


def test_whoami_tells_who_the_page_is(desk: Desk) -> None:
    who = whoami(desk.calls, desk.credentials)
    assert who["page_id"] == who["platform_user_id"] == desk.page_id
    assert who["display_name"]
    assert (who["account_type"], who["login"], who["cannot_post"]) == ("page", "facebook", None)


def test_a_persons_token_is_exchanged_for_the_pages(desk: Desk) -> None:
    desk.credentials["access_token"] = desk.credentials["refresh_token"]
    who = whoami(desk.calls, desk.credentials)
    assert who["page_id"] == desk.page_id
    assert desk.credentials["access_token"] != desk.credentials["refresh_token"]
    desk.upload(posting())
    assert len(desk.posts()) == 1


def test_a_persons_token_without_a_refresh_token_says_what_is_missing(desk: Desk) -> None:
    desk.credentials |= {"access_token": desk.credentials["refresh_token"], "refresh_token": None}
    with pytest.raises(AccountTrouble, match="refresh_token"):
        whoami(desk.calls, desk.credentials)


def test_a_page_that_is_not_among_them_is_refused_by_name(desk: Desk) -> None:
    desk.credentials["access_token"] = desk.credentials["refresh_token"]
    with pytest.raises(AccountTrouble, match="999999"):
        whoami(desk.calls, {"page_id": "999999"})


def test_a_person_without_the_task_cannot_post(make_desk: MakeDesk) -> None:
    desk = make_desk(traits={"tasks": ["ANALYZE"]})
    desk.credentials["access_token"] = desk.credentials["refresh_token"]
    assert "create content" in whoami(desk.calls, desk.credentials)["cannot_post"]


def test_of_several_pages_one_has_to_be_named(make_desk: MakeDesk) -> None:
    first = make_desk(traits={"name": "harbour", "person": "Ana"})
    second = make_desk(traits={"name": "market", "person": "Ana"})
    second.credentials["access_token"] = second.credentials["refresh_token"]
    with pytest.raises(AccountTrouble, match="page_id") as caught:
        whoami(second.calls, {})
    assert all(desk.page_id in caught.value.message for desk in (first, second))
    assert "harbour" in caught.value.message
    assert whoami(second.calls, {"page_id": second.page_id})["page_id"] == second.page_id
    with pytest.raises(AccountTrouble, match="page_id"):
        renew(second, page_id=None, platform_user_id=None)


def test_a_business_page_that_does_not_show_is_explained_by_the_missing_permission(make_desk: MakeDesk) -> None:
    desk = make_desk(traits={"business_owned": True, "scopes": list(NEEDED_SCOPES)})
    desk.credentials["access_token"] = desk.credentials["refresh_token"]
    with pytest.raises(AccountTrouble, match="business_management"):
        whoami(desk.calls, {})
    allowed = make_desk(traits={"business_owned": True, "scopes": [*NEEDED_SCOPES, "business_management"]})
    allowed.credentials["access_token"] = allowed.credentials["refresh_token"]
    assert whoami(allowed.calls, {})["page_id"] == allowed.page_id


@pytest.mark.parametrize("trait", ["business_owned", "business_client"])
def test_a_page_that_only_its_business_shows_is_found(make_desk: MakeDesk, sandbox: SandboxServer, trait: str) -> None:
    desk = make_desk(traits={trait: True})
    sandbox.settings(meta_accounts_list_business_pages=False)
    desk.credentials["access_token"] = desk.credentials["refresh_token"]
    assert whoami(desk.calls, {})["page_id"] == desk.page_id


def test_a_page_of_a_business_is_a_choice_beside_the_persons_own(make_desk: MakeDesk, sandbox: SandboxServer) -> None:
    make_desk(traits={"name": "harbour", "person": "Ana"})
    owned = make_desk(traits={"name": "market", "person": "Ana", "business_owned": True})
    sandbox.settings(meta_accounts_list_business_pages=False)
    owned.credentials["access_token"] = owned.credentials["refresh_token"]
    with pytest.raises(AccountTrouble, match=owned.page_id):
        whoami(owned.calls, {})
    assert whoami(owned.calls, {"page_id": owned.page_id})["page_id"] == owned.page_id


def test_a_pages_own_token_shows_that_page_alone(desk: Desk) -> None:
    [page] = managed_pages(Graph(calls=desk.calls))
    assert page.id == desk.page_id


def test_a_pages_token_for_another_page_is_refused_by_name(desk: Desk) -> None:
    with pytest.raises(AccountTrouble, match="999999"):
        whoami(desk.calls, {"page_id": "999999"})


def test_access_given_back_is_over(desk: Desk) -> None:
    given = desk.credentials
    with Calls(platform="facebook", bases=desk.calls.bases) as calls:
        revoke(calls, given["client_id"], given["client_secret"], given["refresh_token"])
    with pytest.raises(AccountTrouble):
        renew(desk)
