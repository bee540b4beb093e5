"""A copy of the project in which the platform of `template/` is added exactly as docs/add-a-platform.md says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from include.settings import PROJECT

TEMPLATE = Path(__file__).parent / "template"
COPIED = (
    "include", "config", "sql", "dags", "plugins", "tests", "benchmarks", "docs", "pyproject.toml", "airflow.cfg",
    "docker-compose.yaml", ".env.example",
)  # fmt: skip
"""What the product and its tests are made of."""
NOT_COPIED = ("__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache")
NAMES_FILES = ("include/platforms/__init__.py", "include/sandbox/platforms.py")
LINES = {
    "platforms.yaml": ("config/distribution.yaml", "platforms:"),
    "quotas.yaml": ("config/distribution.yaml", "quotas:"),
    "endpoints.yaml": (
        "config/endpoints.yaml",
        "# Addresses a platform returns (upload sessions, next pages) are used as returned.",
    ),
    "env.example": (".env.example", "LINKEDIN_CLIENT_SECRET="),
    "docker-compose.yaml": ("docker-compose.yaml", "    LINKEDIN_CLIENT_SECRET: ${LINKEDIN_CLIENT_SECRET:-}"),
}
"""File of lines in the template's `lines/` → the file they are for, and the line they go behind."""


@dataclass(frozen=True, kw_only=True)
class BuildingSite:
    """The copy, and what it was like before anything was added."""

    root: Path
    before: dict[str, bytes] = field(repr=False)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the copy, which sees no other project than its own."""
        strange = ("RELEASE_DESK_", "AIRFLOW", "SECRET_MASTER_KEY")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
        environment |= {"PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, timeout=560)

    def added(self) -> set[str]:
        """Return the names of all files that were not there before."""
        return set(self._now()) - set(self.before)

    def changed(self) -> dict[str, tuple[str, str]]:
        """Return name → (before, now) of all files that are no longer the same; a removed one is empty."""
        now = self._now()
        return {
            name: (content.decode(), now.get(name, b"").decode())
            for name, content in self.before.items()
            if now.get(name) != content
        }

    def _now(self) -> dict[str, bytes]:
        return {str(path.relative_to(self.root)): path.read_bytes() for path in files_of(self.root)}


def build(root: Path) -> BuildingSite:
    """Copy the project to `root` and add the template's platform to it."""
    leave_out = shutil.ignore_patterns(*NOT_COPIED)
    for name in COPIED:
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, root / name, ignore=leave_out)
        else:
            shutil.copy(PROJECT / name, root / name)
    site = BuildingSite(root=root, before={str(path.relative_to(root)): path.read_bytes() for path in files_of(root)})
    for path in files_of(TEMPLATE):
        place = root / path.relative_to(TEMPLATE)
        if path.parent != TEMPLATE / "lines":
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)
    for name in NAMES_FILES:
        add_word(root / name, "parrot")
    for name, (target, where) in LINES.items():
        add_lines(root / target, (TEMPLATE / "lines" / name).read_text(encoding="utf-8"), where)
    return site


def files_of(root: Path) -> Iterator[Path]:
    """Yield every file below `root` that somebody wrote."""
    for path in sorted(root.rglob("*")):
        inside = set(path.relative_to(root).parts)
        if path.is_file() and not inside & {*NOT_COPIED, ".git"}:
            yield path


def add_word(path: Path, word: str) -> None:
    """Put one more name at the end of `NAMES`."""
    text, count = re.subn(
        r"^(NAMES = \([^)]*?)(,?\s*\))", rf'\1, "{word}"\2', path.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert count == 1, f"{path} has no NAMES"
    path.write_text(text, encoding="utf-8")


def add_lines(path: Path, lines: str, where: str) -> None:
    """Put lines into a file, behind the line `where`."""
    text = path.read_text(encoding="utf-8")
    assert f"\n{text}".count(f"\n{where}\n") == 1, f"{path} has no line {where!r}"
    path.write_text(f"\n{text}".replace(f"\n{where}\n", f"\n{where}\n{lines}")[1:], encoding="utf-8")
