"""Which accounts publish a release when the run names none: its segment's and age bucket's, else the default ones."""

from __future__ import annotations

from include import settings
from include.accounts import accounts
from include.accounts.accounts import Account
from include.releases.conf import ConfError, PublishConf


def usual_accounts(conf: PublishConf, owner: str, platforms: list[str] | None) -> list[Account]:
    """Return the accounts of `owner` for a release, on `platforms` only when given.

    `accounts` of config/distribution.yaml may name some for a segment and age bucket. A platform that was asked for and
    has none among them gets the owner's default accounts; so does everything for an owner who has none of those named.
    Raises `ConfError` when the owner has some of them only: a name is wrong then, or an account is missing.
    """
    named = settings.distribution().accounts_for(conf.segment, conf.age_bucket)
    mine = {account.account_id: account for account in accounts.list_all(owner)} if named else {}
    if not any(name in mine for name in named):
        return accounts.defaults(owner, platforms)
    if missing := [name for name in named if name not in mine]:
        raise ConfError(
            [
                f"config/distribution.yaml names the account '{name}' for {conf.segment}, {conf.age_bucket}, and "
                f"'{owner}' has none of that name."
                for name in missing
            ]
        )
    found = [mine[name] for name in named if platforms is None or mine[name].platform in platforms]
    left = [name for name in platforms or [] if name not in {account.platform for account in found}]
    return found + (accounts.defaults(owner, left) if left else [])
