"""Signing in: consent page, codes, PKCE, refresh, revoke (youtube.md 1, TikTok A.1)."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.sandbox_server import SandboxServer

BACK = "http://127.0.0.1:8080/api/publishing/connect/callback"
VERIFIER = "a" * 43
HEX = hashlib.sha256(VERIFIER.encode()).hexdigest()
B64 = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
GOOGLE = "https://www.googleapis.com/auth/"


class Person:
    """Somebody with a browser and an app that asks them."""

    def __init__(self, sandbox: SandboxServer, platform: str) -> None:
        self.platform = platform
        places = sandbox.endpoints()[platform]
        app = httpx.get(f"{sandbox.base}/sandbox/apps").json()[platform]
        self.id, self.secret = app["client_id"], app["client_secret"]
        self.key = "client_key" if platform == "tiktok" else "client_id"
        self.consent = places["authorize"] + ("/v2/auth/authorize/" if platform == "tiktok" else "/o/oauth2/v2/auth")
        self.token = f"{places['api']}/v2/oauth/token/" if platform == "tiktok" else f"{places['token']}/token"
        self.revoke = f"{places['api']}/v2/oauth/revoke/" if platform == "tiktok" else f"{places['token']}/revoke"

    def query(self, **changes: str | None) -> dict[str, str]:
        """Return a good authorization request, changed."""
        usual = {
            self.key: self.id, "redirect_uri": BACK, "response_type": "code", "state": "s1",
            "scope": "user.info.basic,video.publish" if self.platform == "tiktok" else
            f"{GOOGLE}youtube.upload {GOOGLE}youtube.readonly",
            "code_challenge": HEX if self.platform == "tiktok" else B64, "code_challenge_method": "S256",
            **({} if self.platform == "tiktok" else {"access_type": "offline"}), **changes,
        }  # fmt: skip
        return {name: value for name, value in usual.items() if value is not None}

    def decide(self, decision: str = "allow", scopes: list[str] | None = None, **changes: str | None) -> dict[str, str]:
        """Fill the consent page in and return what came back to the app."""
        query = self.query(**changes)
        asked = query["scope"].split("," if self.platform == "tiktok" else " ")
        form = {"decision": decision, "new_account": "Ada", "scope": asked if scopes is None else scopes}
        answer = httpx.post(self.consent, params=query, data=form)
        assert answer.status_code == 303, answer.text
        address = urlsplit(answer.headers["Location"])
        assert f"{address.scheme}://{address.netloc}{address.path}" == BACK
        return {name: values[0] for name, values in parse_qs(address.query).items()}

    def redeem(self, code: str, **changes: str | None) -> httpx.Response:
        """Turn a code into tokens."""
        form = {
            self.key: self.id, "client_secret": self.secret, "grant_type": "authorization_code", "code": code,
            "redirect_uri": BACK, "code_verifier": VERIFIER, **changes,
        }  # fmt: skip
        return httpx.post(self.token, data={name: value for name, value in form.items() if value is not None})

    def refresh(self, token: str, **changes: str) -> httpx.Response:
        """Get a new access token."""
        form = {self.key: self.id, "client_secret": self.secret, "grant_type": "refresh_token", "refresh_token": token}
        return httpx.post(self.token, data={**form, **changes})


@pytest.fixture(params=["youtube", "tiktok"])
def person(sandbox: SandboxServer, request: pytest.FixtureRequest) -> Person:
    """Somebody on each platform."""
    return Person(sandbox, request.param)


@pytest.fixture
def google(sandbox: SandboxServer) -> Person:
    """Somebody with a Google account."""
    return Person(sandbox, "youtube")


@pytest.fixture
def tiktok_user(sandbox: SandboxServer) -> Person:
    """Somebody with a TikTok account."""
    return Person(sandbox, "tiktok")


def test_consent_page_shows_every_scope_and_both_buttons(person: Person) -> None:
    page = httpx.get(person.consent, params=person.query())
    assert page.status_code == 200
    assert page.text.count('type="checkbox"') == 2
    assert 'value="allow"' in page.text
    assert 'value="deny"' in page.text


def test_code_becomes_tokens_once(person: Person) -> None:
    back = person.decide()
    assert back["state"] == "s1"
    first = person.redeem(back["code"])
    assert (first.status_code, first.json()["token_type"]) == (200, "Bearer")
    again = person.redeem(back["code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_answers_have_the_platforms_shapes(google: Person, tiktok_user: Person) -> None:
    youtube, tiktok = (one.redeem(one.decide()["code"]).json() for one in (google, tiktok_user))
    assert set(youtube) == {"access_token", "expires_in", "refresh_token", "scope", "token_type"}
    assert (youtube["expires_in"], youtube["scope"]) == (3599, f"{GOOGLE}youtube.upload {GOOGLE}youtube.readonly")
    assert set(tiktok) == {
        "open_id", "scope", "access_token", "expires_in", "refresh_token", "refresh_expires_in", "token_type",
    }  # fmt: skip
    assert (tiktok["expires_in"], tiktok["scope"]) == (86_400, "user.info.basic,video.publish")


def test_denial_comes_back_as_an_error(person: Person) -> None:
    back = person.decide("deny")
    assert (back["error"], back["state"], "code" in back) == ("access_denied", "s1", False)


def test_unticked_scopes_are_not_granted(google: Person, tiktok_user: Person) -> None:
    back = google.decide(scopes=[f"{GOOGLE}youtube.readonly"])
    assert back["scope"] == f"{GOOGLE}youtube.readonly"
    assert google.redeem(back["code"]).json()["scope"] == f"{GOOGLE}youtube.readonly"
    assert tiktok_user.decide(scopes=["user.info.basic"])["scopes"] == "user.info.basic"


@pytest.mark.parametrize("verifier", ["b" * 43, None, "short"])
def test_wrong_verifier_is_refused(person: Person, verifier: str | None) -> None:
    refused = person.redeem(person.decide()["code"], code_verifier=verifier)
    expected = "invalid_request" if person.platform == "tiktok" else "invalid_grant"
    assert (refused.status_code, refused.json()["error"]) == (400, expected)


def test_tiktok_compares_hex_and_nothing_else(tiktok_user: Person) -> None:
    assert HEX == "66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0"
    refused = tiktok_user.redeem(tiktok_user.decide(code_challenge=B64)["code"])
    assert refused.json()["error_description"] == "Code verifier or code challenge is invalid."
    assert refused.json()["log_id"]


def test_google_does_not_take_hex(google: Person) -> None:
    assert google.redeem(google.decide(code_challenge=HEX)["code"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"redirect_uri": "https://elsewhere.example/callback"}, "redirect_uri_mismatch"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"client_id": "x", "client_key": "x"}, "invalid_client"),
    ],
)
def test_wrong_requests_end_on_an_error_page(person: Person, changes: dict[str, str], word: str) -> None:
    page = httpx.get(person.consent, params=person.query(**changes))
    assert (page.status_code, word in page.text) == (400, True)


def test_tiktok_desktop_apps_need_pkce_and_a_port(tiktok_user: Person) -> None:
    without = httpx.get(tiktok_user.consent, params=tiktok_user.query(code_challenge=None))
    no_port = httpx.get(tiktok_user.consent, params=tiktok_user.query(redirect_uri="http://127.0.0.1/callback"))
    assert (without.status_code, no_port.status_code) == (400, 400)


def test_registered_addresses_are_compared_exactly(sandbox: SandboxServer, google: Person) -> None:
    wanted = {"platform": "youtube", "redirect_uris": ["https://app.example/back"], "loopback": False}
    app = httpx.post(f"{sandbox.base}/sandbox/apps", json=wanted).json()

    def status(address: str) -> int:
        query = google.query(client_id=app["client_id"], redirect_uri=address)
        return httpx.get(google.consent, params=query).status_code

    assert status("https://app.example/back") == 200
    assert [status(one) for one in ("https://app.example/back/", "http://app.example/back", BACK)] == [400, 400, 400]


def test_code_is_bound_to_its_address_and_time(sandbox: SandboxServer, google: Person) -> None:
    other = google.redeem(google.decide()["code"], redirect_uri="http://127.0.0.1:8080/other")
    assert other.json()["error"] == "redirect_uri_mismatch"
    late = google.decide()["code"]
    sandbox.settings(clock_offset_seconds=601)
    assert google.redeem(late).json()["error"] == "invalid_grant"


def test_google_gives_the_refresh_token_once_unless_forced(google: Person) -> None:
    answers = [
        google.redeem(google.decide(**changes)["code"]).json()
        for changes in ({}, {}, {"prompt": "consent"}, {"access_type": None})
    ]
    assert ["refresh_token" in answer for answer in answers] == [True, False, True, False]


def test_granted_scopes_can_be_added_to(google: Person) -> None:
    google.redeem(google.decide(scope=f"{GOOGLE}youtube.upload")["code"])
    more = google.decide(scope=f"{GOOGLE}youtube.readonly", include_granted_scopes="true")
    assert set(more["scope"].split()) == {f"{GOOGLE}youtube.upload", f"{GOOGLE}youtube.readonly"}


def test_google_keeps_its_refresh_token_and_tiktok_replaces_it(google: Person, tiktok_user: Person) -> None:
    old = google.redeem(google.decide()["code"]).json()["refresh_token"]
    assert "refresh_token" not in google.refresh(old).json()
    assert google.refresh(old).status_code == 200
    old = tiktok_user.redeem(tiktok_user.decide()["code"]).json()["refresh_token"]
    new = tiktok_user.refresh(old).json()["refresh_token"]
    assert new != old
    assert tiktok_user.refresh(old).json()["error"] == "invalid_grant"
    assert tiktok_user.refresh(new).status_code == 200


def test_rotation_is_a_switch(sandbox: SandboxServer, google: Person, tiktok_user: Person) -> None:
    sandbox.settings(youtube_rotate_refresh_tokens=True, tiktok_rotate_refresh_tokens=False)
    old = google.redeem(google.decide()["code"]).json()["refresh_token"]
    assert google.refresh(old).json()["refresh_token"] != old
    assert google.refresh(old).json() == {
        "error": "invalid_grant", "error_description": "Token has been expired or revoked.",
    }  # fmt: skip
    old = tiktok_user.redeem(tiktok_user.decide()["code"]).json()["refresh_token"]
    assert tiktok_user.refresh(old).json()["refresh_token"] == old


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "x", "client_key": "x"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"refresh_token": "rubbish"}, 400, "invalid_grant"),
    ],
)
def test_token_endpoint_refuses(person: Person, form: dict[str, str], status: int, error: str) -> None:
    refused = person.refresh("rubbish", **form)
    assert (refused.status_code, refused.json()["error"]) == (status, error)


def test_json_is_no_form(person: Person) -> None:
    refused = httpx.post(person.token, json={"grant_type": "refresh_token"})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")


def test_revoking_ends_everything_of_that_person_and_app(sandbox: SandboxServer, person: Person) -> None:
    tokens: dict[str, Any] = person.redeem(person.decide()["code"]).json()
    form = {"token": tokens["access_token"], person.key: person.id, "client_secret": person.secret}
    assert httpx.post(person.revoke, data=form).status_code == 200
    assert person.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert httpx.post(person.revoke, data=form).status_code == 400


def test_testing_mode_ends_refresh_tokens_after_a_week(sandbox: SandboxServer, google: Person) -> None:
    sandbox.settings(youtube_testing_mode=True)
    answer = google.redeem(google.decide()["code"]).json()
    assert 604_790 < answer["refresh_token_expires_in"] <= 604_800
    sandbox.settings(clock_offset_seconds=7 * 86_400 + 1)
    assert google.refresh(answer["refresh_token"]).json()["error"] == "invalid_grant"


def test_oldest_refresh_token_dies_beyond_the_limit(sandbox: SandboxServer, google: Person) -> None:
    sandbox.settings(youtube_max_refresh_tokens=2)
    tokens = [google.redeem(google.decide(prompt="consent")["code"]).json()["refresh_token"] for _ in range(3)]
    assert [google.refresh(token).status_code for token in tokens] == [400, 200, 200]
