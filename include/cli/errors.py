"""What a command says when it cannot go on: one sentence on stderr and an exit code, decided here only."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType


class CommandFailed(RuntimeError):
    """The command did what it could and did not succeed: exit 1."""


class WrongUsage(ValueError):
    """The command was asked for something that cannot be: exit 2."""


def run(command: Callable[[], object]) -> int:
    """Run a command and return its exit code; known errors become one sentence, a mistake of ours a traceback."""
    try:
        command()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except KeyboardInterrupt:
        sys.stderr.write("desk: stopped.\n")
        return 130
    except BrokenPipeError:  # the reader of our output (`| head`) has seen enough
        sys.stderr.close()
        return 1
    except Exception as error:
        code = exit_code(error)
        if code is None:
            raise
        sys.stderr.write(f"desk: {sentence(error)}\n")
        return code
    return 0


def exit_code(error: Exception) -> int | None:
    """Return the exit code of a known error, None for one that is a mistake of ours.

    Modules that were never loaded cannot have raised anything, so nothing is loaded to find out.
    """
    known: list[tuple[str, str, int]] = [
        ("include.cli.errors", "WrongUsage", 2),
        ("include.cli.errors", "CommandFailed", 1),
        ("include.settings", "SettingsError", 2),
        ("include.database.embedded_home", "EmbeddedError", 1),
        ("include.platforms.errors", "PlatformError", 1),
        ("include.database.migrate", "MigrationChanged", 1),
        ("include.accounts.accounts", "UnknownAccount", 1),
        ("include.accounts.second", "CannotBeSecond", 2),
        ("include.accounts.vault", "VaultError", 1),
        ("include.publishing.ledger", "UnknownPublication", 1),
        ("include.publishing.ledger", "Busy", 1),
        ("include.publishing.decisions", "NotPossible", 1),
        ("include.publishing.queue", "Changed", 1),
        ("include.publishing.receipts", "NotWritten", 1),
        ("include.publishing.inbox", "UnknownNotice", 1),
        ("include.publishing.endpoints", "UnknownEndpoint", 1),
        ("include.publishing.endpoints", "Refused", 2),
        ("include.publishing.mail_choices", "Refused", 2),
        ("include.analytics.turns", "NothingOfThatName", 2),
        ("include.analytics.videos", "UnknownVideo", 1),
        ("include.audience.moderation", "UnknownComment", 1),
        ("include.analytics.imports.files", "ImportRefused", 1),
        ("include.cli.airflow_api", "ApiError", 1),
        ("sqlalchemy.exc", "OperationalError", 1),
        ("psycopg", "OperationalError", 1),
    ]
    for module, name, code in known:
        loaded: ModuleType | None = sys.modules.get(module)
        kind = getattr(loaded, name, None)
        if kind is not None and isinstance(error, kind):
            return code
    return None


def sentence(error: Exception) -> str:
    """Return what a person should read; a database driver's error is cut down to what it is about."""
    if type(error).__name__ == "OperationalError":
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        return f"The database does not answer ({reason}). `./desk status` shows what is running, `./desk up` starts it."
    return str(error)
