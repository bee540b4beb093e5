"""`desk accounts add` without credentials: the platform's consent page in a browser, and the way back."""

from __future__ import annotations

import json
import sys
import webbrowser
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from include.cli.errors import CommandFailed
from include.cli.loopback import Loopback, TooLate

if TYPE_CHECKING:
    from include.accounts.accounts import Account
    from include.accounts.consent import Begun, Completed


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What was asked for on the command line."""

    owner: str
    platform: str
    account_id: str | None
    login: str | None
    choice_id: str | None
    is_default: bool
    browser: bool
    port: int
    minutes: float
    as_json: bool


def connect(wish: Wish) -> tuple[Account, dict[str, Any]]:
    """Go through the whole sign-in; return the connected account, and what else to tell of it.

    Raises `CommandFailed` with a sentence for everything that did not lead to one. Ctrl-C leaves nothing behind.
    """
    from include.accounts import consent

    with _listening(wish.port) as loopback:
        begun = _begin(wish, loopback.address)
        try:
            _show(wish, begun)
            done = _wait(wish, loopback, begun)
            if done.choices:
                done = _choose(wish, done)
        except BaseException:
            consent.forget(wish.owner, begun.state)
            raise
    if done.account is None:
        raise CommandFailed("The sign-in led to no account. Start again.")
    return done.account, {"missing_scopes": list(done.missing_scopes), "advice": done.advice}


def _listening(port: int) -> Loopback:
    try:
        return Loopback(port)
    except OSError as error:
        raise CommandFailed(f"The port {port} of this machine cannot be used ({error.strerror}).") from None


def _begin(wish: Wish, redirect_uri: str) -> Begun:
    from include.accounts import consent

    try:
        return consent.begin(
            wish.owner,
            wish.platform,
            redirect_uri=redirect_uri,
            account_id=wish.account_id,
            login=wish.login,
            is_default=wish.is_default,
        )
    except consent.ConsentRefused as refused:
        raise CommandFailed(refused.message) from None


def _show(wish: Wish, begun: Begun) -> None:
    """Say where to go, and open it."""
    if wish.as_json:
        print(json.dumps({"open": begun.address, "expires_at": begun.expires_at.isoformat()}), flush=True)
    else:
        print(f"Sign in here, in a browser on this machine:\n\n  {begun.address}\n", flush=True)
    if wish.browser and not webbrowser.open(begun.address) and not wish.as_json:
        print("No browser could be opened; copy the address.", flush=True)


def _wait(wish: Wish, loopback: Loopback, begun: Begun) -> Completed:
    from include.accounts import consent

    found: list[Completed] = []

    def ended(parameters: Mapping[str, str]) -> tuple[str, str]:
        done = consent.complete(wish.owner, state=begun.state, parameters=parameters)
        found.append(done)
        if done.account is None:
            return "Nearly there", f"{len(done.choices)} are behind this sign-in: choose one in the terminal."
        return "Connected", f"{done.account.display_name or done.account.username} is connected."

    try:
        loopback.wait(begun.state, ended, seconds=wish.minutes * 60)
    except TooLate:
        raise CommandFailed(
            f"Nobody came back from the consent page within {wish.minutes:g} minutes. Start again; on another machine "
            "than the browser's, use the desk's page instead."
        ) from None
    except consent.ConsentRefused as refused:
        raise CommandFailed(refused.message) from None
    return found[0]


def _choose(wish: Wish, done: Completed) -> Completed:
    """Name one of several: the one of `--choose`, or what a person picks."""
    from include.accounts import consent

    choice_id: str = wish.choice_id or _asked(wish, done)
    try:
        return consent.choose(wish.owner, done.state, choice_id)
    except consent.ConsentRefused as refused:
        raise CommandFailed(refused.message) from None


def _asked(wish: Wish, done: Completed) -> str:
    lines = [f"{number}. {each.title} ({each.kind} {each.choice_id})" for number, each in enumerate(done.choices, 1)]
    if wish.as_json or not sys.stdin.isatty():
        told = "; ".join(line.partition(" ")[2] for line in lines)
        raise CommandFailed(f"Several are behind this sign-in: {told}. Start again with --choose and one of these ids.")
    print("Several are behind this sign-in:", *lines, sep="\n  ")
    while not 1 <= (number := typer.prompt("Which one", type=int)) <= len(lines):
        print(f"A number from 1 to {len(lines)}, please.")
    return str(done.choices[number - 1].choice_id)
