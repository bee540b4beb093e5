"""A JSON file as a table: a list of objects, alone or the longest one of those that stand in an object."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

MAX_LEVELS = 4
"""How deep the list may stand: {"data": {"videos": […]}} is two."""
LARGEST_EXACT = 2**53


def rows_of(text: str) -> list[tuple[int, tuple[Any, ...]]] | None:
    """Return the names of all fields as the first row and then each object's values, numbered from 1.

    None for a text that is no JSON, or that has no list of objects. What is nested in a value stays JSON.
    """
    if text.lstrip("\ufeff \t\r\n")[:1] not in ("[", "{"):
        return None
    try:
        told = json.loads(text.lstrip("\ufeff"), parse_float=Decimal, parse_constant=lambda word: None)
    except (ValueError, RecursionError):
        return None
    found = max(_lists(told, MAX_LEVELS), key=len, default=[])
    if not found:
        return None
    names = list(dict.fromkeys(str(name) for one in found for name in one))
    rows = [tuple(_cell(one.get(name)) for name in names) for one in found]
    return [(0, tuple(names)), *enumerate(rows, 1)]


def _lists(told: Any, levels: int) -> Iterator[list[dict[str, Any]]]:
    """Yield every list of objects, also those in objects; not those in lists, which belong to a row."""
    if isinstance(told, list):
        if told and all(isinstance(one, dict) for one in told):
            yield told
    elif isinstance(told, dict) and levels:
        for value in told.values():
            yield from _lists(value, levels - 1)


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST_EXACT:
        return str(value)  # an id: JSON tells it exactly, and a number this large would be taken for a rounded one
    return value
