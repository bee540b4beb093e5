"""Opens a CSV or XLSX file a person brings and gives its cells, row by row; refuses what would fill the memory.

Nothing here knows what the columns mean. A formula of a spreadsheet is its last computed value; one that was never
computed stays the formula's text. A cell that is shown as a percentage is what it shows. Cells of a CSV file are texts.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from include.analytics.imports import objects, percents

Cells = tuple[Any, ...]
MAX_FILE_BYTES = 64 << 20
"""A dashboard's export of 500 videos by day for a year is about 20 MB."""
MAX_UNPACKED_BYTES = 256 << 20
"""What an XLSX may unpack to; a year of the same export is about 150 MB of XML."""
MAX_PACKING = 200
"""How many times smaller a packed part may be; real sheets come to 10 to 40."""
MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_CELL_CHARACTERS = 50_000
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MARKS = ((b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"),
         (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))  # fmt: skip
"""Byte order marks, the longest first."""
DELIMITERS = ",;\t|"


class ImportRefused(ValueError):
    """The file as a whole cannot be used; the message says why and what would help."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table of a file: rows with their numbers in the file, counted from 1 as a spreadsheet shows them."""

    name: str
    rows: Sequence[tuple[int, Cells]]
    delimiter: str | None = None


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file that was read: its sheets (a CSV file has one), its size and SHA-256."""

    name: str
    size: int
    sha256: str
    sheets: tuple[Sheet, ...]


def read(path: Path) -> Opened:
    """Return the tables of a file; raise `ImportRefused`.

    The size is looked at before anything is read.
    """
    if not path.is_file():
        raise ImportRefused(f"{path} is no file.")
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise ImportRefused(
            f"{path.name} has {size >> 20:,} MiB; an import takes {MAX_FILE_BYTES >> 20} MiB at most. "
            "Export a shorter period, or split the file."
        )
    content = path.read_bytes()
    return Opened(name=path.name, size=size, sha256=hashlib.sha256(content).hexdigest(), sheets=_sheets(path, content))


def _sheets(path: Path, content: bytes) -> tuple[Sheet, ...]:
    if content.startswith(ZIP):
        return tuple(_spreadsheet(path, content))
    if content.startswith(OLD_EXCEL):
        raise ImportRefused(f"{path.name} is an old Excel file (or has a password): save it as .xlsx or CSV.")
    return (_text(path, content),)


# --- CSV -------------------------------------------------------------------------------------------------------------


def text_of(content: bytes) -> str:
    """Return a file's text: by its byte order mark, else UTF-8, else UTF-16 without a mark, else Windows-1252."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _decoded(content, encoding)
    if content[:400].count(0) > len(content[:400]) // 4:
        return _decoded(content, "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise ImportRefused(f"The file says it is {encoding.upper()} and is not: save it as CSV in UTF-8.") from None


def _text(path: Path, content: bytes) -> Sheet:
    text = text_of(content)
    if "\x00" in text:
        raise ImportRefused(f"{path.name} is no text file: bring CSV, XLSX or JSON.")
    if (told := objects.rows_of(text)) is not None:
        return _objects(path, told)
    first, _, rest = text.partition("\n")
    named = first.strip().lower()
    if named.startswith("sep=") and len(named) == 5:  # Excel's own way to name the delimiter
        delimiter, text, before = first.strip()[4], rest, 1
    else:
        delimiter, before = delimiter_of(text), 0
    return Sheet(name=path.name, rows=list(_lines(text, delimiter, before)), delimiter=delimiter)


def _objects(path: Path, told: list[tuple[int, Cells]]) -> Sheet:
    if len(told) > MAX_ROWS:
        raise ImportRefused(f"The file has more than {MAX_ROWS:,} rows: split it.")
    return Sheet(name=path.name, rows=[(number, tuple(map(_short, cells[:MAX_COLUMNS]))) for number, cells in told])


def delimiter_of(text: str) -> str:
    """Return what separates the cells: the sign that cuts the first lines into most columns, equally often in each."""
    sample = [line for line in text[:65_536].splitlines() if line.strip()][:30]

    def goodness(sign: str) -> tuple[int, int]:
        widths = [len(cells) for cells in csv.reader(sample, delimiter=sign)]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(usual) if usual > 1 else 0, usual)

    try:
        return max(DELIMITERS, key=goodness)
    except csv.Error:
        return ","


def _lines(text: str, delimiter: str, before: int) -> Iterator[tuple[int, Cells]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = before
    try:
        for cells in reader:
            begins, number = number + 1, reader.line_num + before
            if any(cell.strip() for cell in cells):
                yield begins, tuple(cell[:MAX_CELL_CHARACTERS] for cell in cells[:MAX_COLUMNS])
            if begins > MAX_ROWS:
                raise ImportRefused(f"The file has more than {MAX_ROWS:,} rows: split it.")
    except csv.Error as error:
        raise ImportRefused(f"Line {number + 1} is no CSV: {error}.") from None


# --- XLSX ------------------------------------------------------------------------------------------------------------


def _spreadsheet(path: Path, content: bytes) -> Iterator[Sheet]:
    check_packed(path.name, content)
    import openpyxl  # half a second that only spreadsheets need

    try:
        values, formulas = (
            openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=computed, keep_links=False)
            for computed in (True, False)
        )
        for name in values.sheetnames:
            sheet = values[name]
            if not hasattr(sheet, "iter_rows"):  # a sheet that is a chart
                continue
            yield Sheet(name=name, rows=list(_cells(sheet, formulas[name])))
    except ImportRefused:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part made it stumble over
        raise ImportRefused(
            f"{path.name} cannot be read as a spreadsheet ({type(error).__name__}): open it and save it again as .xlsx."
        ) from None


def check_packed(name: str, content: bytes) -> None:
    """Raise `ImportRefused` for a zip file that is no spreadsheet or unpacks to more than we take.

    The sizes are those the file's own list tells; zipfile never unpacks more of a part than that.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except zipfile.BadZipFile:
        raise ImportRefused(f"{name} is broken or cut off: download it again.") from None
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise ImportRefused(f"{name} is a zip file and no spreadsheet: unpack it and bring the CSV file in it.")
    unpacked = sum(part.file_size for part in parts)
    packing = max(
        (part.file_size / max(1, part.compress_size) for part in parts if part.file_size > 1 << 20), default=1
    )
    if unpacked > MAX_UNPACKED_BYTES or packing > MAX_PACKING:
        raise ImportRefused(
            f"{name} would unpack to {unpacked >> 20:,} MiB, which no export of a dashboard does. It was not opened."
        )


def _cells(values: Any, formulas: Any) -> Iterator[tuple[int, Cells]]:
    for sheet in (values, formulas):
        sheet.reset_dimensions()  # what a sheet says of its own size may be wrong
    rows = zip(
        values.iter_rows(max_col=MAX_COLUMNS),
        formulas.iter_rows(max_col=MAX_COLUMNS, values_only=True),
        strict=False,
    )
    for number, (row, written) in enumerate(rows, 1):
        if number > MAX_ROWS:
            raise ImportRefused(f"The sheet has more than {MAX_ROWS:,} rows: split it.")
        cells = tuple(
            formula if cell.value is None and formula is not None else _short(percents.of_cell(cell))
            for cell, formula in zip(row, written, strict=False)
        )
        if any(cell not in (None, "") for cell in cells):
            yield number, cells


def _short(cell: Any) -> Any:
    return cell[:MAX_CELL_CHARACTERS] if isinstance(cell, str) else cell
