"""Follows a job in the terminal: one line per publication with its state, bytes sent, and its address."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from rich.live import Live
from rich.table import Table

from include.publishing.verdicts import publications_of
from include.releases.publication import Publication, State

LOOK_SECONDS = 0.3
COLOURS = {State.PUBLISHED: "green", State.FAILED: "red", State.REJECTED: "red", State.UNCONFIRMED: "yellow"}
MIB = 1 << 20


def follow(owner: str, job_id: str, is_over: Callable[[], bool], *, console: Console) -> list[Publication]:
    """Show the job until `is_over` says so; return its publications. Without a terminal, each change is a line."""
    if not console.is_terminal:
        return _in_lines(owner, job_id, is_over, console)
    with Live(console=console, refresh_per_second=8) as live:
        while True:
            over = is_over()
            publications = publications_of(owner, job_id)
            live.update(_table(publications))
            if over:
                return publications
            time.sleep(LOOK_SECONDS)


def _in_lines(owner: str, job_id: str, is_over: Callable[[], bool], console: Console) -> list[Publication]:
    told: dict[str, State] = {}
    while True:
        over = is_over()
        publications = publications_of(owner, job_id)
        for each in publications:
            if told.get(each.publication_id) != each.state:
                told[each.publication_id] = each.state
                console.print("  " + "  ".join(cell for cell in _cells(each) if cell), soft_wrap=True)
        if over:
            return publications
        time.sleep(LOOK_SECONDS)


def _table(publications: list[Publication]) -> Table:
    table = Table("platform", "account", "placement", "state", "sent", "address or reason", box=None, padding=(0, 2))
    for each in publications:
        table.add_row(*_cells(each))
    return table


def _cells(each: Publication) -> tuple[str, ...]:
    colour = COLOURS.get(each.state, "cyan")
    why = (each.error or {}).get("message", "") if each.state != State.PUBLISHED else ""
    return (
        each.platform,
        each.account_id,
        each.placement.value,
        f"[{colour}]{each.state.value}[/{colour}]",
        f"{each.bytes_sent / MIB:.1f} of {each.bytes_total / MIB:.1f} MiB" if each.bytes_sent else "",
        each.url or why,
    )
