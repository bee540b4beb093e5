"""Tokens get nowhere: not into an answer, a log, an exception, a row, whatever goes wrong on whichever route.

Logs and tables of a whole installation after real runs are searched by tests/airflow/test_secrets.py.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from include import settings
from include.accounts import accounts, connect
from include.accounts.accounts import Credentials
from include.cli import launcher
from include.cli.app import app as commands
from include.database import engine
from include.platforms.errors import PlatformError
from tests.desk.people import Ask
from tests.desk.test_penetration import REQUESTS
from tests.desk.world import SECRETS, everything
from tests.postgres_server import PostgresServer, Warehouse
from tests.sandbox_server import SandboxServer

ACCESS, REFRESH, CODE = SECRETS
PARAMETERS = {
    "comment_id": "x",
    "video_id": "x",
    "account_id": "my_youtube",
    "job_id": "job1",
    "platform": "youtube",
    "notice_id": "x",
    "endpoint_id": "x",
    "batch_id": "x",
    "publication_id": "x",
}  # fmt: skip
CREDENTIALS = {"access_token": ACCESS, "refresh_token": REFRESH}
BODIES: tuple[Any, ...] = (
    {"account_id": "my_youtube", "platform": "youtube", "credentials": CREDENTIALS},
    {"account_id": "x", "platform": "youtube", "route": ACCESS, "credentials": {"api_key": ACCESS, "user": CODE}},
    {"account_id": [ACCESS], "platform": {"x": REFRESH}, "credentials": ACCESS, "is_default": CODE},
    {"account_id": ACCESS, "platform": REFRESH, "credentials": CREDENTIALS},
    {"account_id": "x", "platform": "youtube", "credentials": CREDENTIALS | {"expires_at": ACCESS, "scopes": REFRESH}},
    {"account_id": "x", "platform": "youtube", "return_to": f"https://{ACCESS}.example/", "login": CODE},
    {"state": CODE, "choice_id": ACCESS},
    {"state": {"x": CODE}, "choice_id": [ACCESS]},
    [ACCESS],
    ACCESS,
)  # fmt: skip
QUERY = f"?code={CODE}&state={CODE}&access_token={ACCESS}&cursor={ACCESS}&status={ACCESS}&login={ACCESS}&limit={CODE}"
REFUSED = f"?error=access_denied&error_description={ACCESS}&state={CODE}&return_to={ACCESS}&is_default={ACCESS}"


@pytest.fixture
def sandboxed(
    desk: Path,
    sandbox_server: SandboxServer,
    monkeypatch: pytest.MonkeyPatch,
) -> SandboxServer:
    """Let the product speak to a sandbox, with an app of ours there."""
    sandbox_server.reset()
    endpoints = desk / "endpoints.yaml"
    endpoints.write_text(yaml.safe_dump(sandbox_server.endpoints()))
    monkeypatch.setenv("RELEASE_DESK_ENDPOINTS", str(endpoints))
    given = sandbox_server.account("youtube", name="a channel")
    monkeypatch.setenv("YOUTUBE_CLIENT_ID", given["client_id"])
    monkeypatch.setenv("YOUTUBE_CLIENT_SECRET", given["client_secret"])
    settings.forget()
    return sandbox_server


@pytest.fixture
def unseen(
    desk: Path,
    postgres_server: PostgresServer,
    warehouse: Warehouse,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[list[str]]:
    """Collect what was answered; at the end no secret may be there, in a log, on a stream, or in a row."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the client of these tests logs what it asks
    logging.getLogger("httpx").setLevel(logging.WARNING)
    answers: list[str] = []
    with caplog.at_level(logging.DEBUG):
        yield answers
    out, err = capfd.readouterr()
    with postgres_server.superuser(warehouse) as server:
        kept = json.dumps([everything(server, owner) for owner in ("alice", "admin")])
    for where, text in {
        "answers": "\n".join(answers),
        "log": caplog.text,
        "out": out,
        "err": err,
        "rows": kept,
    }.items():
        found = [each for each in SECRETS if each in text]
        assert found == [], f"{found} in {where}"


