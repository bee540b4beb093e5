"""What commands say when they cannot go on, and how fast they say what they are for."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from include.cli import errors, health, launcher, ports
from include.cli.components import Running
from include.cli.errors import CommandFailed, WrongUsage
from include.settings import PROJECT, SettingsError


def failing(error: BaseException) -> Callable[[], object]:
    def command() -> object:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (CommandFailed("It is broken."), 1, "desk: It is broken."),
        (WrongUsage("Not so."), 2, "desk: Not so."),
        (SettingsError("X is not set."), 2, "desk: X is not set."),
        (OperationalError("", {}, Exception("refused")), 1, "desk: The database does not answer (refused)."),
        (KeyboardInterrupt(), 130, "desk: stopped."),
        (SystemExit(3), 3, ""),
    ],
)
def test_a_known_error_is_one_sentence_and_a_code(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert errors.run(failing(error)) == code
    assert capsys.readouterr().err.startswith(said)


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        errors.run(failing(ZeroDivisionError()))


def test_a_taken_port_is_named_with_its_holder_and_its_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(WrongUsage, match=rf"Port {port} is taken.*\(process {os.getpid()}\).*RELEASE_DESK_PORT"):
            launcher.up(tmp_path / "state", port=port, quiet=True)
    assert not (tmp_path / "state" / "postgres.port").exists()


def test_without_a_wish_the_next_free_port_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(ports, "DEFAULT", taken.getsockname()[1])
        chosen = ports.choose(None)
    assert chosen > ports.DEFAULT


@contextmanager
def answering(content: dict[str, Any]) -> Iterator[int]:
    """Answer every request with JSON, on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *arguments: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_a_heartbeat_of_a_predecessor_does_not_count() -> None:
    beat = "2026-11-01T12:00:00+00:00"
    told = {"metadatabase": {"status": "healthy"}}
    told |= {key: {"status": "healthy", f"latest_{key}_heartbeat": beat} for key in health.HEARTBEATS.values()}
    before, after = 1793534400.0 - 5, 1793534400.0 + 5  # seconds around the beat
    names = ("api-server", "scheduler", "triggerer", "dag-processor")
    running = {name: Running(name=name, pid=1, started=before) for name in names}
    with answering(told) as port:
        assert set(health.look(port, dict(running)).values()) == {"healthy"}
        running["scheduler"] = Running(name="scheduler", pid=1, started=after)
        assert health.look(port, dict(running))["scheduler"] == "starting"


def test_help_is_said_without_loading_airflow_or_pandas() -> None:
    code = (
        "import sys, include.cli.app as app; print(sorted({'airflow', 'pandas', 'av', 'psycopg'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_status_before_the_first_start_says_stopped_and_makes_nothing(tmp_path: Path) -> None:
    told = launcher.status(tmp_path / "none")
    assert told["up"] is False
    assert {row["health"] for row in told["components"]} == {"stopped"}
    assert not (tmp_path / "none").exists()
    assert launcher.down(tmp_path / "none") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's folder")
def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    with pytest.raises(CommandFailed, match="belongs to user 65534"):
        launcher.up(folder, quiet=True)


def test_without_a_python_desk_says_what_to_install(tmp_path: Path) -> None:
    clone, tools = tmp_path / "clone", tmp_path / "tools"
    clone.mkdir()
    tools.mkdir()
    (clone / "desk").write_bytes((PROJECT / "desk").read_bytes())
    for name in ("requirements.txt", "requirements-dev.txt"):
        (clone / name).write_bytes((PROJECT / name).read_bytes())
    for tool in ("bash", "dirname", "readlink", "cat", "cksum", "flock"):
        for folder in ("/usr/bin", "/bin"):
            if Path(folder, tool).exists() and not (tools / tool).exists():
                (tools / tool).symlink_to(Path(folder, tool))
    (tools / "python3").write_text("#!/bin/sh\nexit 1\n")  # as one that is too old answers
    (tools / "python3").chmod(0o755)
    (tmp_path / "link").symlink_to(clone / "desk")
    ran = subprocess.run(
        [tools / "bash", tmp_path / "link", "up"], cwd="/", env={"PATH": str(tools)}, capture_output=True, text=True
    )
    assert ran.returncode == 1
    assert "Python 3.11, 3.12 or 3.13 is needed" in ran.stderr
    assert "install" in ran.stderr
    assert not (clone / ".venv").exists()
