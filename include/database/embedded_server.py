"""The server's process: how it is made, started, recognised and stopped."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import IO

import psutil

from include.database.embedded_home import SYSTEM_FOLDER, EmbeddedError, Home
from include.database.processes import family, wait_until_gone

SUPERUSER = "postgres"

ACCESS = "# Written by include/database/embedded.py.\nhost all all 127.0.0.1/32 scram-sha-256\n"
"""All of pg_hba.conf: a password for everyone, no trust, no socket, no replication."""

STOP_STEPS = ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 5))
"""Fast, immediate, killed; seconds to wait after each. https://www.postgresql.org/docs/18/server-shutdown.html"""

_STARTED: list[subprocess.Popen[bytes]] = []
"""Servers outlive the object that started them; kept so that Python neither waits nor warns."""


def make_data(home: Home, password: str, *, durable: bool) -> None:
    """Make the data directory; it gets its name only when complete: a killed try leaves nothing usable."""
    newer, note = home.folder / "data.new", home.folder / "password"
    shutil.rmtree(newer, ignore_errors=True)
    _write(home, note, password + "\n")
    command: list[str | Path] = [
        home.programs / "bin" / "initdb",
        "-D",
        newer,
        "-U",
        SUPERUSER,
        "--pwfile",
        note,
    ]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
    command += ["--builtin-locale=C.UTF-8", "--no-instructions", *([] if durable else ["--no-sync"])]
    made = subprocess.run(command, capture_output=True, text=True, **home.run_as())
    note.unlink()
    if made.returncode != 0:
        raise EmbeddedError(f"PostgreSQL's data directory could not be made: {made.stderr.strip()}")
    _write(home, newer / "pg_hba.conf", ACCESS)
    newer.rename(home.data)


def _write(home: Home, path: Path, text: str) -> None:
    """Write a file as the server's user: root must not follow what that user may have put there."""
    command: list[str | Path] = ["/bin/sh", "-c", 'cat > "$0"', path]
    written = subprocess.run(command, input=text, text=True, capture_output=True, **home.run_as())
    if written.returncode != 0:
        raise EmbeddedError(f"{path} could not be written: {written.stderr.strip()}")


def launch(home: Home, port: int, log: IO[bytes], *, durable: bool) -> subprocess.Popen[bytes]:
    """Start the server in a session of its own and return its process; it does not answer yet."""
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": 200,
        "shared_buffers": "128MB",
        "fsync": "on" if durable else "off",  # on: the ledger must survive a power cut
        "synchronous_commit": "on" if durable else "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %u@%d ",
    }
    command: list[str | Path] = [home.programs / "bin" / "postgres", "-D", home.data]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    (home.data / "postmaster.pid").unlink(missing_ok=True)  # its process is gone or another program's
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **home.run_as()
    )
    _STARTED.append(process)
    return process


def running(home: Home) -> psutil.Process | None:
    """Return the server of this home, or None; a recycled process number is never taken for it."""
    return _server_of(home.data)


def _server_of(data: Path) -> psutil.Process | None:
    try:
        number = int((data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        process = psutil.Process(number)
        ours = (
            str(data) in process.cmdline()
            and process.uids().real == data.stat().st_uid
            and process.status() != psutil.STATUS_ZOMBIE
        )
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    return process if ours else None


def stop(server: psutil.Process | None) -> None:
    """Stop a server, each time less politely, and wait until none of its processes is left."""
    for step, seconds in STOP_STEPS:
        members = family(server) if server is not None else []
        for process in members if step == signal.SIGKILL else members[:1]:
            try:
                process.send_signal(step)
            except psutil.NoSuchProcess:
                continue
        if not wait_until_gone(members, seconds):
            break
    else:
        raise EmbeddedError(f"PostgreSQL (process {server.pid if server else '?'}) cannot be stopped.")
    for child in _STARTED[:]:
        if child.poll() is not None:
            _STARTED.remove(child)


def stop_forgotten(home: Home) -> list[Path]:
    """Stop the servers of earlier installations in this folder and return their folders, whose data stays.

    Their passwords were deleted with the installation, so that nobody reaches them any more.
    """
    if home.folder.parent != SYSTEM_FOLDER:
        return []
    name = home.folder.name.rsplit("-", 1)[0]
    forgotten = sorted(folder for folder in SYSTEM_FOLDER.glob(f"{name}-*") if folder != home.folder)
    for folder in forgotten:
        stop(_server_of(folder / "data"))
    return forgotten


def free_port() -> int:
    """Return a loopback port nobody listens on at this moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def is_free(port: int) -> bool:
    """Tell whether a loopback port can be listened on."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
