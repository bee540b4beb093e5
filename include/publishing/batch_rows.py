"""Rows of a batch: a CSV or JSON file with anybody's column names, read into the conf of one run a row.

Nothing is looked up here: no account, no file. A column that we do not know is a problem of the whole file, not of each
row, so that a misspelt name is told once.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TARGET = ("placement", "privacy", "title", "description", "caption", "tags", "hashtags", "category", "language",
          "made_for_kids", "synthetic_media", "options")  # fmt: skip
"""Columns that are about each account of a row."""
WHOLE = ("segment", "age_bucket", "title_id", "export_root", "platforms", "scheduled_for", "timezone", "priority",
         "max_retries", "campaign", "webhook_url", "callback_data", "require_approval", "force", "targets")  # fmt: skip
COLUMNS = (*WHOLE[:5], "accounts", *TARGET, *WHOLE[5:])
"""Every column there is; `accounts` and `platforms` may name several."""
REQUIRED = ("segment", "age_bucket", "title_id")
LISTS = frozenset({"platforms", "accounts", "tags", "hashtags"})
NUMBERS = frozenset({"priority", "max_retries"})
BOOLEANS = frozenset({"made_for_kids", "synthetic_media", "require_approval", "force"})
OBJECTS = frozenset({"options", "callback_data", "targets"})
YES, NO = frozenset({"true", "yes", "1", "y"}), frozenset({"false", "no", "0", "n"})
MAX_CELL_CHARACTERS = 100_000
MAX_SHOWN_CHARACTERS = 40


class BatchError(ValueError):
    """The file as a whole cannot be used; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One value that cannot be used; `column` is its name in the file, None when it is about the whole row."""

    column: str | None
    message: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row as read: `wishes` are those of a run, `columns` says what ours are called in the file."""

    number: int
    wishes: Mapping[str, Any]
    accounts: tuple[str, ...]
    each: Mapping[str, Any]
    """What is wished for every account of the row."""
    problems: tuple[Cell, ...]
    columns: Mapping[str, str]


def read_csv(text: str, *, at_most: int) -> list[dict[str, Any]]:
    """Return the rows of a CSV file with a header; commas, semicolons or tabs. Raises `BatchError`."""
    if "\x00" in text:
        raise BatchError("This is no text file; save the table as CSV.")
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    first = lines.readline()
    delimiter = max(",;\t", key=first.count)
    lines.seek(0)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header)
        rows: list[dict[str, Any]] = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) == at_most:
                raise BatchError(f"A batch has {at_most:,} rows at most.")
            if len(cells) > len(header):
                raise BatchError(
                    f"Line {reader.line_num} has {len(cells)} values for {len(header)} columns; quote texts with a "
                    f"{'tab' if delimiter == chr(9) else repr(delimiter)}."
                )
            rows.append({name: cell for name, cell in zip(header, cells, strict=False) if cell.strip()})
    except csv.Error as error:
        raise BatchError(f"Line {reader.line_num} is no CSV: {error}.") from None
    return rows


def read_json(text: str, *, at_most: int) -> list[dict[str, Any]]:
    """Return the rows of a JSON file: a list of objects, or an object with it as `rows`. Raises `BatchError`."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BatchError(f"This is no JSON: {str(error)[:200]}.") from None
    rows = content.get("rows") if isinstance(content, dict) else content
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BatchError('A batch is a list of objects, or {"rows": [...]}.')
    if len(rows) > at_most:
        raise BatchError(f"A batch has {at_most:,} rows at most; this one has {len(rows):,}.")
    return rows


def read(
    rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], defaults: Mapping[str, Any]
) -> Iterator[Row]:  # fmt: skip
    """Yield each row as wishes; `columns` maps their names to ours, `defaults` (our names) is what a row leaves out.

    Raises `BatchError` for names that nobody knows, before the first row.
    """
    known = _our_names({name for row in rows for name in row}, columns)
    if unknown := sorted(set(defaults) - set(COLUMNS)):
        raise BatchError(f"Nothing is called {', '.join(unknown)}; known: {', '.join(COLUMNS)}.")
    theirs = {ours: name for name, ours in known.items()}
    for number, row in enumerate(rows, 1):
        given = dict(defaults) | {known[name]: value for name, value in row.items() if value not in (None, "")}
        yield _row(number, given, theirs)


def _check_header(header: list[str]) -> None:
    if not any(header):
        raise BatchError("The file is empty; its first line names the columns.")
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise BatchError(f"The first line names twice: {', '.join(repr(name) for name in doubled)}.")


def _our_names(names: Iterable[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Return their name → our name for every column of the file."""
    if unknown := sorted({ours for ours in columns.values() if ours not in COLUMNS}):
        raise BatchError(f"The column map leads to {_listed(unknown)}; known: {', '.join(COLUMNS)}.")
    found = {name: columns.get(name, name.strip().lower().replace(" ", "_")) for name in names}
    if unknown := sorted(name for name, ours in found.items() if ours not in COLUMNS):
        raise BatchError(f"Nothing of ours is called {_listed(unknown)}; map such columns, or leave them out.")
    ours = list(found.values())
    if doubled := sorted({name for name in ours if ours.count(name) > 1}):
        raise BatchError(f"Several columns stand for {', '.join(doubled)}.")
    return found


def _listed(names: Sequence[str]) -> str:
    shown = [name[:MAX_SHOWN_CHARACTERS] for name in names[:10]]
    return ", ".join(repr(name) for name in shown) + (" and others" if len(names) > 10 else "")


def _row(number: int, given: Mapping[str, Any], theirs: Mapping[str, str]) -> Row:
    problems, values = [], {}
    for name, value in given.items():
        try:
            values[name] = _value(name, value)
        except ValueError as error:
            problems.append(Cell(column=theirs.get(name, name), message=str(error)))
    accounts = tuple(values.pop("accounts", ()))
    each = {name: values.pop(name) for name in TARGET if name in values}
    if "targets" in values and (accounts or each):
        problems.append(Cell(column=theirs.get("targets", "targets"), message="targets leaves no room for others."))
    return Row(
        number=number, wishes=values, accounts=accounts, each=each, problems=tuple(problems), columns=theirs
    )  # fmt: skip


def _value(name: str, value: Any) -> Any:
    """Return a cell as the conf wants it; text of a CSV file is read, other kinds are left to the conf's own check."""
    if not isinstance(value, str):
        return value
    if len(value) > MAX_CELL_CHARACTERS:
        raise ValueError(f"has more than {MAX_CELL_CHARACTERS:,} characters.")
    text = value.strip()
    if name in LISTS:
        return [part.strip() for part in text.replace(";", ",").replace("|", ",").split(",") if part.strip()]
    if name in NUMBERS:
        if not (text.isascii() and text.lstrip("-").isdigit() and len(text) < 10):
            raise ValueError(f"must be a whole number, not {text[:MAX_SHOWN_CHARACTERS]!r}.")
        return int(text)
    if name in BOOLEANS:
        if text.lower() not in YES | NO:
            raise ValueError(f"must be true or false, not {text[:MAX_SHOWN_CHARACTERS]!r}.")
        return text.lower() in YES
    if name in OBJECTS:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise ValueError("must be JSON.") from None
    return value if name in {"title", "description", "caption"} else text
