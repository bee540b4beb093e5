"""`desk batch`: publish many releases from a CSV or JSON file; every row is checked before anything is begun."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from include.cli.acting import act_for

if TYPE_CHECKING:
    from include.publishing.batch import Checked, Good

MAX_FILE_BYTES = 64 << 20
PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
SHOWN_PROBLEMS = 50


def command(
    file: Annotated[Path, typer.Argument(help="A CSV file with a header line, or JSON: a list of objects.")],
    column: Annotated[
        list[str] | None, typer.Option("--column", help="THEIRS=OURS, e.g. Clip=title_id; may be repeated.")
    ] = None,
    default: Annotated[
        list[str] | None, typer.Option("--set", help="OURS=VALUE for rows that leave it out; may be repeated.")
    ] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Publish the good rows although others are bad.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, publish nothing.")] = False,
    owner: Annotated[str, typer.Option(help="Whose accounts.", envvar="RELEASE_DESK_OWNER")] = "admin",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Publish many releases; exit 0 only if every row is good, and begun unless it was a dry run."""
    from include.cli.errors import WrongUsage
    from include.publishing import batch_rows

    act_for(owner, "batch", str(file))
    try:
        checked = _check(owner, _rows(file), _pairs(column, "--column"), _pairs(default, "--set"), quiet=as_json)
    except batch_rows.BatchError as error:
        raise WrongUsage(f"{file}: {error}") from None
    begun: dict[str, Any] = {"batch_id": None, "queued": False, "jobs": []}
    if checked.good and not dry_run and (partial or not checked.problems):
        begun = _begin(owner, checked)
    _say(checked, begun, as_json=as_json, dry_run=dry_run)
    if checked.problems:
        raise typer.Exit(1)


def _rows(file: Path) -> list[dict[str, Any]]:
    from include import settings
    from include.cli.errors import WrongUsage
    from include.publishing import batch_rows

    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise WrongUsage(f"{file} cannot be read: {error.strerror}.") from None
    if len(content) > MAX_FILE_BYTES:
        raise WrongUsage(f"{file} has more than {MAX_FILE_BYTES >> 20} MiB; a batch has far less.")
    if content.startswith(PACKED):
        raise WrongUsage(f"{file} is packed, or a spreadsheet; unpack it, or save the table as CSV.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUsage(f"{file} is not UTF-8; save it as CSV UTF-8.") from None
    is_json = file.suffix.lower() == ".json" or text.lstrip()[:1] in ("[", "{")
    read = batch_rows.read_json if is_json else batch_rows.read_csv
    return read(text, at_most=settings.distribution().rest.batch_rows)


def _pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    pairs = {}
    for each in given or ():
        name, equals, value = each.partition("=")
        if not (name.strip() and equals and value.strip()):
            raise typer.BadParameter(f"{each!r} is not NAME=VALUE", param_hint=option)
        pairs[name.strip()] = value.strip()
    return pairs


def _check(
    owner: str, rows: list[dict[str, Any]], columns: dict[str, str], defaults: dict[str, str], *, quiet: bool
) -> Checked:
    from rich.console import Console
    from rich.progress import BarColumn as Bar
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from include import settings
    from include.publishing import batch

    console = Console(stderr=True, quiet=quiet)
    look = (TextColumn("checking"), Bar(), MofNCompleteColumn(), TextColumn("rows"), TimeRemainingColumn())
    with Progress(*look, console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        bar = progress.add_task("", total=len(rows))
        return batch.check(
            owner, rows, columns=columns, defaults=defaults,
            depth="rehearse" if len(rows) <= settings.distribution().rest.started_at_once else "read",
            told=lambda done: progress.update(bar, completed=done),
        )  # fmt: skip


def _begin(owner: str, checked: Checked) -> dict[str, Any]:
    """Start few rows through Airflow, and leave many to the queue."""
    from include.publishing import batch_jobs

    if batch_jobs.is_long(checked.good):
        return {"batch_id": batch_jobs.keep(owner, checked.good, checked.rows), "queued": True, "jobs": []}
    placed = {each.row: _start(owner, each) for each in checked.good}
    batch_id = batch_jobs.keep_orders(owner, placed, checked.rows)
    jobs = [{"row": row, "job_id": order.job_id} for row, order in placed.items()]
    return {"batch_id": batch_id, "queued": False, "jobs": jobs}


def _start(owner: str, good: Good) -> Any:
    from include.cli import launcher
    from include.cli.airflow_api import AirflowApi
    from include.cli.errors import CommandFailed
    from include.cli.publish import DAG
    from include.publishing import batch_jobs, orders, queue
    from include.publishing.registration import Refused

    installation = launcher.current()
    if installation is None:
        raise CommandFailed("Nothing was started yet; run `./desk up` first.")
    try:
        order = orders.place(owner, batch_jobs.wishes_of(good.conf))
    except Refused as refused:  # it has changed since it was checked
        raise CommandFailed(f"Row {good.row}: {refused}") from None
    if order.conf.get("scheduled_for"):
        queue.schedule(owner, order.publications)
    else:
        AirflowApi.of(installation).trigger(DAG, order.job_id, dict(order.conf))
    return order


def _say(checked: Checked, begun: dict[str, Any], *, as_json: bool, dry_run: bool) -> None:
    count = 0 if begun["batch_id"] is None else len(checked.good)
    problems = [{"row": each.row, "column": each.column, "message": each.message} for each in checked.problems]
    if as_json:
        known = {"rows": checked.rows, "good": len(checked.good), "begun": count, "summary": checked.summary}
        print(json.dumps(known | begun | {"problems": problems}, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    if problems:
        table = Table("row", "column", "what is wrong", box=None)
        for each in problems[:SHOWN_PROBLEMS]:
            table.add_row(str(each["row"]), escape(str(each["column"] or "")), escape(str(each["message"])))
        console.print(table)
        if len(problems) > SHOWN_PROBLEMS:
            console.print(f"… and {len(problems) - SHOWN_PROBLEMS} more; --json has all of them.")
    for job in begun["jobs"]:
        console.print(f"row {job['row']}: started as {job['job_id']}", soft_wrap=True)
    console.print(f"{checked.summary} {_ended(checked, begun, count, dry_run)}", soft_wrap=True)


def _ended(checked: Checked, begun: dict[str, Any], count: int, dry_run: bool) -> str:
    if begun["queued"]:
        return f"{count} are in the queue as batch {begun['batch_id']}; `desk publications list` shows them."
    if count:
        return f"{count} are begun; `desk publications list` shows them."
    if dry_run or not checked.good:
        return "Nothing was begun."
    return "Nothing was begun; --partial publishes the good ones."
