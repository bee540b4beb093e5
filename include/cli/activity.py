"""`desk activity`: who did what through which door, and how the desk is used."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from include.cli.acting import act_for
from include.cli.options import AsJson

app = typer.Typer(no_args_is_help=True, help="See who did what through which door, and how the desk is used.")
Owner = Annotated[str, typer.Option("--owner", help="Whose activity.", envvar="RELEASE_DESK_OWNER")]
SHARES = ("multi_platform_share", "scheduled_share", "success_rate")


@app.command("list")
def list_(
    what: Annotated[str | None, typer.Option("--what", help="Only this, e.g. published or cancelled.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """List what was done, the newest first."""
    act_for(owner, "activity list")
    from include.publishing import activity

    found = activity.read(owner, what=what, at_most=limit)
    if as_json:
        print(json.dumps([vars(each) for each in found], default=str))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("when (UTC)", "who", "through", "what", "about", box=None)
    for each in found:
        table.add_row(f"{each.at:%Y-%m-%d %H:%M:%S}", escape(each.who), each.door, each.what, escape(each.about))
    Console().print(table if found else "Nothing was done yet.")


@app.command()
def figures(
    days: Annotated[float, typer.Option("--days", min=0.01, max=3660, help="How far back.")] = 30,
    everybody: Annotated[bool, typer.Option("--everybody", help="Of all users, counts only.")] = False,
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """Show how the desk is used: users publishing, several platforms, scheduled, success, time to the first one."""
    act_for(owner, "activity figures")
    from include.publishing import activity

    found = activity.adoption(None if everybody else owner, days)
    told = asdict(found) | {name: getattr(found, name) for name in SHARES}
    if as_json:
        print(json.dumps(told, default=str))
        return
    for name, value in told.items():
        shown = "–" if value is None else f"{value:.0%}" if name in SHARES else value
        print(f"{name.replace('_', ' ')}: {shown}")
