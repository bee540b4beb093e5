"""`desk test`: run the test suite."""

from __future__ import annotations

import os
import subprocess
import sys

import typer

from include.settings import PROJECT

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": ["--desk-help"]}
"""Everything on the command line is pytest's, `--help` too."""
QUICK = ["-m", "not airflow and not long", "-n", "2", "--dist", "loadgroup"]
"""Two workers for two cores; tests/conftest.py says what must stay together."""
LONG = ["-m", "long and not airflow", "-n", "2", "--dist", "loadgroup"]
"""Minutes each: whole crash matrices, hours of video."""
WITH_AIRFLOW = ["-m", "airflow"]
"""What starts the real scheduler needs the machine for itself."""

NO_TESTS = 5
"""Pytest's code when a part has none."""


def test(context: typer.Context) -> None:
    """Run pytest with the given arguments; without any, the whole suite; with --quick what takes under 10 minutes.

    Left out by --quick are the tests marked `long` and `airflow`.
    """
    os.chdir(PROJECT)
    pytest = [sys.executable, "-m", "pytest"]
    if context.args and context.args != ["--quick"]:
        os.execv(sys.executable, [*pytest, *context.args])  # noqa: S606 - no shell is wanted
    parts = (QUICK,) if context.args else (QUICK, LONG, WITH_AIRFLOW)
    codes = [subprocess.run([*pytest, *part]).returncode for part in parts]
    raise typer.Exit(max(code for code in codes if code != NO_TESTS))
