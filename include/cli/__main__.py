"""`python -m include.cli`: what `./desk` runs."""

from __future__ import annotations

import sys

from include.cli.app import app
from include.cli.errors import run

if __name__ == "__main__":
    sys.exit(run(lambda: app(prog_name="./desk")))  # the name people type
