"""Percent cells of a spreadsheet: 42 % is kept as 0.42 with a format that shows it a hundred times larger."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
"""Parts of a number format that are shown as they stand, or not at all (ECMA-376 part 1, 18.8.31)."""


class Percent(Decimal):
    """What a percent cell shows: 42 for 42 %, exactly as far as the file tells it."""


def of_cell(cell: Any) -> Any:
    """Return a spreadsheet cell's value; a `Percent` where it is a number that is shown as one."""
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        shown_as = cell.number_format
    except IndexError:  # a style the file does not have; spreadsheets show such a cell as it is, too
        return value
    if not shown_as or not is_percent(shown_as):
        return value
    return Percent(f"{(Decimal(str(value)) * 100).normalize():f}")


@cache
def is_percent(number_format: str) -> bool:
    """Say whether a number format shows a hundred times the value: it has a percent sign that is no mere text."""
    return "%" in LITERAL.sub("", number_format)
