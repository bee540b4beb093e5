"""Facebook Login: addresses, tokens and Pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from include.platforms.errors import AccountTrouble, OutcomeUnknown, TryAgain
from include.platforms.meta_graph import auth
from include.platforms.meta_graph.graph import Graph
from include.platforms.meta_graph.pages import instagram_account, managed_pages
from tests.platforms.meta_graph.script import Stage, refusal

LONG = {"access_token": "EAAlong", "token_type": "bearer", "expires_in": 5183944}


def test_the_consent_page_is_asked_for_scopes_or_for_a_configuration() -> None:
    calls = Stage([{}]).calls
    wanted = {"redirect_uri": "https://desk.test/cb", "state": "s", "scopes": ("a", "b")}
    first = urlsplit(auth.authorize_address(calls, "77", **wanted))  # type: ignore[arg-type]
    assert first.path == "/v26.0/dialog/oauth"
    assert parse_qs(first.query)["scope"] == ["a,b"]
    second = parse_qs(urlsplit(auth.authorize_address(calls, "77", config_id="9", **wanted)).query)  # type: ignore[arg-type]
    assert (second["config_id"], "scope" in second) == (["9"], False)


def test_a_code_becomes_a_long_lived_token_that_is_renewed_ten_days_early() -> None:
    stage = Stage([{"access_token": "EAAshort", "expires_in": 5108}, LONG])
    tokens = auth.exchange_code(stage.calls, "77", "secret", code="c", redirect_uri="https://desk.test/cb")
    assert (tokens.access_token, tokens.refresh_token) == ("EAAlong", "EAAlong")
    assert stage.script.asked[1].url.params["fb_exchange_token"] == "EAAshort"
    assert tokens.refresh_expires_at is not None
    assert tokens.refresh_expires_at - tokens.expires_at == timedelta(days=10)
    assert tokens.refresh_expires_at > datetime.now(UTC) + timedelta(days=59)


def test_the_page_token_is_the_access_token_and_the_persons_the_refresh_token() -> None:
    stage = Stage([LONG, {"access_token": "EAApage", "id": "134"}])
    tokens = auth.page_tokens(stage.calls, "77", "secret", "EAAold", "134")
    assert (tokens.access_token, tokens.refresh_token) == ("EAApage", "EAAlong")
    asked = stage.script.asked[1]
    assert asked.headers["authorization"] == "Bearer EAAlong"
    assert "appsecret_proof" in asked.url.params


def test_a_lost_role_on_the_page_asks_to_connect_again() -> None:
    for line in ({"id": "134"}, refusal(100, 33)):
        with pytest.raises(AccountTrouble):
            auth.page_tokens(Stage([LONG, line]).calls, "77", "secret", "EAAold", "134")


@pytest.mark.parametrize("line", [refusal(190, 463), refusal(100, 36009), refusal(100), refusal(101)])
def test_a_refused_exchange_asks_to_connect_again(line: object) -> None:
    with pytest.raises(AccountTrouble):
        auth.user_tokens(Stage([line]).calls, "77", "secret", "EAAold")  # type: ignore[list-item]


def test_a_passing_fault_is_tried_again_and_a_lost_code_is_unknown() -> None:
    for line in (httpx.ReadTimeout("x"), refusal(2, status=503), httpx.Response(502, text="<html>")):
        with pytest.raises(TryAgain):
            auth.user_tokens(Stage([line]).calls, "77", "secret", "EAAold")
        with pytest.raises(OutcomeUnknown):
            auth.exchange_code(Stage([line]).calls, "77", "secret", code="c", redirect_uri="r")


def test_giving_access_back_takes_it_from_the_person() -> None:
    stage = Stage([{"success": True}])
    auth.revoke(stage.calls, "77", "secret", "EAAuser")
    [asked] = stage.script.asked
    assert (asked.method, asked.url.path) == ("DELETE", "/v26.0/me/permissions")
    assert "=secret" not in str(asked.url)
    auth.revoke(Stage([refusal(190, 463)], left=0).calls, "77", "secret", "EAAuser")  # over already


def test_pages_of_a_business_are_found_although_the_list_is_empty() -> None:
    page = {"id": "5", "name": "Shop", "tasks": ["CREATE_CONTENT"]}
    stage = Stage([{"data": []}, {"data": [{"id": "b1"}]}, {"data": [page]}, {"data": [page]}])
    [found] = managed_pages(Graph(calls=stage.calls))
    assert (found.id, found.name, found.may_post) == ("5", "Shop", True)
    assert [path.rsplit("/", 1)[1] for path in stage.script.paths()] == [
        "accounts", "businesses", "owned_pages", "client_pages",
    ]  # fmt: skip


def test_pages_of_a_business_are_found_beside_the_persons_own_and_each_once() -> None:
    own, owned, client = ({"id": number, "name": "Page " + number} for number in ("5", "6", "7"))
    told = {**own, "tasks": ["CREATE_CONTENT"]}
    lines = [{"data": [told]}, {"data": [{"id": "b1"}]}, {"data": [own, owned]}, {"data": [client]}]
    found = managed_pages(Graph(calls=Stage(lines).calls))
    assert [(page.id, page.tasks) for page in found] == [("5", ("CREATE_CONTENT",)), ("6", ()), ("7", ())]


def test_every_business_and_every_page_of_their_lists_is_walked() -> None:
    more = {"next": "https://graph.test/next", "cursors": {"after": "a1"}}
    stage = Stage([
        {"data": []}, {"data": [{"id": "b1"}, {"id": "b2"}]},
        {"data": [{"id": "1"}], "paging": more}, {"data": [{"id": "2"}]}, {"data": []},
        {"data": [{"id": "3"}]}, {"data": [{"id": "4"}]},
    ])  # fmt: skip
    assert [page.id for page in managed_pages(Graph(calls=stage.calls))] == ["1", "2", "3", "4"]


def test_without_the_permission_for_businesses_only_the_persons_own_pages_are_there() -> None:
    assert managed_pages(Graph(calls=Stage([{"data": []}, refusal(200)]).calls)) == []
    own = managed_pages(Graph(calls=Stage([{"data": [{"id": "5"}]}, refusal(200)]).calls))
    assert [page.id for page in own] == ["5"]


def test_a_token_that_dies_on_the_walk_is_no_empty_list() -> None:
    for line, kind in ((refusal(190, 463), AccountTrouble), (refusal(2), TryAgain)):
        with pytest.raises(kind):
            managed_pages(Graph(calls=Stage([{"data": [{"id": "5"}]}, line], left=0).calls))


@pytest.mark.parametrize("code", [100, 2500])
def test_a_page_token_is_its_own_page(code: int) -> None:
    stage = Stage([refusal(code, message="Unknown path components: /accounts"), {"id": "5", "name": "Shop"}])
    assert [page.id for page in managed_pages(Graph(calls=stage.calls))] == ["5"]


def test_a_page_without_a_professional_account_has_none() -> None:
    graph = Graph(calls=Stage([{"id": "5"}, {"id": "5", "instagram_business_account": {"id": "178"}}]).calls)
    assert [instagram_account(graph, "5") for _ in range(2)] == [None, "178"]


def test_granted_scopes_leave_out_what_was_declined() -> None:
    rows = [{"permission": "a", "status": "granted"}, {"permission": "b", "status": "declined"}]
    assert auth.granted_scopes(Graph(calls=Stage([{"data": rows}]).calls)) == ("a",)
