"""The folder an installation keeps itself in (normally `.desk/`): where what is, and who may look."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from include.cli.errors import CommandFailed
from include.database.secrets_file import SecretsFile
from include.settings import PROJECT

DEFAULT = PROJECT / ".desk"


class State:
    """One installation's folder; two of them never know of each other."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = (folder or DEFAULT).absolute()
        self.secrets = SecretsFile(self.folder / "secrets.env")
        self.logs = self.folder / "logs"
        self.airflow = self.folder / "airflow"
        self.run = self.folder / "run"
        """The working directory of everything we start: what else runs in it is ours and forgotten."""

    def prepare(self) -> None:
        """Make the folder for its owner only; raise `CommandFailed` when it is somebody else's."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = self.folder.stat().st_uid
        if owner != os.geteuid():
            raise CommandFailed(f"{self.folder} belongs to user {owner}; run as that user, or use another folder.")
        self.folder.chmod(0o700)
        for part in (self.logs, self.airflow, self.run):
            part.mkdir(mode=0o700, exist_ok=True)

    def log(self, name: str) -> Path:
        """Return the log file of a component."""
        return self.logs / f"{name}.log"

    def last_words(self, name: str, lines: int = 12) -> str:
        """Return the end of a component's log."""
        try:
            with self.log(name).open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - 8192))
                return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""

    def read(self, name: str) -> dict[str, Any]:
        """Return what was remembered under `name`, an empty answer when nothing was."""
        try:
            content = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def write(self, name: str, content: dict[str, Any]) -> None:
        """Remember something, whole or not at all, for the owner's eyes only."""
        path = self.folder / f"{name}.json"
        newer = path.with_suffix(f".{os.getpid()}")
        newer.unlink(missing_ok=True)
        number = os.open(newer, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
        newer.replace(path)

    def forget(self, name: str) -> None:
        """Remember nothing under `name` any more."""
        (self.folder / f"{name}.json").unlink(missing_ok=True)

    @contextmanager
    def alone(self, say: Callable[[str], None]) -> Iterator[None]:
        """Let one `up` or `down` at a time work on this installation; the second waits and says so."""
        lock = os.open(self.folder / "launcher.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another `up` or `down` is at work here; waiting for it.")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)
