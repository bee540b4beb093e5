"""`python -m include.cli`: what `./desk` runs."""

from __future__ import annotations

import logging
import sys

from include.cli.app import app
from include.cli.errors import run


def _log_to_stderr() -> None:
    """Keep our log lines out of what a command prints: Airflow, once a command imports it, logs to stdout."""
    ours = logging.getLogger("release_desk")
    to_stderr = logging.StreamHandler(sys.stderr)
    to_stderr.setLevel(logging.WARNING)
    ours.addHandler(to_stderr)
    ours.propagate = False


if __name__ == "__main__":
    _log_to_stderr()
    sys.exit(run(lambda: app(prog_name="./desk")))  # the name people type
