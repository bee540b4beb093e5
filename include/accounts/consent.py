"""Connects an account by the platform's own consent page: the authorisation-code flow of OAuth 2 (RFC 6749, 4.1).

`begin` gives the address of the consent page, `complete` takes what came back to us, and `choose` ends a sign-in that
several channels, Pages or authors are behind. Nothing is kept before the platform has said who the account is.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from include import settings
from include.accounts import accounts, attempts, choices
from include.accounts.accounts import Account, Credentials
from include.accounts.advice import will_not_work
from include.accounts.attempts import Attempt, ConsentRefused
from include.accounts.redeeming import redeem
from include.platforms import NAMES, get, title
from include.platforms.errors import PlatformError
from include.platforms.http import Calls
from include.platforms.signing_in import Choice

__all__ = ["Begun", "Completed", "ConsentRefused", "begin", "choose", "complete", "forget", "forget_over"]
log = logging.getLogger("release_desk.accounts")
forget, forget_over = attempts.forget, attempts.forget_over


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A sign-in that a person can go on with at `address`; `state` names it to us and is a secret of that person."""

    address: str = field(repr=False)
    state: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Completed:
    """What a sign-in led to: an account, or `choices` of which one has to be named to `choose` within 10 minutes.

    `missing_scopes` are permissions that were asked for, not given, and not needed for publishing.
    """

    account: Account | None
    choices: tuple[Choice, ...]
    missing_scopes: tuple[str, ...]
    advice: str | None
    return_to: str | None
    state: str = field(repr=False)


def begin(
    owner: str,
    platform: str,
    *,
    redirect_uri: str,
    account_id: str | None = None,
    login: str | None = None,
    return_to: str | None = None,
    is_default: bool = True,
) -> Begun:
    """Begin a sign-in; the answer has the address of the platform's consent page.

    With `account_id` the account gets that name, or is connected again when it is there. `redirect_uri` must be an
    address of ours and never a user's. Raises `ConsentRefused` for an unusable name, login or `return_to`,
    `LookupError` for an unknown platform, `SettingsError` when we have no app there.
    """
    module = get(platform)
    login = _login(platform, login)
    if account_id is not None:
        _check_account(owner, platform, account_id)
    app = settings.app(platform, login)
    attempt = attempts.begin(
        owner,
        platform,
        account_id=account_id,
        login=login,
        redirect_uri=redirect_uri,
        return_to=attempts.checked_path(return_to),
        is_default=is_default,
    )
    with Calls(platform=platform, bases=settings.endpoints()[platform]) as calls:
        address = module.authorize_address(
            calls, app.client_id, redirect_uri=redirect_uri, state=attempt.state, verifier=attempt.verifier, login=login
        )
    return Begun(address=address, state=attempt.state, expires_at=attempt.expires_at)


def complete(owner: str, *, state: str, parameters: Mapping[str, str]) -> Completed:
    """End a sign-in with the whole query that came back from the consent page; each state counts once.

    Raises `ConsentRefused`, a sentence for the person, for everything that did not lead to an account or to choices.
    """
    attempt = attempts.use(owner, state)
    try:
        credentials, missing = redeem(attempt, parameters)
        behind = choices.behind(attempt, credentials)
        chosen = choices.only_one(attempt, behind)
    except PlatformError as error:
        raise ConsentRefused(error.message) from None
    if len(behind) > 1 and chosen is None:
        attempts.let_wait(attempt, choices.as_record(credentials, behind, missing))
        return Completed(
            account=None, choices=behind, missing_scopes=missing, advice=None, return_to=attempt.return_to, state=state
        )
    return _keep(attempt, credentials, chosen, missing)


def choose(owner: str, state: str, choice_id: str) -> Completed:
    """Connect the channel, Page or author that was chosen of several.

    Raises `ConsentRefused`; after an unknown `choice_id`, or a platform that did not answer, one may choose again.
    """
    attempt, waiting = attempts.take(owner, state)
    try:
        credentials, behind, missing = choices.from_record(waiting)
        chosen = next((each for each in behind if each.choice_id == choice_id), None)
        if chosen is None:
            told = ", ".join(f"{each.title} ({each.choice_id})" for each in behind)
            raise ConsentRefused(f"There is no such choice here. There are: {told}.")
        return _keep(attempt, credentials, chosen, missing)
    except BaseException:
        attempts.give_back(attempt)
        raise


def _login(platform: str, login: str | None) -> str | None:
    known: tuple[str, ...] = getattr(get(platform), "LOGINS", ())
    if login is None:
        return known[0] if known else None
    if login not in known:
        ways = f"the ways to sign in are {', '.join(known)}" if known else "there is one way to sign in only"
        raise ConsentRefused(f"At {title(platform)} {ways}, not '{login}'.")
    return login


def _check_account(owner: str, platform: str, account_id: str) -> None:
    """Refuse before anybody is sent away what could not be kept afterwards."""
    try:
        accounts.check_name(account_id)
        there = accounts.read(owner, account_id)
    except accounts.UnknownAccount:
        return
    except ValueError as error:
        raise ConsentRefused(str(error)) from None
    if (there.platform, there.route) != (platform, "direct"):
        place = title(there.platform) if there.platform in NAMES else there.platform
        way = "" if there.route in ("direct", there.platform) else f" through {there.route}"
        raise ConsentRefused(f"'{account_id}' is already the name of an account on {place}{way}. Choose another name.")


def _keep(attempt: Attempt, credentials: Credentials, chosen: Choice | None, missing: tuple[str, ...]) -> Completed:
    try:
        account = choices.keep(attempt, credentials, chosen)
    except PlatformError as error:
        raise ConsentRefused(error.message) from None
    attempts.forget(attempt.owner, attempt.state)
    log.info("connected account %s on %s", account.account_id, attempt.platform)
    advice = [account.profile.get("advice"), will_not_work(attempt.platform, missing, get(attempt.platform).PURPOSES)]
    return Completed(
        account=account,
        choices=(),
        missing_scopes=missing,
        advice=" ".join(str(sentence) for sentence in advice if sentence) or None,
        return_to=attempt.return_to,
        state=attempt.state,
    )
