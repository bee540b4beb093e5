"""A small file of generated secrets: made once, readable by its owner only, never rewritten by hand."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class SecretsFile:
    """Keeps `NAME=value` lines in one file with mode 0600; its folder is made with 0700.

    A secret is generated when first asked for and stays the same afterwards, also when several processes
    ask at once. Values hold no line break. Lines that are not `NAME=value` are kept as they are.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, name: str, make: Callable[[], str]) -> str:
        """Return the secret called `name`; `make` supplies it the first time."""
        known = self.read().get(name)
        if known is not None:
            return known
        with self._alone():
            values = self.read()
            if name not in values:
                values[name] = make()
                if "\n" in values[name]:
                    raise ValueError(f"the secret {name} must fit on one line")
                self._write(name, values[name])
            return values[name]

    def read(self) -> dict[str, str]:
        """Return every secret in the file, an empty answer when there is no file yet."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        lines = (line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
        return {name.strip(): value.strip() for name, value in lines}

    def _write(self, name: str, value: str) -> None:
        """Add one line; the file is replaced as a whole, so that a crash never leaves half of it."""
        before = self.path.read_text(encoding="utf-8") if self.path.exists() else "# Generated once. Keep it secret.\n"
        newer = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        newer.unlink(missing_ok=True)
        with os.fdopen(os.open(newer, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(f"{before}{name}={value}\n")
            file.flush()
            os.fsync(file.fileno())
        newer.replace(self.path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)
