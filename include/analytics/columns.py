"""Turns what a platform sent into what a column holds; what does not fit is kept aside instead of costing the load."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

ADDED = ("owner", "account_id", "collected_at")
"""Columns every collected table has, filled in by the store."""
EXTRA = "extra"


def _whole(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    return int(value)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool):
        raise ValueError
    found = Decimal(str(value))
    if not found.is_finite():
        raise ValueError
    return found


def _double(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError
    found = float(value)
    if not math.isfinite(found):
        raise ValueError
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError
    return str(value).replace("\x00", "")  # Postgres has no such character in a text


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        raise ValueError
    return value if isinstance(value, date) else date.fromisoformat(value)


def _moment(value: Any) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\\u0000", "")


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list | tuple):
        raise ValueError
    return [_text(one) for one in value]


FITS: Mapping[str, Callable[[Any], Any]] = {
    "int2": _whole, "int4": _whole, "int8": _whole, "numeric": _decimal, "float8": _double, "float4": _double,
    "text": _text, "bool": _truth, "date": _day, "timestamptz": _moment, "jsonb": _json, "_text": _texts,
}  # fmt: skip
"""By Postgres's name of the type. Each raises for a value that is of another kind."""
SAFE: Mapping[str, type] = {"int8": int, "float8": float, "bool": bool}
"""Values of exactly this class fit as they are."""


class Misfit(Exception):
    """A value that does not fit its column."""


def fit(value: Any, kind: str) -> Any:
    """Return `value` as a column of this type takes it; raises `Misfit`. None stays None (unknown, never 0)."""
    if value is None or type(value) is SAFE.get(kind):
        return value
    try:
        return FITS[kind](value)
    except (ValueError, TypeError, InvalidOperation, OverflowError):
        raise Misfit(f"{value!r:.80} is no {kind}") from None


def fitted(row: Mapping[str, Any], kinds: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a row's values by column, and what has no column or does not fit (for `extra`)."""
    values: dict[str, Any] = {}
    aside: dict[str, Any] = dict(row.get(EXTRA) or {})
    for name, value in row.items():
        kind = kinds.get(name)
        if name == EXTRA:
            continue
        if kind is None:
            aside[name] = value
            continue
        try:
            values[name] = fit(value, kind)
        except Misfit:
            values[name], aside[name] = None, value
    return values, aside
