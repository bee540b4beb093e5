"""Keeps accounts alive: renews what ends soon, and tells owners of what only they can renew."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from include import settings
from include.accounts import accounts, renewing
from include.accounts.accounts import Account, UnknownAccount
from include.accounts.health import Health, health, soon
from include.platforms import NAMES, title
from include.platforms.errors import AccountTrouble, PlatformError
from include.publishing import notices
from include.publishing.clients import open_calls

log = logging.getLogger("release_desk.accounts")
AT_ONCE = 4
"""Accounts that are renewed at the same time; each holds one connection to the warehouse while its platform thinks."""
EXPIRES, EXPIRED = "account_expires", "account_expired"
Outcome = Literal["renewed", "fresh", "dead", "later"]


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """What became of one account: renewed, still fresh (somebody else was quicker), dead, or to be tried later."""

    owner: str
    account_id: str
    outcome: Outcome
    why: str | None = None


def renew_due() -> list[Renewal]:
    """Renew every token that ends within its platform's margin; one account's trouble never stops the others.

    A passing fault is tried again by the next round, and by whoever needs the token. A dead grant marks the account.
    """
    due = renewing.due(datetime.now(UTC))
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="renew") as pool:
        return list(pool.map(lambda each: renew(*each), due))


def renew(owner: str, account_id: str) -> Renewal:
    """Renew one account's access token when it ends within its platform's margin."""
    try:
        account = accounts.read(owner, account_id)
        with open_calls(account) as calls:
            tokens = calls.tokens
            renewed = tokens.renew_within(renewing.margin(account.platform))  # type: ignore[union-attr]
    except AccountTrouble as error:
        return Renewal(owner=owner, account_id=account_id, outcome="dead", why=error.message)
    except (PlatformError, UnknownAccount, settings.SettingsError) as error:
        log.warning("account %s is renewed later: %s", account_id, error)
        return Renewal(owner=owner, account_id=account_id, outcome="later", why=str(error))
    except Exception as error:  # whatever is wrong with one, the others are renewed
        log.exception("account %s could not be renewed", account_id)
        return Renewal(owner=owner, account_id=account_id, outcome="later", why=type(error).__name__)
    return Renewal(owner=owner, account_id=account_id, outcome="renewed" if renewed else "fresh")


def tell_of_ends() -> list[str]:
    """Tell each owner once of accounts that are dead or end within days, and note which are well again.

    Returns what was news, a line each.
    """
    now = datetime.now(UTC)
    news = []
    for owner, account_id in renewing.of_concern(now + soon()):
        try:
            account = accounts.read(owner, account_id)
        except UnknownAccount:
            continue
        if tell_of(account, health(account, now)):
            news.append(f"{owner}/{account_id}")
    return news


def tell_of(account: Account, found: Health) -> bool:
    """Tell an account's owner how it is, when that is news; return whether it was."""
    kind = {"expires_soon": EXPIRES, "expired": EXPIRED}.get(found.state)
    for other in (EXPIRES, EXPIRED):
        if other != kind:
            notices.is_over(account.owner, other, account.account_id)
    if kind is None:
        return False
    name = account.display_name or account.username or account.account_id
    where = title(account.platform) if account.platform in NAMES else account.platform
    until = f"{found.until:%Y-%m-%d}" if found.until else ""
    if kind == EXPIRES:
        subject = f"{where}: our access to {name} ends on {until}"
    else:
        subject = f"{where}: our access to {name} has ended"
    text = (
        f"{found.why}\n\nThe account is '{account.account_id}'. Connect it again, on the desk's page or with "
        f"`./desk accounts add {account.platform} --account-id {account.account_id}`. What waits for it goes out by "
        "itself then, in order."
    )
    # not the day: where a platform tells the seconds that are left, the end moves a little with each renewal
    return notices.tell(account.owner, kind, account.account_id, found.state, subject, text)
