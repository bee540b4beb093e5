"""`desk accounts add` from a terminal: the consent page, the way back over the loopback, and every way it may end."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from include.accounts import accounts
from include.database import engine
from include.settings import PROJECT
from tests.accounts.conftest import Stage
from tests.accounts.conftest import sandbox_process as sandbox_process
from tests.accounts.conftest import stage as stage
from tests.browser import open_page

OWNER = "admin"


class Terminal:
    """One run of the command, as somebody at a terminal sees it."""

    def __init__(self, *words: str, stdin: int = subprocess.DEVNULL) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "include.cli", "accounts", *words], cwd=PROJECT, stdin=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(PROJECT)},
        )  # fmt: skip

    def address(self) -> str:
        """Return the consent page's address, as soon as it is shown."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith('{"open"'):
                return str(json.loads(line)["open"])
            if line.strip().startswith("http"):
                return line.strip()
        raise AssertionError(f"no address was shown: {self.process.communicate(timeout=20)}")

    def end(self) -> tuple[int, str, str]:
        """Return exit code, what was printed since, and what was complained about."""
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@contextmanager
def terminal(*words: str, **options: Any) -> Iterator[Terminal]:
    """Run the command; it is ended when the test is."""
    run = Terminal(*words, **options)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.process.kill()
            run.process.communicate()


def come_back(address: str, name: str = "Ada", **form: Any) -> httpx.Response:
    """Allow on the consent page and follow the redirect to the terminal's loopback."""
    query = parse_qs(urlsplit(address).query)
    scopes = next(part.split(mark) for part in query["scope"] for mark in (",", " ") if mark in part)
    return httpx.post(
        address, data={"decision": "allow", "new_account": name, "scope": scopes, **form}, follow_redirects=True
    )


def redirect_of(address: str) -> str:
    """Return where the consent page will send the browser."""
    return parse_qs(urlsplit(address).query)["redirect_uri"][0]


def test_a_channel_is_connected_from_the_terminal(stage: Stage) -> None:
    with terminal("add", "youtube", "--no-browser", "--account-id", "mine") as run:
        address = run.address()
        assert redirect_of(address).startswith("http://127.0.0.1:")
        page = come_back(address)
        code, out, err = run.end()
    assert (page.status_code, code, err) == (200, 0, "")
    assert "Ada is connected." in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "Connected mine: Ada on youtube." in out
    assert accounts.read(OWNER, "mine").state == "connected"


def test_a_program_gets_one_object_a_line(stage: Stage) -> None:
    with terminal("add", "tiktok", "--no-browser", "--json", "--no-default") as run:
        come_back(run.address())
        code, out, err = run.end()
    [line] = out.splitlines()
    told = json.loads(line)
    assert (code, err, told["account_id"], told["state"]) == (0, "", "tiktok_ada", "connected")
    assert (told["missing_scopes"], told["is_default"]) == ([], False)
    assert "token" not in out


@pytest.mark.long
def test_it_works_in_a_real_browser(stage: Stage) -> None:
    with open_page() as page, terminal("add", "facebook", "--no-browser", "--choose", "none of them") as run:
        page.goto(run.address())
        page.fill("input[name=new_account]", "Ada")
        page.fill("input[name=pages]", "Bees")
        page.click("button[value=allow]")
        page.wait_for_selector("text=Nearly there")
        code, _, err = run.end()
        assert code == 1
        assert "There are: Ada (" in err
        bees = err.split("Bees (")[1].split(")")[0]
        with terminal("add", "facebook", "--no-browser", "--choose", bees) as again:
            page.goto(again.address())
            page.uncheck("input[value=read_insights]")
            page.click("button[value=allow]")
            page.wait_for_selector("text=Nearly there")
            code, out, _ = again.end()
        assert code == 0
        assert "Connected facebook_bees: Bees on facebook." in out
        assert "You did not allow: read figures (read_insights)." in out
        with terminal("add", "youtube", "--no-browser") as third:
            page.goto(third.address())
            page.click("button[value=allow]")
            page.wait_for_selector("text=My channel is connected.")
            assert third.end()[0] == 0


def test_only_the_redirect_with_the_right_state_counts(stage: Stage) -> None:
    with terminal("add", "youtube", "--no-browser") as run:
        address = run.address()
        back = redirect_of(address)
        port = urlsplit(back).port
        state = parse_qs(urlsplit(address).query)["state"][0]
        assert httpx.get(back, params={"state": "forged", "code": "x"}).status_code == 400
        assert httpx.get(back, params={"error": "access_denied"}).status_code == 400
        assert httpx.get(f"http://127.0.0.1:{port}/favicon.ico").status_code == 404
        rebound = httpx.get(back, params={"state": state, "code": "x"}, headers={"Host": f"evil.example:{port}"})
        assert rebound.status_code == 404
        assert httpx.post(back, params={"state": state, "code": "x"}).status_code == 501
        assert "Ada is connected." in come_back(address).text
        assert run.end()[0] == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(back)


def test_it_listens_on_this_machine_only(stage: Stage) -> None:
    with terminal("add", "youtube", "--no-browser") as run:
        port = urlsplit(redirect_of(run.address())).port
        with socket.socket(socket.AF_INET6) as other, pytest.raises(OSError, match=r"refused|assign"):
            other.connect(("::1", port))
        with socket.socket() as other, pytest.raises(ConnectionRefusedError):
            other.connect(("127.0.0.2", port))


def test_a_no_is_one_sentence_in_both_places(stage: Stage) -> None:
    with terminal("add", "youtube", "--no-browser") as run:
        page = come_back(run.address(), decision="deny")
        code, _, err = run.end()
    assert (code, err) == (1, "desk: You did not allow access on YouTube's page. Nothing was connected.\n")
    assert "You did not allow access on YouTube&#x27;s page." in page.text


def test_nobody_comes_back(stage: Stage) -> None:
    with terminal("add", "youtube", "--no-browser", "--minutes", "0.01") as run:
        run.address()
        code, _, err = run.end()
    assert code == 1
    assert err.startswith("desk: Nobody came back from the consent page within 0.01 minutes. Start again")


def test_stopping_leaves_nothing_behind(stage: Stage) -> None:
    with terminal("add", "youtube", "--no-browser") as run:
        back = redirect_of(run.address())
        run.process.send_signal(signal.SIGINT)
        code, _, err = run.end()
    assert (code, err) == (130, "")
    with engine.transaction(OWNER) as connection:
        assert connection.exec_driver_sql("select count(*) from desk.connect_attempt").scalar_one() == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(back)


def test_several_are_asked_about_at_a_terminal_only(stage: Stage) -> None:
    with terminal("add", "facebook", "--no-browser") as run:
        come_back(run.address(), pages="Bees")
        code, _, err = run.end()
    assert code == 1
    assert "Several are behind this sign-in: Ada (Page " in err
    assert "Start again with --choose" in err
    ours, theirs = pty.openpty()
    with terminal("add", "facebook", "--no-browser", stdin=theirs) as run:
        os.close(theirs)
        come_back(run.address())
        os.write(ours, b"7\n2\n")
        code, out, _ = run.end()
    os.close(ours)
    assert code == 0
    assert "A number from 1 to 2, please." in out
    assert "Connected facebook_bees: Bees on facebook." in out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["add", "social_blade"], 2, "has no consent page of its own"),
        (["add", "tiktok", "--route", "blotato"], 2, "'blotato' has no consent page"),
        (["add", "linkedin", "--login", "google"], 1, "the ways to sign in are member, organization"),
        (["add", "youtube", "--credentials", "/nowhere"], 2, "needs --account-id"),
        (["add", "youtube", "--account-id", "a/b"], 1, "letters, digits"),
    ],
)
def test_what_cannot_be_is_said(stage: Stage, words: list[str], code: int, told: str) -> None:
    with terminal(*words) as run:
        ended, _, err = run.end()
    assert ended == code
    assert told in " ".join(err.replace("│", " ").split())


def test_a_taken_port_is_said(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with terminal("add", "youtube", "--port", str(port)) as run:
            code, _, err = run.end()
    assert code == 1
    assert f"The port {port} of this machine cannot be used" in err
