"""An account's second route by REST: chosen, changed, taken away, and refused where it cannot be."""

from __future__ import annotations

import pytest

from include.accounts import accounts
from tests.desk.people import Ask
from tests.desk.test_api import is_a_problem
from tests.publishing.rows import an_account
from tests.publishing.studio import OWNER, Studio

WAY = "/accounts/my_tiktok/second"


@pytest.fixture
def two(studio: Studio, ask: Ask) -> Ask:
    """Alice with her TikTok account, and the same channel at two gateways."""
    studio.connect("tiktok")
    for route in ("blotato", "upload_post"):
        studio.connect("tiktok", route=route)
    return ask


def test_it_is_chosen_changed_and_taken_away(two: Ask):
    alice = two(OWNER)
    assert alice.get("/accounts/my_tiktok").json()["second"] is None
    for name in ("via_blotato", "via_upload_post", "via_upload_post"):
        answer = alice.put(WAY, json={"account_id": name})
        assert (answer.status_code, answer.json()["second"]) == (200, name), answer.text
        assert accounts.read(OWNER, "my_tiktok").second_account_id == name
    told = {each["account_id"]: each["second"] for each in alice.get("/accounts").json()["accounts"]}
    assert told == {"my_tiktok": "via_upload_post", "via_blotato": None, "via_upload_post": None}
    for _ in range(2):
        answer = alice.delete(WAY)
        assert (answer.status_code, answer.json()["second"]) == (200, None)
    assert accounts.read(OWNER, "my_tiktok").second_account_id is None


@pytest.mark.parametrize(
    ("name", "told"),
    [("my_tiktok", "behind itself"), ("my_youtube", "is on youtube"), ("other_tiktok", "go the same way")],
)
def test_what_cannot_stand_behind_it_is_refused_with_a_sentence(studio: Studio, two: Ask, name: str, told: str):
    studio.connect("youtube")
    studio.connect("tiktok", "other_tiktok")
    answer = two(OWNER).put(WAY, json={"account_id": name})
    is_a_problem(answer, 409)
    assert told in answer.json()["detail"]
    assert accounts.read(OWNER, "my_tiktok").second_account_id is None


def test_accounts_that_are_not_there_or_anothers_are_told_alike(two: Ask):
    an_account("bob")
    is_a_problem(two(OWNER).put("/accounts/nobody/second", json={"account_id": "via_blotato"}), 404)
    is_a_problem(two(OWNER).delete("/accounts/nobody/second"), 404)
    is_a_problem(two("bob").put(WAY, json={"account_id": "my_youtube"}), 404)
    answer = two(OWNER).put(WAY, json={"account_id": "nobody"})
    is_a_problem(answer, 422)
    assert [each["where"] for each in answer.json()["problems"]] == ["account_id"]
    for body in ({}, {"account_id": 5}, {"account_id": "via_blotato", "colour": "red"}):
        is_a_problem(two(OWNER).put(WAY, json=body), 422)
