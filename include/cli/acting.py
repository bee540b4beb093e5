"""On the command line one acts as the installation's admin; `--owner` for somebody else is written down."""

from __future__ import annotations

from include.cli.errors import CommandFailed
from include.cli.surroundings import ADMIN


def act_for(owner: str, what: str, about: str | None = None) -> None:
    """Say that a command is done as `owner`, before it is; `what` is the command, `about` what it names.

    Raises `CommandFailed` when the command line's user is no admin any more (RELEASE_DESK_ADMINS).
    """
    from include.database import engine

    engine.act_as(ADMIN, "cli")
    if owner == ADMIN:  # the usual case needs no database
        return
    from include.accounts import acting

    try:
        acting.act(ADMIN, owner, f"desk {what}", about)
    except acting.NotAllowed as refused:
        raise CommandFailed(str(refused)) from None
