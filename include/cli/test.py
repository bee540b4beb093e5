"""`desk test`: run the test suite."""

from __future__ import annotations

import os
import subprocess
import sys

import typer

from include.settings import PROJECT

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": ["--desk-help"]}
"""Everything on the command line is pytest's, `--help` too."""
QUICK = ["-m", "not airflow", "-n", "2", "--dist", "loadgroup"]
"""Two workers for two cores; tests/conftest.py says what must stay together."""
WITH_AIRFLOW = ["-m", "airflow"]
"""What starts the real scheduler needs the machine for itself."""


def test(context: typer.Context) -> None:
    """Run pytest with the given arguments; without any, the whole suite."""
    os.chdir(PROJECT)
    pytest = [sys.executable, "-m", "pytest"]
    if context.args:
        os.execv(sys.executable, [*pytest, *context.args])  # noqa: S606 - no shell is wanted
    codes = [subprocess.run([*pytest, *part]).returncode for part in (QUICK, WITH_AIRFLOW)]
    raise typer.Exit(max(codes))
