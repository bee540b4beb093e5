"""Runs a command in this process as `./desk` does, its known errors as a code and a sentence."""

from __future__ import annotations

from typer import Typer
from typer.testing import CliRunner

from include.cli import errors


def run(app: Typer, *words: str) -> tuple[int, str]:
    """Return exit code and what was printed."""
    found = CliRunner().invoke(app, list(words))
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        code = errors.exit_code(found.exception)
        assert code is not None, found.exception
        return code, errors.sentence(found.exception)
    return found.exit_code, found.output
