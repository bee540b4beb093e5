"""`desk queue`: what waits and how it stands, and good times to publish at."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated

import typer

from include.cli.acting import act_for

if TYPE_CHECKING:
    from include.releases.publication import Publication

app = typer.Typer(no_args_is_help=True, help="See what waits and how the queue stands; find good times to publish.")

Owner = Annotated[str, typer.Option("--owner", help="Whose queue.", envvar="RELEASE_DESK_OWNER")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
LOOK_SECONDS = 0.5


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """List what was not begun, the next first, and who keeps its time."""
    act_for(owner, "queue list")
    from include.cli.publications import when
    from include.publishing import queue
    from include.publishing.postings import way_of

    found = [(each, way_of(each)) for each in queue.line(owner, limit)]
    if as_json:
        print(json.dumps([_told(each, way) for each, way in found], default=str))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("publication", "platform", "account", "priority", "state", "time", "kept by", box=None)
    for each, way in found:
        table.add_row(
            each.publication_id, each.platform, each.account_id, str(each.priority), each.state, when(each), way or ""
        )
    Console().print(table if found else "Nothing waits.")


@app.command()
def stats(owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Show how many publications wait, are due, are late and are running."""
    act_for(owner, "queue stats")
    from dataclasses import asdict

    from include.publishing import queue

    told = asdict(queue.stats(owner))
    if as_json:
        print(json.dumps(told))
        return
    for name, value in told.items():
        shown = ", ".join(f"{key}: {number}" for key, number in value.items()) if isinstance(value, dict) else value
        print(f"{name.replace('_', ' ')}: {shown}")


@app.command()
def times(
    account_id: Annotated[str, typer.Argument()],
    days: Annotated[int, typer.Option("--days", min=1, max=60, help="How far to look ahead.")] = 7,
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """Propose times to publish on an account: those it usually publishes at. Views have no say."""
    act_for(owner, "queue times", account_id)
    from dataclasses import asdict

    from include.publishing.times import suggested_times

    found = suggested_times(owner, account_id, days=days)
    if as_json:
        print(json.dumps([asdict(each) for each in found], default=str))
        return
    for each in found:
        print(f"{each.local:%a %Y-%m-%d %H:%M} {each.timezone}  {each.score:.2f}  ({each.because})")


def see_out(owner: str, publication_id: str) -> Publication:
    """Wait until a publication is over, or waits for longer than a run stays open; return it."""
    from include.publishing import ledger

    while True:
        publication = ledger.read(owner, publication_id)
        if publication.is_over or (publication.queued_at is not None and not _is_due(publication)):
            return publication
        time.sleep(LOOK_SECONDS)


def _is_due(publication: Publication) -> bool:
    from datetime import UTC, datetime

    return publication.next_try_at is None or publication.next_try_at <= datetime.now(UTC)


def _told(publication: Publication, way: str | None) -> dict[str, object]:
    names = ("publication_id", "platform", "account_id", "priority", "state", "scheduled_for", "scheduled_local",
             "timezone", "next_try_at", "version")  # fmt: skip
    return {name: getattr(publication, name) for name in names} | {"way": way}
