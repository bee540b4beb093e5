"""`desk lock`: resolve the pinned requirements anew."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from include.cli.errors import CommandFailed
from include.settings import PROJECT

OPTIONS = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header")
"""One file for every system and Python we support; hashes, so that nothing else is ever installed."""


def lock(upgrade: Annotated[bool, typer.Option("--upgrade", help="Take the newest of everything.")] = False) -> None:
    """Write requirements.txt and requirements-dev.txt anew from the .in files; needs a package index.

    What is pinned stays as it is where the .in files still allow it, unless everything is to be upgraded.
    """
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        raise CommandFailed("uv is missing: `python3 -m pip install uv` brings it.")
    for name in ("requirements", "requirements-dev"):
        command = [uv, "pip", "compile", f"{name}.in", *OPTIONS, "-q", "-o", f"{name}.txt"]
        command += ["--upgrade"] if upgrade else []
        if subprocess.run(command, cwd=PROJECT).returncode != 0:
            raise CommandFailed(f"{name}.in could not be resolved.")
        print(f"{name}.txt is up to date.")
