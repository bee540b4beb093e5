"""Who may call LinkedIn in the sandbox: versions, tokens, scopes, limits a day, roles on pages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.linkedin_caller import VERSION, LinkedInCaller, code
from tests.sandbox_server import SandboxServer


@pytest.fixture
def page(sandbox: SandboxServer) -> LinkedInCaller:
    return LinkedInCaller(sandbox)


def acls(caller: LinkedInCaller, **headers: str) -> Any:
    return caller.get("rest/organizationAcls?q=roleAssignee&role=ADMINISTRATOR&state=APPROVED", **headers)


def test_every_call_names_a_version_that_lives(page: LinkedInCaller, sandbox: SandboxServer) -> None:
    assert acls(page).status_code == 200
    for dead in ("202412", "209901", "202613", "v1"):
        assert code(acls(page, **{"LinkedIn-Version": dead})) == (426, "NONEXISTENT_VERSION")
    sandbox.settings(linkedin_versions_as_of="2027-10-15")
    assert acls(page).status_code == 200
    sandbox.settings(linkedin_versions_as_of="2027-10-16")
    assert code(acls(page)) == (426, "NONEXISTENT_VERSION")
    sandbox.settings(linkedin_versions=["201901"])
    assert acls(page, **{"LinkedIn-Version": "201901"}).status_code == 200
    assert code(acls(page)) == (426, "NONEXISTENT_VERSION")


def test_a_missing_version_is_said(page: LinkedInCaller) -> None:
    del page.http.headers["LinkedIn-Version"]
    assert code(acls(page)) == (400, "VERSION_MISSING")
    page.http.headers["LinkedIn-Version"] = VERSION
    del page.http.headers["X-Restli-Protocol-Version"]
    assert acls(page).status_code == 400


def test_userinfo_wants_no_version(page: LinkedInCaller) -> None:
    del page.http.headers["LinkedIn-Version"], page.http.headers["X-Restli-Protocol-Version"]
    body = page.get("v2/userinfo").json()
    assert (body["sub"], body["name"], body["given_name"]) == (page.credentials["platform_user_id"], "Ana Gil", "Ana")


def test_why_a_token_is_not_accepted(page: LinkedInCaller, sandbox: SandboxServer) -> None:
    def why() -> tuple[int, Any]:
        answer = acls(page)
        return answer.status_code, answer.json()["serviceErrorCode"]

    sandbox.fault(match={"endpoint": "organizationAcls.list"}, action="expire_token")
    assert why() == (401, 65602)
    sandbox.settings(linkedin_expired_code=65601)
    assert why() == (401, 65601)
    page.http.headers["Authorization"] = "Bearer nonsense"
    assert why() == (401, 65600)
    del page.http.headers["Authorization"]
    answer = acls(page)
    assert answer.json() == {"status": 401, "message": "Empty oauth2_access_token", "serviceErrorCode": 401}


@pytest.mark.parametrize("path", ["rest/posts?q=author&author=urn%3Ali%3Aperson%3Ax", "rest/organizations/1"])
def test_a_scope_that_was_not_granted_is_missing(sandbox: SandboxServer, path: str) -> None:
    member = LinkedInCaller(sandbox, posts_as="member")
    answer = member.get(path)
    assert code(answer) == (403, "ACCESS_DENIED")
    assert answer.json()["serviceErrorCode"] == 100
    assert answer.json()["message"].startswith("Not enough permissions to access: ")


def test_only_ones_own_pages_can_be_used(sandbox: SandboxServer, page: LinkedInCaller) -> None:
    other = LinkedInCaller(sandbox, "Somebody else", organizations=["42"])
    assert other.author == "urn:li:organization:42"
    assert code(page.begin(10, owner=other.author)) == (403, "ACCESS_DENIED")
    assert other.begin(10).status_code == 200
    assert [each["organization"] for each in acls(other).json()["elements"]] == [other.author]
    assert other.get("rest/organizations/42").json()["localizedName"] == "Somebody else (page)"
    assert page.get("rest/organizations/42").status_code == 403
    path = "rest/networkSizes/urn%3Ali%3Aorganization%3A42?edgeType=COMPANY_FOLLOWED_BY_MEMBER"
    assert other.get(path).json() == {"firstDegreeSize": 0}
    assert page.get(path).status_code == 403


def test_urns_have_to_be_encoded(page: LinkedInCaller) -> None:
    urn = page.post(None).headers["x-restli-id"]
    assert page.get(f"rest/posts/{urn}").status_code == 400
    assert page.get(f"rest/posts?q=author&author={page.author}").status_code == 400
    assert page.read(urn).status_code == 200


def test_a_members_day_has_150_calls(sandbox: SandboxServer) -> None:
    sandbox.settings(linkedin_member_calls_per_day=2)
    member, page = LinkedInCaller(sandbox, posts_as="member"), LinkedInCaller(sandbox, "A page")
    assert [member.get("v2/userinfo").status_code for _ in range(3)] == [200, 200, 429]
    answer = member.get("v2/userinfo").json()
    assert answer["serviceErrorCode"] == 101
    assert "DAY limit" in answer["message"]
    assert [page.get("v2/userinfo").status_code for _ in range(3)] == [200, 200, 200]
    sandbox.settings(clock_offset_seconds=86_400)
    assert member.get("v2/userinfo").status_code == 200
    assert sandbox.settings()["linkedin_page_calls_per_day"] == 0


def test_an_account_is_a_page_or_a_member(sandbox: SandboxServer) -> None:
    member = sandbox.account("linkedin", "M", posts_as="member")
    assert member["author_urn"] == f"urn:li:person:{member['platform_user_id']}"
    assert "w_member_social" in member["scopes"]
    for wrong in ({"posts_as": "group"}, {"organizations": ["x"]}, {"colour": "red"}, {"scopes": ["all"]}):
        with pytest.raises(ValueError, match=r"(?i)linkedin|organizations"):
            sandbox.account("linkedin", "W", **wrong)
    sandbox.settings(linkedin_partner=False)
    assert sandbox.account("linkedin", "N")["refresh_token"] is None


def test_calls_are_named(page: LinkedInCaller, sandbox: SandboxServer) -> None:
    sandbox.forget_calls()
    page.get("v2/userinfo")
    value = page.begin(10).json()["value"]
    page.put(value["uploadInstructions"][0]["uploadUrl"], bytes(10))
    page.finalize(value["video"], ["x"])
    page.video(value["video"])
    page.posts()
    page.post(None)
    page.read("urn:li:share:1")
    page.get("rest/nothing")
    assert [call["endpoint"] for call in sandbox.calls()] == [
        "userinfo", "videos.initializeUpload", "videos.put", "videos.finalizeUpload", "videos.get", "posts.list",
        "posts.create", "posts.get", "unknown",
    ]  # fmt: skip
    assert {call["account"] for call in sandbox.calls()} == {"Ana Gil"}
