"""Several Pages, accounts or authors behind one sign-in: one is chosen, once, by who signed in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from include.accounts import accounts, consent
from include.accounts.consent import Completed, ConsentRefused
from include.database import engine
from include.platforms import get
from include.publishing.clients import account_facts, open_calls
from tests.accounts.conftest import OWNER, Stage

NOT_VALID = "This sign-in is not valid any more"


@pytest.fixture
def several(stage: Stage) -> Completed:
    """A sign-in with three Pages."""
    return stage.sign_in("facebook", form={"pages": "Bees, Cats"})


@pytest.mark.parametrize(
    ("platform", "login", "pages", "kind", "titles"),
    [
        ("facebook", None, "Bees, Cats", "Page", ["Ada", "Bees", "Cats"]),
        ("instagram", "facebook", "Bees", "account", ["ada (Page Ada)", "bees (Page Bees)"]),
        ("linkedin", "organization", "111, 222", "page", ["Ada (page)", "Ada (page)"]),
    ],
)  # fmt: skip
def test_each_choice_becomes_an_account_that_works(
    stage: Stage, platform: str, login: str | None, pages: str, kind: str, titles: list[str]
) -> None:
    done = stage.sign_in(platform, login=login, form={"pages": pages})
    assert done.account is None
    assert [each.title for each in done.choices] == titles
    assert {each.kind for each in done.choices} == {kind}
    wanted = done.choices[-1]
    account = consent.choose(OWNER, done.state, wanted.choice_id).account
    assert account is not None
    assert account.platform_user_id == wanted.choice_id.rsplit(":", 1)[-1]
    with open_calls(account) as calls:
        assert get(platform).whoami(calls, account_facts(account))["platform_user_id"] == account.platform_user_id


def test_nothing_is_kept_before_the_choice(several: Completed) -> None:
    assert accounts.list_all(OWNER) == []
    with engine.transaction(OWNER) as connection:
        [row] = connection.exec_driver_sql("select waiting from desk.connect_attempt").all()
    assert b"EAA" not in bytes(row[0])  # how Meta's tokens begin: they are sealed


def test_a_choice_counts_once(several: Completed) -> None:
    consent.choose(OWNER, several.state, several.choices[0].choice_id)
    with pytest.raises(ConsentRefused, match=NOT_VALID):
        consent.choose(OWNER, several.state, several.choices[1].choice_id)
    assert len(accounts.list_all(OWNER)) == 1


def test_of_many_choices_at_once_one_counts(several: Completed) -> None:
    def come(number: int) -> bool:
        try:
            consent.choose(OWNER, several.state, several.choices[number % 3].choice_id)
        except ConsentRefused:
            return False
        return True

    with ThreadPoolExecutor(6) as many:
        assert sum(many.map(come, range(6))) == 1
    assert len(accounts.list_all(OWNER)) == 1


def test_an_unknown_choice_is_refused_and_one_may_choose_again(several: Completed) -> None:
    with pytest.raises(ConsentRefused, match=r"no such choice here. There are: Ada \(\d+\), Bees"):
        consent.choose(OWNER, several.state, "123")
    assert consent.choose(OWNER, several.state, several.choices[1].choice_id).account is not None


def test_nobody_else_can_choose(several: Completed) -> None:
    with pytest.raises(ConsentRefused, match=NOT_VALID):
        consent.choose("mallory", several.state, several.choices[0].choice_id)


def test_a_choice_that_nobody_made_in_time_is_over(several: Completed) -> None:
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql("update desk.connect_attempt set expires_at = now() - interval '1 second'")
    with pytest.raises(ConsentRefused, match=NOT_VALID):
        consent.choose(OWNER, several.state, several.choices[0].choice_id)
    assert consent.forget_over() == 1  # and the tokens that waited are gone


def test_a_platform_that_does_not_answer_leaves_the_choice_open(stage: Stage, several: Completed) -> None:
    stage.sandbox.fault(match={"platform": "facebook"}, action="status", status=503, times=None)
    with pytest.raises(ConsentRefused):
        consent.choose(OWNER, several.state, several.choices[0].choice_id)
    stage.sandbox.clear_faults()
    assert consent.choose(OWNER, several.state, several.choices[0].choice_id).account is not None


def test_connecting_again_does_not_ask_again(stage: Stage, several: Completed) -> None:
    first = consent.choose(OWNER, several.state, several.choices[2].choice_id).account
    assert first is not None
    again = stage.sign_in("facebook", account_id=first.account_id)
    assert again.account is not None
    assert again.account.platform_user_id == first.platform_user_id


def test_the_callback_cannot_choose(several: Completed) -> None:
    with pytest.raises(ConsentRefused, match=NOT_VALID):
        consent.complete(OWNER, state=several.state, parameters={"code": "x"})


def test_a_member_without_pages_is_told(stage: Stage) -> None:
    with pytest.raises(ConsentRefused, match="administers no page on LinkedIn"):
        stage.sign_in("linkedin", login="organization")
