"""`desk publications`: how far each publication is, and what happened to it."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="See how far each publication is, and what happened to it.")

Owner = Annotated[str, typer.Option("--owner", help="Whose publications.", envvar="RELEASE_DESK_OWNER")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SHOWN = ("publication_id", "title_id", "segment", "age_bucket", "platform", "account_id", "placement", "state", "url",
         "video_id", "bytes_sent", "bytes_total", "attempts", "next_try_at", "error", "updated_at")  # fmt: skip


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option("--state", help="Only these, e.g. failed.")] = None,
    platform: Annotated[str | None, typer.Option("--platform", help="Only this platform.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """List publications, the newest first."""
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
    from dataclasses import asdict

    from include.publishing import ledger

    publication = ledger.read(owner, publication_id)
    told: dict[str, Any] = {"publication": asdict(publication)} | ledger.history(owner, publication_id)
    if as_json:
        print(json.dumps(told, default=str))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(f"{publication.platform} ({publication.account_id}), {publication.placement}: {publication.state}")
    for title, rows in told.items():
        if title == "publication" or not rows:
            continue
        hidden = {"owner", "publication_id", "account_id"}
        columns = [name for name in rows[0] if name not in hidden]
        table = Table(*columns, title=title, title_justify="left", box=None)
        for row in rows:
            table.add_row(*[str(row[name]) if row[name] is not None else "" for name in columns])
        console.print(table)
