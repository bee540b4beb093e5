"""`desk up`: start the one-machine installation."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from include.cli.options import AsJson, StateFolder


def up(
    port: Annotated[int | None, typer.Option("--port", help="Port of Airflow's page (8080 or the next free).")] = None,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Publish to a local stand-in for the platforms.")] = False,
    state: StateFolder = None,
    as_json: AsJson = False,
) -> None:
    """Start PostgreSQL and Airflow on this machine and return when all of it is healthy."""
    from include.cli import launcher

    installation = launcher.up(state, sandbox=sandbox, port=port)
    addresses = installation.addresses()
    if as_json:
        print(json.dumps({"up": True, "addresses": addresses}))
        return
    for name, address in addresses.items():
        print(f"{name.replace('_', ' '):18} {address}")
