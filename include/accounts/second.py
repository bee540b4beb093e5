"""The second route of an account: another account, through another route, that is the same channel.

It is used only when the first is surely not going to act (`publishing/second_route.py`), and never by itself: whoever
names it is told to name the first, because the channel would get the same release twice.
"""

from __future__ import annotations

from include.accounts import accounts
from include.accounts.accounts import SQL, Account
from include.database import engine


class CannotBeSecond(ValueError):
    """The account cannot stand behind the other one; the message says why."""


def choose(owner: str, account_id: str, second_id: str | None) -> Account:
    """Let `second_id` stand behind `account_id`, or nobody (None); return the account as it is then.

    That both are the same channel is for the person to know: gateways do not tell a platform's own ids. Raises
    `UnknownAccount` and `CannotBeSecond`.
    """
    first = accounts.read(owner, account_id)
    if second_id is not None:
        _check(first, accounts.read(owner, second_id))
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["choose_second"], {"account_id": account_id, "second_account_id": second_id})
    return accounts.read(owner, account_id)


def second_of(account: Account) -> Account | None:
    """Return the account behind another one, or None."""
    return accounts.read(account.owner, account.second_account_id) if account.second_account_id else None


def firsts(owner: str) -> dict[str, str]:
    """Return who stands behind whom: the second's name → the first's."""
    with engine.transaction(owner) as connection:
        return {str(second): str(first) for second, first in connection.exec_driver_sql(SQL["list_seconds"]).all()}


def _check(first: Account, second: Account) -> None:
    behind = firsts(first.owner)
    if second.account_id == first.account_id:
        raise CannotBeSecond("An account cannot stand behind itself.")
    if second.platform != first.platform:
        raise CannotBeSecond(
            f"'{second.account_id}' is on {second.platform}, '{first.account_id}' on {first.platform}."
        )
    if second.route == first.route:
        raise CannotBeSecond(f"Both go the same way ({first.route}): what stops one stops the other.")
    if second.state == "disconnected":
        raise CannotBeSecond(f"'{second.account_id}' is disconnected. Connect it again first.")
    if behind.get(second.account_id, first.account_id) != first.account_id:
        raise CannotBeSecond(f"'{second.account_id}' stands behind '{behind[second.account_id]}' already.")
    if first.account_id in behind or second.second_account_id is not None:
        raise CannotBeSecond("A second route has no second route of its own.")
    if second.is_default:
        raise CannotBeSecond(f"'{second.account_id}' is used by default itself; connect it with --no-default.")
