"""On the command line one is the installation's admin: what is done for others is written down; no crash dumps."""

from __future__ import annotations

import json
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from include.accounts import audit
from include.cli import launcher, surroundings
from include.cli.acting import act_for
from include.cli.app import app
from include.cli.errors import CommandFailed
from include.cli.state import State
from include.settings import PROJECT
from tests.desk.test_penetration import commands_with_an_owner

WORDS: dict[str, list[str]] = {
    "accounts add": ["youtube", "--account-id", "a", "--credentials", "/nowhere.json"],
    "accounts list": [],
    "accounts check": ["a"],
    "accounts remove": ["a"],
    "accounts second": ["a"],
    "publications list": [],
    "publications show": ["a"],
    "publications retry": ["a"],
    "publications move": ["a"],
    "publications cancel": ["a"],
    "publications confirm": ["a", "--not-published"],
    "queue list": [],
    "queue stats": [],
    "queue times": ["a"],
    "notices list": [],
    "notices replay": ["a"],
    "notices choices": [],
    "notices choose": ["none"],
    "webhooks add": ["http://nowhere"],
    "webhooks list": [],
    "webhooks remove": ["a"],
    "webhooks resume": ["a"],
    "webhooks secret": [],
    "activity list": [],
    "activity figures": [],
    "batch": ["/nowhere"],
    "publish": ["/nowhere"],
    "analytics history": [],
    "analytics refresh": ["--account", "a"],
    "analytics show": ["a"],
    "comments list": ["a"],
    "comments history": [],
    "comments reply": ["a", "a", "Thanks!"],
    **{f"comments {act}": ["a", "a"] for act in ("hide", "unhide", "hold", "reject", "delete")},
    "import": ["costs", "/nowhere.csv"],
}


@pytest.fixture
def installation(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every command believe that something was started, and use this test's warehouse."""
    monkeypatch.setattr(launcher, "enter", lambda: None)
    known = launcher.Installation(
        state=State(desk / "state"), port=9, sandbox_port=None, uses_embedded_postgres=True, environment={}
    )
    monkeypatch.setattr(launcher, "current", lambda: known)
    monkeypatch.setattr(launcher.Installation, "admin_password", "nobody's")


@pytest.mark.parametrize("command", commands_with_an_owner())
def test_every_command_for_somebody_else_leaves_a_row(installation: None, command: str):
    CliRunner().invoke(app, [*command.split(), *WORDS[command]])
    assert audit.read("admin") == audit.read("alice") == []
    CliRunner().invoke(app, [*command.split(), *WORDS[command], "--owner", "alice"])
    (act,) = audit.read("alice")
    assert (act.who, act.what) == ("admin", f"desk {command}")
    assert act.about in (None, *WORDS[command][:1]) or act.about == "a"


def test_who_is_no_admin_any_more_is_refused(desk: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RELEASE_DESK_ADMINS", "carol")
    act_for("admin", "accounts list")
    with pytest.raises(CommandFailed, match="RELEASE_DESK_ADMINS"):
        act_for("alice", "accounts list")


def test_commands_write_no_core_dumps():
    asked = (
        "import resource; from include.cli.app import _enter; from types import SimpleNamespace as N;"
        "_enter(N(invoked_subcommand='up')); print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    limit = resource.getrlimit(resource.RLIMIT_CORE)[1]
    told = subprocess.run([sys.executable, "-c", asked], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "(0, 0)", limit


def test_containers_write_no_core_dumps():
    content = yaml.safe_load((PROJECT / "docker-compose.yaml").read_text(encoding="utf-8"))
    assert content["x-airflow"]["ulimits"] == {"core": 0}


def test_everybody_who_may_sign_in_gets_a_generated_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(surroundings.USERS, "bob:user, vera:viewer,admin:viewer, zoë")
    state = State(tmp_path / "desk")
    state.prepare()
    everybody = {"admin": "admin", "bob": "user", "vera": "viewer", "zoë": "viewer"}
    assert surroundings.users(state) == everybody
    admin = surroundings.admin_password(state)
    file = state.airflow / "passwords.json"
    passwords = json.loads(file.read_text(encoding="utf-8"))
    assert passwords["admin"] == admin
    assert len(set(passwords.values())) == len(passwords) == 4
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    monkeypatch.delenv(surroundings.USERS)  # the next start comes from another shell
    assert surroundings.users(state) == everybody
    assert surroundings.admin_password(state) == admin
    assert json.loads(file.read_text(encoding="utf-8")) == passwords
