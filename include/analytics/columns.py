"""Turns what a platform sent into what a column holds; what does not fit is kept aside instead of costing the load."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

ADDED = ("owner", "account_id", "collected_at")
"""Columns every collected table has, filled in by the store."""
EXTRA = "extra"
NULL = "\\N"
"""Unknown, in COPY's text format."""
MOST = 2**63 - 1
"""What a bigint holds."""


def _whole(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    found = int(value)
    if abs(found) > MOST:
        raise ValueError
    return found


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


def as_json(value: Any) -> str:
    """Return JSON that Postgres takes: NaN and Infinity, which Python reads though JSON has none, become texts."""
    try:
        found = json.dumps(value, ensure_ascii=False, default=str, allow_nan=False)
    except ValueError:
        plain = json.loads(json.dumps(value, default=str), parse_constant=str)
        found = json.dumps(plain, ensure_ascii=False)
    return found.replace("\\u0000", "")


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list | tuple):
        raise ValueError
    return [_text(one) for one in value]


def day_of(text: Any) -> date:
    """Return the day that `as_text` gave back."""
    return text if isinstance(text, date) else date.fromisoformat(text)


FITS: Mapping[str, Callable[[Any], Any]] = {
    "int2": _whole, "int4": _whole, "int8": _whole, "numeric": _decimal, "float8": _double, "float4": _double,
    "text": _text, "bool": _truth, "date": _day, "timestamptz": _moment, "jsonb": as_json, "_text": _texts,
}  # fmt: skip
"""By Postgres's name of the type. Each raises for a value that is of another kind."""


class Misfit(Exception):
    """A value that does not fit its column."""


def fit(value: Any, kind: str) -> Any:
    """Return `value` as a column of this type takes it; raises `Misfit`. None stays None (unknown, never 0)."""
    if value is None:
        return value
    try:
        return FITS[kind](value)
    except (ValueError, TypeError, InvalidOperation, OverflowError):
        raise Misfit(f"{value!r:.80} is no {kind}") from None


def as_text(values: Sequence[Any], kind: str) -> tuple[Sequence[Any], dict[int, Any]]:
    """Return a column's values so that `str` of each is COPY's text; and by place those that do not fit (null).

    Values of the classes a column has nearly always are looked at all at once, and mostly stay what they are: a million
    rows are mostly such.
    """
    quick = _QUICK.get(kind)
    found = quick(values) if quick is not None else None
    if found is not None:
        return found, {}
    texts: list[str] = []
    misfits: dict[int, Any] = {}
    for place, value in enumerate(values):
        try:
            texts.append(_one_as_text(fit(value, kind)))
        except Misfit:
            texts.append(NULL)
            misfits[place] = value
    return texts, misfits


def escaped(text: str) -> str:
    """Return a text as COPY's text format has it."""
    return text.translate(_ESCAPES)


def _one_as_text(value: Any) -> str:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        quoted = ('"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in value)
        return escaped("{" + ",".join(quoted) + "}")
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    return escaped(str(value))


def _classes(values: Sequence[Any]) -> set[type]:
    return set(map(type, values))


def _or_null(values: Sequence[Any]) -> list[Any]:
    return [NULL if value is None else value for value in values]


def _quick_counts(values: Sequence[Any]) -> Sequence[Any] | None:
    found = _classes(values)
    if found == {_Nothing}:
        return [NULL] * len(values)
    if not found <= {int, _Nothing}:
        return None
    known = values if len(found) == 1 else [value for value in values if value is not None]
    if max(known) > MOST or min(known) < -MOST:
        return None
    return values if known is values else _or_null(values)


def _quick_numbers(values: Sequence[Any]) -> Sequence[Any] | None:
    found = _classes(values)
    if not found <= {int, float, Decimal, _Nothing}:
        return None
    known = [value for value in values if value is not None] if _Nothing in found else values
    if not all(map(math.isfinite, known)):
        return None
    return values if known is values else _or_null(values)


def _quick_texts(values: Sequence[Any]) -> Sequence[Any] | None:
    found = _classes(values)
    if not found <= {str, _Nothing}:
        return None
    known = [value for value in values if value is not None] if _Nothing in found else values
    together = "".join(known)
    if any(special in together for special in _SPECIAL):
        return [NULL if value is None else escaped(_text(value)) for value in values]
    return values if known is values else _or_null(values)


def _quick_truths(values: Sequence[Any]) -> Sequence[Any] | None:
    found = _classes(values)
    if not found <= {bool, _Nothing}:
        return None
    return _or_null(values) if _Nothing in found else values


def _quick_days(values: Sequence[Any]) -> Sequence[Any] | None:
    """Days repeat: each different one is looked at once."""
    if not _classes(values) <= {str, date}:
        return None
    try:
        names = {value: _day(value).isoformat() for value in set(values)}
    except ValueError:
        return None
    return values if all(str(value) == name for value, name in names.items()) else [names[value] for value in values]


_Nothing = type(None)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_SPECIAL = "\\\t\n\r\x00"
_QUICK: Mapping[str, Callable[[Sequence[Any]], Sequence[Any] | None]] = {
    "int8": _quick_counts, "numeric": _quick_numbers, "float8": _quick_numbers, "text": _quick_texts,
    "bool": _quick_truths, "date": _quick_days,
}  # fmt: skip
