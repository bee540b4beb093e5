"""The REST API's door and manners: who gets in, what errors look like, what the documentation says."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from include.accounts import audit
from include.publishing import jobs
from include.settings import PROJECT
from tests.desk.people import Ask
from tests.desk.world import SECRETS
from tests.publishing.rows import an_account

FILLED = {
    "account_id": "my_youtube", "batch_id": "b", "job_id": "job1", "platform": "youtube", "notice_id": "x",
    "endpoint_id": "x", "publication_id": "x", "video_id": "x", "comment_id": "x",
}  # fmt: skip
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")


def routes() -> list[tuple[str, str]]:
    """Return every method and path of the app, its documentation included; a new route is here by itself."""
    from include.desk.app import app

    found = [(method, each.path) for each in app.routes for method in sorted(each.methods)]  # type: ignore[attr-defined]
    assert all(isinstance(each, APIRoute) for each in app.routes)
    return found


@pytest.fixture(autouse=True)
def _somebody(ask: Ask) -> None:
    an_account("alice")


def everything() -> Iterator[tuple[str, str]]:
    """Yield every route with its parameters filled in, and addresses that do not exist."""
    for method, path in routes():
        yield method, path.format(**FILLED)
    yield from (("GET", "/"), ("GET", "/nothing"), ("PATCH", "/accounts"), ("POST", "/docs"), ("GET", "/redoc"))
    yield from (("GET", "/docs/oauth2-redirect"), ("GET", "//accounts"), ("GET", "/accounts/../jobs"))


def is_a_problem(answer: Any, status: int) -> None:
    """Hold an answer against RFC 9457 and our own words for it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert set(told) <= {"type", "title", "status", "detail", "problems"}
    assert (told["type"], told["status"]) == ("about:blank", status)
    assert re.fullmatch(r"[A-Z'].*\.", told["detail"], re.DOTALL), told
    for inside in ("Traceback", "site-packages", "sqlalchemy", "psycopg", "desk.account", "include/"):
        assert inside not in answer.text


def test_no_route_is_anonymous_also_for_broken_bodies_and_addresses_that_do_not_exist(ask: Ask):
    assert len(routes()) >= 10
    for method, path in everything():
        for body in (b"", b"{", b'{"account_id": "x", "platform": "youtube"}'):
            for name in (None, "forged"):
                answer = ask(name).request(method, path, content=body, headers={"Content-Type": "application/json"})
                is_a_problem(answer, 401)
                assert answer.headers["www-authenticate"] == "Bearer"


def test_every_route_depends_on_the_signed_in_user(ask: Ask):
    from include.desk.access import signed_in
    from include.desk.app import app

    for route in app.routes:
        assert isinstance(route, APIRoute)
        assert signed_in in [each.call for each in route.dependant.dependencies], route.path


def test_nothing_is_mounted_below_the_app():
    from starlette.routing import Mount, WebSocketRoute

    from include.desk.app import app

    assert not [each for each in app.routes if isinstance(each, (Mount, WebSocketRoute))]


@pytest.mark.parametrize("name", ["*", " bob", "b\u200bob\u0000"])
def test_a_user_whose_name_cannot_be_an_owner_is_refused(ask: Ask, monkeypatch: pytest.MonkeyPatch, name: str):
    from types import SimpleNamespace

    from include.desk import access

    async def get_user(*_: Any) -> Any:
        return SimpleNamespace(get_name=lambda: name)

    client = ask("bob")
    monkeypatch.setattr(access, "get_user", get_user)
    is_a_problem(client.get("/accounts"), 403)


def test_only_the_name_of_airflows_user_is_asked_for(ask: Ask, monkeypatch: pytest.MonkeyPatch):
    from include.desk import access

    class User:
        """As little as Airflow's `BaseUser` promises."""

        def get_name(self) -> str:
            return "alice"

    async def get_user(*_: Any) -> User:
        return User()

    client = ask("somebody")
    monkeypatch.setattr(access, "get_user", get_user)
    assert [each["account_id"] for each in client.get("/accounts").json()["accounts"]] == ["my_youtube"]


