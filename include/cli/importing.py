"""`desk import`: a dashboard's file, or one of costs, into the warehouse."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from include.cli.acting import act_for

if TYPE_CHECKING:
    from include.analytics.imports.importing import Imported

ASKS = 3
"""Exit code when the file leaves something open."""
SHOWN_ROWS = 20


class Kind(StrEnum):
    """Files we know."""

    youtube_studio = "youtube_studio"
    tiktok_rewards = "tiktok_rewards"
    meta_bonus = "meta_bonus"
    tubebuddy = "tubebuddy"
    vidiq = "vidiq"
    costs = "costs"


class DateOrder(StrEnum):
    """What comes first in a date of three numbers."""

    dmy = "dmy"
    mdy = "mdy"
    ymd = "ymd"


class DecimalSign(StrEnum):
    """What stands before the decimals."""

    point = "point"
    comma = "comma"


def command(
    kind: Annotated[Kind, typer.Argument(help="Where the file is from.")],
    file: Annotated[Path, typer.Argument(help="A CSV, XLSX or JSON file.")],
    account: Annotated[str | None, typer.Option("--account", help="Which of your accounts it is about.")] = None,
    date_order: Annotated[DateOrder | None, typer.Option("--date-order", help="How its dates are written.")] = None,
    decimal: Annotated[DecimalSign | None, typer.Option("--decimal", help="Its decimal sign.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be imported; keep nothing.")] = False,
    owner: Annotated[str, typer.Option("--owner", help="Whose it is.", envvar="RELEASE_DESK_OWNER")] = "admin",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Import a file: columns are recognised by their names, and what is open is asked (exit 3)."""
    act_for(owner, "import", kind)
    from include.analytics.imports import importing

    told = importing.run(
        importing.Wanted(
            owner=owner,
            kind=kind.value,
            path=file,
            account_id=account,
            order=date_order.value if date_order else None,
            sign=None if decimal is None else "." if decimal is DecimalSign.point else ",",
            dry_run=dry_run,
        )
    )
    print(json.dumps(told.as_json(), default=str, ensure_ascii=False) if as_json else _in_words(told))
    if told.questions:
        raise typer.Exit(ASKS)


def _in_words(told: Imported) -> str:
    lines = [f"{theirs} → {ours}" for theirs, ours in told.columns.items()]
    if told.columns_kept_aside:
        lines.append(f"kept as they are: {', '.join(told.columns_kept_aside)}")
    for each in told.rows_skipped[:SHOWN_ROWS]:
        lines.append(f"row {each.row} (line {each.line}) left out: {each.reason}")
    if len(told.rows_skipped) > SHOWN_ROWS:
        lines.append(f"… and {len(told.rows_skipped) - SHOWN_ROWS} more rows left out (--json shows all)")
    for question in told.questions:
        lines.append(f"{question.question} Say: {' or '.join(question.answer_with)}")
    if told.questions:
        return "\n".join([*lines, "Nothing was imported."])
    if told.dry_run:
        lines += [json.dumps(row, default=str, ensure_ascii=False) for row in told.preview]
    days = f", {told.first_day} to {told.last_day}" if told.first_day else ""
    done = "would be imported" if told.dry_run else "imported"
    lines.append(f"{told.rows_imported} of {told.rows_read} rows {done}{days}.")
    if told.matched:
        lines.append("matched: " + ", ".join(f"{how}: {count}" for how, count in sorted(told.matched.items())))
    if told.rows_replaced:
        lines.append(f"{told.rows_replaced} rows of earlier imports were replaced.")
    if told.import_id is not None:
        lines.append(f"receipt: {told.import_id}")
    return "\n".join(lines)
