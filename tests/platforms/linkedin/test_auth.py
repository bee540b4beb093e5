"""Signing in at the sandbox: consent, codes, tokens that cannot be renewed, and who the account is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from include.platforms import linkedin
from include.platforms.errors import AccountTrouble, OutcomeUnknown, TryAgain
from include.platforms.http import Calls
from include.platforms.linkedin.auth import PAGE_SCOPES
from tests.platforms.linkedin.scene import Desk, posting
from tests.sandbox_server import SandboxServer

MakeDesk = Callable[..., Desk]
APP, SECRET = "78sandboxlinkedin", "sandbox-linkedin-secret"
BACK = "http://127.0.0.1:8080/back"


@pytest.fixture
def plain(sandbox: SandboxServer) -> Iterator[Calls]:
    with Calls(platform="linkedin", bases=sandbox.endpoints()["linkedin"]) as calls:
        yield calls


def consent(address: str, decision: str = "allow", scopes: tuple[str, ...] = linkedin.NEEDED_SCOPES) -> dict[str, str]:
    """Decide on the consent page as a person would; return what the browser brings back."""
    assert httpx.get(address, trust_env=False).status_code == 200
    form = {"decision": decision, "new_account": "Ana Gil", "scope": list(scopes)}
    answer = httpx.post(address, data=form, trust_env=False)
    assert answer.status_code == 303, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def address_for(plain: Calls, **wanted: Any) -> str:
    return linkedin.authorize_address(plain, APP, redirect_uri=BACK, state="s t", verifier=None, **wanted)


def test_a_person_connects_and_posts(plain: Calls, make_desk: MakeDesk) -> None:
    back = consent(address_for(plain))
    assert back["state"] == "s t"
    tokens = linkedin.exchange_code(plain, APP, SECRET, code=back["code"], redirect_uri=BACK)
    assert set(tokens.scopes) == set(linkedin.NEEDED_SCOPES)
    assert timedelta(days=59) < tokens.expires_at - datetime.now(UTC) <= timedelta(days=60)
    assert tokens.refresh_expires_at is not None
    desk = make_desk()
    desk.credentials["access_token"] = tokens.access_token
    profile = linkedin.whoami(desk.calls)
    desk.publisher = type(desk.publisher)(desk.calls, settings=desk.settings, account=profile)
    desk.publish(posting())
    assert desk.the_post()["account"] == "Ana Gil"


def test_the_consent_address_separates_scopes_by_encoded_spaces(plain: Calls) -> None:
    assert "scope=openid%20profile%20w_member_social" in address_for(plain)
    assert "rw_organization_admin" in address_for(plain, scopes=PAGE_SCOPES)


def test_a_refusal_comes_back_in_linkedins_words(plain: Calls) -> None:
    assert consent(address_for(plain), "deny")["error"] == "user_cancelled_authorize"


def test_a_code_works_once(plain: Calls) -> None:
    code = consent(address_for(plain))["code"]
    linkedin.exchange_code(plain, APP, SECRET, code=code, redirect_uri=BACK)
    with pytest.raises(AccountTrouble, match="no longer accepts"):
        linkedin.exchange_code(plain, APP, SECRET, code=code, redirect_uri=BACK)


def test_a_wrong_secret_is_ours_to_mend(plain: Calls) -> None:
    code = consent(address_for(plain))["code"]
    with pytest.raises(AccountTrouble, match="LINKEDIN_CLIENT_SECRET"):
        linkedin.exchange_code(plain, APP, "wrong", code=code, redirect_uri=BACK)


def test_an_app_that_is_no_partners_gets_no_refresh_token(plain: Calls, sandbox: SandboxServer) -> None:
    sandbox.settings(linkedin_partner=False)
    code = consent(address_for(plain))["code"]
    tokens = linkedin.exchange_code(plain, APP, SECRET, code=code, redirect_uri=BACK)
    assert (tokens.refresh_token, tokens.refresh_expires_at) == (None, None)
    with pytest.raises(AccountTrouble, match="approved partners"):
        linkedin.refresh_tokens(plain, APP, SECRET, "")


def test_renewing_does_not_lengthen_the_refresh_tokens_life(
    plain: Calls, make_desk: MakeDesk, sandbox: SandboxServer
) -> None:
    given = make_desk().credentials
    sandbox.settings(clock_offset_seconds=300 * 86400)
    fresh = linkedin.refresh_tokens(plain, APP, SECRET, given["refresh_token"])
    assert fresh.refresh_token == given["refresh_token"]
    assert fresh.refresh_expires_at is not None
    left = fresh.refresh_expires_at - datetime.now(UTC)
    assert timedelta(days=64) < left < timedelta(days=66)
    sandbox.settings(clock_offset_seconds=366 * 86400)
    with pytest.raises(AccountTrouble, match="Connect the account again"):
        linkedin.refresh_tokens(plain, APP, SECRET, given["refresh_token"])


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"action": "status", "status": 503}, TryAgain),
        ({"action": "status", "status": 429, "headers": {"Retry-After": "3"}}, TryAgain),
        ({"action": "drop_after"}, OutcomeUnknown),
        ({"action": "status", "status": 200, "body": {"access_token": "x"}}, OutcomeUnknown),
        ({"action": "status", "status": 400, "body": {"error": "odd", "error_description": "why"}}, AccountTrouble),
    ],
)
def test_faults_of_the_token_endpoint(
    plain: Calls, make_desk: MakeDesk, sandbox: SandboxServer, fault: dict[str, Any], kind: type[Exception]
) -> None:
    token = make_desk().credentials["refresh_token"]
    sandbox.fault(match={"endpoint": "oauth.token"}, **fault)
    with pytest.raises(kind):
        linkedin.refresh_tokens(plain, APP, SECRET, token)


def test_access_can_be_given_back(plain: Calls, make_desk: MakeDesk) -> None:
    desk = make_desk()
    linkedin.revoke(plain, APP, SECRET, desk.credentials["access_token"])
    with pytest.raises(AccountTrouble):
        linkedin.whoami(desk.calls)
    linkedin.revoke(plain, APP, SECRET, "unknown")  # over already


def test_a_page_is_checked_and_described(desk: Desk) -> None:
    profile = linkedin.whoami(desk.calls, {"author_urn": desk.author})
    number = desk.author.rsplit(":", 1)[-1]
    assert profile == {
        "platform_user_id": number,
        "username": f"page-{number}",
        "display_name": "Ana Gil (page)",
        "picture": None,
        "followers": 0,
        "account_type": "organization",
        "advice": None,
        "author_urn": desk.author,
        "member_urn": f"urn:li:person:{desk.credentials['platform_user_id']}",
        "cannot_post": None,
    }


def test_a_member_is_described(member: Desk) -> None:
    profile = linkedin.whoami(member.calls, {"platform_user_id": member.credentials["platform_user_id"]})
    assert (profile["display_name"], profile["account_type"]) == ("Ana Gil", "member")
    assert profile["author_urn"] == f"urn:li:person:{profile['platform_user_id']}"


def test_several_authors_are_named_and_one_has_to_be_chosen(make_desk: MakeDesk) -> None:
    desk = make_desk(traits={"organizations": ["111", "222"]})
    with pytest.raises(AccountTrouble, match=r"Name one as author_urn: urn:li:person:.+111, urn:li:organization:222"):
        linkedin.whoami(desk.calls)
    assert linkedin.whoami(desk.calls, {"author_urn": "urn:li:organization:222"})["platform_user_id"] == "222"
    myself = f"urn:li:person:{desk.credentials['platform_user_id']}"
    assert linkedin.whoami(desk.calls, {"author_urn": myself})["account_type"] == "member"


@pytest.mark.parametrize("given", [{"author_urn": "urn:li:organization:999"}, {"author_urn": "urn:li:person:else"}])
def test_an_author_that_is_not_the_members_is_refused(desk: Desk, given: dict[str, str]) -> None:
    with pytest.raises(AccountTrouble, match=r"does not administer|cannot post as"):
        linkedin.whoami(desk.calls, given)


def test_credentials_of_somebody_else_are_refused(member: Desk) -> None:
    with pytest.raises(AccountTrouble, match="not to somebody"):
        linkedin.whoami(member.calls, {"platform_user_id": "somebody"})


def test_a_page_without_the_permission_to_see_pages_says_which_are_missing(member: Desk) -> None:
    with pytest.raises(AccountTrouble, match="rw_organization_admin"):
        linkedin.whoami(member.calls, {"author_urn": "urn:li:organization:1"})


@pytest.mark.parametrize("endpoint", ["organizations.get", "networkSizes.get"])
def test_what_may_not_be_read_of_a_page_is_left_out(desk: Desk, sandbox: SandboxServer, endpoint: str) -> None:
    sandbox.fault(match={"endpoint": endpoint}, action="status", status=403)
    profile = linkedin.whoami(desk.calls, {"author_urn": desk.author})
    assert profile["author_urn"] == desk.author
    assert profile["followers"] is None


def test_needed_scopes_are_fewer_for_a_member() -> None:
    assert linkedin.needed_scopes() == linkedin.NEEDED_SCOPES
    assert "w_organization_social" in linkedin.needed_scopes({"author_urn": "urn:li:organization:1"})
    assert "w_organization_social" in linkedin.asked_scopes({"login": "organization"})


def test_a_members_figures_are_asked_for_and_not_needed(plain: Calls) -> None:
    said = {"login": "member_analytics"}
    assert set(linkedin.asked_scopes(said)) - set(linkedin.needed_scopes(said)) == {
        "r_member_postAnalytics", "r_member_profileAnalytics",
    }  # fmt: skip
    assert "r_member_postAnalytics" in address_for(plain, login="member_analytics")
    assert "r_member_postAnalytics" not in address_for(plain)
