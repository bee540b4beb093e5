"""Turns what pydantic found wrong into sentences that name the key and say what would be right."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

RIGHT = {
    "missing": "is missing, but it is required",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be an object of keys and values",
    "model_type": "must be an object of keys and values",
    "model_attributes_type": "must be an object of keys and values",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "enum": "must be one of {expected}",
}
"""Pydantic's error type → what would be right."""
QUIET = frozenset({"missing", "value_error", "extra_forbidden"})
"""Kinds whose sentence does not repeat the value found."""
MAX_SHOWN_CHARACTERS = 60


def sentences(error: ValidationError, known: Mapping[str, Iterable[str]]) -> list[str]:
    """Return one sentence per problem, in the order of the keys.

    `known` lists the allowed keys by the list or object they stand in ("" is the outermost).
    """
    return [_sentence(dict(problem), known) for problem in error.errors(include_url=False)]


def unstorable(value: Any, key: str = "") -> Iterator[str]:
    """Yield a sentence for each text that no database or platform takes: NUL characters, halves of a surrogate pair."""
    if isinstance(value, str):
        what = "a NUL character" if "\x00" in value else "a broken Unicode character" if _is_broken(value) else None
        if what:
            yield f"{key or 'The text'} contains {what}; remove it."
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from unstorable(str(name), f"The name of a key below {key}" if key else "The name of a key")
            yield from unstorable(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from unstorable(inner, f"{key}[{number}]")


def shown(value: Any) -> str:
    """Return `value` as short JSON for a message."""
    text = json.dumps(value, ensure_ascii=True, default=str)
    return text if len(text) <= MAX_SHOWN_CHARACTERS else text[: MAX_SHOWN_CHARACTERS - 1] + "…"


def path(location: Iterable[int | str]) -> str:
    """Return a pydantic location as a person writes it: ``targets[0].title``."""
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _sentence(problem: dict[str, Any], known: Mapping[str, Iterable[str]]) -> str:
    kind, key = problem["type"], path(problem["loc"])
    if kind == "extra_forbidden":
        place = str(problem["loc"][0]) if len(problem["loc"]) > 1 else ""
        return f"{key} is not a known key; known: {', '.join(known.get(place, ()))}."
    context = problem.get("ctx") or {}
    right = str(context["error"]) if kind == "value_error" else str(problem["msg"])
    if kind in RIGHT:
        right = RIGHT[kind].format(**context)
    found = "" if kind in QUIET else f", not {shown(problem['input'])}"
    return f"{key or 'The object'} {right}{found}."


def _is_broken(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
