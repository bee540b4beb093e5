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
    """Run pytest with the given arguments; without any, what takes under 10 minutes; with --all, the whole suite.

    Only --all runs the tests marked `long` (most of the crash matrix, hours of video) and `airflow` (the real
    scheduler), some 30 minutes more; `.ci/run` does.
    """
    os.chdir(PROJECT)
    pytest = [sys.executable, "-m", "pytest"]
    if context.args and context.args != ["--all"]:
        os.execv(sys.executable, [*pytest, *context.args])  # noqa: S606 - no shell is wanted
    parts = (QUICK, LONG, WITH_AIRFLOW) if context.args else (QUICK,)
    codes = [subprocess.run([*pytest, *part]).returncode for part in parts]
    if not context.args:
        print("Left out: the tests marked long or airflow; `./desk test --all` runs them, too.")
    raise typer.Exit(max(code for code in codes if code != NO_TESTS))