def test_errors_are_problems(ask: Ask):
    bob = ask("bob")
    is_a_problem(bob.get("/nothing"), 404)
    is_a_problem(bob.patch("/accounts"), 405)
    assert bob.patch("/accounts").headers["allow"]
    is_a_problem(bob.get("/accounts/nobody"), 404)
    is_a_problem(bob.get("/jobs/nothing"), 404)
    is_a_problem(bob.get("/connect/myspace"), 404)
    is_a_problem(bob.get("/jobs?limit=0"), 422)
    is_a_problem(bob.get("/jobs?status=nonsense"), 422)
    is_a_problem(bob.get("/jobs?cursor=nonsense"), 422)
    is_a_problem(bob.get("/jobs?cursor=W251bGwsIDFd"), 422)
    is_a_problem(bob.post("/accounts", content=b"{"), 422)
    is_a_problem(bob.post("/accounts", json=[]), 422)
    is_a_problem(bob.post("/connect/choose", content=b"\xff"), 422)
    is_a_problem(bob.post("/connect/choose", json={"state": "x", "choice_id": "y"}), 400)
    is_a_problem(bob.get("/connect/callback?state=x&code=y"), 400)
    is_a_problem(bob.get("/accounts/%00"), 422)
    is_a_problem(bob.post("/accounts", content=b"x" * (2 << 20)), 413)
    told = bob.post("/accounts", json={"platform": 5, "colour": "red"})
    is_a_problem(told, 422)
    assert {each["where"] for each in told.json()["problems"]} == {"account_id", "platform", "colour"}


def test_what_was_sent_is_never_repeated(ask: Ask):
    body = {"account_id": [SECRETS[0]], "platform": "youtube", "credentials": {"expires_at": SECRETS[1], "scopes": 5}}
    answer = ask("bob").post("/accounts", json=body)
    is_a_problem(answer, 422)
    assert not [each for each in SECRETS if each in answer.text]


