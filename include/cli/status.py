"""`desk status`: what of the one-machine installation runs, and where."""

from __future__ import annotations

import json

import typer

from include.cli.options import AsJson, StateFolder


def status(state: StateFolder = None, as_json: AsJson = False) -> None:
    """Show each component, its process, its health and the addresses; exit 1 unless everything is healthy."""
    from include.cli import launcher

    told = launcher.status(state)
    if as_json:
        print(json.dumps(told))
    else:
        from rich.console import Console
        from rich.table import Table

        table = Table("component", "process", "health", "log", box=None)
        for row in told["components"]:
            table.add_row(row["name"], str(row["pid"] or ""), row["health"], row["log"])
        Console().print(table)
        for name, address in told["addresses"].items():
            print(f"{name.replace('_', ' '):18} {address}")
    raise typer.Exit(0 if told["up"] else 1)
