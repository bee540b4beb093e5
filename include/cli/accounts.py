"""`desk accounts`: add, list, check and remove connected channels and profiles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from include.platforms import NAMES

app = typer.Typer(no_args_is_help=True, help="Add, list, check and remove connected channels and profiles.")

Owner = Annotated[str, typer.Option("--owner", help="Whose accounts.", envvar="RELEASE_DESK_OWNER")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def add(
    platform: Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}.")],
    account_id: Annotated[str, typer.Option("--account-id", help="The name you give it, e.g. my_youtube.")],
    credentials: Annotated[Path, typer.Option("--credentials", help="JSON file with access_token, refresh_token, …")],
    owner: Owner = "admin",
    default: Annotated[bool, typer.Option(help="Use it when a run names no account.")] = True,
    as_json: AsJson = False,
) -> None:
    """Connect an account; the credentials are checked with the platform before they are kept, encrypted."""
    from pydantic import ValidationError

    from include.accounts.accounts import Credentials
    from include.accounts.connect import connect

    try:
        given = Credentials.model_validate_json(credentials.read_bytes())
    except FileNotFoundError:
        raise typer.BadParameter(f"{credentials} does not exist.") from None
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'file'}: {each['msg']}" for each in error.errors())
        raise typer.BadParameter(f"{credentials}: {told}.") from None
    account = connect(owner, account_id, platform, given, is_default=default)
    if as_json:
        print(json.dumps(_shown(account)))
    else:
        print(f"Connected {account.account_id}: {account.display_name or account.username} on {account.platform}.")


@app.command("list")
def list_(owner: Owner = "admin", as_json: AsJson = False) -> None:
    """List your accounts and their health."""
    from include.accounts import accounts

    found = [_shown(account) for account in accounts.list_all(owner)]
    if as_json:
        print(json.dumps(found))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("account", "platform", "name", "state", "default", "trouble", box=None)
    for each in found:
        table.add_row(
            each["account_id"], each["platform"], each["display_name"] or each["username"] or "", each["state"],
            "yes" if each["is_default"] else "no", each["trouble"] or "",
        )  # fmt: skip
    Console().print(table if found else "No accounts yet; `desk accounts add` connects one.")


@app.command()
def check(account_id: Annotated[str, typer.Argument()], owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Ask the platform whether an account still works; exit 1 when it does not."""
    from include.accounts import accounts
    from include.platforms import get
    from include.platforms.errors import PlatformError
    from include.publishing.clients import account_facts, open_calls

    account = accounts.read(owner, account_id)
    try:
        with open_calls(account) as calls:
            profile = get(account.platform).whoami(calls, account_facts(account))
    except PlatformError as error:
        print(
            json.dumps({"account_id": account_id, "works": False, "problem": error.message})
            if as_json
            else error.message
        )
        raise typer.Exit(1) from None
    accounts.mark(owner, account_id, "connected")
    told = {"account_id": account_id, "works": True, "problem": None, "profile": profile}
    print(json.dumps(told) if as_json else f"{account_id} works: {profile.get('display_name')}.")


@app.command()
def remove(account_id: Annotated[str, typer.Argument()], owner: Owner = "admin") -> None:
    """Disconnect an account: its tokens are deleted, what it published stays in the ledger."""
    from include.accounts import accounts

    accounts.remove(owner, account_id)
    print(f"{account_id} is disconnected and its tokens are deleted.")


def _shown(account: object) -> dict[str, Any]:
    names = ("account_id", "platform", "route", "state", "is_default", "platform_user_id", "username", "display_name",
             "trouble")  # fmt: skip
    return {name: getattr(account, name) for name in names}
