"""`desk lint`: run every checker of the house."""

from __future__ import annotations

import subprocess
import sys

import typer

from include.settings import PROJECT

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("sqlfluff", "lint", "--disable-progress-bar", "sql"),
)


def lint() -> None:
    """Run ruff, mypy and sqlfluff; exit 1 when one of them complains, after all have spoken."""
    failed = []
    for check in CHECKS:
        print(f"— {' '.join(check)}", flush=True)
        if subprocess.run([sys.executable, "-m", *check], cwd=PROJECT).returncode != 0:
            failed.append(check[0])
    if failed:
        print(f"Not clean: {', '.join(failed)}")
        raise typer.Exit(1)
