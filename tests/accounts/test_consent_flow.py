"""The whole sign-in over HTTP, for each of the six ways."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from include.accounts import accounts, consent
from include.database import engine
from include.platforms import get
from include.publishing.clients import account_facts, open_calls
from tests.accounts.conftest import BACK, LOGINS, OWNER, Stage

PKCE = {"youtube": 43, "tiktok": 64}
"""Platforms that know PKCE, and how long their challenge is: base64url, and TikTok's hex."""


@pytest.mark.parametrize(("platform", "login"), LOGINS)
def test_a_sign_in_ends_with_an_account_that_works(stage: Stage, platform: str, login: str | None) -> None:
    done = stage.sign_in(platform, login=login, account_id="mine")
    account = done.account
    assert account is not None
    assert (account.account_id, account.platform, account.state) == ("mine", platform, "connected")
    assert (done.choices, done.missing_scopes) == ((), ())
    assert account.display_name == "Ada"
    assert account.platform_user_id
    assert account.profile["picture"] or platform == "facebook"
    assert "followers" in account.profile
    assert set(account.scopes) >= set(get(platform).needed_scopes(account_facts(account)))
    with open_calls(account) as calls:  # the stored tokens, not those of the sign-in
        assert get(platform).whoami(calls, account_facts(account))["platform_user_id"] == account.platform_user_id
    with engine.transaction(OWNER) as connection:
        assert connection.exec_driver_sql("select count(*) from desk.connect_attempt").scalar_one() == 0


@pytest.mark.parametrize(("platform", "login"), LOGINS)
def test_the_consent_page_is_asked_with_state_and_pkce_where_it_is_known(
    stage: Stage, platform: str, login: str | None
) -> None:
    begun = consent.begin(OWNER, platform, redirect_uri=BACK, login=login)
    query = {name: values[0] for name, values in parse_qs(urlsplit(begun.address).query).items()}
    assert query["state"] == begun.state
    assert len(begun.state) == 43  # 32 bytes
    assert query["redirect_uri"] == BACK
    assert len(query.get("code_challenge", "")) == PKCE.get(platform, 0)
    assert begun.state not in repr(begun)


@pytest.mark.parametrize(
    ("platform", "login", "kind"),
    [
        ("youtube", None, "creator"), ("instagram", "instagram", "business"), ("facebook", None, "business"),
        ("linkedin", None, "personal"), ("tiktok", None, None),
    ],
)  # fmt: skip
def test_the_kind_of_account_is_kept(stage: Stage, platform: str, login: str | None, kind: str | None) -> None:
    account = stage.sign_in(platform, login=login).account
    assert account is not None
    assert account.profile["kind"] == kind


def test_a_personal_instagram_account_is_refused_with_the_way_out(stage: Stage) -> None:
    stage.sandbox.account("instagram", "Ada", login="instagram", account_type="PERSONAL")
    with pytest.raises(consent.ConsentRefused, match=r"[Pp]rofessional|Business"):
        stage.sign_in("instagram", login="instagram")
    assert accounts.list_all(OWNER) == []


def test_advice_says_when_an_access_cannot_be_renewed(stage: Stage) -> None:
    stage.sandbox.settings(linkedin_partner=False)
    done = stage.sign_in("linkedin")
    assert "no way to renew this access: connect the account again before 20" in str(done.advice)
    assert done.account is not None
    assert str(done.account.profile["advice"]) in str(done.advice)


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_meta_gives_tokens_that_last(stage: Stage, platform: str) -> None:
    account = stage.sign_in(platform).account
    assert account is not None
    with engine.transaction(OWNER) as connection:
        kept = accounts.read_tokens(connection, OWNER, account.account_id)
    assert kept.access_token != kept.refresh_token  # the Page's and the person's
    stage.sandbox.settings(clock_offset_seconds=3 * 86_400)  # a short one lives two hours, and its Page token with it
    with open_calls(account) as calls:
        assert get(platform).whoami(calls, account_facts(account))["platform_user_id"] == account.platform_user_id


@pytest.mark.parametrize("offset", [-300, 300])
@pytest.mark.parametrize("platform", ["youtube", "tiktok", "linkedin", "facebook"])
def test_five_minutes_of_clock_skew_do_no_harm(stage: Stage, platform: str, offset: int) -> None:
    stage.sandbox.settings(clock_offset_seconds=offset)
    account = stage.sign_in(platform).account
    assert account is not None
    with open_calls(account) as calls:
        get(platform).whoami(calls, account_facts(account))


def test_an_account_without_a_name_gets_its_user_name(stage: Stage) -> None:
    first, second = stage.sign_in("youtube", "Ada"), stage.sign_in("youtube", "ada!")
    assert first.account is not None
    assert second.account is not None
    assert [first.account.account_id, second.account.account_id] == ["youtube_ada", "youtube_ada_2"]


def test_instagram_login_uses_its_own_app(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSTAGRAM_APP_ID", "4711")
    monkeypatch.setenv("INSTAGRAM_APP_SECRET", "secret")
    own = consent.begin(OWNER, "instagram", redirect_uri=BACK, login="instagram")
    usual = consent.begin(OWNER, "instagram", redirect_uri=BACK)
    assert "client_id=4711&" in own.address
    assert "client_id=4711&" not in usual.address
