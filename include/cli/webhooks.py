"""`desk webhooks`: where one's webhooks go, whether anything arrives there, and what they are signed with."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from include.cli.acting import act_for
from include.cli.options import AsJson

if TYPE_CHECKING:
    from include.publishing.endpoints import Endpoint

app = typer.Typer(no_args_is_help=True, help="Say where webhooks go, resume paused ones, make a signing secret.")
Owner = Annotated[str, typer.Option("--owner", help="Whose webhooks.", envvar="RELEASE_DESK_OWNER")]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="An https address in the open internet.")],
    kinds: Annotated[str, typer.Option("--kinds", help="What it is told, commas between; everything.")] = "",
    owner: Owner = "admin",
    as_json: AsJson = False,
) -> None:
    """Add an address; the same one again changes what it is told."""
    act_for(owner, "webhooks add")
    from include.publishing import endpoints

    _say(endpoints.add(owner, url, [each.strip() for each in kinds.split(",") if each.strip()]), as_json)
    if not as_json and not endpoints.has_secret(owner):
        print("Its signature is checked with a secret of yours: `./desk webhooks secret` makes one.")


@app.command("list")
def list_(owner: Owner = "admin", as_json: AsJson = False) -> None:
    """List the addresses, also those of jobs' `webhook_url`, and whether they are paused."""
    act_for(owner, "webhooks list")
    from include.publishing import endpoints

    found = endpoints.list_all(owner)
    if as_json:
        print(json.dumps([asdict(each) for each in found], default=str))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("webhook", "address", "told", "state", box=None)
    for each in found:
        told = "jobs that name it" if each.for_jobs else ", ".join(each.kinds) or "everything"
        table.add_row(each.endpoint_id, escape(each.url), told, escape(_state(each)))
    Console().print(table if found else "No webhooks yet; `./desk webhooks add https://…` adds one.")


@app.command()
def remove(endpoint_id: Annotated[str, typer.Argument()], owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Remove an address and everything on its way there."""
    act_for(owner, "webhooks remove", endpoint_id)
    from include.publishing import endpoints

    found = endpoints.remove(owner, endpoint_id)
    print(json.dumps({"removed": found.endpoint_id}) if as_json else f"{found.url} is told nothing any more.")


@app.command()
def resume(endpoint_id: Annotated[str, typer.Argument()], owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Send what a paused address was not sent, and what comes."""
    act_for(owner, "webhooks resume", endpoint_id)
    from include.publishing import endpoints

    _say(endpoints.resume(owner, endpoint_id), as_json)


@app.command()
def secret(owner: Owner = "admin", as_json: AsJson = False) -> None:
    """Make a new signing secret and show it, this once; the one before signs along for a day."""
    act_for(owner, "webhooks secret")
    from include.publishing import endpoints

    made = endpoints.new_secret(owner)
    print(json.dumps({"secret": made}) if as_json else made)


def _say(endpoint: Endpoint, as_json: bool) -> None:
    plain = json.dumps(asdict(endpoint), default=str)
    print(plain if as_json else f"{endpoint.url} ({endpoint.endpoint_id}): {_state(endpoint)}")


def _state(endpoint: Endpoint) -> str:
    if endpoint.paused_at is not None:
        return f"paused since {endpoint.paused_at:%Y-%m-%d %H:%M} UTC: {endpoint.last_trouble}"
    if endpoint.failing_since is not None:
        return f"failing since {endpoint.failing_since:%Y-%m-%d %H:%M} UTC: {endpoint.last_trouble}"
    return "good"
