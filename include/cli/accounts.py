"""`desk accounts`: add, list, check and remove connected channels and profiles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from include.cli.acting import act_for
from include.cli.rekey import rekey
from include.platforms import NAMES

if TYPE_CHECKING:
    from include.accounts.accounts import Account

app = typer.Typer(no_args_is_help=True, help="Add, list, check and remove connected channels and profiles.")

app.command()(rekey)

Owner = Annotated[str, typer.Option("--owner", help="Whose accounts.", envvar="RELEASE_DESK_OWNER")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def add(
    platform: Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}, or social_blade.")],
    account_id: Annotated[
        str | None, typer.Option("--account-id", help="The name you give it, e.g. my_youtube; else its user name's.")
    ] = None,
    credentials: Annotated[
        Path | None, typer.Option("--credentials", help="JSON file with tokens or keys, instead of a browser.")
    ] = None,
    route: Annotated[str, typer.Option(help="direct, or blotato or upload_post (with --credentials).")] = "direct",
    login: Annotated[
        str | None,
        typer.Option(help="Which sign-in: facebook or instagram (Instagram); member or organization (LinkedIn)."),
    ] = None,
    choose: Annotated[str | None, typer.Option("--choose", help="The id to take when several are behind it.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the address in a browser.")] = True,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to come back to; 0: any free one.")] = 0,
    minutes: Annotated[float, typer.Option(min=0, max=10, help="How long to wait for the browser.")] = 10,
    owner: Owner = "admin",
    default: Annotated[bool, typer.Option(help="Use it when a run names no account.")] = True,
    as_json: AsJson = False,
) -> None:
    """Connect an account: in a browser on the platform's own page, or with credentials at hand."""
    from include.cli.accounts_connect import Wish, connect
    from include.cli.accounts_list import shown

    act_for(owner, "accounts add", account_id or platform)
    if credentials is not None:
        account = _with_credentials(owner, account_id, platform, credentials, route=route, default=default)
        more: dict[str, Any] = {"missing_scopes": [], "advice": account.profile.get("advice")}
    else:
        _must_have_consent_page(platform, route)
        account, more = connect(
            Wish(
                owner=owner, platform=platform, account_id=account_id, login=login, choice_id=choose,
                is_default=default, browser=browser, port=port, minutes=minutes, as_json=as_json,
            )
        )  # fmt: skip
    if as_json:
        print(json.dumps(shown(account) | more))
        return
    print(f"Connected {account.account_id}: {account.display_name or account.username} on {account.platform}.")
    if more["advice"]:
        print(f"Good to know: {more['advice']}")


def _must_have_consent_page(platform: str, route: str) -> None:
    if platform not in NAMES or route != "direct":
        raise typer.BadParameter(
            f"'{platform if route == 'direct' else route}' has no consent page of its own; known ones: "
            f"{', '.join(NAMES)}. With keys, give --credentials."
        )


def _with_credentials(
    owner: str, account_id: str | None, platform: str, file: Path, *, route: str, default: bool
) -> Account:
    from pydantic import ValidationError

    from include.accounts.connect import connect_given

    if account_id is None:
        raise typer.BadParameter("--credentials needs --account-id, the name to give the account.")
    try:
        given = json.loads(file.read_bytes())
        if not isinstance(given, dict):
            raise typer.BadParameter(f"{file} must hold a JSON object.")
        return connect_given(owner, account_id, platform, given, route=route, is_default=default)
    except FileNotFoundError:
        raise typer.BadParameter(f"{file} does not exist.") from None
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'file'}: {each['msg']}" for each in error.errors())
        raise typer.BadParameter(f"{file}: {problems}.") from None
    except json.JSONDecodeError:
        raise typer.BadParameter(f"{file} is not JSON.") from None
    except (LookupError, ValueError) as error:
        raise typer.BadParameter(str(error)) from None


@app.command("list")
def list_(owner: Owner = "admin", as_json: AsJson = False) -> None:
    """List your accounts and their health: connected, expires soon, expired or disconnected, and why."""
    from include.accounts import accounts
    from include.cli.accounts_list import print_table, shown

    act_for(owner, "accounts list")
    found = [shown(account) for account in accounts.list_all(owner)]
    if as_json:
        print(json.dumps(found))
    else:
        print_table(found)


@app.command()
def check(account_id: Annotated[str, typer.Argument()], owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Ask the platform whether an account still works; exit 1 when it does not."""
    from include.accounts import accounts, keys
    from include.platforms import get
    from include.platforms.errors import PlatformError
    from include.publishing.clients import account_facts, open_calls

    act_for(owner, "accounts check", account_id)
    account = accounts.read(owner, account_id)
    try:
        if account.route != "direct":
            profile = keys.check(account)
        else:
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
def second(
    account_id: Annotated[str, typer.Argument(help="The account that publishes as a rule.")],
    second_id: Annotated[
        str | None,
        typer.Argument(metavar="[SECOND]", help="The same channel through another route; nobody: leave out."),
    ] = None,
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """Choose an account's second route, used only when the first is surely not going to act; or take it away."""
    from include.accounts.second import choose

    act_for(owner, "accounts second", account_id)
    account = choose(owner, account_id, second_id)
    if as_json:
        print(json.dumps({"account_id": account_id, "second": account.second_account_id}))
    elif second_id is None:
        print(f"{account_id} has no second route.")
    else:
        print(f"{account_id} goes on through '{second_id}' when its own route is surely not going to act.")


@app.command()
def remove(account_id: Annotated[str, typer.Argument()], owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Disconnect an account: access is given back, its tokens are deleted, what it published stays in the ledger."""
    from include.accounts.disconnect import disconnect

    act_for(owner, "accounts remove", account_id)
    done = disconnect(owner, account_id)
    if as_json:
        print(json.dumps({"account_id": account_id, "revoked": done.revoked, "why_not": done.why_not}))
        return
    print(f"{account_id} is disconnected and its tokens are deleted.")
    print("Its access was given back." if done.revoked else f"Its access was not given back. {done.why_not}")
