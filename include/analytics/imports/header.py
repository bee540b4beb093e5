"""Recognises the columns of a table by their names, in any order and several languages (config/imports.yaml)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from include.analytics.imports.files import Cells, ImportRefused, Opened, Sheet
from include.measurement import ImportKind

LOOKED_AT_ROWS = 30
"""Dashboards put titles and dates above their header; none needs more."""
BRACKETS = re.compile(r"[(\[（【]([^()\[\]（）【】]*)[)\]）】]")
"""What holds no other: a long row of open ones costs no time."""
SIGNS = re.compile(r"[^\w%]+|_")
MAX_SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Table:
    """The table of a file: which column (by its place) is which of ours, and the rows below the header.

    `units` are what stands in brackets behind a name: "Your estimated revenue (USD)".
    """

    ours: Mapping[int, str]
    theirs: Sequence[str]
    units: Mapping[str, str]
    rows: Sequence[tuple[int, Cells]]
    delimiter: str | None = None
    unknown: tuple[str, ...] = field(default=())

    @property
    def columns(self) -> dict[str, str]:
        """Return their names of what was recognised → ours."""
        return {self.theirs[place]: ours for place, ours in sorted(self.ours.items())}


def plain(name: Any) -> str:
    """Return a column's name without case, accents, signs and brackets."""
    text = BRACKETS.sub(" ", unicodedata.normalize("NFKC", str(name)))
    split = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(sign for sign in split if not unicodedata.combining(sign) or unicodedata.combining(sign) in (8, 9))
    return " ".join(SIGNS.sub(" ", kept).split())


def unit_of(name: str) -> str:
    """Return what stands in brackets in a column's name."""
    found = BRACKETS.search(unicodedata.normalize("NFKC", name))
    return found[1].strip() if found else ""


def find(opened: Opened, kind: ImportKind) -> Table:
    """Return the first sheet's table that is of this kind; raise `ImportRefused` naming what was found instead."""
    known = {
        plain(name): [ours for ours, column in kind.columns.items() if plain(name) in map(plain, column.names)]
        for column in kind.columns.values()
        for name in column.names
    }
    seen: list[str] = []
    for sheet in opened.sheets:
        best: tuple[int, dict[int, str]] = (0, {})
        for place, (_, cells) in enumerate(sheet.rows[:LOOKED_AT_ROWS]):
            ours = recognise(cells, known, kind)
            if len(ours) > len(best[1]):
                best = (place, ours)
        place, ours = best
        if is_enough(ours.values(), kind):
            return _table(sheet, place, ours)
        seen.extend(_names(sheet))
    raise ImportRefused(_not_found(seen, kind))


def recognise(cells: Sequence[Any], known: Mapping[str, Sequence[str]], kind: ImportKind) -> dict[int, str]:
    """Return which cells of a row name a column of ours; the first of two that name the same."""
    found: dict[int, str] = {}
    for place, cell in enumerate(cells):
        name = plain(cell) if isinstance(cell, str) else ""
        mine = [ours for ours in known.get(name, ()) if ours not in found.values()]
        if mine:
            found[place] = mine[0]
    return found


def is_enough(ours: Iterable[str], kind: ImportKind) -> bool:
    """Say whether a table with these columns can be imported: it says about what, and something of it."""
    names = set(ours)
    return bool(names & set(kind.about)) and bool(names & set(kind.any_of))


def _table(sheet: Sheet, place: int, ours: dict[int, str]) -> Table:
    theirs = [str(cell if cell is not None else "").strip() for cell in sheet.rows[place][1]]
    return Table(
        ours=ours,
        theirs=theirs,
        units={name: unit_of(theirs[where]) for where, name in ours.items()},
        rows=sheet.rows[place + 1 :],
        delimiter=sheet.delimiter,
        unknown=tuple(name for where, name in enumerate(theirs) if name and where not in ours),
    )


def _names(sheet: Sheet) -> list[str]:
    first = sheet.rows[0][1] if sheet.rows else ()
    return [str(cell)[:40] for cell in first if cell not in (None, "")]


def _not_found(seen: Sequence[str], kind: ImportKind) -> str:
    wanted = " or ".join(f"'{kind.columns[name].names[0]}'" for name in kind.any_of[:4] if name in kind.columns)
    about = " or ".join(f"'{kind.columns[name].names[0]}'" for name in kind.about if name in kind.columns)
    found = f"it has {', '.join(repr(name) for name in seen[:MAX_SHOWN])}" if seen else "it is empty"
    return (
        f"The file is not of this kind: it needs a column such as {about} and one such as {wanted}; {found}. "
        "config/imports.yaml lists the names we know; add yours there."
    )
