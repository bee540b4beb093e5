"""`desk accounts rekey`: seal every secret anew under the newest master key."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
EVERY_ROWS = 500
"""Secrets between two lines of progress."""


def rekey(as_json: AsJson = False) -> None:
    """Seal everything anew under SECRET_MASTER_KEY; the old key is SECRET_MASTER_KEY_PREVIOUS.

    May be stopped and run again at any time, while publishing goes on. Exit 1 when something is left under the old key.
    """
    from rich.console import Console

    from include.accounts.rekey import Progress
    from include.accounts.rekey import rekey as run

    console, told = Console(stderr=True, highlight=False), 0

    def say(progress: Progress) -> None:
        nonlocal told
        if progress.sealed - told >= EVERY_ROWS or progress.sealed == progress.of:
            told = progress.sealed
            console.print(f"{progress.sealed} of {progress.of} secrets are sealed with the new key")

    found = run(say)
    answer: dict[str, Any] = {
        "key_id": found.key_id,
        "sealed": found.sealed,
        "left": found.left,
        "unreadable": found.unreadable,
        "old_key_can_go": found.done,
        "old_key_until": found.old_key_until.isoformat() if found.old_key_until else None,
    }
    print(json.dumps(answer) if as_json else _told(answer))
    if not found.done:
        raise typer.Exit(1)


def _told(answer: dict[str, Any]) -> str:
    if answer["unreadable"]:
        return (
            f"{answer['sealed']} secrets were sealed anew; {answer['unreadable']} cannot be opened with either key "
            "(the log names them). Set SECRET_MASTER_KEY_PREVIOUS to the key they were sealed with, or connect those "
            "accounts again; keep the old key until nothing is left."
        )
    if answer["left"]:
        return f"{answer['sealed']} secrets were sealed anew; {answer['left']} were in use all the time. Run it again."
    until = answer["old_key_until"]
    when = f"after {until[:16].replace('T', ' ')} UTC: until then it has signed addresses of videos" if until else "now"
    return (
        f"Everything is sealed with the new key ({answer['sealed']} secrets anew). When every component has been "
        f"started with it, SECRET_MASTER_KEY_PREVIOUS can be removed {when}."
    )
