"""Facebook Login and Instagram Login: dialogs, codes, long-lived tokens, renewal (meta.md 1)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.sandbox.meta_callers import InstagramCaller, code_of
from tests.sandbox_server import SandboxServer

BACK = "http://127.0.0.1:8080/api/publishing/connect/callback"


class Person:
    """Somebody with a browser, asked by an app for one of the two logins."""

    def __init__(self, sandbox: SandboxServer, login: str) -> None:
        self.login = login
        places = sandbox.endpoints()["instagram"]
        app = httpx.get(f"{sandbox.base}/sandbox/apps").json()["instagram"]
        self.app = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
        facebook = login == "facebook"
        self.dialog = f"{places['authorize']}/v26.0/dialog/oauth" if facebook else (
            f"{places['instagram_authorize']}/oauth/authorize"
        )  # fmt: skip
        self.token = f"{places['graph']}/v26.0/oauth/access_token" if facebook else (
            f"{places['instagram_token']}/oauth/access_token"
        )  # fmt: skip
        self.graph = places["graph"] if facebook else places["instagram_graph"]
        self.scopes = (
            ["instagram_basic", "pages_show_list"] if facebook else
            ["instagram_business_basic", "instagram_business_content_publish"]
        )  # fmt: skip

    def decide(self, decision: str = "allow", **changes: str) -> dict[str, str]:
        """Fill the consent page in and return what came back to the app."""
        query = {
            "client_id": self.app["client_id"], "redirect_uri": BACK, "response_type": "code", "state": "s1",
            "scope": ",".join(self.scopes), **changes,
        }  # fmt: skip
        form = {"decision": decision, "new_account": "Ada", "scope": self.scopes}
        assert "Allow access?" in httpx.get(self.dialog, params=query).text
        answer = httpx.post(self.dialog, params=query, data=form)
        assert answer.status_code == 303, answer.text
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    def redeem(self, code: str, **changes: str) -> httpx.Response:
        """Turn a code into a token."""
        form = {**self.app, "redirect_uri": BACK, "code": code, **changes}
        if self.login == "facebook":
            return httpx.get(self.token, params=form)
        return httpx.post(self.token, data={"grant_type": "authorization_code", **form})

    def ask(self, path: str, **query: Any) -> httpx.Response:
        """Read from the login's graph host."""
        return httpx.get(f"{self.graph}/{path}", params=query)


@pytest.fixture
def ada(sandbox: SandboxServer) -> Person:
    """Somebody with Facebook Login."""
    return Person(sandbox, "facebook")


@pytest.fixture
def own(sandbox: SandboxServer) -> Person:
    """Somebody with Instagram Login."""
    return Person(sandbox, "instagram")


def test_facebook_login_leads_to_a_page_and_its_account(ada: Person) -> None:
    back = ada.decide()
    assert back["state"] == "s1"
    short = ada.redeem(back["code"]).json()
    assert (short["token_type"], short["expires_in"]) == ("bearer", 5108)
    long = ada.ask(
        "v26.0/oauth/access_token", grant_type="fb_exchange_token", fb_exchange_token=short["access_token"], **ada.app
    ).json()
    assert 5_183_900 < long["expires_in"] <= 5_183_944
    token = long["access_token"]
    granted = ada.ask("v26.0/me/permissions", access_token=token).json()["data"]
    assert [one["permission"] for one in granted] == ada.scopes
    (page,) = ada.ask("v26.0/me/accounts", access_token=token).json()["data"]
    linked = ada.ask(f"v26.0/{page['id']}", access_token=token, fields="instagram_business_account").json()
    account = ada.ask(f"v26.0/{linked['instagram_business_account']['id']}", access_token=token, fields="username")
    assert account.json()["username"] == "ada"


def test_codes_work_once_in_time_and_for_one_address(sandbox: SandboxServer, ada: Person) -> None:
    code = ada.decide()["code"]
    assert code_of(ada.redeem(code, redirect_uri=BACK + "/x")) == (100, 36008)
    assert ada.redeem(code).status_code == 200
    assert code_of(ada.redeem(code)) == (100, 36009)
    late = ada.decide()["code"]
    sandbox.settings(clock_offset_seconds=700)
    assert code_of(ada.redeem(late)) == (100, 36007)
    assert code_of(ada.redeem(late, client_secret="wrong"))[0] == 1


def test_a_person_may_say_no(ada: Person, own: Person) -> None:
    for person in (ada, own):
        back = person.decide("deny")
        assert (back["error"], back["error_reason"], back["state"]) == ("access_denied", "user_denied", "s1")


@pytest.mark.parametrize(
    "changes", [{"client_id": "1"}, {"redirect_uri": "https://evil.example/"}, {"scope": "everything"}]
)
def test_wrong_requests_are_not_sent_back(ada: Person, changes: dict[str, str]) -> None:
    query = {"client_id": ada.app["client_id"], "redirect_uri": BACK, "scope": "instagram_basic", **changes}
    assert httpx.get(ada.dialog, params=query).status_code == 400


def test_page_tokens_die_with_a_short_user_token(sandbox: SandboxServer, ada: Person) -> None:
    short = ada.redeem(ada.decide()["code"]).json()["access_token"]
    (page,) = ada.ask("v26.0/me/accounts", access_token=short).json()["data"]
    sandbox.settings(clock_offset_seconds=6000)
    assert code_of(ada.ask("v26.0/me", access_token=page["access_token"])) == (190, 463)
    again = ada.ask("v26.0/oauth/access_token", grant_type="fb_exchange_token", fb_exchange_token=short, **ada.app)
    assert code_of(again) == (190, 463)


@pytest.mark.parametrize("shape", ["list", "flat"])
def test_instagram_login_answers_in_two_shapes(sandbox: SandboxServer, own: Person, shape: str) -> None:
    sandbox.settings(meta_instagram_login_answers=shape)
    body = own.redeem(own.decide()["code"]).json()
    short = body["data"][0] if shape == "list" else body
    assert isinstance(short["user_id"], str if shape == "list" else int)
    long = own.ask(
        "access_token", grant_type="ig_exchange_token", access_token=short["access_token"],
        client_secret=own.app["client_secret"],
    ).json()  # fmt: skip
    me = own.ask("v26.0/me", access_token=long["access_token"], fields="user_id,username").json()
    assert me["user_id"] == str(short["user_id"]) != me["id"]


def test_instagram_tokens_are_renewed_after_a_day(sandbox: SandboxServer) -> None:
    own = InstagramCaller(sandbox, "Own", login="instagram")
    query = {"grant_type": "ig_refresh_token", "access_token": own.token}
    place = f"{own.places['instagram_graph']}/refresh_access_token"
    young = httpx.get(place, params=query)
    assert (young.status_code, "24 hours" in young.text) == (400, True)
    sandbox.settings(clock_offset_seconds=86_500)
    new = httpx.get(place, params=query).json()
    assert new["access_token"].startswith("IGAA")
    assert "instagram_business_basic" in new["permissions"]
    sandbox.settings(clock_offset_seconds=61 * 86_400)
    assert code_of(httpx.get(place, params=query)) == (190, 463)


def test_instagrams_token_endpoint_has_the_old_errors(own: Person) -> None:
    answer = own.redeem("nonsense")
    assert answer.json() == {
        "error_type": "OAuthException", "code": 400,
        "error_message": "Matching code was not found or was already used.",
    }  # fmt: skip
