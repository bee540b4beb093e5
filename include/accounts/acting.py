"""Who may act for whom: everybody for oneself, admins for others, and the latter is written down.

One rule for REST, the command line and the DAGs. Admins are a setting, because a worker has no auth manager to ask.
"""

from __future__ import annotations

from include import settings
from include.accounts import audit

MAX_NAME_CHARACTERS = 256  # longer than any user name Airflow's auth managers take
SHARED = "*"
"""The owner of rows that belong to the whole installation; nobody may be called so."""


class NotAllowed(PermissionError):
    """This user may not act for that one; the message is the same whether or not there is such a user."""


def is_name(name: object) -> bool:
    """Say whether this can be the name of an owner."""
    return (
        isinstance(name, str)
        and name == name.strip()
        and 0 < len(name) <= MAX_NAME_CHARACTERS
        and name.isprintable()
        and name != SHARED
    )


def act(who: str, for_whom: str, what: str, about: str | None = None) -> None:
    """Let `who` do something as `for_whom`, and write it down when that is somebody else.

    Raises `NotAllowed` when `who` is no admin, or either is no user's name. Call it before the act.
    """
    if not is_name(who) or not is_name(for_whom):
        raise NotAllowed("A user's name has printable characters, up to 256, and is not '*'.")
    if who == for_whom:
        return
    if who not in settings.admins():
        raise NotAllowed(f"'{who}' may not act for others; that is for the users named in RELEASE_DESK_ADMINS.")
    audit.write(who, for_whom, what, about)


def owner_of_run(asked: str | None, triggered_by: str | None, *, by_a_dag: bool) -> str:
    """Return whose run this is; raise `NotAllowed` when the conf names somebody its user may not act for.

    `asked` is the conf's owner, `triggered_by` Airflow's `triggering_user_name`, `by_a_dag` whether another DAG started
    it. A run that no person started (`watch_exports`) is the owner of exports', and so is one that `watch_exports`
    starts because a person has started it. Nothing is written down here: every task of a run asks.
    """
    exports_owner = settings.distribution().exports.owner
    if by_a_dag and asked in (None, exports_owner):
        return exports_owner
    owner = asked if asked is not None else triggered_by or exports_owner
    if not is_name(owner):
        raise NotAllowed("The conf's owner is no user's name.")
    if triggered_by is None:
        if owner != exports_owner:
            raise NotAllowed(f"Nobody triggered this run, so it can only be '{exports_owner}'s, the owner of exports.")
    elif owner != triggered_by and triggered_by not in settings.admins():
        raise NotAllowed(
            f"'{triggered_by}' triggered this run and may not act for '{owner}'; leave 'owner' out of the conf, or ask "
            "an admin."
        )
    return owner


def note_run(owner: str, triggered_by: str | None, run_id: str, dag_id: str = "publish_release") -> None:
    """Write down that an admin's run acts for another owner; `owner` is what `owner_of_run` has allowed."""
    if triggered_by is not None and triggered_by != owner and triggered_by in settings.admins():
        audit.write(triggered_by, owner, dag_id, run_id)
