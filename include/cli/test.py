"""`desk test`: run the test suite."""

from __future__ import annotations

import os
import sys

import typer

from include.settings import PROJECT

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": ["--desk-help"]}
"""Everything on the command line is pytest's, `--help` too."""
WHOLE_SUITE = ["-n", "2", "--dist", "loadgroup"]
"""Two workers for two cores; tests/conftest.py says what must stay together."""


def test(context: typer.Context) -> None:
    """Run pytest with the given arguments; without any, the whole suite on two workers."""
    os.chdir(PROJECT)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *(context.args or WHOLE_SUITE)])  # noqa: S606 - no shell is wanted