def test_a_mistake_of_ours_is_a_numbered_500_without_internals(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError(f"token {SECRETS[0]} of /srv/secret/place was not expected")

    monkeypatch.setattr(jobs, "list_page", broken)
    with caplog.at_level(logging.DEBUG):
        answer = ask("bob").get("/jobs")
    is_a_problem(answer, 500)
    number = re.search(r"log: (\w{12})\.", answer.json()["detail"])
    assert number
    (record,) = [each for each in caplog.records if number[1] in each.getMessage()]
    assert "GET /jobs failed" in record.getMessage()
    assert "RuntimeError: token … of … was not expected (at desk/test_api.py:" in record.getMessage()
    assert SECRETS[0] not in caplog.text
    assert "secret" not in answer.text


def test_a_database_that_does_not_answer_is_a_503(ask: Ask, monkeypatch: pytest.MonkeyPatch):
    from include import settings
    from include.database import engine

    client = ask("bob")
    engine.close_all()
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", "postgresql://desk_app:sEcReT-pass@127.0.0.1:9/warehouse")
    settings.forget()
    answer = client.get("/accounts")
    is_a_problem(answer, 503)
    assert answer.headers["retry-after"]


def test_an_installation_without_apps_says_so_without_details(ask: Ask, monkeypatch: pytest.MonkeyPatch):
    for name in ("YOUTUBE_CLIENT_ID", "YOUTUBE_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    answer = ask("bob").get("/connect/youtube")
    is_a_problem(answer, 503)
    assert "YOUTUBE_CLIENT" not in answer.text


def test_answers_are_kept_nowhere_and_addresses_not_passed_on(ask: Ask):
    for answer in (ask("bob").get("/accounts"), ask("bob").get("/nothing"), ask(None).get("/accounts")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_query_is_gone_for_whoever_logs_the_request_later(ask: Ask):
    from include.desk.app import app

    seen: dict[str, Any] = {}

    async def around(scope: Any, receive: Any, send: Any) -> None:
        """Stand where the server's access log stands."""
        seen["scope"] = scope
        await app(scope, receive, send)

    client = ask("bob")
    client._transport.app = around  # type: ignore[attr-defined]
    assert client.get(f"/connect/callback?state=x&code={SECRETS[2]}").status_code == 400
    assert seen["scope"]["query_string"] == b""
    assert client.get("/jobs?limit=0").status_code == 422, "the route itself sees the query"


def test_a_page_of_another_site_cannot_use_the_cookie(ask: Ask, monkeypatch: pytest.MonkeyPatch):
    from types import SimpleNamespace

    from include.desk import access

    async def by_cookie(*_: Any) -> Any:
        return SimpleNamespace(get_name=lambda: "alice")

    client = ask(None)
    monkeypatch.setattr(access, "get_user", by_cookie)
    for site in ("cross-site", "same-site"):
        is_a_problem(client.delete("/accounts/my_youtube", headers={"Sec-Fetch-Site": site}), 403)
        assert client.get("/accounts", headers={"Sec-Fetch-Site": site}).status_code == 200
    is_a_problem(client.delete("/accounts/other", headers={"Sec-Fetch-Site": "same-origin"}), 404)
    is_a_problem(client.delete("/accounts/other"), 404)


def test_an_admin_acts_for_another_and_each_request_is_written_down(ask: Ask):
    answer = ask("admin").get("/accounts/my_youtube", headers={"X-Act-For": "alice"})
    assert answer.status_code == 200
    is_a_problem(ask("admin").get("/jobs/none", headers={"X-Act-For": "alice"}), 404)
    assert [(each.who, each.what, each.about) for each in audit.read("alice")] == [
        ("admin", "GET /api/publishing/jobs/{job_id}", "none"),
        ("admin", "GET /api/publishing/accounts/{account_id}", "my_youtube"),
    ]
    is_a_problem(ask("admin").get("/accounts/my_youtube"), 404)
    assert ask("admin").get("/accounts", headers={"X-Act-For": "admin"}).json() == {"accounts": []}
    assert audit.read("admin") == []


def test_every_route_takes_x_act_for_from_admins_only(ask: Ask):
    for method, path in routes():
        answers = [
            ask("bob").request(method, path.format(**FILLED), headers={"X-Act-For": name})
            for name in ("alice", "nobody")
        ]
        for answer in answers:
            is_a_problem(answer, 403)
        assert answers[0].content == answers[1].content
    assert audit.read("alice") == []


def test_a_name_beyond_latin_letters_can_be_acted_for(ask: Ask):
    an_account("žofie")
    answer = ask("admin").get("/accounts", headers={"X-Act-For": "žofie".encode()})  # type: ignore[dict-item]
    assert [each["account_id"] for each in answer.json()["accounts"]] == ["my_youtube"]


def test_the_documentation_tells_every_route_every_parameter_and_every_answer(ask: Ask):
    told = ask("bob").get("/openapi.json").json()
    assert told["servers"] == [{"url": "/api/publishing"}]
    shown = {(method.upper(), path) for path, methods in told["paths"].items() for method in methods}
    assert shown == {each for each in routes() if each[1] not in ("/docs", "/openapi.json")}
    page = ask("bob").get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.search(r"<script|https?://[^<\s]*\.(js|css)", page.text)
    for path, methods in told["paths"].items():
        for method, route in methods.items():
            assert f"{method.upper()} /api/publishing{path}" in page.text
            assert route["summary"], path
            assert len(route["description"]) > 20, path
            assert {"401", "403", "422", "500"} <= set(route["responses"]), path
            for parameter in route.get("parameters", []):
                if parameter["in"] != "path":
                    assert parameter.get("description") or parameter["name"] in {"limit", "status"}, (path, parameter)
            for status, answer in route["responses"].items():
                assert answer["description"] not in ("", "Successful Response"), (path, status)
                if int(status) >= 400:
                    pages = ["text/html"] if path.startswith("/connect/") or path.endswith("/preview") else []
                    assert list(answer["content"]) == ["application/problem+json", *pages], (path, status)
    names = re.findall(r'"#/components/schemas/(\w+)"', json.dumps(told))
    assert set(names) <= set(told["components"]["schemas"])
    assert "HTTPValidationError" not in told["components"]["schemas"]


def test_every_field_says_what_it_means_and_has_an_example(ask: Ask):
    known = ask("bob").get("/openapi.json").json()["components"]["schemas"]
    for name, schema in known.items():
        for field, told in schema.get("properties", {}).items():
            assert told.get("description"), f"{name}.{field} does not say what it means"
            whole = json.dumps(told)
            assert told.get("examples") or "$ref" in whole, f"{name}.{field} has no example"


def test_no_example_holds_anything_like_a_secret(ask: Ask):
    text = ask("bob").get("/openapi.json").text + ask("bob").get("/docs").text
    for key in ("access_token", "refresh_token", "api_key", "password", "client_secret"):
        for value in re.findall(rf'"{key}": ?"([^"]*)"', text):
            assert value in ("…", "\\u2026"), (key, value)
    opaque = [each for each in re.findall(r"[A-Za-z0-9_-]{28,}", text) if re.search(r"\d", each)]
    known = {"0b6f2c1e-8f0a-4c58-9a55-1d1f5c0f3d0e"}
    assert [each for each in opaque if each not in known and "_" not in each] == []


def test_the_app_is_loaded_where_it_is_asked_and_nowhere_else():
    asked = "import sys; import include.desk.publishing_api; print([each for each in sys.modules if 'fastapi' in each])"
    told = subprocess.run([sys.executable, "-c", asked], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