def requests() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield every route with marked queries and bodies of every kind."""
    for method, path in REQUESTS:
        where = path.format(**PARAMETERS)
        yield method, where + QUERY, {}
        yield method, where + REFUSED, {}
        yield (
            method,
            where,
            {"content": f'{{"access_token": "{ACCESS}', "headers": {"Content-Type": "application/json"}},
        )
        yield method, where, {"headers": {"Cookie": f"_token={ACCESS}", "Idempotency-Key": CODE}}
        for body in BODIES:
            yield method, where, {"json": body}
            if isinstance(body, dict):
                yield method, where, {"data": {name: str(value) for name, value in body.items()}}


@pytest.mark.long
def test_no_error_on_any_route_shows_a_token(ask: Ask, sandboxed: SandboxServer, unseen: list[str]):
    statuses = set()
    for accept in ("*/*", "text/html"):
        client = ask("alice", Accept=accept)
        for method, where, sent in requests():
            answer = client.request(method, where, **sent)
            statuses.add(answer.status_code)
            if answer.status_code < 400 and "/connect/" in where:
                continue  # a consent page's address has a state in it: that is what it is for
            unseen.append(f"{answer.text} {dict(answer.headers)}")
    assert {400, 404, 422} <= statuses, "few errors were provoked"
    assert 500 not in statuses


@pytest.mark.parametrize(
    "failure",
    [
        RuntimeError(f"token {ACCESS} was not expected"),
        ValueError(REFRESH),
        OperationalError(f"insert {ACCESS}", {"envelope": REFRESH}, Exception(CODE)),
        PlatformError("The platform said nothing.", code=None),
        KeyError(CODE),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_no_failure_below_any_route_shows_a_token(
    ask: Ask, sandboxed: SandboxServer, unseen: list[str], monkeypatch: pytest.MonkeyPatch, failure: Exception
):
    @contextmanager
    def broken(*_: Any, **__: Any) -> Iterator[Any]:
        raise failure
        yield

    monkeypatch.setattr(engine, "transaction", broken)
    for method, path in REQUESTS:
        for body in BODIES[:1] + BODIES[6:7]:
            answer = ask("alice").request(method, path.format(**PARAMETERS) + "?state=x&code=y", json=body)
            unseen.append(answer.text)
            assert answer.status_code < 400 or answer.headers["content-type"] == "application/problem+json"


def test_tokens_a_platform_refuses_are_in_no_exception(sandboxed: SandboxServer, unseen: list[str]):
    with pytest.raises(PlatformError) as refused:
        connect.connect_given("alice", "my_youtube", "youtube", CREDENTIALS)
    unseen.append("".join(traceback.format_exception(refused.value)))
    unseen.append(repr(refused.value.as_record()))
    unseen.append(repr(Credentials.model_validate(CREDENTIALS)))


def test_tokens_that_are_kept_are_shown_by_no_route(ask: Ask, sandboxed: SandboxServer, unseen: list[str]):
    given = sandboxed.account("youtube", name="another channel")
    body = {"account_id": "my_youtube", "platform": "youtube", "credentials": given}
    told = ask("alice").post("/accounts", json=body)
    assert told.status_code == 201, told.text
    with engine.transaction("alice") as connection:
        stored = accounts.read_tokens(connection, "alice", "my_youtube")
    assert stored.access_token == given["access_token"]
    texts = [told.text] + [
        ask("alice").request(method, path.format(**PARAMETERS)).text for method, path in REQUESTS if method == "GET"
    ]
    for text in (*texts, repr(stored), repr(accounts.read("alice", "my_youtube"))):
        assert given["access_token"] not in text
        assert given["refresh_token"] not in text


def test_the_command_line_shows_no_token(
    sandboxed: SandboxServer, unseen: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(launcher, "enter", lambda: None)
    for number, content in enumerate([*BODIES, CREDENTIALS, CREDENTIALS | {"expires_at": ACCESS}]):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(content))
        words = ["accounts", "add", "youtube", "--account-id", "my_youtube", "--credentials", str(file)]
        done = CliRunner().invoke(commands, words)
        assert done.exit_code != 0
        unseen.append(done.output)
        if done.exception is not None:
            unseen.append("".join(traceback.format_exception(done.exception)))
