"""`desk analytics`: read the numbers now, see what was read when, and what is known of a video."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from include.cli.acting import act_for
from include.cli.options import AsJson

if TYPE_CHECKING:
    from include.analytics.outcomes import Outcome
    from include.analytics.turns import Order
    from include.cli.progress import Progress

app = typer.Typer(no_args_is_help=True, help="Read what happened out there, and see what was read.")
Owner = Annotated[str, typer.Option("--owner", help="Whose accounts.", envvar="RELEASE_DESK_OWNER")]


@app.command()
def refresh(
    account_id: Annotated[str | None, typer.Option("--account", help="Only this account.")] = None,
    dataset: Annotated[str | None, typer.Option("--dataset", help="Only this, e.g. video_daily.")] = None,
    day: Annotated[datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="Read this day again.")] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="The moment to act at, e.g. 2026-12-01T06:00:00+00:00; reads what is due."),
    ] = None,
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """Read all numbers now, due or not, in this process; the DAGs do it by themselves.

    With --as-of only what is due at that moment is read, with --day only datasets that have rows by day.
    """
    act_for(owner, "analytics refresh", account_id)
    from include.accounts import accounts
    from include.analytics import turns
    from include.cli.progress import Progress

    turns.check_dataset(dataset)
    order = turns.Order(
        dataset=dataset, now=_moment(as_of), day=day.date() if day else None,
        everything=as_of is None and day is None,
    )  # fmt: skip
    wanted = [accounts.read(owner, account_id).account_id] if account_id else turns.accounts_of(owner)
    outcomes: list[Outcome] = []
    with Progress(quiet=as_json) as progress:
        for name in wanted:
            outcomes.extend(_read(owner, name, order, progress))
    if as_json:
        print(json.dumps([asdict(one) for one in outcomes], default=str))
    elif not outcomes:
        print("Nothing to read: no connected account has anything of that kind.")
    if any(one.state == "failed" for one in outcomes):
        raise typer.Exit(1)


def _read(owner: str, account_id: str, order: Order, progress: Progress) -> list[Outcome]:
    from include.analytics import files, turns

    found: list[Outcome] = []
    begun: list[str] = []

    def begin(dataset: str) -> None:
        begun.append(f"{account_id}, {dataset}")
        progress.begin(begun[-1])

    for outcome in turns.read_account(owner, account_id, order, begin):
        progress.done(begun[-1])
        if outcome.state != "idle":
            progress.say(f"  {outcome.sentence}")
        found.append(outcome)
    files.write_new(owner, account_id)
    return found


@app.command()
def history(
    account_id: Annotated[str | None, typer.Option("--account", help="Only this account.")] = None,
    state: Annotated[str | None, typer.Option("--state", help="Only these: running, done, partial or failed.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """List what was read when, with rows, calls and errors, the newest first."""
    act_for(owner, "analytics history", account_id)
    from include.analytics import syncs

    found = syncs.read(owner, account_id=account_id, state=state, at_most=limit)
    if as_json:
        print(json.dumps([asdict(one) for one in found], default=str))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("when (UTC)", "account", "what", "state", "rows", "changed", "calls", "quota", "why", box=None)
    for one in found:
        table.add_row(
            f"{one.started_at:%Y-%m-%d %H:%M}", one.account_id, one.dataset, one.state, str(one.rows_read),
            str(one.rows_changed), str(one.calls), str(one.quota), escape((one.error or {}).get("message") or ""),
        )  # fmt: skip
    Console().print(table if found else "Nothing was read yet.")


@app.command()
def show(video_id: Annotated[str, typer.Argument()], owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Show what is known of one video: its numbers by day, and when it was read."""
    act_for(owner, "analytics show")
    from include.analytics import videos

    found = videos.read(owner, video_id)
    if as_json:
        print(json.dumps([asdict(one) for one in found], default=str))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for one in found:
        gone = f"; no longer shown since {one.missing_since:%Y-%m-%d}" if one.missing_since else ""
        console.print(f"{one.platform} ({one.account_id}), {one.placement}, {one.title_id}: {one.video_id}{gone}")
        table = Table("day", *videos.SHOWN, "", box=None)
        for row in one.days:
            numbers = ["–" if row[name] is None else str(row[name]) for name in videos.SHOWN]
            table.add_row(str(row["day"]), *numbers, "may still change" if row["provisional"] else "")
        console.print(table if one.days else "Nothing was read of it yet.")


def _moment(text: str | None) -> datetime | None:
    from include.cli.errors import WrongUsage

    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise WrongUsage("--as-of is a moment with its zone, such as 2026-12-01T06:00:00+00:00.")
    return found
