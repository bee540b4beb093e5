"""What is behind a sign-in: one channel or several, which of them is meant, and keeping it as an account."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from include import settings
from include.accounts import accounts
from include.accounts.accounts import Account, AlreadyConnected, Credentials, NameTaken
from include.accounts.attempts import Attempt, ConsentRefused
from include.accounts.connect import Given, described, whoami
from include.platforms import get, title
from include.platforms.errors import TryAgain
from include.platforms.http import Calls
from include.platforms.signing_in import Choice

Answer = TypeVar("Answer")
PAUSES_SECONDS = (0.5, 1.5)
"""Waits before a read is tried again: the code is used up, so a passing fault should not cost the whole sign-in."""
NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")
MAX_NAME_CHARACTERS = 60


def behind(attempt: Attempt, credentials: Credentials) -> tuple[Choice, ...]:
    """Return the channels, Pages or authors a sign-in may act for; empty where the platform has one for each sign-in.

    Raises `PlatformError` when there is none, or the platform does not answer.
    """
    module = get(attempt.platform)
    if not hasattr(module, "choices"):
        return ()

    def ask() -> tuple[Choice, ...]:
        tokens = Given(attempt.platform, credentials, login=attempt.login)
        with Calls(platform=attempt.platform, bases=settings.endpoints()[attempt.platform], tokens=tokens) as calls:
            found: tuple[Choice, ...] = module.choices(calls, {"login": attempt.login})
            return found

    return _patiently(ask)


def only_one(attempt: Attempt, found: tuple[Choice, ...]) -> Choice | None:
    """Return the choice that needs no asking: the only one, or the one an account to connect again already is.

    Raises `ConsentRefused` when that account is none of them.
    """
    there = _there(attempt)
    if there is None or there.platform != attempt.platform or there.platform_user_id is None or not found:
        return found[0] if len(found) == 1 else None
    same = next((each for each in found if _id_of(each) == there.platform_user_id), None)
    if same is None:
        shown = ", ".join(each.title for each in found)
        raise ConsentRefused(f"{_other(attempt, there)} This sign-in shows: {shown}. {ANOTHER}")
    return same


def keep(attempt: Attempt, credentials: Credentials, chosen: Choice | None) -> Account:
    """Ask the platform who the account is, and keep it; one that is there keeps its name, history and defaults.

    Raises `PlatformError`, and `ConsentRefused` when its name belongs to another channel.
    """
    given = credentials.model_copy(update=dict(chosen.given) if chosen else {})
    tokens = Given(attempt.platform, given, login=attempt.login)
    if chosen is not None and chosen.own_token:
        _patiently(lambda: tokens.refresh(given.access_token.get_secret_value()))
    profile = _patiently(lambda: whoami(attempt.platform, tokens, tokens.credentials.given))
    profile = described(attempt.platform, profile, tokens)
    there = _there(attempt) or _same_channel(attempt, profile)
    if there and there.profile.get("upload") and there.profile.get("login") == profile.get("login"):
        profile["upload"] = there.profile["upload"]  # a wish of the owner's, and not the platform's word
    account_id = there.account_id if there else attempt.account_id or _free_name(attempt, profile)
    try:
        return accounts.add(
            attempt.owner,
            account_id,
            attempt.platform,
            tokens.credentials,
            profile,
            is_default=there.is_default if there else attempt.is_default,
        )
    except NameTaken as error:
        if there is None or there.platform != attempt.platform or isinstance(error, AlreadyConnected):
            raise ConsentRefused(str(error)) from None
        name = profile.get("display_name") or profile.get("username") or profile.get("platform_user_id")
        raise ConsentRefused(f"{_other(attempt, there)} You signed in as {name}. {ANOTHER}") from None


def as_record(credentials: Credentials, found: tuple[Choice, ...], missing: tuple[str, ...]) -> dict[str, Any]:
    """Return what waits for a choice as JSON; it holds tokens, so it is sealed where it waits."""
    kept = credentials.model_dump(mode="json", exclude={"access_token", "refresh_token"})
    kept["access_token"] = credentials.access_token.get_secret_value()
    if credentials.refresh_token is not None:
        kept["refresh_token"] = credentials.refresh_token.get_secret_value()
    return {"credentials": kept, "choices": [asdict(each) for each in found], "missing_scopes": list(missing)}


def from_record(waiting: Mapping[str, Any]) -> tuple[Credentials, tuple[Choice, ...], tuple[str, ...]]:
    """Read what `as_record` wrote."""
    found = tuple(Choice(**each) for each in waiting["choices"])
    return Credentials.model_validate(waiting["credentials"]), found, tuple(waiting["missing_scopes"])


ANOTHER = "Sign in as that one, or connect under another name."


def _other(attempt: Attempt, there: Account) -> str:
    name = there.display_name or there.username or there.platform_user_id
    return f"'{there.account_id}' is {name} on {title(attempt.platform)}, and history belongs to a channel."


def _there(attempt: Attempt) -> Account | None:
    """Return the account that is to be connected again, if it is there."""
    if attempt.account_id is None:
        return None
    try:
        return accounts.read(attempt.owner, attempt.account_id)
    except accounts.UnknownAccount:
        return None


def _same_channel(attempt: Attempt, profile: Mapping[str, Any]) -> Account | None:
    """Return the account this channel already is; only when no name was asked for."""
    if attempt.account_id is not None:
        return None
    found = accounts.of_channel(attempt.owner, attempt.platform, profile.get("platform_user_id"))
    return accounts.read(attempt.owner, found) if found else None


def _free_name(attempt: Attempt, profile: Mapping[str, Any]) -> str:
    """Return a name nobody has yet: the platform and the user name."""
    told = profile.get("username") or profile.get("display_name") or profile.get("platform_user_id") or "account"
    plain = NOT_IN_A_NAME.sub("_", str(told).lower()).strip("_")[:MAX_NAME_CHARACTERS]
    name = f"{attempt.platform}_{plain or 'account'}"
    taken = {account.account_id for account in accounts.list_all(attempt.owner)}
    return next(each for each in (name, *(f"{name}_{number}" for number in range(2, 10_000))) if each not in taken)


def _id_of(choice: Choice) -> str:
    """Return the platform's id of a choice as accounts keep it: LinkedIn's choices are URNs."""
    return choice.choice_id.rsplit(":", 1)[-1]


def _patiently(ask: Callable[[], Answer]) -> Answer:
    for pause in PAUSES_SECONDS:
        try:
            return ask()
        except TryAgain:
            time.sleep(pause)
    return ask()
