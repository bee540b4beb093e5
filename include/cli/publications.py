"""`desk publications`: how far each publication is, what happened to it, and what a person decides about it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from include.cli.acting import act_for

if TYPE_CHECKING:
    from include.releases.publication import Publication

app = typer.Typer(no_args_is_help=True, help="See how far each publication is; try it again, cancel or confirm it.")

Owner = Annotated[str, typer.Option("--owner", help="Whose publications.", envvar="RELEASE_DESK_OWNER")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SHOWN = ("publication_id", "title_id", "segment", "age_bucket", "platform", "account_id", "placement", "state", "url",
         "video_id", "bytes_sent", "bytes_total", "attempts", "scheduled_for", "scheduled_local", "timezone",
         "priority", "next_try_at", "version", "error", "updated_at")  # fmt: skip


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option("--state", help="Only these, e.g. failed.")] = None,
    platform: Annotated[str | None, typer.Option("--platform", help="Only this platform.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """List publications, the newest first."""
    act_for(owner, "publications list")
    from include.database import engine, queries

    with engine.transaction(owner) as connection:
        rows = connection.exec_driver_sql(
            queries.load("releases")["list_publications"], {"state": state, "platform": platform, "at_most": limit}
        ).mappings()
        found = [{name: row[name] for name in SHOWN} for row in rows]
    if as_json:
        print(json.dumps(found, default=str))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("publication", "release", "platform", "account", "state", "address or reason", box=None)
    for each in found:
        told = each["url"] or (each["error"] or {}).get("message") or ""
        table.add_row(
            str(each["publication_id"]), each["title_id"], each["platform"], each["account_id"], each["state"], told
        )
    Console().print(table if found else "No publications yet; `desk publish` or a landed export makes some.")


@app.command()
def show(publication_id: Annotated[str, typer.Argument()], owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Show one publication: its moves, what was tried at the platform, and every call."""
    act_for(owner, "publications show", publication_id)
    from dataclasses import asdict

    from include.publishing import ledger
    from include.publishing.postings import way_of

    publication = ledger.read(owner, publication_id)
    way = way_of(publication)
    told: dict[str, Any] = {"publication": asdict(publication) | {"way": way}} | ledger.history(owner, publication_id)
    if as_json:
        print(json.dumps(told, default=str))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(f"{publication.platform} ({publication.account_id}), {publication.placement}: {publication.state}")
    if publication.scheduled_for is not None:
        console.print(when(publication) + f"; kept by {'the platform' if way == 'theirs' else 'our queue'}")
    for title, rows in told.items():
        if title == "publication" or not rows:
            continue
        hidden = {"owner", "publication_id", "account_id"}
        columns = [name for name in rows[0] if name not in hidden]
        table = Table(*columns, title=title, title_justify="left", box=None)
        for row in rows:
            table.add_row(*[str(row[name]) if row[name] is not None else "" for name in columns])
        console.print(table)


@app.command()
def retry(
    publication_id: Annotated[str, typer.Argument()],
    owner: Owner = "admin",
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Put it into the queue and return at once.")] = False,
    as_json: AsJson = False,
) -> None:
    """Try a failed, rejected or cancelled publication again: `publish_due` takes it on, and it is followed."""
    from include.cli import launcher
    from include.cli.errors import CommandFailed
    from include.cli.queue import see_out
    from include.publishing import queue

    if launcher.current() is None:
        raise CommandFailed("Nothing was started yet; run `./desk up` first.")
    act_for(owner, "publications retry", publication_id)
    publication = queue.retry(owner, publication_id)
    if not no_wait:
        publication = see_out(owner, publication_id)
    _say(publication, as_json)
    if not no_wait and publication.state.value != "published":
        raise typer.Exit(1)


@app.command()
def move(
    publication_id: Annotated[str, typer.Argument()],
    scheduled_for: Annotated[str | None, typer.Option(help="Local date and time, e.g. 2026-12-01T09:00:00.")] = None,
    timezone: Annotated[str | None, typer.Option(help="IANA zone, e.g. Europe/Madrid; else the one it has.")] = None,
    priority: Annotated[int | None, typer.Option(min=1, max=10, help="10 goes first.")] = None,
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """Give a publication that was not begun another time or priority."""
    act_for(owner, "publications move", publication_id)
    from include.publishing import queue

    moved = queue.move(owner, publication_id, scheduled_for=scheduled_for, timezone=timezone, priority=priority)
    if as_json:
        _say(moved, as_json)
    else:
        print(f"{moved.platform} ({moved.account_id}) goes out {when(moved)}, priority {moved.priority}.")


@app.command()
def cancel(publication_id: Annotated[str, typer.Argument()], owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Stop a publication of which nothing was sent yet."""
    act_for(owner, "publications cancel", publication_id)
    from include.publishing import queue

    _say(queue.cancel(owner, publication_id), as_json)


@app.command()
def confirm(
    publication_id: Annotated[str, typer.Argument()],
    published: Annotated[str | None, typer.Option("--published", help="It is out: its address or its id.")] = None,
    not_published: Annotated[bool, typer.Option("--not-published", help="It is not there.")] = False,
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """Say what became of an unconfirmed publication, after looking at the platform."""
    from include.cli.errors import WrongUsage
    from include.publishing import queue

    if (published is None) is not not_published:
        raise WrongUsage("Say what you found: either --published ADDRESS_OR_ID or --not-published.")
    act_for(owner, "publications confirm", publication_id)
    is_out = published is not None
    _say(queue.confirm(owner, publication_id, published=is_out, url=published), as_json)


def when(publication: Publication) -> str:
    """Return a publication's time in words: as it was given, and the instant it is."""
    if publication.scheduled_for is None:
        return "at once"
    instant = f"{publication.scheduled_for:%Y-%m-%d %H:%M} UTC"
    if publication.scheduled_local is None or publication.timezone == "UTC":
        return instant
    return f"{publication.scheduled_local:%Y-%m-%d %H:%M} {publication.timezone} ({instant})"


def _say(publication: Publication, as_json: bool) -> None:
    """Print where a publication stands now."""
    told = {"publication_id": publication.publication_id, "state": publication.state.value, "url": publication.url}
    where = f": {publication.url}" if publication.url else ""
    name = f"{publication.platform} ({publication.account_id})"
    print(json.dumps(told) if as_json else f"{name} is {publication.state.value} now{where}.")
