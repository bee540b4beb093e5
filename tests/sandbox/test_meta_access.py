"""Meta's doors: versions, tokens, permissions, proof, usage, batch; who has which Page (meta.md 0, 1, 7 to 9)."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from tests.sandbox.meta_callers import FacebookCaller, InstagramCaller, code_of
from tests.sandbox_server import SandboxServer

OF_BUSINESS = ("business_owned", "business_client")


def user_of(caller: Any) -> str:
    """Return the long-lived user token of an account."""
    return str(caller.credentials["refresh_token"])


@pytest.mark.parametrize(
    ("asked", "used"), [("v26.0", "v26.0"), ("v23.0", "v23.0"), ("v18.0", "v21.0"), ("v27.0", "v21.0")]
)
def test_dead_and_unborn_versions_are_silently_the_oldest(instagram: InstagramCaller, asked: str, used: str) -> None:
    answer = instagram.http.get(instagram.url(instagram.user, asked), params={"access_token": instagram.token})
    assert (answer.status_code, answer.headers["facebook-api-version"]) == (200, used)


def test_versions_die_with_time(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    sandbox.settings(clock_offset_seconds=120 * 86_400)
    answer = instagram.http.get(instagram.url(instagram.user, "v21.0"), params={"access_token": instagram.token})
    assert answer.headers["facebook-api-version"] == "v22.0"


def test_no_version_is_the_current_one(instagram: InstagramCaller) -> None:
    address = f"{instagram.places['graph']}/{instagram.user}"
    answer = instagram.http.get(address, params={"access_token": instagram.token})
    assert answer.headers["facebook-api-version"] == "v26.0"


def test_removed_parameters_are_errors(instagram: InstagramCaller) -> None:
    assert code_of(instagram.get("", ids="1,2"))[0] == 100
    assert code_of(instagram.get(instagram.user, date_format="U"))[0] == 100


def test_tokens_are_wanted_and_judged(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    assert code_of(httpx.get(instagram.url("me"))) == (2500, None)
    assert code_of(httpx.get(instagram.url(instagram.user))) == (104, None)
    assert code_of(instagram.ask("GET", "me", token="EAAnonsense")) == (190, None)
    sandbox.fault(match={"endpoint": "user.read"}, action="expire_token")
    answer = instagram.get(instagram.user)
    assert code_of(answer) == (190, 463)
    assert answer.json()["error"]["message"].startswith("Error validating access token: Session has expired on")
    assert answer.headers["www-authenticate"].startswith('OAuth "Facebook Platform" "invalid_token"')


def test_status_of_token_errors_is_a_switch(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    sandbox.settings(meta_token_error_status=401)
    assert instagram.ask("GET", "me", token="EAAnonsense").status_code == 401


def test_each_login_has_its_own_host(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    own = InstagramCaller(sandbox, "Own", login="instagram")
    assert own.token.startswith("IGAA")
    assert own.get("me", fields="user_id,username,account_type").json()["account_type"] == "BUSINESS"
    graph = httpx.get(f"{own.places['graph']}/v26.0/me", params={"access_token": own.token})
    other = httpx.get(f"{own.places['instagram_graph']}/v26.0/me", params={"access_token": instagram.token})
    assert (code_of(graph)[0], code_of(other)[0]) == (190, 190)


def test_missing_permissions_are_10_or_200(sandbox: SandboxServer) -> None:
    poor = InstagramCaller(sandbox, "Poor", scopes=["instagram_basic", "pages_show_list"])
    answer = poor.create(video_url="https://example.com/a.mp4")
    assert answer.json()["error"]["message"] == "(#10) Application does not have permission for this action"
    page = FacebookCaller(sandbox, "Page", scopes=["pages_show_list", "pages_read_engagement"])
    assert code_of(page.post(f"{page.page}/video_reels", upload_phase="start"))[0] == 200


def test_instagram_permissions_end_with_the_data_access(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    sandbox.settings(clock_offset_seconds=91 * 86_400)
    assert code_of(instagram.get(instagram.user))[0] == 10
    assert instagram.get(instagram.credentials["page_id"], fields="name").json()["name"] == "Ada"


def test_what_is_not_ones_own_does_not_exist(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    theirs = InstagramCaller(sandbox, "Bob")
    for key in (theirs.user, "17899999999999999"):
        error = instagram.get(key).json()["error"]
        assert (error["code"], error["error_subcode"], error["type"]) == (100, 33, "GraphMethodException")
    assert (instagram.get("somebody").status_code, code_of(instagram.get("somebody"))[0]) == (404, 803)


def test_personal_accounts_have_no_api(sandbox: SandboxServer) -> None:
    person = InstagramCaller(sandbox, "Person", account_type="PERSONAL")
    page = person.credentials["page_id"]
    linked = person.get(page, fields="instagram_business_account,connected_instagram_account").json()
    assert linked == {"id": page, "connected_instagram_account": {"id": person.user}}
    assert "The user is not an Instagram Business" in person.get(person.user).text


def test_proof_is_checked_and_can_be_required(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    secret, token = instagram.credentials["client_secret"], instagram.token
    proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    assert instagram.get(instagram.user, appsecret_proof=proof).status_code == 200
    assert "Invalid appsecret_proof" in instagram.get(instagram.user, appsecret_proof="0" * 64).text
    sandbox.settings(meta_require_proof=True)
    assert "require an appsecret_proof" in instagram.get(instagram.user).text


def test_pages_of_a_person_with_their_tokens(sandbox: SandboxServer) -> None:
    first, second = (FacebookCaller(sandbox, name, person="Ada") for name in ("First", "Second"))
    answer = first.ask("GET", "me/accounts", token=user_of(first), params={"fields": "id,name,access_token,tasks"})
    pages = answer.json()["data"]
    assert [one["id"] for one in pages] == [first.page, second.page]
    assert pages[0]["access_token"] == first.token
    assert "CREATE_CONTENT" in pages[0]["tasks"]


def test_pages_of_a_business_need_business_management(sandbox: SandboxServer) -> None:
    scopes = ["pages_show_list", "pages_read_engagement"]
    poor = FacebookCaller(sandbox, "Owned", business_owned=True, scopes=scopes)
    assert poor.ask("GET", "me/accounts", token=user_of(poor)).json() == {"data": []}
    rich = FacebookCaller(sandbox, "Owned", business_owned=True)
    assert len(rich.ask("GET", "me/accounts", token=user_of(rich)).json()["data"]) == 1
    (business,) = rich.ask("GET", "me/businesses", token=user_of(rich)).json()["data"]
    owned = rich.ask("GET", f"{business['id']}/owned_pages", token=user_of(rich)).json()["data"]
    assert [one["id"] for one in owned] == [rich.page]
    sandbox.settings(meta_accounts_list_business_pages=False)
    assert rich.ask("GET", "me/accounts", token=user_of(rich)).json()["data"] == []


def test_a_business_has_pages_of_its_own_and_of_clients(sandbox: SandboxServer) -> None:
    own, client = (FacebookCaller(sandbox, name, person="Ada", **{name: True}) for name in OF_BUSINESS)
    (business,) = own.ask("GET", "me/businesses", token=user_of(own)).json()["data"]
    for edge, page in (("owned_pages", own.page), ("client_pages", client.page)):
        listed = own.ask("GET", f"{business['id']}/{edge}", token=user_of(own)).json()["data"]
        assert [one["id"] for one in listed] == [page]


def test_an_edge_a_node_does_not_have_is_a_field_it_does_not_have(facebook: FacebookCaller) -> None:
    answer = facebook.get("me/accounts")
    assert code_of(answer) == (100, None)
    assert answer.json()["error"]["message"].endswith("nonexisting field (accounts) on node type (Page)")
    assert code_of(facebook.post("me/accounts")) == (100, 33)
    assert code_of(facebook.get("me/accounts/more")) == (2500, None)


def test_the_account_behind_a_page(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    page = instagram.credentials["page_id"]
    assert instagram.get(page, fields="instagram_business_account").json() == {
        "instagram_business_account": {"id": instagram.user}, "id": page,
    }  # fmt: skip
    lonely = FacebookCaller(sandbox, "Lonely")
    assert lonely.get(lonely.page, fields="instagram_business_account").json() == {"id": lonely.page}
    assert code_of(instagram.get(instagram.user, fields="account_type"))[0] == 100


def test_debug_token_tells_everything(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    app = f"{instagram.credentials['client_id']}|{instagram.credentials['client_secret']}"
    told = instagram.ask("GET", "debug_token", token=app, params={"input_token": instagram.token}).json()["data"]
    assert (told["type"], told["is_valid"], told["expires_at"]) == ("PAGE", True, 0)
    assert told["profile_id"] == instagram.credentials["page_id"]
    targets = {one["scope"]: one.get("target_ids") for one in told["granular_scopes"]}
    assert targets["instagram_basic"] == [instagram.user]
    user = user_of(instagram)
    instagram.ask("DELETE", "me/permissions", token=user)
    dead = instagram.ask("GET", "debug_token", token=app, params={"input_token": user}).json()["data"]
    assert (dead["is_valid"], dead["error"]["subcode"]) == (False, 458)
    assert code_of(instagram.get(instagram.user)) == (190, 458)


def test_usage_is_counted_in_headers(instagram: InstagramCaller, sandbox: SandboxServer) -> None:
    sandbox.settings(meta_calls_per_account_day=10)
    for _ in range(8):
        answer = instagram.get(instagram.user)
    (told,) = json.loads(answer.headers["x-business-use-case-usage"])[instagram.user]
    assert (told["type"], told["call_count"], told["estimated_time_to_regain_access"]) == ("instagram", 80, 0)
    instagram.get(instagram.user)
    assert code_of(instagram.get(instagram.user))[0] == 80002
    user = instagram.ask("GET", "me", token=user_of(instagram))
    assert "call_count" in json.loads(user.headers["x-app-usage"])


def test_usage_can_be_told_for_one_account_only(sandbox: SandboxServer) -> None:
    busy = FacebookCaller(sandbox, "Busy", usage_percent=96, regain_minutes=7)
    (told,) = json.loads(busy.get(busy.page).headers["x-business-use-case-usage"])[busy.page]
    assert (told["type"], told["call_count"], told["estimated_time_to_regain_access"]) == ("pages", 96, 7)
    over = FacebookCaller(sandbox, "Over", usage_percent=100, regain_minutes=7)
    refused = over.get(over.page)
    assert code_of(refused)[0] == 80001
    (told,) = json.loads(refused.headers["x-business-use-case-usage"])[over.page]
    assert (told["call_count"], told["estimated_time_to_regain_access"]) == (100, 7)
    assert FacebookCaller(sandbox, "Free").get("me").status_code == 200
    sandbox.settings(meta_app_usage_percent=100)
    assert code_of(busy.ask("GET", "me", token=user_of(busy)))[0] == 4


def test_fields_fail_as_a_whole_and_nest(instagram: InstagramCaller) -> None:
    answer = instagram.get(instagram.user, fields="username,foo")
    assert answer.json()["error"]["message"] == ("(#100) Tried accessing nonexisting field (foo) on node type (IGUser)")
    assert code_of(instagram.get(instagram.user, fields="username{"))[0] == 2500


def test_batches_answer_each_part(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    parts = [
        {"method": "GET", "relative_url": f"v26.0/{instagram.user}?fields=username"},
        {"method": "GET", "relative_url": "v26.0/17899999999999999"},
        {"method": "GET", "relative_url": f"v26.0/{instagram.user}", "omit_response_on_success": True},
    ]
    good, bad, silent = instagram.post("", batch=json.dumps(parts), include_headers="false").json()
    assert (good["code"], json.loads(good["body"])["username"], "headers" in good) == (200, "ada", False)
    assert (bad["code"], json.loads(bad["body"])["error"]["error_subcode"], silent) == (400, 33, None)
    sandbox.settings(meta_batch_nulls=1)
    assert instagram.post("", batch=json.dumps(parts)).json()[0] is None
    assert instagram.post("", batch=json.dumps(parts)).json()[0]["code"] == 200
    error = instagram.post("", batch=json.dumps(parts[:1] * 51)).json()["error"]
    assert error["type"] == "GraphBatchException"


def test_bodies_may_be_forms_queries_or_json(instagram: InstagramCaller) -> None:
    wanted = {"media_type": "REELS", "upload_type": "resumable", "share_to_feed": True}
    path = f"{instagram.user}/media"
    for more in ({"json": wanted}, {"params": wanted}, {"data": wanted}):
        assert "uri" in instagram.ask("POST", path, **more).json()
    answer = httpx.post(instagram.url(path), data={**wanted, "access_token": instagram.token})
    assert "uri" in answer.json()
