"""Accounts behind a gateway: which Page is meant, what is asked again, what a refused key does."""

from __future__ import annotations

import pytest

from include.accounts import accounts, keys
from include.accounts.connect import connect_given
from include.platforms.errors import AccountTrouble
from tests.accounts.conftest import OWNER, Stage
from tests.accounts.test_keys import keys_of

ROUTES = ["blotato", "upload_post"]


@pytest.mark.parametrize("route", ROUTES)
def test_the_only_page_is_taken_and_of_several_one_has_to_be_named(stage: Stage, route: str) -> None:
    one = {"accounts": {"facebook": "ada"}}
    account = connect_given(OWNER, "one", "facebook", keys_of(stage, "facebook", route, **one), route=route)
    assert str(account.platform_user_id).endswith(f"/{account.profile['page_id']}")
    given = keys_of(stage, "facebook", route, **one, pages={"facebook": ["Cats", "Dogs"]})
    with pytest.raises(AccountTrouble, match=r"'page_id' which facebook page .* Cats \(\d+\), Dogs") as told:
        connect_given(OWNER, "two", "facebook", given, route=route)
    dogs = str(told.value).rpartition("Dogs (")[2].partition(")")[0]
    account = connect_given(OWNER, "two", "facebook", given | {"page_id": dogs}, route=route)
    assert (account.profile["page_id"], account.display_name) == (dogs, "Dogs")


@pytest.mark.parametrize("route", ROUTES)
def test_linkedin_posts_as_the_person_unless_a_page_is_named(stage: Stage, route: str) -> None:
    given = keys_of(stage, "linkedin", route, accounts={"linkedin": "ada"}, pages={"linkedin": ["Acme"]})
    assert connect_given(OWNER, "me", "linkedin", given, route=route).profile["page_id"] is None
    with pytest.raises(AccountTrouble, match="Acme"):
        connect_given(OWNER, "page", "linkedin", given | {"page_id": "1"}, route=route)


@pytest.mark.parametrize("route", ROUTES)
def test_a_key_is_asked_about_again_and_a_refused_one_ends_the_account(stage: Stage, route: str) -> None:
    account = connect_given(OWNER, "via", "tiktok", keys_of(stage, "tiktok", route), route=route)
    assert keys.check(account)["platform_user_id"] == account.platform_user_id
    keys.note_refusal(account, AccountTrouble("other trouble"))
    assert accounts.read(OWNER, "via").state == "connected"
    stage.sandbox.reset()
    with pytest.raises(AccountTrouble) as refused:
        keys.check(account)
    keys.note_refusal(account, refused.value)
    assert accounts.read(OWNER, "via").state == "expired"


def test_limits_are_counted_by_key_and_the_key_is_not_shown(stage: Stage) -> None:
    given = keys_of(stage, "tiktok", "blotato", accounts={"tiktok": "ada", "youtube": "ada"})
    first = connect_given(OWNER, "a", "tiktok", given | {"user": None}, route="blotato")
    other = connect_given(OWNER, "b", "youtube", given | {"user": None}, route="blotato")
    assert keys.fingerprint(keys.key_of(first)) == keys.fingerprint(keys.key_of(other))
    assert given["api_key"] not in repr(keys.key_of(first)) + keys.fingerprint(keys.key_of(first))
