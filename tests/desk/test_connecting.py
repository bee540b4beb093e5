"""Connecting over REST: for programs in JSON, for people from page to page; and what accounts look like then."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from include.accounts import accounts, attempts
from tests.accounts.conftest import Stage
from tests.desk.people import PUBLIC, Ask

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


def back(query: dict[str, str]) -> dict[str, Any]:
    """Return how the consent page sends a browser back."""
    return {"url": "/connect/callback", "params": query}


def test_a_program_connects_an_account_in_three_steps(ask: Ask, stage: Stage):
    alice = ask("alice")
    page = alice.get("/connect/youtube?account_id=my_youtube").json()
    asked = parse_qs(urlsplit(page["address"]).query)
    assert asked["redirect_uri"] == [f"{PUBLIC}/api/publishing/connect/callback"]
    assert set(page) == {"address", "expires_at"}
    done = alice.get(**back(stage.allow(page["address"]))).json()
    assert (done["account_id"], done["platform"], done["choices"], done["state"]) == ("my_youtube", "youtube", [], None)
    (account,) = alice.get("/accounts").json()["accounts"]
    assert account == alice.get("/accounts/my_youtube").json()
    assert account["health"]["state"] == "connected"
    assert account["platform_user_id"]
    assert {"picture", "followers", "account_type"} <= set(account)
    assert not {"profile", "trouble", "owner"} & set(account)


def test_a_browser_is_led_to_the_consent_page_and_back(ask: Ask, stage: Stage):
    alice = ask("alice", **BROWSER)
    led = alice.get("/connect/youtube?return_to=/desk/accounts")
    assert led.status_code == 303
    done = alice.get(**back(stage.allow(led.headers["location"])))
    assert (done.status_code, done.headers["location"]) == (303, "/desk/accounts")
    done = alice.get(**back(stage.allow(alice.get("/connect/youtube?account_id=second").headers["location"], "Bea")))
    assert done.status_code == 200
    assert re.search(r"<h1>Bea.* is connected</h1>", done.text)
    assert "default-src 'none'" in done.headers["content-security-policy"]


def test_of_several_pages_a_browser_chooses_one_in_a_form(ask: Ask, stage: Stage):
    alice = ask("alice", **BROWSER)
    led = alice.get("/connect/facebook?account_id=bees&return_to=/desk")
    page = alice.get(**back(stage.allow(led.headers["location"], pages="<b>Bees</b>, Cats")))
    assert page.status_code == 200
    assert "&lt;b&gt;Bees&lt;/b&gt;" in page.text
    assert "<b>Bees" not in page.text
    (action,) = re.findall(r'<form method="post" action="([^"]+)"', page.text)
    assert action == "/connect/choose"
    (state,) = re.findall(r'name="state" value="([^"]+)"', page.text)
    choices = re.findall(r'name="choice_id" value="([^"]+)"', page.text)
    assert len(choices) == 3
    wrong = alice.post(action, data={"state": state, "choice_id": "none"})
    assert wrong.status_code == 400
    assert "That did not work" in wrong.text
    assert ask("bob", **BROWSER).post(action, data={"state": state, "choice_id": choices[1]}).status_code == 400
    done = alice.post(action, data={"state": state, "choice_id": choices[1]})
    assert (done.status_code, done.headers["location"]) == (303, "/desk")
    assert accounts.read("alice", "bees").platform_user_id == choices[1]


def test_of_several_pages_a_program_chooses_one(ask: Ask, stage: Stage):
    alice = ask("alice")
    page = alice.post("/accounts", json={"account_id": "bees", "platform": "facebook"})
    assert page.status_code == 202
    done = alice.get(**back(stage.allow(page.json()["address"], pages="Bees"))).json()
    assert done["account_id"] is None
    assert {each["kind"] for each in done["choices"]} == {"Page"}
    chosen = {"state": done["state"], "choice_id": done["choices"][0]["choice_id"]}
    assert alice.post("/connect/choose", json=chosen).json()["account_id"] == "bees"
    assert alice.post("/connect/choose", json=chosen).status_code == 400


def test_a_no_at_the_platform_is_a_sentence_and_keeps_nothing(ask: Ask, stage: Stage):
    for client, kind in ((ask("alice"), "application/problem+json"), (ask("alice", **BROWSER), "text/html")):
        begun = attempts.begin(
            "alice", "youtube", account_id=None, login=None, redirect_uri=PUBLIC, return_to=None, is_default=True
        )
        answer = client.get(**back({"state": begun.state, "error": "access_denied"}))
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (400, kind)
    assert ask("alice").get("/accounts").json() == {"accounts": []}


ELSEWHERE = (
    "https://evil.example/", "//evil.example/desk", "/desk/../../x", "/\\evil", "javascript:alert(1)", "/auth/logout",
)  # fmt: skip


@pytest.mark.parametrize("where", ELSEWHERE)
def test_nobody_is_sent_anywhere_else(ask: Ask, stage: Stage, where: str):
    for client in (ask("alice"), ask("alice", **BROWSER)):
        answer = client.get("/connect/youtube", params={"return_to": where})
        assert answer.status_code == 422
        assert "location" not in answer.headers
        assert "evil" not in answer.text


def test_another_user_cannot_end_a_sign_in(ask: Ask, stage: Stage):
    page = ask("alice").get("/connect/youtube?account_id=my_youtube").json()
    query = stage.allow(page["address"])
    refused = ask("bob").get(**back(query))
    unknown = ask("bob").get(**back(query | {"state": "x" * 43}))
    assert (refused.status_code, refused.content) == (unknown.status_code, unknown.content)
    assert ask("alice").get(**back(query)).json()["account_id"] == "my_youtube"
    assert ask("bob").get("/accounts").json() == {"accounts": []}
    assert ask("alice").get(**back(query)).status_code == 400, "a state counts once"


def test_credentials_at_hand_connect_at_once_and_twice_is_the_same_account(ask: Ask, stage: Stage):
    given = stage.sandbox.account("youtube", name="a channel")
    body = {"account_id": "my_youtube", "platform": "youtube", "credentials": given}
    first, second = (ask("alice").post("/accounts", json=body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    other = stage.sandbox.account("youtube", name="another channel")
    taken = ask("alice").post("/accounts", json=body | {"credentials": other})
    assert taken.status_code == 409
    assert ask("bob").post("/accounts", json=body | {"credentials": other}).status_code == 201, "names are one's own"


def test_credentials_of_a_wrong_shape_are_named_and_refused_ones_are_a_sentence(ask: Ask, stage: Stage):
    body = {"account_id": "my_youtube", "platform": "youtube", "credentials": {"refresh_token": "x"}}
    answer = ask("alice").post("/accounts", json=body)
    assert answer.status_code == 422
    assert [each["where"] for each in answer.json()["problems"]] == ["access_token"]
    answer = ask("alice").post("/accounts", json=body | {"credentials": {"access_token": "nobody's"}})
    assert answer.status_code == 422
    assert "nobody's" not in answer.text


def test_disconnecting_deletes_the_tokens_and_keeps_the_account_in_the_history(ask: Ask, stage: Stage):
    given = stage.sandbox.account("youtube", name="a channel")
    body = {"account_id": "my_youtube", "platform": "youtube", "credentials": given}
    assert ask("alice").post("/accounts", json=body).status_code == 201
    gone = ask("alice").delete("/accounts/my_youtube")
    assert (gone.status_code, set(gone.json())) == (200, {"account_id", "revoked", "why_not"})
    assert ask("alice").get("/accounts/my_youtube").json()["health"]["state"] == "disconnected"
    assert ask("alice").delete("/accounts/none").status_code == 404
