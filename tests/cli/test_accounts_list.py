"""`desk accounts list` and `remove`: what a person and a program see."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

from include.accounts import accounts
from include.settings import PROJECT
from tests.publishing.rows import an_account

COMMAND = [sys.executable, "-m", "include.cli", "accounts"]


def run(*words: str, terminal: bool = False) -> str:
    """Return what the command prints, into a terminal or not."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "COLUMNS": "200", "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    if not terminal:
        done = subprocess.run([*COMMAND, *words], cwd=PROJECT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout
    ours, theirs = pty.openpty()
    process = subprocess.Popen([*COMMAND, *words], cwd=PROJECT, env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.wait(20) == 0, shown
    return shown.decode()


def three(owner: str = "admin") -> None:
    """Keep accounts in three states."""
    for name, platform in (("fine", "youtube"), ("dead", "tiktok"), ("gone", "facebook")):
        an_account(owner, name, platform)
    accounts.mark(owner, "dead", "expired", "TikTok no longer accepts this account's refresh token.")
    accounts.mark(owner, "gone", "disconnected")


def test_states_have_colours_at_a_terminal(desk: Path) -> None:
    three()
    shown = run("list", terminal=True)
    for colour, word in (("32", "connected"), ("31", "expired"), ("90", "disconnected")):
        assert f"\x1b[{colour}m● {word}" in shown
    assert "TikTok no longer accepts" in shown


def test_a_program_reads_it_without_colours(desk: Path) -> None:
    three()
    plain = run("list")
    assert "\x1b" not in plain
    assert "● expired" in plain
    told = {each["account_id"]: each for each in json.loads(run("list", "--json"))}
    assert {name: each["state"] for name, each in told.items()} == {
        "fine": "connected", "dead": "expired", "gone": "disconnected"
    }  # fmt: skip
    assert "TikTok no longer accepts" in told["dead"]["why"]


def test_another_owner_sees_nothing(desk: Path) -> None:
    three()
    assert json.loads(run("list", "--json", "--owner", "bob")) == []
    assert "No accounts yet" in run("list", "--owner", "bob")


def test_removing_says_whether_access_was_given_back(desk: Path) -> None:
    an_account("admin", "mine", "facebook")
    told = json.loads(run("remove", "mine", "--json"))
    assert (told["account_id"], told["revoked"]) == ("mine", False)
    assert "facebook has no app credentials" in told["why_not"]
    assert accounts.read("admin", "mine").state == "disconnected"
